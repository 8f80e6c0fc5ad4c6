"""Reading the programme: the kept version, the filtered cards, and what is on now."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from festival import search
from festival.editions.models import Edition
from festival.memory import Memory
from festival.programme.queries import Places
from festival.timetable.cards import Card, Programme, to_be_had
from festival.timetable.filters import Filters
from festival.timetable.layout import draw_programme
from festival.web import languages
from festival.web.languages import Bilingual

_programmes: Memory[tuple[int, str], Programme] = Memory(most=32)  # by edition and language


class StageNow(NamedTuple):
    """One stage: what is on now, and what comes next."""

    name: Bilingual
    slug: str
    now: list[Card]
    next: list[Card]


def programme_of(edition: Edition) -> Programme:
    """Returns the edition's programme in the language of the page, drawn once per version."""
    return _programmes.get(
        (edition.id, languages.current()),
        version=edition.programme_version,
        make=lambda: draw_programme(edition),
    )


def filter_cards(
    cards: Iterable[Card], filters: Filters, places: Mapping[int, Places], now: datetime
) -> list[Card]:
    """Returns the cards that the filters let through; breaks only if there is no filter."""
    if not filters:
        return list(cards)
    wanted = search.wanted(filters.text)
    return [
        card
        for card in cards
        if card.topic is not None
        and filters.let_through(card.topic, wanted)
        and not (filters.only_with_places and _has_no_room(card, places, now))
    ]


def count_cards(cards: Iterable[Card]) -> int:
    """Returns how many parts of the programme these are, not counting notes and breaks."""
    return sum(card.counts for card in cards)


def now_and_next(programme: Programme, edition: Edition, now: datetime) -> list[StageNow]:
    """Returns for each stage what is on and what comes next on this festival day, as expected.

    Cancelled cards are shown too, followed by the next one that does happen. Stages where nothing
    more comes are left out.
    """
    today = [card for card in programme.days.get(edition.day_of(now), ()) if now < card.ends_at]
    stands = []
    for number, (slug, name) in enumerate(programme.stages):
        here = [card for card in today if card.stage == number and card.counts]
        coming = [card for card in here if now < card.starts_at]
        first = min((card.starts_at for card in coming if not card.is_cancelled), default=None)
        stand = StageNow(
            name,
            slug,
            now=[card for card in here if card.starts_at <= now],
            next=[card for card in coming if first is None or card.starts_at <= first],
        )
        if here:
            stands.append(stand)
    return stands


def first_to_come(cards: Iterable[Card], now: datetime) -> Card | None:
    """Returns the card to scroll to: of the cards on now the one that began last, or the next one.

    Earlier cards are above it. So a card that began hours ago and still goes on is never chosen
    over a later one.
    """
    left = [card for card in cards if card.counts and now < card.ends_at]
    begun = [card for card in left if card.starts_at <= now]
    last = max((card.starts_at for card in begun), default=None)
    at = [card for card in begun if card.starts_at == last] or left
    return min(at, key=lambda card: (card.starts_at, card.stage), default=None)


def _has_no_room(card: Card, places: Mapping[int, Places], now: datetime) -> bool:
    if card.is_note or card.is_cancelled or card.is_full or card.ends_at <= now:
        return True
    return bool(card.slot_ids) and all(each.left <= 0 for each in to_be_had(card, places))
