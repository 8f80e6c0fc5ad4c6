"""Forms about tickets. They check the shape of the input; the rules decide what is allowed."""

import difflib
import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    EmailField,
    Field,
    Form,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    StopValidation,
)
from wtforms.widgets import CheckboxInput, ListWidget

from festival.editions import dates
from festival.editions.fields import in_our_time
from festival.editions.models import Edition
from festival.tickets.models import TicketType
from festival.web.amounts import AmountField
from festival.web.forms import PageForm
from festival.web.languages import Bilingual

# Where most visitors have their mail. We ask about an address that is nearly one of these.
_WELL_KNOWN = (
    "gmail.com", "hotmail.com", "hotmail.nl", "outlook.com", "live.nl", "icloud.com", "yahoo.com",
    "ziggo.nl", "kpnmail.nl", "planet.nl", "home.nl", "xs4all.nl", "telenet.be", "skynet.be",
)  # fmt: skip


# Real domains that look like a typing error in a well-known one.
_LOOK_ALIKES = frozenset({"mail.com", "email.com", "ymail.com", "live.be", "hotmail.co.uk"})


def well_formed(_form: Form, field: Field) -> None:
    """Refuse an address that our mail server cannot send to. Looks nothing up on the network."""
    if not field.data:
        return
    try:
        validate_email(field.data, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise StopValidation(
            _("Dit e-mailadres klopt niet. Het ziet eruit als naam@voorbeeld.nl.")
        ) from error


def no_slip_of_the_finger(form: Form, field: Field) -> None:
    """Ask once about an address such as `mia@gmial.com`; those in `form.sure` are accepted."""
    meant = likely_meant(field.data or "")
    if meant and field.data not in form.sure:
        raise StopValidation(
            _(
                "Bedoel je %(meant)s? Verbeter het dan. Klopt het wel, verstuur het formulier"
                " dan nog een keer.",
                meant=meant,
            )
        )


def likely_meant(address: str) -> str:
    """Returns `address` with a likely typing error in its domain corrected; '' if there is none."""
    name, _at, domain = address.rpartition("@")
    meant = _domain_meant(domain.lower())
    return f"{name}@{meant}" if meant else ""


@lru_cache(maxsize=1024)
def _domain_meant(domain: str) -> str:
    if domain in _WELL_KNOWN or domain in _LOOK_ALIKES:
        return ""
    # At most one letter too many, too few or wrong, or two swapped.
    near = difflib.get_close_matches(domain, _WELL_KNOWN, n=1, cutoff=0.86)
    return near[0] if near and abs(len(near[0]) - len(domain)) <= 1 else ""


class SendAgainForm(PageForm):
    """The address to which the tickets are sent again."""

    email = EmailField(
        _l("Je e-mailadres"),
        validators=[
            DataRequired(_l("Vul het e-mailadres in waarmee je bestelde.")),
            Length(max=254, message=_l("Dit e-mailadres is te lang.")),
            well_formed,
        ],
    )


def no_link(_form: Form, field: Field) -> None:
    """Refuse a web address: names appear in letters to others and must not advertise anything.

    Only what is surely one; letters leave no link of the rest (see text.unlinked), so that names
    such as `St.Jan` are not refused.
    """
    address = r"://|www\.|\w\.\w{2,}/|\w\.(?:com|net|org|nl|be|ru|info)\b"
    if re.search(address, field.data or "", re.IGNORECASE):
        raise StopValidation(_("Vul een naam in, zonder adres van een website."))


class NameField(StringField):
    """The name of a person, on one line."""

    def __init__(self, label: str, missing: str, **settings: object) -> None:
        required = [DataRequired(missing)] if missing else []
        super().__init__(
            label,
            validators=[
                *required,
                Length(max=80, message=_l("Houd het onder de 80 tekens.")),
                no_link,
            ],
            **settings,
        )


class DaysField(SelectMultipleField):
    """Some of the festival's days, as a list of checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


VAT_NAMES = {
    "": _l("Nog niet bekend"),
    "standard": "21%",
    "reduced": "9%",
    "exempt": _l("Vrijgesteld"),
    "outside": _l("Buiten de btw"),
}
AUDIENCE_NAMES = {
    "regular": _l("Voor iedereen"),
    "student": _l("Voor studenten"),
    "resident": _l("Voor bewoners"),
    "child": _l("Voor kinderen"),
    "crew": _l("Voor wie meewerkt"),
}
LEVELS = ("least_cents", "low_cents", "high_cents")
TYPE_TEXTS = ("name", "audience", "description")
MOMENT = "%Y-%m-%dT%H:%M"  # as browsers send and expect it
_FROM_1_TO_40 = _l("Vul een getal van 1 tot 40 in.")


class TypeForm(PageForm):
    """A ticket type. Dates and times are in the time zone of `edition`."""

    edition: Edition

    version = HiddenField()
    name_nl = StringField(
        _l("Naam in het Nederlands"),
        validators=[DataRequired(_l("Vul een naam in.")), Length(max=80)],
    )
    name_en = StringField(_l("Naam in het Engels"), validators=[Length(max=80)])
    audience_kind = SelectField(
        _l("Doelgroep"),
        choices=[SelectChoice(*each) for each in AUDIENCE_NAMES.items()],
        default="regular",
        description=_l("Bij Kaartjes staan de kaartsoorten van een doelgroep bij elkaar."),
    )
    audience_nl = StringField(_l("Voor wie, in het Nederlands"), validators=[Length(max=200)])
    audience_en = StringField(_l("Voor wie, in het Engels"), validators=[Length(max=200)])
    description_nl = TextAreaField(_l("Uitleg in het Nederlands"), validators=[Length(max=1000)])
    description_en = TextAreaField(_l("Uitleg in het Engels"), validators=[Length(max=1000)])
    price_cents = AmountField(_l("Prijs met btw"), description=_l("0 is gratis."))
    least_cents = AmountField(
        _l("Betaal wat je kunt: minstens"),
        description=_l(
            "Alleen als kopers zelf kiezen wat ze betalen. Vul dan alle drie de bedragen in."
        ),
    )
    low_cents = AmountField(_l("Betaal wat je kunt: lage prijs"))
    high_cents = AmountField(
        _l("Betaal wat je kunt: hoge prijs"),
        description=_l("Wat boven de gewone prijs ligt, is een gift voor gratis kaartjes."),
    )
    vat_category = SelectField(
        _l("Btw"),
        choices=[SelectChoice(*each) for each in VAT_NAMES.items()],
        description=_l("Zolang dit niet bekend is, is een kaartje met een prijs niet te koop."),
    )
    vat_reason = StringField(
        _l("Waarom vrijgesteld"),
        validators=[Length(max=200)],
        description=_l("Komt op de factuur te staan. Alleen bij een vrijstelling."),
    )
    pool_id = SelectField(_l("Contingent"), coerce=int)
    days = DaysField(_l("Geldig op"), validators=[InputRequired(_l("Kies minstens één dag."))])
    min_per_order = IntegerField(
        _l("Minstens per bestelling"),
        validators=[InputRequired(_FROM_1_TO_40), NumberRange(1, 40, _FROM_1_TO_40)],
    )
    max_per_order = IntegerField(
        _l("Hoogstens per bestelling"),
        validators=[InputRequired(_FROM_1_TO_40), NumberRange(1, 40, _FROM_1_TO_40)],
    )
    sale_from = DateTimeLocalField(
        _l("Te koop vanaf"),
        format=MOMENT,
        validators=[InputRequired(_l("Vul dag en tijd in.")), in_our_time],
    )
    sale_until = DateTimeLocalField(
        _l("Te koop tot"),
        format=MOMENT,
        validators=[InputRequired(_l("Vul dag en tijd in.")), in_our_time],
    )
    is_hidden = BooleanField(
        _l("Alleen te zien met een code"),
        description=_l("Codes maak je bij Codes."),
    )
    is_sold_at_door = BooleanField(
        _l("Ook aan de deur"),
        description=_l("Op de dagen van het festival, ook als de verkoop op de site dicht is."),
    )
    is_companion = BooleanField(
        _l("Voor een begeleider"),
        description=_l(
            "Hoogstens één bij elk ander kaartje van de bestelling; het gaat met dat kaartje weg."
        ),
    )
    position = IntegerField(
        _l("Volgorde"),
        description=_l("Lage getallen staan bovenaan."),
        validators=[InputRequired(_l("Vul een getal in.")), NumberRange(0, 999)],
    )

    def moment(self, field: Field) -> datetime:
        """Returns the local date and time in `field` as UTC."""
        return self.edition.moment(field.data.date(), field.data.time())

    @property
    def values(self) -> dict[str, Any]:
        """The values by field of TicketType."""
        plain = ("price_cents", "vat_category", "pool_id", "min_per_order", "max_per_order")
        return {
            **{
                name: self[name].data
                for name in (
                    *plain,
                    *LEVELS,
                    "audience_kind",
                    "position",
                    "is_sold_at_door",
                    "is_companion",
                )
            },
            **{
                name: Bilingual(self[f"{name}_nl"].data or "", self[f"{name}_en"].data or "")
                for name in TYPE_TEXTS
            },
            "days": [row for row in self.edition.day_rows if str(row.held_on) in self.days.data],
            "is_hidden": self.is_hidden.data,
            "vat_reason": self.vat_reason.data or "",
            **{name: self.moment(self[name]) for name in ("sale_from", "sale_until")},
        }

    def validate_price_cents(self, field: Field) -> None:
        """Require a price of 0 or more."""
        if field.data is None:
            raise StopValidation(_("Vul een bedrag in, of 0 voor gratis."))
        if field.data < 0:
            raise StopValidation(_("Een kaartje kan niet minder dan niets kosten."))

    def validate_least_cents(self, field: Field) -> None:
        """Require all three amounts or none, in their order around the price."""
        levels = [self[name].data for name in LEVELS]
        price = self.price_cents.data
        if levels == [None, None, None] or any(self[name].errors for name in LEVELS):
            return
        if None in levels:
            raise StopValidation(_("Vul alle drie de bedragen in, of geen."))
        least, low, high = levels
        if price is not None and not 0 <= least <= low < price < high:
            raise StopValidation(
                _("Van laag naar hoog: minstens, de lage prijs, de gewone prijs, de hoge prijs.")
            )

    def validate_vat_reason(self, field: Field) -> None:
        """Require the reason of an exemption: the law wants it on the invoice."""
        require_reason(self.vat_category, field)

    def validate_max_per_order(self, field: Field) -> None:
        """Require at least `min_per_order`."""
        if field.data and self.min_per_order.data and field.data < self.min_per_order.data:
            raise StopValidation(_("Het hoogste aantal ligt onder het laagste."))

    def validate_sale_until(self, field: Field) -> None:
        """Require an end after the start. Compared in UTC: the clocks may skip a local hour."""
        begin = self.sale_from
        is_known = field.data and begin.data and not begin.errors
        if is_known and self.moment(field) <= self.moment(begin):
            raise StopValidation(_("De verkoop eindigt voordat ze begint."))


class VatForm(PageForm):
    """The VAT on a ticket type: what it is, and what it is from a day on."""

    version = HiddenField()
    vat_category = TypeForm.vat_category
    vat_reason = TypeForm.vat_reason
    next_vat_from_on = DateField(
        _l("Verandert op"),
        validators=[Optional(), in_our_time],
        description=_l("Wat vanaf die dag wordt verkocht, krijgt de btw hieronder."),
    )
    next_vat_category = SelectField(
        _l("Btw vanaf die dag"),
        choices=[
            SelectChoice(value, name if value else _l("Kies een soort"))
            for value, name in VAT_NAMES.items()
        ],
    )
    next_vat_reason = StringField(
        _l("Waarom vanaf die dag vrijgesteld"), validators=[Length(max=200)]
    )

    @property
    def values(self) -> dict[str, Any]:
        """The values by field of TicketType."""
        values = {name: self[name].data or "" for name in ("vat_category", "next_vat_category")}
        reasons = {name: self[name].data or "" for name in ("vat_reason", "next_vat_reason")}
        return values | reasons | {"next_vat_from_on": self.next_vat_from_on.data}

    def validate_vat_reason(self, field: Field) -> None:
        """Require the reason of an exemption."""
        require_reason(self.vat_category, field)

    def validate_next_vat_reason(self, field: Field) -> None:
        """Require the reason of an exemption from a day on."""
        if self.next_vat_from_on.data:
            require_reason(self.next_vat_category, field)

    def validate_next_vat_category(self, field: Field) -> None:
        """Require a category where there is a day, and a day where there is a category."""
        if self.next_vat_from_on.data and not field.data:
            raise StopValidation(_("Kies welke btw er vanaf die dag op zit."))
        if field.data and not (self.next_vat_from_on.data or self.next_vat_from_on.errors):
            raise StopValidation(_("Kies ook vanaf welke dag dit geldt."))


def require_reason(category: Field, field: Field) -> None:
    """Require the reason of an exemption: the law wants it on the invoice."""
    if category.data == "exempt" and not field.data:
        raise StopValidation(_("Schrijf op waarom het is vrijgesteld, met het wetsartikel."))


def type_form(
    edition: Edition, of: TicketType | None, pools: Iterable[tuple[int, str]], **settings: Any
) -> TypeForm:
    """Returns the form of a ticket type (None: a new one) with its choices."""
    form = TypeForm(obj=of, **settings)
    form.edition = edition
    form.pool_id.choices = [SelectChoice(*each) for each in pools]
    form.days.choices = [SelectChoice(str(day), dates.day(day)) for day in edition.days]
    return form


class PoolForm(PageForm):
    """A number of tickets, for one type or shared by several."""

    version = HiddenField()
    name = StringField(
        _l("Naam"),
        validators=[DataRequired(_l("Vul een naam in.")), Length(max=80)],
    )
    capacity = IntegerField(
        _l("Aantal kaartjes"),
        validators=[InputRequired(_l("Vul een aantal in.")), NumberRange(0, 100_000)],
    )


class ConfirmForm(PageForm):
    """A button that changes something, with nothing to fill in."""
