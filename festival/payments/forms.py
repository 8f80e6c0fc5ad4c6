"""Forms for checking out. They check the shape of the input; the rules decide what is allowed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from babel import Locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    HiddenField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from festival.bookings import shown_moments
from festival.bookings.forms import ChosenSlots, read_chosen_slots
from festival.editions.fields import in_our_time, kvk_number, vat_id, without_blanks
from festival.invoices.rules import Customer
from festival.payments.basket import RequestedPlace, WantedInvoice
from festival.questions.answering import GivenAnswer
from festival.questions.forms import AnswersPart
from festival.questions.models import OrderQuestion
from festival.tickets import offers
from festival.tickets.extras.forms import ExtrasPart
from festival.tickets.extras.models import Extra
from festival.tickets.forms import (
    NameField,
    no_link,
    no_slip_of_the_finger,
    well_formed,
)
from festival.tickets.models import TicketType
from festival.tickets.rules.ordering import OrderRequest, TicketRequest
from festival.web import languages
from festival.web.amounts import AmountField
from festival.web.forms import FormPart, PageForm


class BuyerForm(PageForm):
    """The buyer. `form_key` makes a second click find the first order.

    `shown` holds the prices and terms that the page showed, `moments` when and where the places
    were that it offered.
    """

    form_key = HiddenField(validators=[InputRequired(), Length(max=64)])
    shown = HiddenField()
    moments = HiddenField()
    extras_cents = HiddenField()  # what the extras cost that the page counted in its sum
    names_later = BooleanField(_l("Ik vul de andere namen later in"))
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


# The Netherlands and its neighbours first, then the rest of Europe.
_COUNTRIES = (
    "NL", "BE", "DE", "LU", "FR", "AT", "BG", "CY", "CZ", "DK", "EE", "ES", "FI", "GR", "HR", "HU",
    "IE", "IT", "LT", "LV", "MT", "PL", "PT", "RO", "SE", "SI", "SK", "CH", "GB", "NO",
)  # fmt: skip


class CustomerFields(FormPart):
    """Who the invoice of an order is for."""

    name = StringField(
        _l("Organisatie of bedrijf"),
        validators=[DataRequired(_l("Vul in voor wie de factuur is.")), Length(max=120), no_link],
    )
    attention = StringField(_l("Ter attentie van"), validators=[Length(max=80), no_link])
    street = StringField(
        _l("Straat en huisnummer"),
        validators=[DataRequired(_l("Vul straat en huisnummer in.")), Length(max=120), no_link],
    )
    postal_code = StringField(
        _l("Postcode"),
        validators=[DataRequired(_l("Vul de postcode in.")), Length(max=12), no_link],
    )
    city = StringField(
        _l("Plaats"), validators=[DataRequired(_l("Vul de plaats in.")), Length(max=80), no_link]
    )
    country = SelectField(_l("Land"), default="NL")
    kvk = StringField(_l("KvK-nummer"), validators=[kvk_number], filters=[without_blanks])
    vat_id = StringField(
        _l("Btw-id"),
        validators=[vat_id],
        filters=[without_blanks],
        description=_l("Het nummer dat op jullie eigen facturen staat."),
    )
    po_number = StringField(
        _l("Inkoopnummer"),
        validators=[Length(max=40)],
        description=_l("Heeft je organisatie een inkoop- of ordernummer? Dan komt het erop."),
    )

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        names = Locale.parse(languages.current()).territories
        self.country.choices = [SelectChoice(code, names[code]) for code in _COUNTRIES]

    @property
    def customer(self) -> dict[str, str]:
        """What is typed by field of Customer, without the e-mail address."""
        names = ("name", "attention", "street", "postal_code", "city", "country", "kvk", "vat_id")
        return {name: self[name].data or "" for name in names}


class InvoiceForm(CustomerFields, PageForm):
    """Who the invoice of an order is for, on a page of its own."""

    class Meta(PageForm.Meta):
        pass


class OrganisationForm(CustomerFields):
    """Who the invoice is for, as a part of the order form. Counts only if the box is ticked."""

    is_for_organisation = BooleanField(
        _l("Ik bestel voor een organisatie en wil een factuur op haar naam")
    )


class HolderPart:
    """One ticket in the order form: its type, its holder's fields, and the places chosen for it."""

    def __init__(
        self,
        number: int,
        of: TicketType,
        formdata: MultiDict[str, str] | None,
        sure: Sequence[str],
        questions: Sequence[OrderQuestion],
    ) -> None:
        self.number = number
        self.type = of
        self.form = HolderForm(formdata, prefix=f"kaartje-{number}-")
        self.form.sure = sure
        asked = [each for each in questions if each.about == "ticket" and each.is_for(of)]
        self.answers = AnswersPart(asked, formdata, f"vraag-{number}-")
        self.prefix = f"plek-{number}"
        self.chosen = read_chosen_slots(formdata or MultiDict(), self.prefix)
        self.problem = ""  # why a place chosen here was refused

    @property
    def is_answered(self) -> bool:
        """Whether anything was answered for this ticket."""
        return any(each.value for each in self.answers.given(self.number))

    @property
    def is_wrong(self) -> bool:
        """Whether the page says that something typed for this ticket is wrong."""
        return any(each.errors for each in (self.form.name, self.form.email, *self.answers))


class CheckoutForm:
    """The whole order form: the buyer, and a part per ticket. What was typed is never lost."""

    def __init__(
        self,
        types: Sequence[TicketType],
        formdata: MultiDict[str, str] | None,
        questions: Sequence[OrderQuestion] = (),
        extras: Sequence[Extra] = (),
    ) -> None:
        # Addresses that the visitor insists on, though they look like a typing error.
        self.sure = tuple(formdata.getlist("zeker"))[:50] if formdata else ()
        self.buyer = BuyerForm(formdata)
        self.buyer.sure = self.sure
        self.holders = [
            HolderPart(number, of, formdata, self.sure, questions)
            for number, of in enumerate(types)
        ]
        of_order = [
            each
            for each in questions
            if each.about == "order" and any(each.is_for(of) for of in types)
        ]
        self.answers = AnswersPart(of_order, formdata, "vraag-")
        self.extras = ExtrasPart(extras, types, formdata)
        self.organisation = OrganisationForm(formdata, prefix="factuur-")
        self.form_errors: Sequence[str] = ()
        self.is_sent = formdata is not None
        # The buyer was told of a first free ticket, and orders another.
        self.is_knowingly_again = bool(formdata and formdata.get("nog-een"))
        if len(self.holders) > 1:
            for part in self.holders:
                number = part.number + 1
                part.form.name.label.text = _("Naam op kaartje %(number)s", number=number)
                part.form.email.label.text = _("E-mailadres bij kaartje %(number)s", number=number)
                for field in part.answers:
                    field.label.text = _(
                        "%(question)s (kaartje %(number)s)",
                        question=field.label.text,
                        number=number,
                    )

    def __iter__(self) -> Iterator[Field]:
        """The fields that people fill in, with labels that tell the tickets apart."""
        yield from (self.buyer.name, self.buyer.email)
        for part in self.holders:
            yield from (part.form.name, part.form.email, *part.answers)
        yield from self.answers
        if self.is_for_organisation:
            yield from self.organisation

    def validate(self) -> bool:
        """Whether all fields are valid. Their errors say what is wrong."""
        good = self.buyer.validate()
        for part in self.holders:
            good = part.form.validate() and good
            if self._comes_later(part) and not part.is_answered:
                continue
            good = part.answers.validate() and good
            # The first ticket is for the buyer, unless another name was filled in.
            if part.number and not part.form.name.data and not self.buyer.names_later.data:
                part.form.name.errors = [_("Vul in wie er met dit kaartje komt.")]
                good = False
        if self.is_for_organisation:
            good = self.organisation.validate() and good
        return self.answers.validate() and bool(good)

    def _comes_later(self, part: HolderPart) -> bool:
        """Returns whether this ticket is named later."""
        return bool(part.number and self.buyer.names_later.data and not part.form.name.data)

    @property
    def is_for_organisation(self) -> bool:
        """Whether the buyer orders for an organisation, which gets an invoice."""
        return bool(self.organisation.is_for_organisation.data)

    def wanted_invoice(self) -> WantedInvoice | None:
        """Returns who gets an invoice, as the rule takes it; None if nobody does."""
        if not self.is_for_organisation:
            return None
        customer = Customer(email=self.buyer.email.data, **self.organisation.customer)
        return WantedInvoice(customer, self.organisation.po_number.data or "")

    def take_along(self, slot_code: str, day: date, *, is_full: bool) -> None:
        """Choose the slot beforehand, on the first ticket for its day, or its waiting list."""
        part = next((each for each in self.holders if day in each.type.admits_on), None)
        if part is not None:
            codes = (slot_code,)
            part.chosen = ChosenSlots(waits=codes) if is_full else ChosenSlots(codes)

    def doubted(self) -> list[str]:
        """Returns the addresses to accept next time: those accepted before and asked about now."""
        asked = [field.data for field in self if field.type == "EmailField" and field.errors]
        return list(dict.fromkeys([*self.sure, *filter(None, asked)]))

    def order_request(
        self,
        *,
        language: str,
        code: str,
        amounts: Mapping[str, int],
        own_orders: Sequence[str] = (),
        hold: str = "",
    ) -> OrderRequest:
        """Returns what was asked for, as the rule takes it."""
        return OrderRequest(
            form_key=self.buyer.form_key.data,
            name=self.buyer.name.data,
            email=self.buyer.email.data,
            language=language,
            code=code,
            amounts=amounts,
            extras=self.extras.requests(),
            extras_cents=self.extras.shown_cents(self.buyer.extras_cents.data),
            shown=offers.read(self.buyer.shown.data or ""),
            own_orders=own_orders,
            hold=hold,
            is_knowingly_again=self.is_knowingly_again,
            tickets=[
                TicketRequest(
                    part.type.slug,
                    "" if self._comes_later(part) else part.form.name.data or self.buyer.name.data,
                    part.form.email.data or "",
                )
                for part in self.holders
            ],
        )

    def moments(self) -> dict[str, str]:
        """Returns the marks of the places that the page offered, by the codes of their slots."""
        return shown_moments.read(self.buyer.moments.data)

    def given_answers(self) -> list[GivenAnswer]:
        """Returns the answers, as the rule takes them."""
        of_tickets = [each for part in self.holders for each in part.answers.given(part.number)]
        return [*of_tickets, *self.answers.given(None)]

    def choices(self) -> list[RequestedPlace]:
        """Returns the chosen places, as the rule takes them."""
        return [
            RequestedPlace(part.number, slot_code, part.chosen.question)
            for part in self.holders
            for slot_code in part.chosen.slots
        ] + [
            RequestedPlace(part.number, slot_code, is_wait=True)
            for part in self.holders
            for slot_code in part.chosen.waits
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
        _l("Dag waarop het binnenkwam"),
        validators=[InputRequired(_l("Vul de dag in.")), in_our_time],
    )
    note = StringField(_l("Aantekening"), validators=[Optional(), Length(max=200)])


class CancelTicketsForm(PageForm):
    """Cancelling tickets. `shown` holds the sums that the page showed."""

    shown = HiddenField()
    is_gift = BooleanField(_l("Houd mijn geld: ik geef het aan het festival"))


class AccountForm(PageForm):
    """The account to which a refund goes."""

    iban = StringField(
        _l("Je rekeningnummer (IBAN)"),
        validators=[DataRequired(_l("Vul je rekeningnummer in.")), Length(max=42)],
    )
