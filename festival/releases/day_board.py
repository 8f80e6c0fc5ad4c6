"""What the day screen shows: each stage with what is on now, next and later."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from festival.editions import dates
from festival.editions.models import Edition
from festival.programme import queries as programme
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Slot
from festival.programme.occurrences import half_days
from festival.releases import queries


@dataclass(frozen=True)
class SlotToday:
    """One slot, or a coach's half-day, on the day screen."""

    slots: list[Slot]
    slot: Slot  # the one that the actions change; for a coach the current or next one
    hours: str  # as announced
    expected: str  # "" if it is the same
    is_now: bool
    taken: int
    places: int | None


@dataclass(frozen=True)
class StageToday:
    """What is on at one stage, from now on."""

    stage: Stage
    first: list[SlotToday]  # now and next
    later: list[SlotToday]


def boards_of_day(edition: Edition, slots: Sequence[Slot], now: datetime) -> list[StageToday]:
    """Returns what is not over yet, for each stage that has something left."""
    by_stage: dict[int, list[SlotToday]] = defaultdict(list)
    for run in _runs(slots):
        if run[-1].expected_ends_at > now:
            by_stage[run[0].stage_id].append(describe_moment(edition, run, now))
    boards = []
    for stage in programme.stages(edition):
        moments = by_stage[stage.id]
        in_order = sorted(moments, key=lambda each: (not each.is_now, each.slots[0].starts_at))
        coming = [each.slots[0].starts_at for each in in_order if not each.is_now]
        # A cancelled slot and its replacement start at the same time: show both.
        until = len(moments) - len(coming) + coming.count(coming[0] if coming else now)
        if moments:
            boards.append(StageToday(stage, in_order[:until], in_order[until:]))
    return boards


def _runs(slots: Sequence[Slot]) -> list[list[Slot]]:
    """Returns the slots by time, each by itself, but a coach's half-day together."""
    coached: dict[int, list[Slot]] = defaultdict(list)
    runs = []
    for slot in slots:
        if slot.session.kind == "coaching":
            coached[slot.session_id].append(slot)
        else:
            runs.append([slot])
    for of_coach in coached.values():
        runs += half_days(of_coach)
    return sorted(runs, key=lambda run: (run[0].starts_at, run[0].id))


def half_day_of(edition: Edition, slot: Slot) -> list[Slot]:
    """Returns the meetings of the coach's half-day that `slot` is in; [] if it is no coaching."""
    if slot.session.kind != "coaching":
        return []
    of_coach = [
        each for each in queries.slots_on(edition, slot.day) if each.session_id == slot.session_id
    ]
    return next(run for run in half_days(of_coach) if slot in run)


def describe_moment(edition: Edition, slots: list[Slot], now: datetime) -> SlotToday:
    """Describes a slot, or a coach's half-day, as it stands now."""
    upcoming = [each for each in slots if not each.is_cancelled and each.expected_ends_at > now]
    slot = (upcoming or slots)[0]
    bookable = [each for each in slots if each.is_bookable]
    late = slot.delay_minutes
    return SlotToday(
        slots=slots,
        slot=slot,
        hours=announced_hours(edition, slots),
        expected=dates.hours(edition, slot.expected_starts_at, slot.expected_ends_at)
        if late
        else "",
        is_now=slots[0].expected_starts_at <= now < slots[-1].expected_ends_at,
        taken=sum(each.taken for each in bookable),
        places=sum(each.places or 0 for each in bookable) if bookable else None,
    )


def announced_hours(edition: Edition, slots: Sequence[Slot]) -> str:
    """Returns the announced start and end of consecutive slots."""
    return dates.hours(edition, slots[0].starts_at, slots[-1].ends_at)
