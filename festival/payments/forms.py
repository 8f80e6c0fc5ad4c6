"""Forms for checking out. They check the shape of the input; the rules decide what is allowed."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import DateField, EmailField, Field, HiddenField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from festival.bookings.forms import read_chosen_slots
from festival.payments.basket import RequestedPlace
from festival.tickets import offers
from festival.tickets.forms import (
    AmountField,
    NameField,
    no_slip_of_the_finger,
    well_formed,
)
from festival.tickets.models import TicketType
from festival.tickets.rules import OrderRequest, TicketRequest
from festival.web.forms import FormPart, PageForm


class BuyerForm(PageForm):
    """The buyer. `form_key` makes a second click find the first order.

    `shown` holds the prices and terms that the page showed.
    """

    form_key = HiddenField(validators=[InputRequired(), Length(max=64)])
    shown = HiddenField()
    name = NameField(_l("Je naam"), _l("Vul je naam in."))
    email = EmailField(
        _l("Je e-mailadres"),
        validators=[
            DataRequired(_l("Vul je e-mailadres in. Daar sturen we de kaartjes heen.")),
            Length(max=254, message=_l("Dit e-mailadres is te lang.")),
            well_formed,
            no_slip_of_the_finger,
        ],
    )


class HolderForm(FormPart):
    """The holder of a ticket. Without an e-mail address it goes to the buyer."""

    name = NameField(_l("Naam op het kaartje"), "")
    email = EmailField(
        _l("E-mailadres"),
        validators=[
            Length(max=254, message=_l("Dit e-mailadres is te lang.")),
            well_formed,
            no_slip_of_the_finger,
        ],
    )


class HolderPart:
    """One ticket in the order form: its type, its holder's fields, and the places chosen for it."""

    def __init__(
        self, number: int, of: TicketType, formdata: MultiDict[str, str] | None, sure: Sequence[str]
    ) -> None:
        self.number = number
        self.type = of
        self.form = HolderForm(formdata, prefix=f"kaartje-{number}-")
        self.form.sure = sure
        self.prefix = f"plek-{number}"
        self.chosen = read_chosen_slots(formdata or MultiDict(), self.prefix)
        self.problem = ""  # why a place chosen here was refused


class CheckoutForm:
    """The whole order form: the buyer, and a part per ticket. What was typed is never lost."""

    def __init__(self, types: Sequence[TicketType], formdata: MultiDict[str, str] | None) -> None:
        # Addresses that the visitor insists on, though they look like a typing error.
        self.sure = tuple(formdata.getlist("zeker"))[:50] if formdata else ()
        self.buyer = BuyerForm(formdata)
        self.buyer.sure = self.sure
        self.holders = [
            HolderPart(number, of, formdata, self.sure) for number, of in enumerate(types)
        ]
        self.form_errors: Sequence[str] = ()
        self.is_sent = formdata is not None
        if len(self.holders) > 1:
            for part in self.holders:
                number = part.number + 1
                part.form.name.label.text = _("Naam op kaartje %(number)s", number=number)
                part.form.email.label.text = _("E-mailadres bij kaartje %(number)s", number=number)

    def __iter__(self) -> Iterator[Field]:
        """The fields that people fill in, with labels that tell the tickets apart."""
        yield from (self.buyer.name, self.buyer.email)
        for part in self.holders:
            yield from (part.form.name, part.form.email)

    def validate(self) -> bool:
        """Whether all fields are valid. Their errors say what is wrong."""
        good = self.buyer.validate()
        for part in self.holders:
            good = part.form.validate() and good
            # The first ticket is for the buyer, unless another name was filled in.
            if part.number and not part.form.name.data:
                part.form.name.errors = [_("Vul in wie er met dit kaartje komt.")]
                good = False
        return bool(good)

    def doubted(self) -> list[str]:
        """Returns the addresses to accept next time: those accepted before and asked about now."""
        asked = [field.data for field in self if field.type == "EmailField" and field.errors]
        return list(dict.fromkeys([*self.sure, *filter(None, asked)]))

    def order_request(self, *, language: str, code: str) -> OrderRequest:
        """Returns what was asked for, as the rule takes it."""
        return OrderRequest(
            form_key=self.buyer.form_key.data,
            name=self.buyer.name.data,
            email=self.buyer.email.data,
            language=language,
            code=code,
            shown=offers.read(self.buyer.shown.data or ""),
            tickets=[
                TicketRequest(
                    part.type.slug,
                    part.form.name.data or self.buyer.name.data,
                    part.form.email.data or "",
                )
                for part in self.holders
            ],
        )

    def choices(self) -> list[RequestedPlace]:
        """Returns the chosen places, as the rule takes them."""
        return [
            RequestedPlace(part.number, slot_code, part.chosen.question)
            for part in self.holders
            for slot_code in part.chosen.slots
        ]


class PaymentForm(PageForm):
    """Money that came in for an order, or went back."""

    form_key = HiddenField(validators=[InputRequired(), Length(max=64)])
    amount_cents = AmountField(
        _l("Bedrag"),
        description=_l("Ging er geld terug? Zet er dan een min voor."),
        validators=[InputRequired(_l("Vul het bedrag in."))],
    )
    received_on = DateField(
        _l("Dag waarop het binnenkwam"), validators=[InputRequired(_l("Vul de dag in."))]
    )
    note = StringField(_l("Aantekening"), validators=[Optional(), Length(max=200)])
