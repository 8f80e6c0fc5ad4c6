"""Clashes in a programme: found in a snapshot, shown to makers, never forbidden.

One pass over the slots of each stage and of each person, in order of time, looks once at every
pair that overlaps or nearly does. A programme twice as long takes twice as long.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from festival.db import db
from festival.editions import dates
from festival.editions.models import Edition
from festival.programme.models.sessions import Session
from festival.programme.models.timetable import AcceptedClash, WantedTogether
from festival.programme.snapshot import BlockSnapshot, SessionSnapshot, SlotSnapshot, Snapshot
from festival.programme.snapshot_reading import read_draft
from festival.programme.timing import Span

KINDS = (
    "stage",  # two slots at once on one stage
    "speaker",  # somebody is in two slots at once
    "availability",  # outside the time that somebody can be there
    "hours",  # outside the hours of the stage
    "changeover",  # too little time between two slots on one stage
    "walk",  # too little time for somebody to walk to their next slot
    "room",  # more places than the stage holds
    "block",  # during a break or a blocker
    "visitors",  # two sessions that many visitors want are at the same time
)


class WantedPair(NamedTuple):
    """Two sessions that more visitors want both of than chance would predict; lower id first."""

    session_id: int
    other_id: int
    visitors: int


@dataclass(frozen=True, slots=True)
class Clash:
    """One conflict in the programme."""

    kind: str  # of KINDS
    slot_codes: tuple[str, ...]  # one or two, the earlier first
    people: tuple[str, ...]  # names, if it is about people
    # Minutes of overlap or minutes too few; the number of places too many; how many visitors want
    # both; 0 if there is nothing to count.
    amount: int
    # Identifies the clash, with its times and places. If one of the slots moves, it becomes another
    # clash, and makers are warned again even if they accepted the old one.
    key: str


def find(snapshot: Snapshot, wanted: Iterable[WantedPair] = ()) -> list[Clash]:
    """Returns all clashes in `snapshot`, in order of time. Does not query the database.

    Cancelled slots are left out. Several coaches may sit at one stage.
    """
    slots = [slot for slot in snapshot.slots if slot.state == "scheduled"]
    found = [
        *_at_stages(snapshot, slots),
        *_of_people(snapshot, slots),
        *_alone(snapshot, slots),
        *_in_blocks(snapshot, slots),
        *_of_visitors(snapshot, wanted),
    ]
    starts = {slot.code: slot.starts_at for slot in slots}
    return sorted(
        found, key=lambda clash: (starts[clash.slot_codes[0]], KINDS.index(clash.kind), clash.key)
    )


def of_draft(edition: Edition) -> list[Clash]:
    """Returns what would clash if the draft were released now."""
    return find(read_draft(edition), wanted_in(edition))


def wanted_in(edition: Edition) -> list[WantedPair]:
    """Returns the pairs of sessions that many visitors want both of, as last counted."""
    rows = db.session.execute(
        select(WantedTogether.session_id, WantedTogether.other_id, WantedTogether.visitors)
        .join(Session, Session.id == WantedTogether.session_id)
        .where(Session.edition_id == edition.id)
        .order_by(WantedTogether.session_id, WantedTogether.other_id)
    )
    return [WantedPair(*row) for row in rows]


def accepted(edition: Edition) -> dict[str, AcceptedClash]:
    """Returns the clashes that makers accepted, by key."""
    rows = db.session.scalars(select(AcceptedClash).where(AcceptedClash.edition_id == edition.id))
    return {row.key: row for row in rows}


def sentence(edition: Edition, clash: Clash, snapshot: Snapshot) -> str:
    """Returns a sentence that describes the clash, in the language of the page."""
    slots = [snapshot.slots_by_code[code] for code in clash.slot_codes]
    titles = [snapshot.sessions[slot.session_id].title.text() for slot in slots]
    if len({slot.session_id for slot in slots}) < len(slots):  # two slots of one session
        clocks = [dates.clock(edition, slot.starts_at) for slot in slots]
        titles = [f"{title} ({at})" for title, at in zip(titles, clocks, strict=True)]
    values = {
        "title": titles[0],
        "other": titles[-1],
        "stage": snapshot.stages[slots[0].stage_id].name.text(),
        "hours": dates.hours(edition, slots[0].starts_at, slots[0].ends_at),
        "name": ", ".join(clash.people),
    }
    return str(_said(clash.kind, clash.amount, values))


def _said(kind: str, n: int, values: dict[str, str]) -> Any:
    match kind:
        case "stage":
            return ngettext(
                "“%(title)s” en “%(other)s” staan %(num)s minuut tegelijk in %(stage)s.",
                "“%(title)s” en “%(other)s” staan %(num)s minuten tegelijk in %(stage)s.",
                n,
                **values,
            )
        case "speaker":
            return _("%(name)s is tegelijk bij “%(title)s” en bij “%(other)s”.", **values)
        case "availability":
            return _("%(name)s kan er niet de hele tijd zijn bij “%(title)s”, %(hours)s.", **values)
        case "hours":
            return _("“%(title)s” valt buiten de uren van %(stage)s.", **values)
        case "changeover":
            return ngettext(
                "Tussen “%(title)s” en “%(other)s” is %(num)s minuut te weinig om %(stage)s klaar "
                "te zetten.",
                "Tussen “%(title)s” en “%(other)s” is %(num)s minuten te weinig om %(stage)s klaar "
                "te zetten.",
                n,
                **values,
            )
        case "walk":
            return ngettext(
                "%(name)s komt %(num)s minuut te kort om van “%(title)s” naar “%(other)s” te "
                "lopen.",
                "%(name)s komt %(num)s minuten te kort om van “%(title)s” naar “%(other)s” te "
                "lopen.",
                n,
                **values,
            )
        case "room":
            return ngettext(
                "“%(title)s” heeft %(num)s plek meer dan er in %(stage)s passen.",
                "“%(title)s” heeft %(num)s plekken meer dan er in %(stage)s passen.",
                n,
                **values,
            )
        case "block":
            return _("“%(title)s” staat in een pauze of een blokkade.", **values)
    return ngettext(
        "%(num)s bezoeker wil naar “%(title)s” en naar “%(other)s”, en die zijn tegelijk.",
        "%(num)s bezoekers willen naar “%(title)s” en naar “%(other)s”, en die zijn tegelijk.",
        n,
        **values,
    )


def _at_stages(snapshot: Snapshot, slots: Sequence[SlotSnapshot]) -> Iterator[Clash]:
    by_stage: dict[int, list[SlotSnapshot]] = defaultdict(list)
    for slot in slots:
        by_stage[slot.stage_id].append(slot)
    longest = max((session.minutes_after for session in snapshot.sessions.values()), default=0)
    longest += max((session.minutes_before for session in snapshot.sessions.values()), default=0)
    for stage_id, of_stage in by_stage.items():
        usual = snapshot.stages[stage_id].changeover_minutes
        for first, second in _near(of_stage, timedelta(minutes=max(usual, longest))):
            one, other = snapshot.sessions[first.session_id], snapshot.sessions[second.session_id]
            if one.kind == other.kind == "coaching":
                continue
            if first.span.overlaps(second.span):
                yield _clash("stage", (first, second), _minutes(_overlap(first, second)))
            elif one.id != other.id:
                needed = max(usual, one.minutes_after + other.minutes_before)
                short = timedelta(minutes=needed) - (second.starts_at - first.ends_at)
                if short > timedelta(0):
                    yield _clash("changeover", (first, second), _minutes(short))


def _of_people(snapshot: Snapshot, slots: Sequence[SlotSnapshot]) -> Iterator[Clash]:
    by_person: dict[int, list[SlotSnapshot]] = defaultdict(list)
    for slot in slots:
        for person in _people(snapshot.sessions[slot.session_id]):
            by_person[person].append(slot)
    usual = max([snapshot.walk_minutes, *snapshot.walks.values()])
    for person, theirs in by_person.items():
        speaker = snapshot.speakers.get(person)
        if speaker is None:
            continue
        for first, second in _near(theirs, timedelta(minutes=usual)):
            if first.span.overlaps(second.span):
                amount = _minutes(_overlap(first, second))
                yield _clash("speaker", (first, second), amount, speaker.name, person)
                continue
            gap = second.starts_at - first.ends_at
            short = snapshot.walk(first.stage_id, second.stage_id) - gap
            if short > timedelta(0):
                yield _clash("walk", (first, second), _minutes(short), speaker.name, person)
        for slot in theirs:
            if not _within(slot.span, speaker.availability):
                yield _clash("availability", (slot,), 0, speaker.name, person)


def _alone(snapshot: Snapshot, slots: Sequence[SlotSnapshot]) -> Iterator[Clash]:
    """Yields clashes that concern a single slot, whatever else is in the programme."""
    for slot in slots:
        stage = snapshot.stages[slot.stage_id]
        if not _within(slot.span, stage.hours):
            yield _clash("hours", (slot,), 0)
        if slot.places is not None and stage.capacity is not None:
            too_many = slot.places + slot.door_places - stage.capacity
            if too_many > 0:
                yield _clash("room", (slot,), too_many, about=too_many)


def _in_blocks(snapshot: Snapshot, slots: Sequence[SlotSnapshot]) -> Iterator[Clash]:
    """Yields slots during blocks. Blocks are few: each is compared with all slots of its stage."""
    by_stage: dict[int | None, list[BlockSnapshot]] = defaultdict(list)
    for block in snapshot.blocks:
        by_stage[block.stage_id].append(block)
    for slot in slots:
        for block in (*by_stage[slot.stage_id], *by_stage[None]):
            if slot.span.overlaps(block.span):
                span = _common(slot.span, block.span)
                about = f"{block.id}@{block.starts_at:%m%d%H%M}-{block.ends_at:%m%d%H%M}"
                yield _clash("block", (slot,), _minutes(span), about=about)


def _of_visitors(snapshot: Snapshot, wanted: Iterable[WantedPair]) -> Iterator[Clash]:
    """Yields wanted pairs of which nobody can see both, whichever of their slots they choose."""
    for pair in wanted:
        times = [
            [slot for slot in snapshot.sessions[each].slots if slot.state == "scheduled"]
            for each in (pair.session_id, pair.other_id)
            if each in snapshot.sessions
        ]
        together = list(product(*times)) if len(times) == 2 else []
        if together and all(one.span.overlaps(other.span) for one, other in together):
            first, second = sorted(together[0], key=lambda slot: (slot.starts_at, slot.code))
            yield _clash("visitors", (first, second), pair.visitors)


def _near(
    slots: Sequence[SlotSnapshot], within: timedelta
) -> Iterator[tuple[SlotSnapshot, SlotSnapshot]]:
    """Yields each pair of `slots` (in order of time) that overlap or are closer than `within`."""
    open_ones: list[SlotSnapshot] = []
    for slot in slots:
        open_ones = [other for other in open_ones if slot.starts_at - other.ends_at < within]
        for other in open_ones:
            yield other, slot
        open_ones.append(slot)


def _people(session: SessionSnapshot) -> tuple[int, ...]:
    return tuple(dict.fromkeys((*session.speaker_ids, *session.host_ids)))


def _within(span: Span, spans: Sequence[Span]) -> bool:
    """Returns whether `spans`, which may touch or overlap, cover `span`. No spans mean: always."""
    reached = span.starts_at
    for each in sorted(spans):
        if each.starts_at <= reached < each.ends_at:
            reached = each.ends_at
    return not spans or reached >= span.ends_at


def _common(one: Span, other: Span) -> timedelta:
    return min(one.ends_at, other.ends_at) - max(one.starts_at, other.starts_at)


def _overlap(one: SlotSnapshot, other: SlotSnapshot) -> timedelta:
    return _common(one.span, other.span)


def _minutes(time: timedelta) -> int:
    """Returns whole minutes, rounded up."""
    return -(-int(time.total_seconds()) // 60)


def _clash(
    kind: str, slots: tuple[SlotSnapshot, ...], amount: int, name: str = "", about: int | str = 0
) -> Clash:
    where = (
        f"{slot.code}@{slot.starts_at:%m%d%H%M}-{slot.ends_at:%m%d%H%M}@{slot.stage_id}"
        for slot in slots
    )
    return Clash(
        kind=kind,
        slot_codes=tuple(slot.code for slot in slots),
        people=(name,) if name else (),
        amount=amount,
        key=":".join((kind, str(about), *where)),
    )
