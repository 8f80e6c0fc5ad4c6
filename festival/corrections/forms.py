"""Forms for correcting names and addresses. They check the shape; the rules decide."""

from collections.abc import Iterator, Mapping, Sequence

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length

from festival.corrections.people import Correction, Person, mark_of
from festival.email_addresses import canonical
from festival.tickets.forms import NameField, no_slip_of_the_finger, well_formed
from festival.tickets.models import Order, Ticket
from festival.web.forms import FormPart, PageForm

_AN_ADDRESS = (
    Length(max=254, message=_l("Dit e-mailadres is te lang.")),
    well_formed,
    no_slip_of_the_finger,
)


class PersonForm(FormPart):
    """One person: who ordered, or who holds a ticket. `seen` is the mark of what was shown."""

    name = NameField(_l("Naam"), _l("Vul de naam in."))
    email = EmailField(
        _l("E-mailadres"),
        validators=[*_AN_ADDRESS],
    )
    seen = HiddenField()


class HandOnForm(PageForm):
    """The new holder of a ticket. `seen` is the mark of the holder that the page showed."""

    seen = HiddenField()
    name = NameField(_l("Naam van wie het krijgt"), _l("Vul in wie het kaartje krijgt."))
    email = EmailField(
        _l("E-mailadres van wie het krijgt"),
        validators=[
            DataRequired(_l("Vul het e-mailadres in. Daar sturen we het kaartje heen.")),
            *_AN_ADDRESS,
        ],
    )

    @property
    def sure(self) -> list[str]:
        """The addresses that somebody insists on, though they look like a typing error."""
        return request.form.getlist("zeker")[:50]

    def doubted(self) -> list[str]:
        """Returns the addresses to accept next time."""
        return [*self.sure, self.email.data] if self.email.errors and self.email.data else self.sure

    def person(self) -> Person:
        """Returns who gets it, as the rule takes it."""
        return Person(self.name.data, self.email.data or "", self.seen.data or "")


class TeamHandOnForm(HandOnForm):
    """The same for the team: an address is optional, and it says why."""

    email = EmailField(_l("E-mailadres van wie het krijgt"), validators=[*_AN_ADDRESS])
    reason = StringField(
        _l("Waarom"), validators=[DataRequired(_l("Schrijf op waarom.")), Length(max=200)]
    )


class WhyForm(PageForm):
    """Why the team corrects something, and whether letters go out again.

    `mail_seen` is the mark of the mail that there was: a second click sends nothing.
    """

    reason = StringField(
        _l("Waarom"), validators=[DataRequired(_l("Schrijf op waarom.")), Length(max=200)]
    )
    resend = BooleanField(_l("Stuur alle mail van deze bestelling nog een keer"))
    mail_seen = HiddenField()


class CommentForm(PageForm):
    """A remark about an order. With `form_key` a second click writes nothing."""

    form_key = HiddenField(validators=[InputRequired(), Length(max=64)])
    words = TextAreaField(
        _l("Opmerking voor het team"),
        validators=[DataRequired(_l("Schrijf eerst iets op.")), Length(max=2000)],
    )


class PeopleForm:
    """The people in an order: the buyer, if `has_buyer`, and the holders of `tickets`."""

    def __init__(
        self,
        order: Order,
        tickets: Sequence[Ticket],
        formdata: MultiDict[str, str] | None,
        *,
        has_buyer: bool,
        by_team: bool = False,
    ) -> None:
        # Addresses that somebody insists on, though they look like a typing error.
        self.sure = tuple(formdata.getlist("zeker"))[:50] if formdata else ()
        self.form_errors: Sequence[str] = ()
        self.order = order
        self.needs_email = not by_team
        self.buyer = None
        if has_buyer:
            self.buyer = self._part(formdata, "koper-", order.name, order.email, mark_of(order))
            self.buyer.name.label.text = _("Naam van de koper") if by_team else _("Je naam")
            self.buyer.email.label.text = (
                _("E-mailadres van de koper") if by_team else _("Je e-mailadres")
            )
        self.holders: Mapping[str, PersonForm] = {
            ticket.code: self._holder(ticket, formdata) for ticket in tickets
        }
        if len(self.holders) > 1:
            for number, part in enumerate(self.holders.values(), start=1):
                part.name.label.text = _("Naam op kaartje %(number)s", number=number)
                part.email.label.text = _("E-mailadres bij kaartje %(number)s", number=number)

    def __iter__(self) -> Iterator[Field]:
        """The fields that people fill in."""
        for part in self._parts():
            yield from (part.name, part.email)

    def validate(self) -> bool:
        """Whether all fields are valid. Their errors say what is wrong."""
        wrong = [part for part in self._parts() if not part.validate()]
        if self.buyer and self.needs_email and not (self.buyer.email.data or self.buyer.errors):
            self.buyer.email.errors = [_("Vul je e-mailadres in. Daar sturen we de kaartjes heen.")]
            return False
        return not wrong

    def doubted(self) -> list[str]:
        """Returns the addresses to accept next time: those accepted before and asked about now."""
        asked = [field.data for field in self if field.type == "EmailField" and field.errors]
        return list(dict.fromkeys([*self.sure, *filter(None, asked)]))

    def correction(self, *, resend: bool = False, mail_seen: str = "") -> Correction:
        """Returns what was filled in, as the rule takes it."""
        return Correction(
            _person(self.buyer) if self.buyer else None,
            {code: _person(part) for code, part in self.holders.items()},
            resend,
            mail_seen,
        )

    def typed_addresses(self) -> set[str]:
        """Returns the addresses that were filled in."""
        return {canonical(each.data or "") for each in self if each.type == "EmailField"} - {""}

    def moves(self) -> set[tuple[str, str]]:
        """Returns from which address to which other one letters go, once this is corrected."""
        order = self.order
        buyer = canonical(self.buyer.email.data or "") if self.buyer else order.email
        pairs = {(order.email, buyer)}
        for ticket in order.tickets:
            part = self.holders.get(ticket.code)
            own = canonical(part.email.data or "") if part else ticket.holder_email
            pairs.add((ticket.email, own or buyer))
        return {(old, new) for old, new in pairs if old != new}

    def _parts(self) -> list[PersonForm]:
        return [*([self.buyer] if self.buyer else []), *self.holders.values()]

    def _holder(self, ticket: Ticket, formdata: MultiDict[str, str] | None) -> PersonForm:
        part = self._part(
            formdata,
            f"kaartje-{ticket.code}-",
            "" if ticket.is_nameless else ticket.holder_name,
            ticket.holder_email,
            mark_of(ticket),
        )
        part.name.label.text = _("Naam op het kaartje")
        return part

    def _part(
        self, formdata: MultiDict[str, str] | None, prefix: str, name: str, email: str, seen: str
    ) -> PersonForm:
        values = {"name": name, "email": email, "seen": seen}
        part = PersonForm(formdata, prefix=prefix, data=values)
        part.sure = self.sure
        return part


def _person(part: PersonForm) -> Person:
    return Person(part.name.data, part.email.data or "", part.seen.data or "")
