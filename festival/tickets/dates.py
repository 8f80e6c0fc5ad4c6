"""Days with their year, and moments, as people read them: `maandag 5 januari 2026, 10.00 uur`."""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date
from flask_babel import gettext as _

from festival.editions import dates
from festival.editions.models import Edition
from festival.web import languages

_LOCALES = {"nl": "nl_NL", "en": "en_GB"}


def local_day(edition: Edition, at: datetime) -> str:
    """`maandag 5 januari 2026`: the day that it is at `at` where the festival is."""
    return _written(edition.local(at).date(), languages.current())


def moment(edition: Edition, at: datetime) -> str:
    """`maandag 5 januari 2026, 10.00 uur`: day and clock where the festival is."""
    clock = dates.clock(edition, at)
    return str(_("%(day)s, %(clock)s uur", day=local_day(edition, at), clock=clock))


@lru_cache(maxsize=512)
def _written(of: date, language: str) -> str:
    return str(format_date(of, "EEEE d MMMM y", locale=_LOCALES[language]))
