"""The programme as visitors read it: drawn once per version and language, then kept in memory.

Drawing four hundred cards takes longer than everything else on the page, and a card changes only
when the programme does. How many places are left changes all the time: each look reads those
numbers with one query and writes them into the cards that are kept.
"""

import secrets
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple, Protocol, TypeVar

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from festival import languages
from festival.editions import dates
from festival.editions.models import Edition
from festival.languages import Bilingual
from festival.programme import queries, search, states, words
from festival.programme.filters import Filters, Topic
from festival.programme.models import Block, Session, Slot, Stage
from festival.programme.queries import Places
from festival.programme.states import edition_slug, session_url

# Who shows cards asks for their addresses here.
__all__ = ["edition_slug", "session_url"]

# A new festival day begins at six in the morning, see Edition.day_of.
DAY_BEGINS = time(6)
# Meetings of one coach belong to one card until there is a break of this long between them.
COACH_BREAK = timedelta(hours=1)
# What the style sheet has places for.
MOST_LANES = 12
MOST_COLUMNS = 48
LONGEST = 14 * 60 + 55

# Where in a drawn card its column and its places are filled in. Random, so that no text has them.
_COLUMN = f"c{secrets.token_hex(8)}"
_PLACES = f"p{secrets.token_hex(8)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One thing in the timetable: a slot, or the slots of one coach's half-day together.

    Or a note where a slot was before it moved, or a break.
    """

    stage: int  # its number among the programme's stages; -1: at all of them
    lane: int
    hour: int  # 24 and on after midnight
    minute: int
    starts_at: datetime  # as expected now, with its delay
    ends_at: datetime
    drawn: tuple[str, str, str]  # its HTML before its column, up to its places, and after them
    is_note: bool = False
    is_break: bool = False
    is_cancelled: bool = False
    is_full: bool = False  # as the makers said, whatever was booked
    slot_ids: tuple[int, ...] = ()  # of the slots that must be booked
    topic: Topic | None = None  # of a break: None
    facts: Mapping[str, Any] = field(default_factory=dict)  # what sessions.card wants to know

    @property
    def counts(self) -> bool:
        """Whether it is a part of the programme by itself."""
        return not (self.is_note or self.is_break)


@dataclass
class Programme:
    """All cards of an edition in one language."""

    stages: list[tuple[str, Bilingual]]
    themes: list[tuple[str, Bilingual]]
    days: dict[date, list[Card]]
    booking_closes: timedelta  # so long before it starts
    _macros: Any  # of parts/sessions.html
    _drawn_places: dict[tuple[bool, bool, int, int], Markup] = field(default_factory=dict)

    def draw_places(self, card: Card, places: Mapping[int, Places], now: datetime) -> Markup:
        """`nog 3 plekken`, `vol, wachtlijst`, or for a coach `nog 5 van 12 gesprekken`; '' where
        none count."""
        coming = _to_be_had(card, places)
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


class Stand(NamedTuple):
    """What goes on at one stage: what is on now, and what comes after it."""

    name: Bilingual
    slug: str
    now: list[Card]
    next: list[Card]


class Meeting(Protocol):
    """A slot, from the database or of a plan."""

    @property
    def stage_id(self) -> int: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


S = TypeVar("S", bound=Meeting)


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


def places_on(edition: Edition, days: Sequence[date], now: datetime) -> dict[int, Places]:
    """The places of all bookable slots on `days` (which follow each other), as they are now."""
    if not days:
        return {}
    return queries.places_between(
        edition.moment(days[0], DAY_BEGINS),
        edition.moment(days[-1] + timedelta(days=1), DAY_BEGINS),
        now,
    )


def choose(
    cards: Iterable[Card], filters: Filters, places: Mapping[int, Places], now: datetime
) -> list[Card]:
    """The cards that the filters let through; breaks only where nothing is filtered."""
    if not filters:
        return list(cards)
    wanted = search.words(filters.text)
    return [
        card
        for card in cards
        if card.topic is not None
        and filters.let_through(card.topic, wanted)
        and not (filters.only_with_places and _has_no_room(card, places, now))
    ]


def count(cards: Iterable[Card]) -> int:
    """How many parts of the programme these are; notes and breaks are none."""
    return sum(card.counts for card in cards)


def lay_out(
    programme: Programme,
    cards: Sequence[Card],
    places: Mapping[int, Places],
    day: date,
    now: datetime,
    *,
    zone: str = "",
    as_list: bool = False,
) -> dict[str, Any]:
    """`cards` (of `day`, in order of time) as templates/parts/timetable.html wants its day."""
    # Of the lanes of a stage only those in which something stands, which a filter may leave few of.
    lanes = sorted({(card.stage, card.lane) for card in cards if card.stage >= 0})
    columns = {lane: number for number, lane in enumerate(lanes, start=1)}
    stages = Counter(stage for stage, _lane in lanes)

    hours: dict[int, list[str]] = {}
    if cards:
        hours = {hour: [] for hour in range(cards[0].hour, cards[-1].hour + 1)}
    for card in cards:
        before, middle, after = card.drawn
        at = min(columns.get((card.stage, card.lane), 1), MOST_COLUMNS)
        left = programme.draw_places(card, places, now)
        hours[card.hour].append(f"{before}{at}{middle}{left}{after}")
    return {
        "label": dates.day(day),
        "date": day.isoformat(),
        "zone": zone,
        "as_list": as_list,
        "first_hour": cards[0].hour if cards else 0,
        "length": max(map(_ends_in_hour, cards)) - cards[0].hour + 1 if cards else 0,
        "stages": [{"name": programme.stages[n][1], "lanes": stages[n]} for n in stages],
        "hours": [
            {
                "hour": hour,
                "label": _("%(span)s uur", span=f"{hour % 24}.00"),
                "night": dates.night_after(day) if hour == max(24, cards[0].hour) else "",
                "drawn": Markup("".join(drawn)),  # noqa: S704  by our own templates
            }
            for hour, drawn in hours.items()
        ],
    }


def now_and_next(programme: Programme, edition: Edition, now: datetime) -> list[Stand]:
    """Of each stage on the festival day of `now` what is on and what comes, as expected.

    What was cancelled is shown too, with what does come after it. Stages with nothing more are
    left out.
    """
    today = [card for card in programme.days.get(edition.day_of(now), ()) if now < card.ends_at]
    stands = []
    for number, (slug, name) in enumerate(programme.stages):
        here = [card for card in today if card.stage == number and card.counts]
        coming = [card for card in here if now < card.starts_at]
        first = min((card.starts_at for card in coming if not card.is_cancelled), default=None)
        stand = Stand(
            name,
            slug,
            now=[card for card in here if card.starts_at <= now],
            next=[card for card in coming if first is None or card.starts_at <= first],
        )
        if here:
            stands.append(stand)
    return stands


def first_to_come(cards: Iterable[Card], now: datetime) -> Card | None:
    """The card at which the day stands: what began last of what is on now, or else the next.

    Above it is what began before; what began hours ago and still goes on is no place to begin.
    """
    left = [card for card in cards if card.counts and now < card.ends_at]
    begun = [card for card in left if card.starts_at <= now]
    last = max((card.starts_at for card in begun), default=None)
    at = [card for card in begun if card.starts_at == last] or left
    return min(at, key=lambda card: (card.starts_at, card.stage), default=None)


def moments_of(session: Session) -> list[list[Slot]]:
    """The slots of a session as visitors count them: one by one, a coach's half-day as one."""
    if session.kind == "coaching":
        return coach_runs(session.slots)
    return [[slot] for slot in session.slots]


def coach_runs(slots: Iterable[S]) -> list[list[S]]:
    """Slots of one coaching session, in order of time, as half-days at one stage."""
    runs: list[list[S]] = []
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


def card_of(
    edition: Edition, session: Session, slots: Sequence[Slot], *, with_day: bool = False
) -> dict[str, Any]:
    """What the macro sessions.card wants to know about these slots of one session."""
    starts_at, ends_at = slots[0].starts_at, slots[-1].ends_at
    is_cancelled = all(slot.is_cancelled for slot in slots)
    late = timedelta(minutes=0 if is_cancelled else states.delay_of(slots))
    when = dates.hours(edition, starts_at + late, ends_at + late)
    if with_day:
        when = f"{dates.short_day(edition.day_of(starts_at))} · {when}"
    return {
        "kind": session.kind,
        "title": session.title,
        "url": session_url(edition, session),
        "stage_name": slots[0].stage.name,
        "time_label": when,
        "was_label": dates.hours(edition, starts_at, ends_at) if late else "",
        "night": dates.night(edition, starts_at) if with_day else "",
        "starts_at": edition.local(starts_at + late).isoformat(),
        "speakers": [speaker.name for speaker in session.speakers],
        "is_free": session.is_free and not any(slot.is_bookable for slot in slots),
        "language_label": words.language_label(session.languages),
        "theme": session.theme.name if session.theme else None,
        "states": states.states_of(edition, slots),
        "is_cancelled": is_cancelled,
    }


def _ends_in_hour(card: Card) -> int:
    """The hour in which it ends, as announced: 24 and on after midnight."""
    lasts = int((card.ends_at - card.starts_at).total_seconds()) // 60
    return card.hour + (card.minute + lasts - 1) // 60


def _has_no_room(card: Card, places: Mapping[int, Places], now: datetime) -> bool:
    if card.is_note or card.is_cancelled or card.is_full or card.ends_at <= now:
        return True
    return bool(card.slot_ids) and all(each.left <= 0 for each in _to_be_had(card, places))


def _to_be_had(card: Card, places: Mapping[int, Places]) -> list[Places]:
    """The places that count: of a coach's meetings those that have not begun."""
    known = [places[slot_id] for slot_id in card.slot_ids if slot_id in places]
    return [each for each in known if len(card.slot_ids) == 1 or not each.has_begun]


class _Entry(NamedTuple):
    """What gets a place in the timetable: when, at which stage, and how it is drawn."""

    starts_at: datetime
    ends_at: datetime
    stage: int
    draw: Callable[["_Place"], Card]


class _Place(NamedTuple):
    """Where in the timetable a card stands, as Card wants it, and as the macro does."""

    values: dict[str, Any]
    facts: dict[str, Any]


def _draw(edition: Edition) -> Programme:
    """Read the whole programme and draw every card of it."""
    stages = queries.stages(edition)
    environment = current_app.jinja_env
    macros: Any = environment.get_template("parts/timetable.html").module
    numbers = {stage.id: number for number, stage in enumerate(stages)}
    sessions = queries.programme_of(edition)
    entries = [
        *_entries(macros, edition, sessions, numbers),
        *_breaks(macros, queries.breaks(edition), numbers),
    ]
    entries.sort(key=lambda entry: (entry.starts_at, entry.stage))
    days: dict[date, list[Card]] = {}
    for day, of_day in groupby(entries, key=lambda entry: edition.day_of(entry.starts_at)):
        busy: dict[int, list[datetime]] = defaultdict(list)
        for entry in of_day:
            lane = 0 if entry.stage < 0 else _free_lane(busy[entry.stage], entry)
            place = _place(edition, day, entry, lane)
            days.setdefault(day, []).append(entry.draw(place))
    for cards in days.values():
        cards.sort(key=lambda card: (card.hour, card.minute, card.stage, card.lane))
    return Programme(
        stages=[(stage.slug, stage.name) for stage in stages],
        themes=[(theme.slug, theme.name) for theme in queries.themes(edition)],
        days=days,
        booking_closes=timedelta(minutes=edition.booking_closes_minutes),
        _macros=environment.get_template("parts/sessions.html").module,
    )


def _entries(
    macros: Any, edition: Edition, sessions: Iterable[Session], numbers: Mapping[int, int]
) -> Iterable[_Entry]:
    """Every moment of `sessions`, and a note wherever one of them left its place."""
    for session in sessions:
        for slots in moments_of(session):
            first, last = slots[0], slots[-1]
            draw = partial(_draw_card, macros, edition, session, slots)
            yield _Entry(first.starts_at, last.ends_at, numbers[first.stage_id], draw)
            if not first.leaves_note or first.moved_from_at is None or first.is_cancelled:
                continue
            stage_id = first.moved_from_stage_id or first.stage_id
            if stage_id in numbers:
                until = first.moved_from_at + (last.ends_at - first.starts_at)
                draw = partial(_draw_note, macros, edition, session, slots)
                yield _Entry(first.moved_from_at, until, numbers[stage_id], draw)


def _breaks(macros: Any, blocks: Iterable[Block], numbers: Mapping[int, int]) -> Iterable[_Entry]:
    for block in blocks:
        stage = -1 if block.stage_id is None else numbers[block.stage_id]
        yield _Entry(block.starts_at, block.ends_at, stage, partial(_draw_break, macros, block))


def _free_lane(busy: list[datetime], entry: _Entry) -> int:
    """The first lane of a stage that is free when `entry` begins; it is busy until that ends."""
    for lane, until in enumerate(busy):
        if until <= entry.starts_at:
            busy[lane] = entry.ends_at
            return lane
    if len(busy) < MOST_LANES:
        busy.append(entry.ends_at)
    return len(busy) - 1


def _place(edition: Edition, day: date, entry: _Entry, lane: int) -> _Place:
    local = edition.local(entry.starts_at)
    hour = local.hour + (24 if local.date() > day else 0)
    minutes = int((entry.ends_at - entry.starts_at).total_seconds()) // 60
    time_label = dates.hours(edition, entry.starts_at, entry.ends_at)
    at = {"hour": hour, "minute": local.minute}
    return _Place(
        at
        | {"stage": entry.stage, "lane": lane}
        | {"starts_at": entry.starts_at, "ends_at": entry.ends_at},
        at
        | {"minutes": min(minutes, LONGEST), "is_wide": entry.stage < 0}
        | {"time_label": time_label, "starts_at": local.isoformat()},
    )


def _draw_card(
    macros: Any, edition: Edition, session: Session, slots: Sequence[Slot], place: _Place
) -> Card:
    facts = card_of(edition, session, slots) | {"code": slots[0].code}
    is_cancelled, is_full = facts["is_cancelled"], states.is_full(slots)
    shows_places = not (is_cancelled or is_full)
    bookable = [slot for slot in slots if slot.is_bookable]
    counted = tuple(slot.id for slot in bookable if not slot.is_cancelled and not slot.is_full)
    late = timedelta(minutes=0 if is_cancelled else states.delay_of(slots))
    drawn = facts | {
        "anchor": anchor(slots),
        "places": _PLACES if counted and shows_places else "",
    }
    return Card(
        **place.values
        | {
            "starts_at": place.values["starts_at"] + late,
            "ends_at": place.values["ends_at"] + late,
            "slot_ids": counted if shows_places else (),
            "is_cancelled": is_cancelled,
            "is_full": is_full,
            "topic": _topic(session, slots[0].stage, needs_booking=bool(bookable)),
            "facts": facts,
            "drawn": _drawn(macros, place.facts | drawn),
        },
    )


def _draw_note(
    macros: Any, edition: Edition, session: Session, slots: Sequence[Slot], place: _Place
) -> Card:
    """Where `slots` stood before they moved."""
    first = slots[0]
    former = first.moved_from_stage or first.stage
    facts = place.facts | {
        "kind": session.kind,
        "title": session.title,
        "stage_name": former.name,
        "states": [states.moved_to(edition, first)],
        "is_note": True,
    }
    return Card(
        **place.values,
        is_note=True,
        topic=_topic(session, former, needs_booking=first.is_bookable),
        facts=facts,
        drawn=_drawn(macros, facts),
    )


def _draw_break(macros: Any, block: Block, place: _Place) -> Card:
    facts = place.facts | {
        "title": block.title,
        "stage_name": block.stage.name if block.stage else None,
        "is_break": True,
    }
    return Card(**place.values, is_break=True, facts=facts, drawn=_drawn(macros, facts))


def _drawn(macros: Any, facts: Mapping[str, Any]) -> tuple[str, str, str]:
    before, _column, rest = macros.item(facts, _COLUMN, 4).partition(_COLUMN)
    middle, _places, after = rest.partition(_PLACES)
    return str(before), str(middle), str(after)


def _topic(session: Session, stage: Stage, *, needs_booking: bool) -> Topic:
    """What the filters look at; people find it by what stands on its card, in both languages."""
    texts = [session.title, session.summary, stage.name]
    texts += [session.theme.name] if session.theme else []
    return Topic(
        kind=session.kind,
        theme=session.theme.slug if session.theme else "",
        spoken=session.languages,
        stage=stage.slug,
        level=session.level,
        min_age=session.min_age or 0,
        access=frozenset((*session.access, *words.access_of(stage))),
        needs_booking=needs_booking,
        is_free=session.is_free and not needs_booking,
        text=search.folded(
            *(part for text in texts for part in (text.nl, text.en)),
            *(f"{speaker.name} {speaker.organisation}" for speaker in session.speakers),
            str(words.KINDS[session.kind]),
        ),
    )
