"""Forms with which a ticket is swapped for one of another type."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from festival.web.forms import FormPart, PageForm


class TicketSwapForm(PageForm):
    """Agreeing to a swap. `shown` is the mark of what the page showed."""

    form_key = HiddenField(validators=[InputRequired(), Length(max=64)])
    shown = HiddenField()


class TeamTicketSwapForm(TicketSwapForm):
    """As TicketSwapForm; the team says why."""

    reason = StringField(
        _l("Waarom?"),
        validators=[DataRequired(_l("Vul in waarom je dit kaartje wisselt.")), Length(max=200)],
        description=_l("Alleen wie over het geld gaat, leest dit."),
    )


class PriceForm(FormPart):
    """What a swap by the team does to the price."""

    prijs = RadioField(
        _l("Wat gebeurt er met het verschil in prijs?"),
        choices=[
            SelectChoice("verschil", _l("De koper betaalt het, of krijgt het terug")),
            SelectChoice("blijft", _l("Niets: de prijs blijft wat hij was")),
        ],
        default="verschil",
    )

    @property
    def keeps_price(self) -> bool:
        """Whether the price stays what it was."""
        return bool(self.prijs.data == "blijft")
