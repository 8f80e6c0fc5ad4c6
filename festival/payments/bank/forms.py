"""Forms about bank statements."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import DataRequired, InputRequired, Length

from festival.web.amounts import AmountField
from festival.web.forms import PageForm


class StatementForm(PageForm):
    """A file that the bank lets one download."""

    file = FileField(
        _l("Bestand van je bank"),
        description=_l(
            "CAMT.053 (.xml) of CSV. Dagen die je al eens inlas, mogen er weer in staan."
        ),
        validators=[FileRequired(_l("Kies een bestand."))],
    )


class BookLineForm(PageForm):
    """For which order a line is, and how much of it."""

    order = StringField(
        _l("Bestelling"),
        description=_l("De code of het betalingskenmerk."),
        validators=[DataRequired(_l("Vul de code van de bestelling in.")), Length(max=40)],
    )
    amount_cents = AmountField(_l("Bedrag"), validators=[InputRequired(_l("Vul het bedrag in."))])


class AsideForm(PageForm):
    """Why a line is for no order."""

    why = StringField(
        _l("Waarvoor is het dan?"),
        validators=[DataRequired(_l("Schrijf op waarvoor het geld is.")), Length(max=200)],
    )
