"""Joining the waiting list of a ticket type."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, SelectField
from wtforms.validators import DataRequired, InputRequired, Length

from festival.tickets.forms import NameField, no_slip_of_the_finger, well_formed
from festival.tickets.models import TicketType
from festival.tickets.waiting.rules import MOST_TICKETS
from festival.web.forms import PageForm


class JoinLineForm(PageForm):
    """Who waits, and for how many tickets."""

    name = NameField(_l("Je naam"), _l("Vul je naam in."))
    email = EmailField(
        _l("Je e-mailadres"),
        validators=[
            DataRequired(
                _l("Vul je e-mailadres in. Daar schrijven we heen als jij aan de beurt bent.")
            ),
            Length(max=254, message=_l("Dit e-mailadres is te lang.")),
            well_formed,
            no_slip_of_the_finger,
        ],
    )
    number = SelectField(
        _l("Hoeveel kaartjes"),
        coerce=int,
        validators=[InputRequired(_l("Kies hoeveel kaartjes je wilt."))],
    )


def join_line_form(of: TicketType, sure: tuple[str, ...]) -> JoinLineForm:
    """Returns the form with the numbers of tickets that one may wait for."""
    form = JoinLineForm()
    form.sure = sure
    least, most = of.min_per_order, min(of.max_per_order, max(MOST_TICKETS, of.min_per_order))
    form.number.choices = [(each, str(each)) for each in range(least, most + 1)]
    return form
