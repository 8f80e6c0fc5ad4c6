"""One day of the draft as the editor shows it: placed slots, unplaced sessions and clashes."""

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
from festival.programme import clashes, labels, snapshot_reading
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
from festival.sorting import title_key
from festival.web.languages import Bilingual

# The usual minutes of a session that has no slot yet.
USUAL_MINUTES = {
    **{"talk": 45, "workshop": 90, "music": 60, "game": 60},
    **{"coaching": 20, "story": 30},
}
# The hours that a day shows at least, so that there is room for new slots.
FIRST_HOUR, LAST_HOUR = 9, 22
# A festival day runs from six to six, see Edition.day_of.
DAY_BEGINS, DAY_ENDS = 6 * 60, 30 * 60
# The longest duration that the style sheet has a class for, in minutes.
_LONGEST = 14 * 60 + 55


@dataclass(frozen=True, slots=True)
class GridSpan:
    """A position in a column, in minutes from the midnight before the festival day."""

    starts: int
    minutes: int

    @property
    def classes(self) -> str:
        """The classes of css/programme.css, in steps of five minutes."""
        length = max(5, min(self.minutes, _LONGEST))
        return (
            f"h-{self.starts // 60} m-{self.starts % 60 // 5 * 5}"
            f" for-{length // 60} for-m-{length % 60 // 5 * 5}"
        )


@dataclass(frozen=True, slots=True)
class GridCard:
    """A slot in the grid."""

    slot: SlotSnapshot
    session: SessionSnapshot
    stretch: GridSpan
    lane: int  # from 0, of `lanes` side by side
    lanes: int
    when: str  # 10.30–11.15
    people: tuple[str, ...]
    waits: str  # what visitors do not see yet: '', 'new' or 'moved'
    is_clashing: bool


@dataclass(frozen=True, slots=True)
class ClosedBand:
    """Time in which a stage cannot be used: because of `block` or, if None, its opening hours."""

    stretch: GridSpan
    block: BlockSnapshot | None = None


@dataclass(frozen=True, slots=True)
class GridColumn:
    """One stage with everything on it."""

    slug: str
    name: Bilingual
    cards: list[GridCard]
    bands: list[ClosedBand]


@dataclass(frozen=True, slots=True)
class UnplacedSession:
    """A session without a slot in the draft, or a slot that was taken off the timetable."""

    session: SessionSnapshot
    minutes: int
    people: tuple[str, ...]
    words: str  # folded text for the search
    code: str = ""  # of the slot
    version: int = 0
    taken: int = 0
    seen_at: str = ""  # when and where visitors still see it


@dataclass(frozen=True, slots=True)
class ClashNotice:
    """A clash in words, with its `acceptance` if an organiser accepted it."""

    clash: Clash
    sentence: str
    acceptance: AcceptedClash | None

    @property
    def anchor(self) -> str:
        """The id of its element."""
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
    """Returns the draft of `day`, with a fixed number of queries."""
    draft_version = edition.draft_version  # read first, so that later changes count as new
    draft_snapshot = snapshot_reading.read_draft(edition)
    accepted = clashes.accepted(edition)
    found = clashes.find(draft_snapshot, clashes.wanted_in(edition))
    days = {slot.code: edition.day_of(slot.starts_at) for slot in draft_snapshot.slots}
    open_clashes = [clash for clash in found if clash.key not in accepted]
    clashes_of_day = [clash for clash in found if day in {days[code] for code in clash.slot_codes}]
    notices = [
        ClashNotice(c, clashes.sentence(edition, c, draft_snapshot), accepted.get(c.key))
        for c in clashes_of_day
    ]
    per_day = Counter(days[clash.slot_codes[0]] for clash in open_clashes)
    rows = _slot_rows(edition)
    blocks = [block for block in draft_snapshot.blocks if edition.day_of(block.starts_at) == day]
    slots = [slot for slot in draft_snapshot.slots if days[slot.code] == day]
    clashing = set(chain.from_iterable(clash.slot_codes for clash in open_clashes))
    columns = list(_columns(edition, draft_snapshot, day, slots, blocks, rows, clashing))
    shown = [card.stretch for column in columns for card in column.cards]
    shown += [band.stretch for column in columns for band in column.bands if band.block]
    return Grid(
        edition=edition,
        day=day,
        draft_version=draft_version,
        hours=_hours(shown),
        columns=columns,
        blocks=[
            (block, _where(edition, draft_snapshot, block.span, block.stage_id))
            for block in sorted(blocks, key=lambda block: (block.starts_at, block.id))
        ],
        waiting=list(_waiting(edition, draft_snapshot, rows)),
        notices=[notice for notice in notices if not notice.acceptance],
        accepted=[notice for notice in notices if notice.acceptance],
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
    """Returns the new clashes if the slot `code` ('' for a new one) were there."""
    draft_snapshot = snapshot_reading.read_draft(edition)
    session = draft_snapshot.sessions[session_id]
    candidate = SlotSnapshot(
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
    slots = sorted([*others, candidate], key=lambda each: (each.starts_at, each.id))
    sessions = draft_snapshot.sessions | {session_id: replace(session, slots=tuple(slots))}
    with_slot = replace(draft_snapshot, sessions=sessions)
    accepted = clashes.accepted(edition)
    return [
        ClashNotice(clash, clashes.sentence(edition, clash, with_slot), None)
        for clash in clashes.find(with_slot, clashes.wanted_in(edition))
        if code in clash.slot_codes and clash.key not in accepted
    ]


def usual_length(last: Span | None, kind: str) -> int:
    """Returns the minutes of a new slot: like the last one, or else as usual for its kind."""
    return _minutes(last) if last else USUAL_MINUTES[kind]


def into_day(edition: Edition, day: date, moment: datetime) -> int:
    """Returns `moment` in minutes from the midnight before the festival day, by the clock."""
    local = edition.local(moment)
    return (local.date() - day).days * 24 * 60 + local.hour * 60 + local.minute


def _slot_rows(edition: Edition) -> Sequence[Row[Any]]:
    """Returns what visitors see of every slot, including dropped ones, the oldest first."""
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
    draft_snapshot: Snapshot,
    day: date,
    slots: Sequence[SlotSnapshot],
    blocks: Sequence[BlockSnapshot],
    rows: Sequence[Row[Any]],
    clashing: set[str],
) -> Iterator[GridColumn]:
    seen = {row.code: row for row in rows if row.is_public}
    for stage in draft_snapshot.stages.values():
        cards = []
        for slot, lane, lanes in _side_by_side([s for s in slots if s.stage_id == stage.id]):
            session = draft_snapshot.sessions[slot.session_id]
            cards.append(
                GridCard(
                    slot=slot,
                    session=session,
                    stretch=_stretch(edition, day, slot.span),
                    lane=lane,
                    lanes=lanes,
                    when="–".join(dates.clock(edition, moment) for moment in slot.span),
                    people=_names(draft_snapshot, session),
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
    """Yields the slots of one stage, in order of time, with their lane and the number of lanes.

    Slots that overlap, directly or through others, share the width of the stage.
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
    """Yields the parts of the day in which a stage with these opening hours is closed."""
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
    """Yields `starts` to `ends` in pieces that the style sheet has classes for."""
    for begin in range(starts, ends, 12 * 60):
        yield GridSpan(begin, min(ends, begin + 12 * 60) - begin)


def _hours(stretches: Iterable[GridSpan]) -> range:
    first, last = FIRST_HOUR, LAST_HOUR
    for each in stretches:
        first = min(first, each.starts // 60)
        last = max(last, -(-(each.starts + each.minutes) // 60))
    return range(first, last)


def _waiting(
    edition: Edition, draft_snapshot: Snapshot, rows: Sequence[Row[Any]]
) -> Iterator[UnplacedSession]:
    """Yields everything without a place, by title."""
    by_session: dict[int, list[Row[Any]]] = {}
    for row in rows:
        by_session.setdefault(row.session_id, []).append(row)
    in_order = sorted(
        draft_snapshot.sessions.values(), key=lambda each: title_key(each.title.text())
    )
    for session in in_order:
        slot_rows = by_session.get(session.id, [])
        taken_off = [
            row
            for row in slot_rows
            if row.is_public and row.state != "dropped" and row.draft.get("dropped")
        ]
        if session.slots and not taken_off:
            continue
        people = _names(draft_snapshot, session)
        text = search.folded(
            *(session.title.nl, session.title.en, session.slug, *people),
            str(labels.KINDS[session.kind]),
        )
        for row in taken_off:
            span = Span(row.starts_at, row.ends_at)
            yield UnplacedSession(
                *(session, _minutes(span), people, text),
                *(row.code, row.version, row.taken),
                seen_at=_where(edition, draft_snapshot, span, row.stage_id, with_day=True),
            )
        if not (session.slots or taken_off):
            last = Span(slot_rows[-1].starts_at, slot_rows[-1].ends_at) if slot_rows else None
            yield UnplacedSession(session, usual_length(last, session.kind), people, text)


def _names(draft_snapshot: Snapshot, session: SessionSnapshot) -> tuple[str, ...]:
    ids = (*session.speaker_ids, *session.host_ids)
    return tuple(draft_snapshot.speakers[n].name for n in ids if n in draft_snapshot.speakers)


def _where(
    edition: Edition,
    draft_snapshot: Snapshot,
    span: Span,
    stage_id: int | None,
    *,
    with_day: bool = False,
) -> str:
    parts = [dates.hours(edition, *span)]
    if with_day:
        parts.insert(0, dates.short_day(edition.day_of(span.starts_at)))
    if stage_id in draft_snapshot.stages:
        parts.append(draft_snapshot.stages[stage_id].name.text())
    return " · ".join(parts)


def _stretch(edition: Edition, day: date, span: Span) -> GridSpan:
    # By the clock, like the forms: in the night of the clock change 2.30 comes twice.
    starts, ends = (into_day(edition, day, moment) for moment in span)
    return GridSpan(starts, max(ends - starts, 5))


def _minutes(span: Span) -> int:
    return int((span.ends_at - span.starts_at) / timedelta(minutes=1))
