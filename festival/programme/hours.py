"""Times of day as people write them, on a day of the festival: which moment they mean."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from festival.editions.models import DAY_BEGINS, Edition
from festival.programme.timing import Span

LONGEST_INTO_MORNING = timedelta(hours=12)

_TWICE = _l(
    "Deze tijd komt twee keer: de klok gaat die nacht een uur terug. "
    "Kies een tijd voor of na dat uur."
)
_NEVER = _l(
    "Deze tijd is er niet: de klok gaat die nacht een uur vooruit. "
    "Kies een tijd voor of na dat uur."
)


def moment(edition: Edition, day: date, at: time) -> datetime:
    """Returns in UTC when something starts at `at` on a day of the festival; see `start_date`.

    If a time occurs twice, `at.fold` decides: the first, unless it was read from a moment. See
    `unclear`.
    """
    return edition.moment(start_date(day, at), at)


def span(edition: Edition, day: date, starts: time, ends: time) -> Span:
    """Returns start and end in UTC on a day of the festival; see `start_date` and `end_date`."""
    return span_from(edition, start_date(day, starts), starts, ends)


def span_from(edition: Edition, starts_on: date, starts: time, ends: time) -> Span:
    """Does what `span` does, for a start on a day of the calendar."""
    ends_on = end_date(starts_on, starts, ends)
    return Span(edition.moment(starts_on, starts), edition.moment(ends_on, ends))


def start_date(day: date, starts: time) -> date:
    """Returns the day of the calendar of a start on a day of the festival, which begins at six."""
    return day + timedelta(days=1) if starts < DAY_BEGINS else day


def end_date(starts_on: date, starts: time, ends: time) -> date:
    """Returns the day of the calendar of an end, for a start on `starts_on` of the calendar.

    An end that is not after the start on the clock is on the next day if it is in the night of
    that festival day, or goes on into a morning for at most LONGEST_INTO_MORNING. Other such ends
    are before their start: somebody mistyped.
    """
    if ends > starts:
        return starts_on
    next_day = starts_on + timedelta(days=1)
    is_night = starts >= DAY_BEGINS and ends <= DAY_BEGINS
    length = datetime.combine(next_day, ends) - datetime.combine(starts_on, starts)
    return next_day if is_night or length <= LONGEST_INTO_MORNING else starts_on


def unclear(edition: Edition, on: date, at: time, *, is_end: bool = False) -> Any:
    """Returns why `at` on a day of the calendar is not one moment: it occurs twice, or never.

    In the page's language, or None. An end at the very start of the repeated hour counts as clear:
    it means the first one.
    """
    local = datetime.combine(on, at)
    turned = _turned(edition, local)
    if turned < timedelta(0):
        return _NEVER
    if turned and not (is_end and not _turned(edition, local - timedelta(minutes=1))):
        return _TWICE
    return None


def _turned(edition: Edition, local: datetime) -> timedelta:
    """Returns how far the clocks go back at a time that occurs twice; negative if it never occurs.

    See PEP 495: with `fold` a time is read as after the change, without it as before the change.
    """
    before, after = (local.replace(fold=fold, tzinfo=edition.zone) for fold in (0, 1))
    return (before.utcoffset() or timedelta(0)) - (after.utcoffset() or timedelta(0))
