"""Days and hours as people read them: `zaterdag 18 september`, `13.30–14.15 uur`."""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date
from flask_babel import gettext as _

from festival import languages
from festival.editions.models import Edition
from festival.programme.models import Slot

_LOCALES = {"nl": "nl_NL", "en": "en_GB"}


def day(of: date) -> str:
    """`zaterdag 18 september`, in the language of the page."""
    return _written(of, "EEEE d MMMM", languages.current())


def short_day(of: date) -> str:
    """`za 18 sep`, where there is little room."""
    return _written(of, "EEE d MMM", languages.current()).replace(".", "")


def days(of: list[date]) -> str:
    """`vrijdag 17 en zaterdag 18 september`: the month once where it is the same for all."""
    if not of:
        return ""
    same_month = len({each.month for each in of}) == 1
    pattern = "EEEE d" if same_month else "EEEE d MMMM"
    written = [_written(each, pattern, languages.current()) for each in of[:-1]]
    written.append(day(of[-1]))
    if len(written) == 1:
        return written[0]
    return str(_("%(first)s en %(last)s", first=", ".join(written[:-1]), last=written[-1]))


def clock(edition: Edition, moment: datetime) -> str:
    """`9.05`: what the clocks of the festival show."""
    local = edition.local(moment)
    return f"{local.hour}.{local.minute:02}"


def hours(edition: Edition, starts_at: datetime, ends_at: datetime) -> str:
    """`13.30–14.15 uur`; in English without the word."""
    span = f"{clock(edition, starts_at)}–{clock(edition, ends_at)}"
    return str(_("%(span)s uur", span=span))


def hour(edition: Edition, moment: datetime) -> str:
    """`13.30 uur`; in English without the word."""
    return str(_("%(span)s uur", span=clock(edition, moment)))


def span(slot: Slot) -> str:
    """`zaterdag 18 september, 13.30–14.15 uur`."""
    edition = slot.session.edition
    return f"{day(slot.day)}, {hours(edition, slot.starts_at, slot.ends_at)}"


@lru_cache(maxsize=512)
def _written(of: date, pattern: str, language: str) -> str:
    return str(format_date(of, pattern, locale=_LOCALES[language]))
