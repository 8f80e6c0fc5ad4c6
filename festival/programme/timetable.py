"""The programme as visitors read it: drawn once per version and language, then kept in memory.

Drawing four hundred cards takes longer than everything else on the page, and a card changes only
when the programme does. How many places are left changes all the time: each look reads those
numbers with one query and writes them into the cards that are kept.
"""

import secrets
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from festival import languages
from festival.editions import dates
from festival.editions.models import Edition
from festival.languages import Bilingual
from festival.programme import queries, search, words
from festival.programme.models import Session, Slot
from festival.programme.queries import Places

# A new festival day begins at six in the morning, see Edition.day_of.
DAY_BEGINS = time(6)
# Meetings of one coach belong to one card until there is a break of this long between them.
COACH_BREAK = timedelta(hours=1)
# What the style sheet has places for.
MOST_LANES = 12
LONGEST = 14 * 60 + 55

# Where in a drawn card its column and its places are filled in. Random, so that no text has them.
_COLUMN = f"c{secrets.token_hex(8)}"
_PLACES = f"p{secrets.token_hex(8)}"


@dataclass(frozen=True)
class Filters:
    """What a visitor wants to see of the programme; '' means all."""

    text: str = ""
    kind: str = ""
    theme: str = ""
    language: str = ""
    only_with_places: bool = False

    def __bool__(self) -> bool:
        return bool(self.text or self.kind or self.theme or self.language or self.only_with_places)

    def as_arguments(self) -> dict[str, str]:
        """As they stand in the address of the page."""
        arguments = {
            "q": self.text,
            "soort": self.kind,
            "thema": self.theme,
            "taal": self.language,
            "vrij": "1" if self.only_with_places else "",
        }
        return {name: value for name, value in arguments.items() if value}


@dataclass(frozen=True, slots=True)
class Card:
    """One thing in the timetable: a slot, or the slots of one coach's half-day together."""

    stage: int  # its number among the programme's stages
    lane: int
    hour: int  # 24 and on after midnight
    minute: int
    slot_ids: tuple[int, ...]  # of the slots that must be booked
    is_coaching: bool
    kind: str
    theme: str
    spoken: str
    text: str  # all its words, folded, for the search
    drawn: tuple[str, str, str]  # its HTML before its column, up to its places, and after them


@dataclass
class Programme:
    """All cards of an edition in one language."""

    stages: list[Bilingual]
    themes: list[tuple[str, Bilingual]]
    days: dict[date, list[Card]]
    _macros: Any  # of parts/sessions.html
    _drawn_places: dict[tuple[bool, int, int], str] = field(default_factory=dict)

    def draw_places(self, card: Card, left: int, total: int) -> str:
        """`nog 3 plekken`, `vol`, or for a coach `nog 5 van 12 gesprekken`."""
        key = (card.is_coaching, left, total if card.is_coaching else 0)
        if (drawn := self._drawn_places.get(key)) is None:
            if card.is_coaching:
                html = self._macros.meetings(left, total)
            else:
                html = self._macros.places(left)
            drawn = self._drawn_places[key] = html.strip()
        return drawn


class _Memory:
    """The programmes of this process: of each edition and language the last version."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.kept: dict[tuple[int, str], tuple[int, Programme]] = {}


def init_app(app: Any) -> None:
    """Give `app` a memory for drawn programmes."""
    app.extensions["programme"] = _Memory()


def programme_of(edition: Edition) -> Programme:
    """The edition's programme in the language of the page, drawn at most once per version."""
    memory: _Memory = current_app.extensions["programme"]
    key = (edition.id, languages.current())
    version, programme = memory.kept.get(key, (None, None))
    if programme is None or version != edition.programme_version:
        with memory.lock:  # who comes second waits for the first instead of drawing it again
            version, programme = memory.kept.get(key, (None, None))
            if programme is None or version != edition.programme_version:
                programme = _draw(edition)
                memory.kept[key] = (edition.programme_version, programme)
    return programme


def places_on(edition: Edition, days: Sequence[date]) -> dict[int, Places]:
    """The places of all bookable slots on `days` (which follow each other), as they are now."""
    if not days:
        return {}
    return queries.places_between(
        edition.moment(days[0], DAY_BEGINS),
        edition.moment(days[-1] + timedelta(days=1), DAY_BEGINS),
    )


def choose(cards: Iterable[Card], filters: Filters, places: Mapping[int, Places]) -> list[Card]:
    """The cards that the filters let through."""
    wanted = search.words(filters.text)
    return [
        card
        for card in cards
        if (not filters.kind or card.kind == filters.kind)
        and (not filters.theme or card.theme == filters.theme)
        and (not filters.language or filters.language in card.spoken)
        and search.holds_all(card.text, wanted)
        and not (filters.only_with_places and _is_full(card, places))
    ]


def lay_out(
    programme: Programme, cards: Sequence[Card], places: Mapping[int, Places], label: str
) -> dict[str, Any]:
    """`cards` (of one day, in order of time) as templates/parts/timetable.html wants its day."""
    lanes: dict[int, int] = defaultdict(int)
    for card in cards:
        lanes[card.stage] = max(lanes[card.stage], card.lane + 1)
    columns, column = {}, 1
    for stage in sorted(lanes):
        columns[stage] = column
        column += lanes[stage]

    hours: dict[int, list[str]] = {}
    if cards:
        hours = {hour: [] for hour in range(cards[0].hour, cards[-1].hour + 1)}
    for card in cards:
        before, middle, after = card.drawn
        left = _draw_left(programme, card, places)
        hours[card.hour].append(f"{before}{columns[card.stage] + card.lane}{middle}{left}{after}")
    return {
        "label": label,
        "first_hour": cards[0].hour if cards else 0,
        "stages": [{"name": programme.stages[n], "lanes": lanes[n]} for n in sorted(lanes)],
        "hours": [
            {
                "hour": hour,
                "label": _("%(span)s uur", span=f"{hour % 24}.00"),
                "drawn": Markup("".join(drawn)),  # noqa: S704  by our own templates
            }
            for hour, drawn in hours.items()
        ],
    }


def moments_of(session: Session) -> list[list[Slot]]:
    """The slots of a session as visitors count them: one by one, a coach's half-day as one."""
    if session.kind == "coaching":
        return coach_runs(session.slots)
    return [[slot] for slot in session.slots]


def coach_runs(slots: Iterable[Slot]) -> list[list[Slot]]:
    """Slots of one coaching session, in order of time, as half-days at one stage."""
    runs: list[list[Slot]] = []
    for slot in slots:
        last = runs[-1][-1] if runs else None
        if (
            last is not None
            and slot.stage_id == last.stage_id
            and timedelta(0) <= slot.starts_at - last.ends_at < COACH_BREAK
        ):
            runs[-1].append(slot)
        else:
            runs.append([slot])
    return runs


def anchor(slots: Sequence[Slot]) -> str:
    """Where in the timetable the card of these slots stands."""
    return f"m-{slots[0].code}"


def _is_full(card: Card, places: Mapping[int, Places]) -> bool:
    known = [places[slot_id] for slot_id in card.slot_ids if slot_id in places]
    return bool(known) and all(each.taken >= each.total for each in known)


def _draw_left(programme: Programme, card: Card, places: Mapping[int, Places]) -> str:
    known = [places[slot_id] for slot_id in card.slot_ids if slot_id in places]
    if not known:
        return ""
    total = sum(each.total for each in known)
    return programme.draw_places(card, total - sum(each.taken for each in known), total)


def _draw(edition: Edition) -> Programme:
    """Read the whole programme and draw every card of it."""
    stages = queries.stages(edition)
    numbers = {stage.id: number for number, stage in enumerate(stages)}
    environment = current_app.jinja_env
    macros: Any = environment.get_template("parts/timetable.html").module
    moments = [
        (session, slots)
        for session in queries.programme_of(edition)
        for slots in moments_of(session)
    ]
    moments.sort(key=lambda moment: (moment[1][0].starts_at, numbers[moment[1][0].stage_id]))
    days: dict[date, list[Card]] = {}
    for day, of_day in groupby(moments, key=lambda moment: edition.day_of(moment[1][0].starts_at)):
        busy: dict[int, list[datetime]] = defaultdict(list)
        for session, slots in of_day:
            number = numbers[slots[0].stage_id]
            lane = _free_lane(busy[number], slots)
            card = _draw_card(macros, edition, day, session, slots, number, lane)
            days.setdefault(day, []).append(card)
    for cards in days.values():
        cards.sort(key=lambda card: (card.hour, card.minute, card.stage, card.lane))
    return Programme(
        stages=[stage.name for stage in stages],
        themes=[(theme.slug, theme.name) for theme in queries.themes(edition)],
        days=days,
        _macros=environment.get_template("parts/sessions.html").module,
    )


def _free_lane(busy: list[datetime], slots: Sequence[Slot]) -> int:
    """The first lane of a stage that is free when `slots` begin; it is busy until they end."""
    starts_at, ends_at = slots[0].starts_at, slots[-1].ends_at
    for lane, until in enumerate(busy):
        if until <= starts_at:
            busy[lane] = ends_at
            return lane
    if len(busy) < MOST_LANES:
        busy.append(ends_at)
    return len(busy) - 1


def _draw_card(
    macros: Any,
    edition: Edition,
    day: date,
    session: Session,
    slots: Sequence[Slot],
    stage: int,
    lane: int,
) -> Card:
    starts_at, ends_at = slots[0].starts_at, slots[-1].ends_at
    local = edition.local(starts_at)
    hour = local.hour + (24 if local.date() > day else 0)
    bookable = tuple(slot.id for slot in slots if slot.is_bookable)
    html = macros.item(
        card_of(edition, session, slots)
        | {
            "anchor": anchor(slots),
            "hour": hour,
            "minute": local.minute,
            "minutes": min(int((ends_at - starts_at).total_seconds()) // 60, LONGEST),
            "places": _PLACES if bookable else "",
        },
        _COLUMN,
        3,
    )
    before, _column, rest = html.partition(_COLUMN)
    middle, _places, after = rest.partition(_PLACES)
    texts = [session.title, session.summary, slots[0].stage.name]
    texts += [session.theme.name] if session.theme else []
    return Card(
        stage=stage,
        lane=lane,
        hour=hour,
        minute=local.minute,
        slot_ids=bookable,
        is_coaching=session.kind == "coaching",
        kind=session.kind,
        theme=session.theme.slug if session.theme else "",
        spoken=session.languages,
        text=search.folded(
            *(part for text in texts for part in (text.nl, text.en)),
            *(f"{speaker.name} {speaker.organisation}" for speaker in session.speakers),
            str(words.KINDS[session.kind]),
        ),
        drawn=(str(before), str(middle), str(after)),
    )


def card_of(
    edition: Edition, session: Session, slots: Sequence[Slot], *, with_day: bool = False
) -> dict[str, Any]:
    """What the macro sessions.card wants to know about these slots of one session."""
    starts_at, ends_at = slots[0].starts_at, slots[-1].ends_at
    when = dates.hours(edition, starts_at, ends_at)
    if with_day:
        when = f"{dates.short_day(edition.day_of(starts_at))} · {when}"
    return {
        "kind": session.kind,
        "title": session.title,
        "url": session_url(edition, session),
        "stage_name": slots[0].stage.name,
        "time_label": when,
        "starts_at": edition.local(starts_at).isoformat(),
        "speakers": [speaker.name for speaker in session.speakers],
        "language_label": words.language_label(session.languages),
        "theme": session.theme.name if session.theme else None,
    }


def session_url(edition: Edition, session: Session) -> str:
    """The page of a session; below the edition's own name where that is not the current one."""
    return url_for("programme.session", edition_slug=edition_slug(edition), slug=session.slug)


def edition_slug(edition: Edition) -> str | None:
    """How addresses name the edition: not at all where it is the current one."""
    return None if edition.is_current else edition.slug
