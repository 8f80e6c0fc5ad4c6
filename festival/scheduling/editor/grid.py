"""One day of the draft as the editor shows it: what is placed, what waits, and what clashes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from itertools import chain
from typing import Any

from sqlalchemy import Row, select

from festival import search
from festival.db import db
from festival.editions import dates
from festival.editions.models import Edition
from festival.programme import clashes, labels, snapshot
from festival.programme.clashes import Clash
from festival.programme.models.sessions import Session, Slot
from festival.programme.models.timetable import AcceptedClash
from festival.programme.snapshot import (
    BlockSnapshot,
    SessionSnapshot,
    SlotSnapshot,
    Snapshot,
)
from festival.programme.timing import Span
from festival.web.languages import Bilingual

# How long a session usually lasts, in minutes, where no moment of it says so.
USUAL_MINUTES = {
    **{"talk": 45, "workshop": 90, "music": 60, "game": 60},
    **{"coaching": 20, "story": 30},
}
# From when to when a day is shown at least, so that there is room to put things.
FIRST_HOUR, LAST_HOUR = 9, 22
# A festival day runs from six to six, see Edition.day_of.
DAY_BEGINS, DAY_ENDS = 6 * 60, 30 * 60
# What the style sheet has a class for, in minutes.
_LONGEST = 14 * 60 + 55


@dataclass(frozen=True, slots=True)
class GridSpan:
    """Where something stands in its column; minutes from the midnight before the festival day."""

    starts: int
    minutes: int

    @property
    def classes(self) -> str:
        """As css/programme.css knows it, in steps of five minutes."""
        lasts = max(5, min(self.minutes, _LONGEST))
        return (
            f"h-{self.starts // 60} m-{self.starts % 60 // 5 * 5}"
            f" for-{lasts // 60} for-m-{lasts % 60 // 5 * 5}"
        )


@dataclass(frozen=True, slots=True)
class GridCard:
    """A slot in its place."""

    slot: SlotSnapshot
    session: SessionSnapshot
    stretch: GridSpan
    lane: int  # from 0, of `lanes` that stand side by side
    lanes: int
    when: str  # 10.30–11.15
    people: tuple[str, ...]
    waits: str  # what visitors do not see yet: '', 'new' or 'moved'
    is_clashing: bool


@dataclass(frozen=True, slots=True)
class ClosedBand:
    """Time of one stage in which nothing should stand. `block` None: the stage is closed."""

    stretch: GridSpan
    block: BlockSnapshot | None = None


@dataclass(frozen=True, slots=True)
class GridColumn:
    """One stage with all that stands on it."""

    slug: str
    name: Bilingual
    cards: list[GridCard]
    bands: list[ClosedBand]


@dataclass(frozen=True, slots=True)
class UnplacedSession:
    """What has no place in the draft: a session, or a slot that was taken off its place."""

    session: SessionSnapshot
    minutes: int
    people: tuple[str, ...]
    words: str  # for the search, folded
    code: str = ""  # of the slot
    version: int = 0
    taken: int = 0
    seen_at: str = ""  # when and where visitors still see it


@dataclass(frozen=True, slots=True)
class ClashNotice:
    """A clash in words; `acceptance` where a maker let it be."""

    clash: Clash
    sentence: str
    acceptance: AcceptedClash | None

    @property
    def anchor(self) -> str:
        """Its id in the page."""
        return f"botsing-{blake2b(self.clash.key.encode(), digest_size=6).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything that the page shows."""

    edition: Edition
    day: date
    draft_version: int
    hours: range
    columns: list[GridColumn]
    blocks: list[tuple[BlockSnapshot, str]]  # of the day, with when and where
    waiting: list[UnplacedSession]
    notices: list[ClashNotice]  # of the day
    accepted: list[ClashNotice]  # of the day
    elsewhere: list[tuple[date, int]]  # other days with the number of their clashes


def lay_out(edition: Edition, day: date) -> Grid:
    """The draft of `day`. A fixed number of queries, however long the programme."""
    draft_version = edition.draft_version  # read first: what changes from now on is news
    drafted = snapshot.read_draft(edition)
    let_be = clashes.accepted(edition)
    found = clashes.find(drafted, clashes.wanted_in(edition))
    days = {slot.code: edition.day_of(slot.starts_at) for slot in drafted.slots}
    open_ones = [clash for clash in found if clash.key not in let_be]
    of_day = [clash for clash in found if day in {days[code] for code in clash.slot_codes}]
    said = [
        ClashNotice(c, clashes.sentence(edition, c, drafted), let_be.get(c.key)) for c in of_day
    ]
    per_day = Counter(days[clash.slot_codes[0]] for clash in open_ones)
    rows = _slot_rows(edition)
    blocks = [block for block in drafted.blocks if edition.day_of(block.starts_at) == day]
    slots = [slot for slot in drafted.slots if days[slot.code] == day]
    clashing = set(chain.from_iterable(clash.slot_codes for clash in open_ones))
    columns = list(_columns(edition, drafted, day, slots, blocks, rows, clashing))
    shown = [card.stretch for column in columns for card in column.cards]
    shown += [band.stretch for column in columns for band in column.bands if band.block]
    return Grid(
        edition=edition,
        day=day,
        draft_version=draft_version,
        hours=_hours(shown),
        columns=columns,
        blocks=[
            (block, _where(edition, drafted, block.span, block.stage_id))
            for block in sorted(blocks, key=lambda block: (block.starts_at, block.id))
        ],
        waiting=list(_waiting(edition, drafted, rows)),
        notices=[notice for notice in said if not notice.acceptance],
        accepted=[notice for notice in said if notice.acceptance],
        elsewhere=[(other, n) for other, n in sorted(per_day.items()) if other != day],
    )


def clashes_of(
    edition: Edition,
    session_id: int,
    stage_id: int,
    span: Span,
    *,
    code: str,
    places: int | None,
    door_places: int,
) -> list[ClashNotice]:
    """What would clash if the slot `code` ('' for a new one) stood there, and was not let be."""
    drafted = snapshot.read_draft(edition)
    session = drafted.sessions[session_id]
    supposed = SlotSnapshot(
        id=0,
        code=code,
        session_id=session_id,
        stage_id=stage_id,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        places=places,
        taken=0,
        door_places=door_places,
        state="scheduled",
        delay_minutes=0,
        is_full=False,
        reason=Bilingual(),
        replaced_by_id=None,
        moved_from_stage_id=None,
        moved_from_at=None,
        leaves_note=False,
        sequence=0,
        changed_at=span.starts_at,
        version=0,
        is_public=False,
    )
    others = [other for other in session.slots if other.code != code]
    with_it = sorted([*others, supposed], key=lambda each: (each.starts_at, each.id))
    sessions = drafted.sessions | {session_id: replace(session, slots=tuple(with_it))}
    with_slot = replace(drafted, sessions=sessions)
    let_be = clashes.accepted(edition)
    return [
        ClashNotice(clash, clashes.sentence(edition, clash, with_slot), None)
        for clash in clashes.find(with_slot, clashes.wanted_in(edition))
        if code in clash.slot_codes and clash.key not in let_be
    ]


def usual_length(last: Span | None, kind: str) -> int:
    """How many minutes a new moment of a session gets: as its last one had, or as its kind has."""
    return _minutes(last) if last else USUAL_MINUTES[kind]


def into_day(edition: Edition, day: date, moment: datetime) -> int:
    """`moment` in minutes from the midnight before the festival day `day`, by the clock."""
    local = edition.local(moment)
    return (local.date() - day).days * 24 * 60 + local.hour * 60 + local.minute


def _slot_rows(edition: Edition) -> Sequence[Row[Any]]:
    """Of every slot what visitors see of it and what it once was, the oldest first."""
    return db.session.execute(
        select(
            *(Slot.code, Slot.session_id, Slot.stage_id, Slot.starts_at, Slot.ends_at),
            *(Slot.draft, Slot.state, Slot.is_public, Slot.taken, Slot.version),
        )
        .join(Session, Session.id == Slot.session_id)
        .where(Session.edition_id == edition.id)
        .order_by(Slot.id)
    ).all()


def _columns(
    edition: Edition,
    drafted: Snapshot,
    day: date,
    slots: Sequence[SlotSnapshot],
    blocks: Sequence[BlockSnapshot],
    rows: Sequence[Row[Any]],
    clashing: set[str],
) -> Iterator[GridColumn]:
    seen = {row.code: row for row in rows if row.is_public}
    for stage in drafted.stages.values():
        cards = []
        for slot, lane, lanes in _side_by_side([s for s in slots if s.stage_id == stage.id]):
            session = drafted.sessions[slot.session_id]
            cards.append(
                GridCard(
                    slot=slot,
                    session=session,
                    stretch=_stretch(edition, day, slot.span),
                    lane=lane,
                    lanes=lanes,
                    when="–".join(dates.clock(edition, moment) for moment in slot.span),
                    people=_names(drafted, session),
                    waits=_waits(slot, seen.get(slot.code)),
                    is_clashing=slot.code in clashing,
                )
            )
        bands = [
            ClosedBand(_stretch(edition, day, block.span), block)
            for block in blocks
            if block.stage_id in {None, stage.id}
        ]
        bands += [ClosedBand(stretch) for stretch in _closed(edition, day, stage.hours)]
        yield GridColumn(stage.slug, stage.name, cards, bands)


def _side_by_side(slots: Sequence[SlotSnapshot]) -> Iterator[tuple[SlotSnapshot, int, int]]:
    """Each of `slots` (of one stage, in order of time) with its lane and how many lanes there are.

    Those that overlap each other, directly or through others, share the width of the stage.
    """
    group: list[tuple[SlotSnapshot, int]] = []
    until: list[datetime] = []
    for slot in slots:
        if until and slot.starts_at >= max(until):
            yield from ((each, lane, len(until)) for each, lane in group)
            group, until = [], []
        lane = next((n for n, end in enumerate(until) if end <= slot.starts_at), len(until))
        until[lane : lane + 1] = [slot.ends_at]
        group.append((slot, lane))
    yield from ((each, lane, len(until)) for each, lane in group)


def _waits(slot: SlotSnapshot, seen: Row[Any] | None) -> str:
    if seen is None:
        return "new"
    now = (slot.stage_id, slot.starts_at, slot.ends_at)
    return "" if now == (seen.stage_id, seen.starts_at, seen.ends_at) else "moved"


def _closed(edition: Edition, day: date, hours: Sequence[Span]) -> Iterator[GridSpan]:
    """The stretches of the day in which a stage with these hours cannot be used."""
    if not hours:
        return
    free_from = DAY_BEGINS
    for span in sorted(hours):
        opens = into_day(edition, day, span.starts_at)
        closes = into_day(edition, day, span.ends_at)
        if closes > DAY_BEGINS and opens < DAY_ENDS:
            yield from _in_pieces(free_from, opens)
            free_from = max(free_from, closes)
    yield from _in_pieces(free_from, DAY_ENDS)


def _in_pieces(starts: int, ends: int) -> Iterator[GridSpan]:
    """From `starts` to `ends`, each piece no longer than the style sheet knows."""
    for begin in range(starts, ends, 12 * 60):
        yield GridSpan(begin, min(ends, begin + 12 * 60) - begin)


def _hours(stretches: Iterable[GridSpan]) -> range:
    first, last = FIRST_HOUR, LAST_HOUR
    for each in stretches:
        first = min(first, each.starts // 60)
        last = max(last, -(-(each.starts + each.minutes) // 60))
    return range(first, last)


def _waiting(
    edition: Edition, drafted: Snapshot, rows: Sequence[Row[Any]]
) -> Iterator[UnplacedSession]:
    """What has no place, by title."""
    by_session: dict[int, list[Row[Any]]] = {}
    for row in rows:
        by_session.setdefault(row.session_id, []).append(row)
    in_order = sorted(drafted.sessions.values(), key=lambda each: each.title.text().casefold())
    for session in in_order:
        of_it = by_session.get(session.id, [])
        taken_off = [
            row
            for row in of_it
            if row.is_public and row.state != "dropped" and row.draft.get("dropped")
        ]
        if session.slots and not taken_off:
            continue
        people = _names(drafted, session)
        text = search.folded(
            *(session.title.nl, session.title.en, session.slug, *people),
            str(labels.KINDS[session.kind]),
        )
        for row in taken_off:
            span = Span(row.starts_at, row.ends_at)
            yield UnplacedSession(
                *(session, _minutes(span), people, text),
                *(row.code, row.version, row.taken),
                seen_at=_where(edition, drafted, span, row.stage_id, with_day=True),
            )
        if not (session.slots or taken_off):
            last = Span(of_it[-1].starts_at, of_it[-1].ends_at) if of_it else None
            yield UnplacedSession(session, usual_length(last, session.kind), people, text)


def _names(drafted: Snapshot, session: SessionSnapshot) -> tuple[str, ...]:
    ids = (*session.speaker_ids, *session.host_ids)
    return tuple(drafted.speakers[n].name for n in ids if n in drafted.speakers)


def _where(
    edition: Edition,
    drafted: Snapshot,
    span: Span,
    stage_id: int | None,
    *,
    with_day: bool = False,
) -> str:
    parts = [dates.hours(edition, *span)]
    if with_day:
        parts.insert(0, dates.short_day(edition.day_of(span.starts_at)))
    if stage_id in drafted.stages:
        parts.append(drafted.stages[stage_id].name.text())
    return " · ".join(parts)


def _stretch(edition: Edition, day: date, span: Span) -> GridSpan:
    # By the clock, as forms are filled in: the night in which it is put back has 2.30 twice.
    starts, ends = (into_day(edition, day, moment) for moment in span)
    return GridSpan(starts, max(ends - starts, 5))


def _minutes(span: Span) -> int:
    return int((span.ends_at - span.starts_at) / timedelta(minutes=1))
