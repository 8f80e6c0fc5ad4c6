"""The card of one occurrence: its slots, its texts, and its HTML, drawn once.

The number of places left is filled in on every request.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from markupsafe import Markup

from festival import search
from festival.editions import dates
from festival.editions.models import Edition
from festival.programme import labels, session_languages, slot_status
from festival.programme.occurrences import Occurrence
from festival.programme.queries import Places
from festival.programme.slot_status import session_url
from festival.programme.snapshot import StageSnapshot
from festival.timetable.filters import FilterFacts
from festival.web.languages import Bilingual

# Mark in a drawn card where column and places go. Random, so that no text contains them.
_COLUMN = f"c{secrets.token_hex(8)}"
_PLACES = f"p{secrets.token_hex(8)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One thing in the timetable: an occurrence, a note where it was before, or a break."""

    stage: int  # its index in the programme's stages; -1: all of them
    lane: int
    hour: int  # 24 and up after midnight
    minute: int
    starts_at: datetime  # as expected now, with its delay
    ends_at: datetime
    drawn: tuple[str, str, str]  # its HTML before its column, up to its places, and after them
    is_note: bool = False
    is_break: bool = False
    is_cancelled: bool = False
    is_full: bool = False  # the makers said so, whatever was booked
    slot_ids: tuple[int, ...] = ()  # of the slots that need a booking
    topic: FilterFacts | None = None  # None for a break
    facts: Mapping[str, Any] = field(default_factory=dict)  # for the macro sessions.card

    @property
    def counts(self) -> bool:
        """Whether it counts as a part of the programme; notes and breaks do not."""
        return not (self.is_note or self.is_break)


class CardPosition(NamedTuple):
    """A card's position in the timetable, for Card and for the macro."""

    values: dict[str, Any]
    facts: dict[str, Any]


@dataclass
class Programme:
    """All cards of an edition in one language."""

    stages: list[tuple[str, Bilingual]]
    themes: list[tuple[str, Bilingual]]
    languages: list[str]  # codes of those that are spoken somewhere
    days: dict[date, list[Card]]
    highlights: dict[
        int, dict[str, Any]
    ]  # card_facts for the front page by session id, in order of time
    booking_closes: timedelta  # how long before the start
    _macros: Any  # from parts/sessions.html
    _drawn_places: dict[tuple[bool, bool, int, int], Markup] = field(default_factory=dict)

    def draw_places(self, card: Card, places: Mapping[int, Places], now: datetime) -> Markup:
        """Returns `nog 3 plekken`, `vol, wachtlijst`, or for a coach `nog 5 van 12 gesprekken`.

        Returns '' if no places count.
        """
        coming = to_be_had(card, places)
        if not coming or card.ends_at <= now:
            return Markup()
        left = sum(each.left for each in coming)
        total = sum(places[slot_id].total for slot_id in card.slot_ids if slot_id in places)
        is_coaching = card.facts["kind"] == "coaching"
        waits = not is_coaching and now < card.starts_at - self.booking_closes
        key = (is_coaching, waits, left, total if is_coaching else 0)
        if (drawn := self._drawn_places.get(key)) is None:
            macros = self._macros
            html = macros.meetings(left, total) if is_coaching else macros.places(left, waits=waits)
            drawn = self._drawn_places[key] = Markup(html.strip())  # noqa: S704  by our templates
        return drawn


def card_facts(
    edition: Edition, occurrence: Occurrence, *, with_day: bool = False
) -> dict[str, Any]:
    """Returns what the macro sessions.card needs to know about an occurrence."""
    session, expected = occurrence.session, occurrence.expected
    when = dates.hours(edition, *expected)
    if with_day:
        when = f"{dates.short_day(edition.day_of(occurrence.starts_at))} · {when}"
    return {
        "kind": session.kind,
        "title": session.title,
        "url": session_url(edition, session),
        "stage_name": occurrence.stage.name,
        "time_label": when,
        "was_label": dates.hours(edition, *occurrence.span) if expected != occurrence.span else "",
        "night": dates.night(edition, occurrence.starts_at) if with_day else "",
        "starts_at": edition.local(expected.starts_at).isoformat(),
        "speakers": [speaker.name for speaker in occurrence.speakers],
        "is_free": session.is_free and not occurrence.bookable,
        "language_label": labels.language_label(session.languages),
        "theme": occurrence.theme.name if occurrence.theme else None,
        "states": slot_status.states_of(edition, occurrence),
        "is_cancelled": occurrence.is_cancelled,
    }


def draw_card(macros: Any, edition: Edition, occurrence: Occurrence, place: CardPosition) -> Card:
    """Draws an occurrence. The number of places left is filled in later."""
    facts = card_facts(edition, occurrence) | {"code": occurrence.code}
    shows_places = not (occurrence.is_cancelled or occurrence.is_full)
    counted = tuple(
        slot.id for slot in occurrence.going_on if slot.is_bookable and not slot.is_full
    )
    late = occurrence.expected_starts_at - occurrence.starts_at
    drawn = facts | {
        "anchor": slot_status.anchor(occurrence),
        "places": _PLACES if counted and shows_places else "",
    }
    return Card(
        **place.values
        | {
            "starts_at": place.values["starts_at"] + late,
            "ends_at": place.values["ends_at"] + late,
            "slot_ids": counted if shows_places else (),
            "is_cancelled": occurrence.is_cancelled,
            "is_full": occurrence.is_full and not occurrence.is_cancelled,
            "topic": _topic(occurrence, occurrence.stage),
            "facts": facts,
            "drawn": _drawn(macros, place.facts | drawn),
        },
    )


def draw_note(macros: Any, edition: Edition, occurrence: Occurrence, place: CardPosition) -> Card:
    """Draws the note at the place that an occurrence left."""
    facts = place.facts | {
        "kind": occurrence.session.kind,
        "title": occurrence.session.title,
        "stage_name": occurrence.former_stage.name,
        "states": [slot_status.moved_to(edition, occurrence)],
        "is_note": True,
    }
    return Card(
        **place.values,
        is_note=True,
        topic=_topic(occurrence, occurrence.former_stage),
        facts=facts,
        drawn=_drawn(macros, facts),
    )


def draw_break(
    macros: Any, title: Bilingual, stage: StageSnapshot | None, place: CardPosition
) -> Card:
    """Draws a break at one stage, or at all of them."""
    facts = place.facts | {
        "title": title,
        "stage_name": stage.name if stage else None,
        "is_break": True,
    }
    return Card(**place.values, is_break=True, facts=facts, drawn=_drawn(macros, facts))


def to_be_had(card: Card, places: Mapping[int, Places]) -> list[Places]:
    """Returns the places that count: for a coach, those of meetings that have not begun."""
    known = [places[slot_id] for slot_id in card.slot_ids if slot_id in places]
    return [each for each in known if len(card.slot_ids) == 1 or not each.has_begun]


def _drawn(macros: Any, facts: Mapping[str, Any]) -> tuple[str, str, str]:
    before, _column, rest = macros.item(facts, _COLUMN, 4).partition(_COLUMN)
    middle, _places, after = rest.partition(_PLACES)
    return str(before), str(middle), str(after)


def _topic(occurrence: Occurrence, stage: StageSnapshot) -> FilterFacts:
    """Returns what the filters look at. The search covers the card's texts in both languages."""
    session = occurrence.session
    texts = [session.title, session.summary, stage.name]
    texts += [occurrence.theme.name] if occurrence.theme else []
    return FilterFacts(
        kind=session.kind,
        theme=occurrence.theme.slug if occurrence.theme else "",
        spoken=frozenset(session_languages.codes(session.languages)),
        stage=stage.slug,
        level=session.level,
        min_age=session.min_age or 0,
        access=frozenset((*session.access, *stage.access)) - frozenset(session.no_access),
        needs_booking=bool(occurrence.bookable),
        is_free=session.is_free and not occurrence.bookable,
        text=search.folded(
            *(part for text in texts for part in (text.nl, text.en)),
            *(f"{speaker.name} {speaker.organisation}" for speaker in occurrence.speakers),
            str(labels.KINDS[session.kind]),
        ),
    )
