"""Fields that the forms of the programme share: hours on a day, a photo, a long note."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Field, FieldList, Form, SelectField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, StopValidation

from festival.editions import dates
from festival.editions.models import Edition
from festival.programme import columns
from festival.programme.plan import Span

LONGEST_NOTE = 5_000


def _needed_with_day(form: Form, field: Field) -> None:
    if form.day.data and not field.data:
        field.errors[:] = []  # that nothing is no time, is no more to say
        raise StopValidation(_l("Vul in van hoe laat tot hoe laat."))


class SpanForm(Form):
    """From when until when on a day of the festival; a row without a day is not used."""

    day = SelectField(_l("Dag"), default="")
    starts = TimeField(_l("Van"), [_needed_with_day, Optional()])
    ends = TimeField(_l("Tot"), [_needed_with_day, Optional()])


def offer_days(rows: FieldList, edition: Edition, spare: int = 2) -> None:
    """Say which days the rows of spans may be on, and add `spare` empty ones."""
    used = len(rows) if any(not row.day.data for row in rows) else len(rows) + spare
    while len(rows) < used:
        rows.append_entry()
    choices = [SelectChoice(day.isoformat(), dates.day(day)) for day in edition.days]
    for row in rows:
        row.day.choices = [SelectChoice("", _l("Geen dag")), *choices]


def spans_of(rows: FieldList, edition: Edition) -> list[Span]:
    """What the rows say, in UTC and in order; times before six are of the night after that day."""
    return sorted(
        Span(
            moment_on(edition, row.day.data, row.starts.data),
            moment_on(edition, row.day.data, row.ends.data, is_end=True),
        )
        for row in rows
        if row.day.data
    )


def fill_spans(edition: Edition, spans: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows with `starts_at` and `ends_at` as the rows of a form show them."""
    return [
        {
            "day": edition.day_of(each.starts_at).isoformat(),
            "starts": edition.local(each.starts_at).time(),
            "ends": edition.local(each.ends_at).time(),
        }
        for each in spans
    ]


def moment_on(edition: Edition, day: str, at: time, *, is_end: bool = False) -> datetime:
    """The same as columns.moment, for a day as forms have it: `2027-09-17`."""
    return columns.moment(edition, date.fromisoformat(day), at, is_end=is_end)


def photo_field() -> Any:
    """A photo to send."""
    return FileField(_l("Foto"), description=_l("JPG, PNG of WebP, hoogstens 8 MB."))


def lines(text: str | None) -> str:
    """What was typed, without space around it and with its lines ended as Unix does."""
    return (text or "").strip().replace("\r\n", "\n")
