"""The layout of one day on sheets of A3: stages side by side, time from top to bottom.

Time is a real axis, but a busy hour is taller than a quiet one, so no text is ever cut off. A day
that does not fit at the smallest type size takes more sheets.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Any, NamedTuple

from festival.editions import dates
from festival.editions.models import Edition
from festival.programme import labels
from festival.programme.occurrences import StageEntry
from festival.programme.snapshot import StageSnapshot
from festival.text_metrics import Fitted, count_lines, fit, measure_line_height

# In millimetres, as in templates/pdf/programme_wall.css.
WIDTH, HEIGHT = 384.0, 240.0  # of the grid, without the hours and the stage names
_PAD_X, _PAD_Y, _GAP = 3.6, 2.2, 0.8
_LEAST_PER_MINUTE = 0.1
SIZES = (15.0, 13.5, 12.0, 11.0, 10.0)  # of titles, in points; other text is proportionally smaller
_SMALL = 0.8
_STAGES_MM = 10.5  # for the names of stages, above the grid
_STAGE_SIZES = (15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5)
_MOST_STAGES = 8  # on a sheet; narrower columns are hard to read


class WallBox(NamedTuple):
    """One entry on the sheet."""

    entry: StageEntry
    label: str
    x: float
    y: float
    width: float
    height: float
    has_who: bool


class WallColumn(NamedTuple):
    """A stage on the sheet."""

    stage: StageSnapshot
    x: float
    width: float
    name: Fitted


class HourLine(NamedTuple):
    """A line across the sheet."""

    label: str
    y: float


@dataclass(frozen=True)
class WallSheet:
    """One side of A3."""

    size: float  # of titles, in points
    columns: list[WallColumn]
    boxes: list[WallBox]
    hours: list[HourLine]


class _PlacedEntry(NamedTuple):
    """An entry in its lane: its column, left side and width, and its minimum height."""

    entry: StageEntry
    label: str
    x: float
    width: float
    need: float


def sheets_of(
    edition: Edition, stages: Sequence[StageSnapshot], entries: Sequence[StageEntry], language: str
) -> list[WallSheet]:
    """Returns the entries of one day on as few readable sheets as possible."""
    used = [stage for stage in stages if any(entry.stage_id == stage.id for entry in entries)]
    if not used:
        return []
    for number in range(ceil(len(used) / _MOST_STAGES), len(used) + 1):
        groups = list(_groups(used, number))
        for size in SIZES:
            sheets = [_sheet(edition, group, entries, size, language) for group in groups]
            if all(sheets):
                return [sheet for sheet in sheets if sheet]
    # Not even one stage fits on a sheet: split its day into two halves.
    moments = sorted(entry.expected.starts_at for entry in entries)
    noon = moments[len(moments) // 2]
    halves = (
        [entry for entry in entries if entry.expected.starts_at < noon],
        [entry for entry in entries if entry.expected.starts_at >= noon],
    )
    if not all(halves):
        raise ValueError(f"an entry is taller than a sheet: {entries[0].title}")
    return [sheet for half in halves for sheet in sheets_of(edition, used, half, language)]


def _groups(stages: Sequence[StageSnapshot], number: int) -> Iterator[Sequence[StageSnapshot]]:
    """Yields the stages in `number` groups of nearly equal size."""
    for n in range(number):
        yield stages[n * len(stages) // number : (n + 1) * len(stages) // number]


def _sheet(
    edition: Edition,
    stages: Sequence[StageSnapshot],
    entries: Sequence[StageEntry],
    size: float,
    language: str,
) -> WallSheet | None:
    """Returns a sheet of these stages with titles of `size` points; None if it is too tall."""
    lanes = {
        stage.id: _lanes([entry for entry in entries if entry.stage_id == stage.id])
        for stage in stages
    }
    unit = WIDTH / sum(max(1, len(lanes[stage.id])) for stage in stages)
    columns, laid, x = [], [], 0.0
    for stage in stages:
        width = unit * max(1, len(lanes[stage.id]))
        columns.append(WallColumn(stage, x, width, _stage_name(stage, width, language)))
        for number, lane in enumerate(lanes[stage.id]):
            for entry in lane:
                label = _label(edition, entry)
                need = _need(entry, label, unit - _GAP, size, language)
                laid.append(_PlacedEntry(entry, label, x + number * unit, unit - _GAP, need))
        x += width
    times, heights = _axis(laid)
    if heights[-1] > HEIGHT:
        return None
    at = _stretched(times, heights)
    return WallSheet(
        size, columns, list(_boxes(laid, at, size, language)), _hours(edition, times, at)
    )


def _stage_name(stage: StageSnapshot, width: float, language: str) -> Fitted:
    return fit(
        stage.name.text(language),
        "title",
        width=width - 1.6,
        height=_STAGES_MM,
        sizes=_STAGE_SIZES,
        leading=1,
        language=stage.name.language(language),
    )


def _lanes(entries: Sequence[StageEntry]) -> list[list[StageEntry]]:
    """Splits the entries of one stage into lanes, so that overlapping ones are side by side."""
    lanes: list[list[StageEntry]] = []
    for entry in entries:
        for lane in lanes:
            if lane[-1].ends_at <= entry.expected.starts_at:
                lane.append(entry)
                break
        else:
            lanes.append([entry])
    return lanes


def _axis(laid: Sequence[_PlacedEntry]) -> tuple[list[datetime], list[float]]:
    """Returns each moment at which something begins or ends, and how low it is at least."""
    times = sorted(
        {
            moment
            for each in laid
            for moment in (each.entry.expected.starts_at, each.entry.expected.ends_at)
        }
    )
    ending: dict[datetime, list[_PlacedEntry]] = {}
    for each in laid:
        ending.setdefault(each.entry.expected.ends_at, []).append(each)
    down = {times[0]: 0.0}
    for before, moment in pairwise(times):
        least = down[before] + _minutes(moment - before) * _LEAST_PER_MINUTE
        needed = [
            down[each.entry.expected.starts_at] + each.need for each in ending.get(moment, ())
        ]
        down[moment] = max([least, *needed])
    return times, [down[moment] for moment in times]


def _stretched(times: Sequence[datetime], heights: Sequence[float]) -> Any:
    """Returns a function from moment to distance from the top.

    Room that is left over is divided in proportion to time.
    """
    whole = _minutes(times[-1] - times[0])
    spare = HEIGHT - heights[-1]
    down = [
        height + spare * _minutes(moment - times[0]) / whole
        for moment, height in zip(times, heights, strict=True)
    ]

    def at(moment: datetime) -> float:
        n = min(max(bisect_right(times, moment) - 1, 0), len(times) - 2)
        part = _minutes(moment - times[n]) / _minutes(times[n + 1] - times[n])
        return down[n] + part * (down[n + 1] - down[n])

    return at


def _boxes(laid: Sequence[_PlacedEntry], at: Any, size: float, language: str) -> Iterator[WallBox]:
    for each in laid:
        top = at(each.entry.expected.starts_at)
        height = at(each.entry.expected.ends_at) - top - _GAP
        room = height - each.need + _GAP
        who = ", ".join(each.entry.speakers)
        small = size * _SMALL
        has_who = bool(who) and room >= count_lines(
            who, "text", small, each.width - _PAD_X
        ) * measure_line_height(small)
        yield WallBox(each.entry, each.label, each.x, top, each.width, height, has_who)


def _hours(edition: Edition, times: Sequence[datetime], at: Any) -> list[HourLine]:
    """Returns a line for every full hour, but only the first of lines that are too close."""
    hour = edition.local(times[0]).replace(minute=0, second=0, microsecond=0)
    found: list[HourLine] = []
    while hour <= times[-1]:
        if hour >= times[0]:
            y = at(hour)
            if not found or y - found[-1].y >= 4:
                found.append(HourLine(dates.clock(edition, hour), y))
        # Steps in UTC, so that hours are right in the night in which the clocks change.
        hour = edition.local(hour.astimezone(times[0].tzinfo) + timedelta(hours=1))
    return found


def _label(edition: Edition, entry: StageEntry) -> str:
    """Returns `10.00–10.45 Lezing`. The shape of the kind takes the room of two letters."""
    starts, ends = (dates.clock(edition, at) for at in entry.expected)
    span = f"{starts}–{ends}"
    return span if entry.is_break else f"{span} {labels.KINDS[entry.kind]}"


def _need(entry: StageEntry, label: str, width: float, size: float, language: str) -> float:
    """Returns the minimum height of the entry's box for its time, title and news."""
    small = size * _SMALL
    height = _PAD_Y + count_lines(
        f"mm {label}", "bold", small, width - _PAD_X
    ) * measure_line_height(small)
    height += count_lines(
        entry.title.text(language), "title", size, width - _PAD_X
    ) * measure_line_height(size)
    if entry.is_off:
        height += count_lines(
            "mm Gaat niet door, verplaatst", "bold", small, width - _PAD_X
        ) * measure_line_height(small)
    return height + _GAP


def _minutes(span: timedelta) -> float:
    return span.total_seconds() / 60
