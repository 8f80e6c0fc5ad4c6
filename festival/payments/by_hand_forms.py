"""The form with which the team orders for somebody."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation

from festival.payments.methods import METHOD_NAMES
from festival.payments.rules.ordering_by_hand import ReceivedMoney
from festival.tickets import offers
from festival.tickets.extras import taking
from festival.tickets.extras.models import Extra
from festival.tickets.extras.taking import ExtraRequest
from festival.tickets.forms import NameField, no_link, no_slip_of_the_finger, well_formed
from festival.tickets.models import TicketType
from festival.tickets.rules.ordering import MOST_TICKETS, OrderRequest, TeamTerms, TicketRequest
from festival.web.forms import PageForm

_PAYING = {
    "later": _l("Later, met een overschrijving"),
    "received": _l("Er is al betaald"),
    "free": _l("Gratis"),
}
_LANGUAGES = {"nl": _l("Nederlands"), "en": _l("Engels")}
_NUMBER = _l("Kies een getal van 0 tot %(most)s.", most=MOST_TICKETS)


class ByHandForm(PageForm):
    """An order for somebody.

    `numbers` has a field for each ticket type, and `extras` for each extra, by its slug.
    """

    sure: Sequence[str] = ()
    numbers: dict[str, Field]
    extras: dict[str, Field]
    per_ticket: set[str]  # the slugs of the extras that go with a ticket

    form_key = HiddenField(validators=[InputRequired(), Length(max=64)])
    shown = HiddenField()  # the prices and terms on the page
    name = NameField(_l("Naam van de besteller"), _l("Vul een naam in."))
    email = EmailField(
        _l("E-mailadres"),
        description=_l("Zonder adres gaat er geen mail. Print dan de kaartjes."),
        validators=[
            Length(max=254, message=_l("Dit e-mailadres is te lang.")),
            well_formed,
            no_slip_of_the_finger,
        ],
    )
    language = SelectField(
        _l("Taal van de mail en de kaartjes"),
        choices=[SelectChoice(*each) for each in _LANGUAGES.items()],
    )
    names = TextAreaField(
        _l("Namen op de kaartjes"),
        description=_l(
            "Eén naam per regel, in de volgorde van de kaartjes. Wat je nog niet weet, vul je later"
            " in. Zonder namen staat het eerste kaartje op naam van de besteller."
        ),
        validators=[Length(max=4000)],
    )
    paying = RadioField(
        _l("Betalen"), choices=[SelectChoice(*each) for each in _PAYING.items()], default="later"
    )
    method = SelectField(
        _l("Hoe is er betaald?"), choices=[SelectChoice(*each) for each in METHOD_NAMES.items()]
    )
    note = StringField(_l("Aantekening"), validators=[Optional(), Length(max=200)])
    free_reason = StringField(
        _l("Waarom gratis?"),
        description=_l("Bijvoorbeeld: pers, of gewonnen."),
        validators=[Length(max=200)],
    )

    def validate_names(self, field: Field) -> None:
        """Require names, each short enough, and no more than there are tickets."""
        names = self._holders()
        if any(len(name) > 80 for name in names):
            raise StopValidation(_("Houd elke naam onder de 80 tekens."))
        no_link(self, field)
        if len(names) > self.total():
            raise StopValidation(
                _("Er staan %(names)s namen voor %(total)s kaartjes.", names=len(names),
                  total=self.total())
            )  # fmt: skip

    def validate_paying(self, field: Field) -> None:
        """Require a reason for what is free."""
        if field.data == "free" and not self.free_reason.data:
            raise StopValidation(_("Schrijf op waarom het gratis is."))

    def order_request(self, *, member_id: int) -> OrderRequest:
        """Returns what was asked for, as the rule takes it."""
        slugs = [slug for slug, field in self.numbers.items() for _ in range(field.data or 0)]
        names = (self._holders() or [self.name.data]) + [""] * len(slugs)
        extras = []
        for slug, field in self.extras.items():
            for number in range(field.data or 0):
                extras.append(ExtraRequest(slug, number if slug in self.per_ticket else None))
        return OrderRequest(
            form_key=self.form_key.data,
            name=self.name.data,
            email=self.email.data or "",
            language=self.language.data,
            shown=offers.read(self.shown.data or ""),
            tickets=[TicketRequest(slug, name) for slug, name in zip(slugs, names, strict=False)],
            extras=extras,
            by_team=TeamTerms(
                member_id, self.free_reason.data if self.paying.data == "free" else ""
            ),
        )

    def received(self) -> ReceivedMoney | None:
        """Returns what was paid already; None if nothing was."""
        if self.paying.data != "received":
            return None
        return ReceivedMoney(self.method.data, self.note.data or "")

    def total(self) -> int:
        """Returns how many tickets are ordered."""
        return sum(field.data or 0 for field in self.numbers.values())

    def _holders(self) -> list[str]:
        return [name.strip() for name in (self.names.data or "").split("\n") if name.strip()]


def _no_more_than_tickets(form: ByHandForm, field: Field) -> None:
    if not 0 <= (field.data or 0) <= form.total():
        raise StopValidation(_("Kies er hooguit een bij elk kaartje."))


def by_hand_form(
    types: Sequence[TicketType], extras: Sequence[Extra], **settings: Any
) -> ByHandForm:
    """Returns the form with a field for the number of each of `types` and `extras`."""
    fields = {
        f"number-{of.slug}": IntegerField(
            of.name, validators=[Optional(), NumberRange(0, MOST_TICKETS, _NUMBER)]
        )
        for of in types
    }
    fields |= {
        f"extra-{each.slug}": IntegerField(
            each.name,
            validators=[
                Optional(),
                _no_more_than_tickets
                if each.is_per_ticket
                else NumberRange(
                    0, taking.MOST, _l("Kies een getal van 0 tot %(most)s.", most=taking.MOST)
                ),
            ],
        )
        for each in extras
    }
    form: ByHandForm = type("ByHandFormOfTypes", (ByHandForm,), fields)(**settings)
    form.numbers = {of.slug: form[f"number-{of.slug}"] for of in types}
    form.extras = {each.slug: form[f"extra-{each.slug}"] for each in extras}
    form.per_ticket = {each.slug for each in extras if each.is_per_ticket}
    return form
