"""What the crew fills in: a sale, and what was counted of a till."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from festival.tickets.extras import taking
from festival.tickets.extras.models import Extra
from festival.tickets.extras.taking import ExtraRequest
from festival.tickets.forms import NameField
from festival.web.amounts import AmountField
from festival.web.forms import PageForm

MOST = 10  # tickets in one sale


class SaleForm(PageForm):
    """A sale. The button that sends it says how it was paid; see views.

    `extras` has a field for each extra on offer.
    """

    extras: Sequence[tuple[Extra, Field]] = ()

    form_key = HiddenField(validators=[InputRequired(), Length(max=64)])
    shown_cents = HiddenField(validators=[InputRequired(), Length(max=9)])
    number = RadioField(_l("Hoeveel kaartjes?"), coerce=int, default=1)
    name = NameField(_l("Naam"), "", description=_l("Komt groot op het kaartje te staan."))
    reason = StringField(
        _l("Waarom gratis?"),
        description=_l("Bijvoorbeeld: pers, of gewonnen."),
        validators=[Length(max=200)],
    )

    @property
    def unit_cents(self) -> int:
        """The price of one ticket that the page showed; -1 for what is no price."""
        typed = self.shown_cents.data or ""
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1

    @property
    def chosen(self) -> list[tuple[Extra, int]]:
        """The extras that were chosen, with their numbers."""
        return [(extra, field.data) for extra, field in self.extras if field.data]

    @property
    def extras_cents(self) -> int:
        """What the chosen extras cost together."""
        return sum(extra.price_cents * number for extra, number in self.chosen)

    def shown_extras_cents(self, sent: MultiDict[str, str]) -> int:
        """Returns what the chosen extras cost on the screen that sent this."""
        shown = [(sent.get(f"price-{extra.slug}", ""), number) for extra, number in self.chosen]
        return sum(int(cents) * number for cents, number in shown if _is_amount(cents))

    def extra_requests(self) -> list[ExtraRequest]:
        """Returns the chosen extras, as the rule takes them: with the first tickets, or the order.

        What goes with a ticket is at most as many as there are tickets.
        """
        return [
            ExtraRequest(extra.slug, each if extra.is_per_ticket else None)
            for extra, number in self.chosen
            for each in range(number)
        ]


def sale_form(most: int, offered: Sequence[Extra]) -> SaleForm:
    """Returns the form for at most `most` tickets, with a field for each extra on offer."""
    fields = {}
    for extra in offered:
        highest = most if extra.is_per_ticket else taking.MOST
        there = highest if extra.left is None else min(highest, extra.left)
        fields[f"extra-{extra.slug}"] = SelectField(
            extra.name,
            coerce=int,
            choices=[SelectChoice(number, str(number)) for number in range(there + 1)],
            default=0,
            validators=[_one_a_ticket] if extra.is_per_ticket else [],
        )
    form: SaleForm = type("SaleFormOfExtras", (SaleForm,), fields)()
    form.number.choices = [SelectChoice(number, str(number)) for number in range(1, most + 1)]
    form.extras = [(extra, form[f"extra-{extra.slug}"]) for extra in offered]
    return form


def _is_amount(typed: str) -> bool:
    return typed.isascii() and typed.isdecimal() and len(typed) < 9


def _one_a_ticket(form: SaleForm, field: Field) -> None:
    if (field.data or 0) > (form.number.data or 0):
        raise StopValidation(_("Kies er hooguit een bij elk kaartje."))


class TillForm(PageForm):
    """What was counted at the end of a day."""

    form_key = HiddenField(validators=[InputRequired(), Length(max=64)])
    cash_cents = AmountField(
        _l("Contant geld uit verkoop"),
        description=_l("Zonder het wisselgeld waarmee je begon."),
        validators=[InputRequired(_l("Vul het bedrag in, of 0."))],
    )
    card_cents = AmountField(
        _l("Gepind, volgens het pinapparaat"),
        validators=[InputRequired(_l("Vul het bedrag in, of 0."))],
    )
    note = StringField(_l("Aantekening"), validators=[Optional(), Length(max=200)])

    def validate_cash_cents(self, field: Field) -> None:
        """Require 0 or more."""
        _not_negative(field)

    def validate_card_cents(self, field: Field) -> None:
        """Require 0 or more."""
        _not_negative(field)


def _not_negative(field: Field) -> None:
    if field.data is not None and field.data < 0:
        raise StopValidation(_("Minder dan niets kan er niet in zitten."))
