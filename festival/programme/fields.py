"""Fields that the forms of the programme share: hours on a day, a photo, a long note."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Field, FieldList, Form, SelectField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm
from wtforms.validators import Optional, StopValidation

from festival.editions import dates
from festival.editions.models import Edition
from festival.programme import hours
from festival.programme.timing import Span
from festival.web.forms import FormPart

LONGEST_NOTE = 5_000


def _needed_with_day(form: Form, field: Field) -> None:
    if form.day.data and not field.data:
        field.errors[:] = []  # replaces the field's own "not a valid time"
        raise StopValidation(_l("Vul in van hoe laat tot hoe laat."))


class SpanForm(FormPart):
    """A start and an end on a day of the festival. A row without a day is ignored."""

    day = SelectField(_l("Dag"), default="")
    starts = TimeField(_l("Van"), [_needed_with_day, Optional()])
    ends = TimeField(_l("Tot"), [_needed_with_day, Optional()])
    edition: Edition

    def validate(self, extra_validators: Any = None) -> bool:
        """Also refuses a time that occurs twice or never because the clocks change that night."""
        is_valid = super().validate(extra_validators)
        return are_hours_clear(self, self.edition) and is_valid


def offer_days(rows: FieldList, edition: Edition, spare: int = 2) -> None:
    """Offer the days of the edition in each row of spans, and add `spare` empty rows."""
    used = len(rows) if any(not row.day.data for row in rows) else len(rows) + spare
    while len(rows) < used:
        rows.append_entry()
    choices = [SelectChoice(day.isoformat(), dates.day(day)) for day in edition.days]
    for row in rows:
        row.day.choices = [SelectChoice("", _l("Geen dag")), *choices]
        row.form.edition = edition


def spans_of(rows: FieldList, edition: Edition) -> list[Span]:
    """Returns the spans of the rows, sorted, in UTC. Times before six are in the night after."""
    return sorted(
        hours.span(edition, date.fromisoformat(row.day.data), row.starts.data, row.ends.data)
        for row in rows
        if row.day.data
    )


def fill_spans(edition: Edition, spans: Iterable[Any]) -> list[dict[str, Any]]:
    """Returns form rows for `spans`, which have `starts_at` and `ends_at`."""
    return [
        {
            "day": edition.day_of(each.starts_at).isoformat(),
            "starts": edition.local(each.starts_at).time(),
            "ends": edition.local(each.ends_at).time(),
        }
        for each in spans
    ]


def are_hours_clear(form: BaseForm, edition: Edition) -> bool:
    """Returns whether each time in the form is one moment; adds an error to the field if not.

    A time that was not edited and occurs twice keeps meaning the same one of the two.
    """
    if form["day"].errors or not form["day"].data:
        return True
    is_same_day = form["day"].data == form["day"].object_data
    is_clear = True
    starts = form["starts"].data
    on = hours.start_date(date.fromisoformat(form["day"].data), starts) if starts else None
    for field in (form[name] for name in ("starts", "ends") if name in form):
        if field.data is None or on is None:
            continue
        if is_same_day and field.data == field.object_data:
            field.data = field.object_data
            continue
        is_end = field.short_name == "ends"
        if is_end:
            on = hours.end_date(on, starts, field.data)
        if said := hours.unclear(edition, on, field.data, is_end=is_end):
            field.errors = [*field.errors, said]
            is_clear = False
    return is_clear


def photo_field() -> Any:
    """Returns a field for uploading a photo."""
    return FileField(_l("Foto"), description=_l("JPG, PNG of WebP, hoogstens 8 MB."))
