"""The form that closes a month."""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from festival.web.forms import PageForm


class CloseMonthForm(PageForm):
    """The month to close, and whether the member knows that it stays closed."""

    month = SelectField(_l("Tot en met"), coerce=date.fromisoformat)
    sure = BooleanField(
        _l("Ik weet dat dit niet meer open kan"),
        validators=[InputRequired(_l("Zet het vinkje: een maand gaat nooit meer open."))],
    )


def close_form(months: Sequence[date], names: Sequence[str]) -> CloseMonthForm:
    """Returns the form with these months, which can be closed, to choose from."""
    form = CloseMonthForm()
    form.month.choices = [
        SelectChoice(month.isoformat(), name) for month, name in zip(months, names, strict=True)
    ]
    return form
