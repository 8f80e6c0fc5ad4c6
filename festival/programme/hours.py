"""Times of day as people write them, on a day of the festival: which moment they mean."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from festival.editions.models import DAY_BEGINS, Edition

_TWICE = _l(
    "Deze tijd komt twee keer: de klok gaat die nacht een uur terug. "
    "Kies een tijd voor of na dat uur."
)
_NEVER = _l(
    "Deze tijd is er niet: de klok gaat die nacht een uur vooruit. "
    "Kies een tijd voor of na dat uur."
)


def moment(edition: Edition, day: date, at: time, *, is_end: bool = False) -> datetime:
    """Returns `at` on a day of the festival, in UTC; before six is the night after it.

    A festival day begins at six, so an end at six is the end of that night. If a time occurs
    twice, `at.fold` decides: the first, unless it was read from a moment. See `unclear`.
    """
    return edition.moment(_date(day, at, is_end=is_end), at)


def unclear(edition: Edition, day: date, at: time, *, is_end: bool = False) -> Any:
    """Returns why `at` is not one moment, in the page's language: it occurs twice, or never.

    An end at the very start of the repeated hour counts as clear: it means the first one.
    """
    return unclear_on(edition, _date(day, at, is_end=is_end), at, is_end=is_end)


def unclear_on(edition: Edition, day: date, at: time, *, is_end: bool = False) -> Any:
    """Does what `unclear` does, for a day of the calendar."""
    local = datetime.combine(day, at)
    turned = _turned(edition, local)
    if turned < timedelta(0):
        return _NEVER
    if turned and not (is_end and not _turned(edition, local - timedelta(minutes=1))):
        return _TWICE
    return None


def _date(day: date, at: time, *, is_end: bool) -> date:
    is_night = at < DAY_BEGINS or (is_end and at == DAY_BEGINS)
    return day + timedelta(days=1) if is_night else day


def _turned(edition: Edition, local: datetime) -> timedelta:
    """Returns how far the clocks go back at a time that occurs twice; negative if it never occurs.

    See PEP 495: with `fold` a time is read as after the change, without it as before the change.
    """
    before, after = (local.replace(fold=fold, tzinfo=edition.zone) for fold in (0, 1))
    return (before.utcoffset() or timedelta(0)) - (after.utcoffset() or timedelta(0))
