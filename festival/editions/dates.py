"""Days and hours as people read them: `zaterdag 18 september`, `13.30–14.15 uur`."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from babel.dates import format_date
from flask_babel import gettext as _

from festival.editions.models import Edition
from festival.web import languages

_LOCALES = {"nl": "nl_NL", "en": "en_GB"}


def day(of: date) -> str:
    """`zaterdag 18 september`, in the language of the page."""
    return _written(of, "EEEE d MMMM", languages.current())


def short_day(of: date) -> str:
    """`za 18 sep`, where there is little room."""
    return _written(of, "EEE d MMM", languages.current()).replace(".", "")


def days(of: Sequence[date]) -> str:
    """`vrijdag 17 en zaterdag 18 september`: the month once if all days are in it."""
    if not of:
        return ""
    pattern = "EEEE d" if len({each.month for each in of}) == 1 else "EEEE d MMMM"
    *others, last = [_written(each, pattern, languages.current()) for each in of[:-1]] + [
        day(of[-1])
    ]
    if not others:
        return last
    return str(_("%(first)s en %(last)s", first=", ".join(others), last=last))


def clock(edition: Edition, moment: datetime) -> str:
    """`9.05`: what the clocks of the festival show."""
    local = edition.local(moment)
    return f"{local.hour}.{local.minute:02}"


def hours(edition: Edition, starts_at: datetime, ends_at: datetime) -> str:
    """`13.30–14.15 uur`; in English without the word."""
    span = f"{clock(edition, starts_at)}–{clock(edition, ends_at)}"
    return str(_("%(span)s uur", span=span))


def span(edition: Edition, starts_at: datetime, ends_at: datetime) -> str:
    """`zaterdag 18 september, 13.30–14.15 uur`; the night belongs to the day before."""
    when = f"{day(edition.day_of(starts_at))}, {hours(edition, starts_at, ends_at)}"
    after_midnight = night(edition, starts_at)
    return f"{when} ({after_midnight})" if after_midnight else when


def clear_span(edition: Edition, starts_at: datetime, ends_at: datetime) -> str:
    """Like `span`, but a night comes first: `nacht van zaterdag op zondag, zo 00.00–01.00 uur`.

    For whoever wrote a date and must see at once whether it is the night that was meant, and
    whether an end is in the morning after it: `…, 23.00–7.00 uur (tot in de ochtend van zondag)`.
    """
    after_midnight = night(edition, starts_at)
    first, last = edition.local(starts_at), edition.local(ends_at)
    if not after_midnight:
        said = span(edition, starts_at, ends_at)
        if edition.day_begins(last.date()) >= ends_at or last.date() == first.date():
            return said
        morning = _written(last.date(), "EEEE", languages.current())
        return str(_("%(span)s (tot in de ochtend van %(day)s)", span=said, day=morning))
    weekday = _written(first.date(), "EEE", languages.current()).rstrip(".")
    times = str(_("%(span)s uur", span=f"{first:%H.%M}–{last:%H.%M}"))
    return f"{after_midnight}, {weekday} {times}"


def last_day_to_change(edition: Edition) -> date:
    """Returns the last day on which buyers and holders change something: else the festival's eve.

    The day ends at midnight on the clocks of the festival.
    """
    return edition.changes_until_on or edition.starts_on - timedelta(days=1)


def night(edition: Edition, moment: datetime) -> str:
    """`nacht van vrijdag op zaterdag` for a moment after midnight, else ''."""
    evening = edition.day_of(moment)
    return "" if edition.local(moment).date() == evening else night_after(evening)


def night_after(evening: date) -> str:
    """`nacht van vrijdag op zaterdag`."""
    first, second = (
        _written(each, "EEEE", languages.current()) for each in (evening, evening + timedelta(1))
    )
    return str(_("nacht van %(evening)s op %(morning)s", evening=first, morning=second))


@lru_cache(maxsize=512)
def _written(of: date, pattern: str, language: str) -> str:
    return str(format_date(of, pattern, locale=_LOCALES[language]))
