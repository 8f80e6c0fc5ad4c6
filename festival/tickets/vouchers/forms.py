"""Forms of vouchers. They check the shape of the input; the rules decide what is allowed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from festival import codes
from festival.digests import digest
from festival.editions.fields import in_our_time
from festival.editions.models import Edition
from festival.tickets.forms import MOMENT
from festival.tickets.models import Pool, TicketType, Voucher
from festival.tickets.own_prices import MOST_CENTS
from festival.web.amounts import AmountField
from festival.web.forms import PageForm

MOST_CODES = 500
EFFECT_NAMES = {
    "percent": _l("Procent korting"),
    "amount": _l("Bedrag korting"),
    "fixed": _l("Vaste prijs"),
    "free": _l("Gratis"),
    "opens": _l("Geen korting: opent alleen verborgen kaartsoorten"),
}
_PLAIN = ("uses", "max_per_order")


class TypesField(SelectMultipleField):
    """Some of the edition's ticket types, as a list of checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _for_percent(form: Form, field: Field) -> None:
    # Comes before Optional, which lets nothing after it see an empty field.
    if form.effect.data == "percent" and not "".join(field.raw_data or ()).strip():
        field.errors = []  # that nothing is no number
        raise StopValidation(_("Vul het percentage in."))


class VoucherForm(PageForm):
    """What a voucher does. Dates and times are in the time zone of `edition`."""

    edition: Edition
    ticket_types: Sequence[TicketType]

    version = HiddenField()
    effect = RadioField(
        _l("Wat doet de code?"),
        choices=[SelectChoice(*each) for each in EFFECT_NAMES.items()],
        validators=[InputRequired(_l("Kies wat de code doet."))],
    )
    percent = IntegerField(
        _l("Percentage"),
        description=_l("Bij procent korting."),
        validators=[
            _for_percent,
            Optional(),
            NumberRange(1, 100, _l("Vul een getal van 1 tot 100 in.")),
        ],
    )
    cents = AmountField(
        _l("Bedrag"), description=_l("De vaste prijs, of wat er van de prijs af gaat.")
    )
    types = TypesField(
        _l("Voor welke kaartsoorten?"),
        coerce=int,
        description=_l("Kies je er geen, dan geldt de code voor alle die niet verborgen zijn."),
    )
    uses = IntegerField(
        _l("Voor hoeveel kaartjes in totaal?"),
        description=_l("Leeg is zonder grens. Bij meer codes geldt dit voor elke code."),
        validators=[Optional(), NumberRange(1, 100_000, _l("Vul een getal van 1 of hoger in."))],
    )
    max_per_order = IntegerField(
        _l("Hoogstens per bestelling"),
        description=_l("Leeg is zonder grens. Meer kaartjes mag, tegen de gewone prijs."),
        validators=[Optional(), NumberRange(1, 40, _l("Vul een getal van 1 tot 40 in."))],
    )
    pool_id = SelectField(
        _l("Plaatsen vasthouden"),
        coerce=int,
        description=_l("Die plaatsen kan niemand anders kopen. Ze komen vrij als de code stopt."),
    )
    valid_from = DateTimeLocalField(
        _l("Geldig vanaf"), format=MOMENT, validators=[Optional(), in_our_time]
    )
    valid_until = DateTimeLocalField(
        _l("Geldig tot"), format=MOMENT, validators=[Optional(), in_our_time]
    )
    tag = StringField(
        _l("Label"),
        description=_l("Om codes bij elkaar te vinden, zoals “pers” of “buren”."),
        validators=[Length(max=40)],
    )
    note = StringField(
        _l("Aantekening"),
        description=_l("Alleen voor het team."),
        validators=[Length(max=200)],
    )

    @property
    def values(self) -> dict[str, Any]:
        """The values by field of Voucher."""
        by_effect = {"percent": self.percent.data, "amount": self.cents.data}
        by_effect["fixed"] = self.cents.data
        chosen = set(self.types.data or ())
        return {
            "effect": self.effect.data,
            "value": by_effect.get(self.effect.data) or 0,
            "types": [each for each in self.ticket_types if each.id in chosen],
            **{name: self[name].data for name in _PLAIN},
            "pool_id": self.pool_id.data or None,
            "valid_from": self._moment(self.valid_from),
            "valid_until": self._moment(self.valid_until),
            "tag": self.tag.data or "",
            "note": self.note.data or "",
        }

    def _moment(self, field: Field) -> datetime | None:
        if not field.data:
            return None
        return self.edition.moment(field.data.date(), field.data.time())

    def validate_cents(self, field: Field) -> None:
        """Require it where it is what the code does."""
        wants = self.effect.data in ("fixed", "amount")
        if wants and (field.data is None or field.data <= 0):
            raise StopValidation(_("Vul een bedrag in dat meer is dan niets."))

    def validate_types(self, field: Field) -> None:
        """Require a hidden type where a code only opens these."""
        hidden = {each.id for each in self.ticket_types if each.is_hidden}
        if self.effect.data == "opens" and not hidden & set(field.data or ()):
            raise StopValidation(_("Kies minstens één verborgen kaartsoort."))

    def validate_pool_id(self, field: Field) -> None:
        """Require a number of uses: so many places are blocked."""
        if field.data and not self.uses.data:
            raise StopValidation(_("Vul dan ook in voor hoeveel kaartjes de code is."))

    def validate_valid_until(self, field: Field) -> None:
        """Require an end after the start."""
        begin, end = self._moment(self.valid_from), self._moment(field)
        if begin and end and end <= begin:
            raise StopValidation(_("De code stopt voordat hij begint."))


class NewVoucherForm(VoucherForm):
    """A new voucher, or many at once with codes that we make up.

    With `form_key` the same form sent twice makes them once.
    """

    form_key = HiddenField(validators=[Length(max=64)])
    number = IntegerField(
        _l("Hoeveel codes?"),
        validators=[
            InputRequired(_l("Vul een aantal in.")),
            NumberRange(1, MOST_CODES, _l("Maak er hoogstens 500 tegelijk.")),
        ],
    )
    code = StringField(
        _l("Code"),
        description=_l("Minstens 6 tekens. Leeg? Dan verzinnen we er een."),
        validators=[Length(max=40)],
    )

    def validate_code(self, field: Field) -> None:
        """Require six characters, so that the code is hard to guess; none of many codes."""
        if not field.data:
            return
        if self.number.data != 1:
            raise StopValidation(_("Meer codes verzinnen we zelf. Laat dit leeg."))
        if len(codes.tidy(field.data)) < 6:
            raise StopValidation(_("Kies een code van minstens 6 tekens."))

    def validate_tag(self, field: Field) -> None:
        """Require a tag of many codes: it is how they are found again."""
        if self.number.data and self.number.data > 1 and not field.data:
            raise StopValidation(_("Geef zo veel codes een label, dan vind je ze terug."))

    is_solidarity = BooleanField(
        _l("Betaald uit het solidariteitspotje"),
        description=_l(
            "Een code werkt zolang er genoeg gegeven is. Geef de codes aan een organisatie die weet"
            " wie er een kan gebruiken; zet haar naam bij Label."
        ),
    )

    @property
    def values(self) -> dict[str, Any]:
        """The values by field of Voucher."""
        return {**super().values, "is_solidarity": self.is_solidarity.data}

    def validate_is_solidarity(self, field: Field) -> None:
        """Require a code for free tickets, of which we know how many."""
        if field.data and self.effect.data != "free":
            raise StopValidation(_("Kies dan bij “Wat doet de code?”: gratis."))
        if field.data and not self.uses.data:
            raise StopValidation(_("Vul dan ook in voor hoeveel kaartjes de code is."))

    @property
    def sent(self) -> str:
        """A digest of this form and of all that was filled in."""
        filled = [[each.name, str(each.data)] for each in self if each.name != "csrf_token"]
        return digest(filled) if self.form_key.data else ""

    @property
    def codes_to_make(self) -> list[str]:
        """The code that was typed, or as many as were asked for."""
        if self.code.data:
            return [self.code.data]
        return [codes.readable() for _number in range(self.number.data or 1)]


class BatchForm(PageForm):
    """What happens to all vouchers of a label. `seen`: how many there were."""

    seen = HiddenField()
    what = RadioField(
        _l("Wat wil je met al deze codes?"),
        choices=[
            SelectChoice("off", _l("Zet ze uit")),
            SelectChoice("on", _l("Zet ze aan")),
            SelectChoice("until", _l("Laat ze gelden tot een ander moment")),
        ],
        validators=[InputRequired(_l("Kies wat er moet gebeuren."))],
    )
    valid_until = DateTimeLocalField(
        _l("Geldig tot"),
        format=MOMENT,
        description=_l("Alleen bij een ander moment. Leeg is zonder einde."),
        validators=[Optional(), in_our_time],
    )


class FundForm(PageForm):
    """What a ticket takes out of the solidarity fund."""

    ticket_cents = AmountField(
        _l("Wat kost één kaartje uit het potje?"),
        description=_l("Bijvoorbeeld de gewone prijs van een kaartje."),
        validators=[InputRequired(_l("Vul het bedrag in."))],
    )

    def validate_ticket_cents(self, field: Field) -> None:
        """Require more than nothing, and no more than a ticket may cost."""
        if field.data is not None and not 0 < field.data <= MOST_CENTS:
            raise StopValidation(_("Vul een bedrag in van meer dan niets, tot 1000 euro."))


def fill(
    form: VoucherForm,
    edition: Edition,
    ticket_types: Sequence[TicketType],
    pools: Sequence[Pool],
    of: Voucher | None,
    *,
    is_sent: bool,
) -> None:
    """Give the form its choices and, unless it was sent, the values of the voucher."""
    form.edition, form.ticket_types = edition, ticket_types
    form.types.choices = [
        SelectChoice(
            each.id, _("%(name)s (verborgen)", name=each.name) if each.is_hidden else str(each.name)
        )
        for each in ticket_types
    ]
    none = SelectChoice(0, _("Nee"))
    form.pool_id.choices = [none, *(SelectChoice(each.id, each.name) for each in pools)]
    if is_sent:
        return
    if of is None:
        form.effect.data, form.pool_id.data = "percent", 0
        return
    form.percent.data = of.value if of.effect == "percent" else None
    form.cents.data = of.value if of.effect in ("fixed", "amount") else None
    form.types.data = [each.id for each in of.types]
    form.pool_id.data = of.pool_id or 0
    for name in ("version", "effect", *_PLAIN, "tag", "note"):
        form[name].data = getattr(of, name)
    for name in ("valid_from", "valid_until"):
        moment = getattr(of, name)
        form[name].data = edition.local(moment) if moment else None
