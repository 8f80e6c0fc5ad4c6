"""Dates and times in words, with the year: `maandag 5 januari 2026, 10.00 uur`."""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date
from flask_babel import gettext as _

from festival.editions import dates
from festival.editions.models import Edition
from festival.web import languages

_LOCALES = {"nl": "nl_NL", "en": "en_GB"}


def local_day(edition: Edition, at: datetime) -> str:
    """Returns the date of `at` in the festival's time zone: `maandag 5 januari 2026`."""
    return _written(edition.local(at).date(), languages.current())


def moment(edition: Edition, at: datetime) -> str:
    """Returns `maandag 5 januari 2026, 10.00 uur`: date and time in the festival's time zone."""
    clock = dates.clock(edition, at)
    return str(_("%(day)s, %(clock)s uur", day=local_day(edition, at), clock=clock))


@lru_cache(maxsize=512)
def _written(of: date, language: str) -> str:
    return str(format_date(of, "EEEE d MMMM y", locale=_LOCALES[language]))
