"""Forms with which the team cancels tickets and pays money back."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from festival.editions.fields import in_our_time
from festival.payments.methods import METHOD_NAMES
from festival.payments.terms import GiveBack
from festival.web.amounts import AmountField
from festival.web.forms import FormPart, PageForm

# Why tickets are cancelled; a note may say more.
REASONS = {
    "asked": _l("De bezoeker vroeg erom"),
    "double": _l("Dubbel besteld"),
    "ours": _l("Fout van ons"),
    "other": _l("Iets anders"),
}


class GiveBackForm(FormPart):
    """How much goes back when tickets are cancelled."""

    how = RadioField(
        _l("Hoeveel gaat er terug?"),
        choices=[
            SelectChoice("all", _l("Alles wat voor deze kaartjes betaald is")),
            SelectChoice("terms", _l("Wat de voorwaarden van deze editie zeggen")),
            SelectChoice("none", _l("Niets van de prijs van de kaartjes")),
            SelectChoice("amount", _l("Een bedrag dat je zelf invult")),
        ],
        default="all",
    )
    amount_cents = AmountField(_l("Bedrag dat teruggaat"), validators=[Optional()])

    @property
    def give_back(self) -> GiveBack:
        """What was chosen, as the rule takes it."""
        return GiveBack(self.how.data or "all", self.amount_cents.data or 0)


class CancelByTeamForm(PageForm):
    """Cancelling tickets. `shown` holds the sums that the page showed."""

    shown = HiddenField()
    reason = SelectField(_l("Waarom?"), choices=[SelectChoice(*each) for each in REASONS.items()])
    note = StringField(
        _l("Aantekening"),
        validators=[Length(max=200)],
        description=_l("Alleen wie over het geld gaat, leest dit."),
    )

    @property
    def why(self) -> str:
        """The reason and the note, as one line."""
        return ": ".join(filter(None, [str(REASONS[self.reason.data]), self.note.data]))


class AmountBackForm(FormPart):
    """How much goes back of an order whose tickets stay good."""

    amount_cents = AmountField(
        _l("Bedrag dat teruggaat"), validators=[InputRequired(_l("Vul het bedrag in."))]
    )


class PayBackForm(PageForm):
    """Paying back a part of an order whose tickets stay good."""

    form_key = HiddenField(validators=[InputRequired(), Length(max=64)])
    reason = StringField(
        _l("Waarom?"),
        validators=[DataRequired(_l("Vul in waarom er geld teruggaat.")), Length(max=200)],
        description=_l("Alleen wie over het geld gaat, leest dit."),
    )


class AgainForm(PageForm):
    """How much of a refund that failed the team transfers."""

    amount_cents = AmountField(
        _l("Bedrag dat je overmaakt"), validators=[InputRequired(_l("Vul het bedrag in."))]
    )


class DropForm(PageForm):
    """Why a refund is dropped."""

    note = StringField(
        _l("Waarom gaat het niet door?"),
        validators=[DataRequired(_l("Schrijf op waarom het niet doorgaat.")), Length(max=200)],
        description=_l("Alleen wie over het geld gaat, leest dit."),
    )


class DoneForm(PageForm):
    """When and how the team paid back what it ticks off."""

    done_on = DateField(
        _l("Dag waarop je het terugbetaalde"),
        validators=[InputRequired(_l("Vul de dag in.")), in_our_time],
    )
    method = SelectField(_l("Hoe?"), choices=[SelectChoice(*each) for each in METHOD_NAMES.items()])
