"""Forms of extras: the organiser's, and their part of the order form."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
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

from festival.editions import dates
from festival.editions.models import Edition
from festival.tickets.extras.models import Extra
from festival.tickets.extras.taking import MOST, ExtraRequest
from festival.tickets.forms import VAT_NAMES, require_reason
from festival.tickets.models import TicketType
from festival.web.amounts import AmountField
from festival.web.forms import PageForm
from festival.web.languages import Bilingual

_NUMBER = _l("Vul een getal van 0 of hoger in.")


class ExtraForm(PageForm):
    """An extra; `offer_days` says of which edition."""

    days: Mapping[str, int] = {}

    version = HiddenField()
    name_nl = StringField(
        _l("Naam in het Nederlands"),
        validators=[DataRequired(_l("Vul een naam in.")), Length(max=80)],
    )
    name_en = StringField(_l("Naam in het Engels"), validators=[Length(max=80)])
    description_nl = TextAreaField(_l("Uitleg in het Nederlands"), validators=[Length(max=400)])
    description_en = TextAreaField(_l("Uitleg in het Engels"), validators=[Length(max=400)])
    kind = RadioField(
        _l("Waar hoort het bij?"),
        choices=[
            SelectChoice("ticket", _l("Bij een kaartje: een per persoon, zoals een lunch")),
            SelectChoice("order", _l("Bij de bestelling: een aantal, zoals T-shirts")),
        ],
        validators=[InputRequired(_l("Kies waar het bij hoort."))],
    )
    price_cents = AmountField(_l("Prijs met btw"), description=_l("0 is gratis."))
    vat_category = SelectField(
        _l("Btw"),
        choices=[SelectChoice(*each) for each in VAT_NAMES.items()],
        description=_l("Zolang dit niet bekend is, is iets met een prijs niet te koop."),
    )
    vat_reason = StringField(_l("Waarom vrijgesteld"), validators=[Length(max=200)])
    capacity = IntegerField(
        _l("Hoeveel zijn er?"),
        description=_l("Leeg is zonder grens."),
        validators=[Optional(), NumberRange(0, 100_000, _NUMBER)],
    )
    day = SelectField(
        _l("Voor welke dag"),
        choices=[],
        default="",
        description=_l("Zo staat het bij de aantallen, en zo ziet de ploeg het alleen die dag."),
    )
    is_handed_out = BooleanField(
        _l("De ploeg reikt dit uit"),
        description=_l("Wie een kaartje scant, ziet het en vinkt het af. Niet bij een donatie."),
    )
    is_on = BooleanField(_l("Te bestellen"))
    position = IntegerField(
        _l("Volgorde"),
        description=_l("Lage getallen staan bovenaan."),
        validators=[InputRequired(_l("Vul een getal in.")), NumberRange(0, 999)],
    )

    @property
    def values(self) -> dict[str, Any]:
        """The values by field of Extra."""
        plain = ("price_cents", "vat_category", "capacity", "is_handed_out", "is_on", "position")
        return {
            "day_id": self.days.get(self.day.data or ""),
            **{name: self[name].data for name in plain},
            "vat_reason": self.vat_reason.data or "",
            "is_per_ticket": self.kind.data == "ticket",
            **{
                name: Bilingual(self[f"{name}_nl"].data or "", self[f"{name}_en"].data or "")
                for name in ("name", "description")
            },
        }

    def offer_days(self, edition: Edition) -> None:
        """Let the form choose among the days of `edition`."""
        self.days = {str(row.held_on): row.id for row in edition.day_rows}
        days = [SelectChoice(str(day), dates.day(day)) for day in edition.days]
        self.day.choices = [SelectChoice("", _("Elke dag")), *days]

    def fill(self, extra: Extra | None) -> None:
        """Give the form the values of `extra`, or those of a new one."""
        if extra is None:
            self.is_on.data, self.position.data, self.kind.data = True, 100, "ticket"
            self.is_handed_out.data = True
            return
        plain = ("price_cents", "vat_category", "vat_reason", "capacity", "is_on", "position")
        for name in (*plain, "is_handed_out", "version"):
            self[name].data = getattr(extra, name)
        self.day.data = str(extra.day.held_on) if extra.day else ""
        self.kind.data = "ticket" if extra.is_per_ticket else "order"
        for name in ("name", "description"):
            words: Bilingual = getattr(extra, name)
            self[f"{name}_nl"].data, self[f"{name}_en"].data = words.nl, words.en

    def validate_price_cents(self, field: Field) -> None:
        """Require a price of 0 or more, that a ticket could have too."""
        if field.data is None:
            raise StopValidation(_("Vul een bedrag in, of 0 voor gratis."))
        if not 0 <= field.data <= 1_000_000:
            raise StopValidation(_("Vul een bedrag in van 0 tot 10.000 euro."))

    def validate_vat_reason(self, field: Field) -> None:
        """Require the reason of an exemption."""
        require_reason(self.vat_category, field)


class NewExtraForm(ExtraForm):
    """A new extra, or one for each size."""

    sizes = StringField(
        _l("Maten"),
        description=_l("Met komma’s ertussen, zoals S, M, L. Elke maat krijgt haar eigen aantal."),
        validators=[Length(max=100)],
    )

    @property
    def sizes_to_make(self) -> list[str]:
        """The sizes that were typed, each once."""
        typed = (each.strip() for each in (self.sizes.data or "").split(","))
        return list(dict.fromkeys(each for each in typed if each))[:20]


class ExtrasPart:
    """What the order form offers besides tickets, and what was chosen of it."""

    def __init__(
        self,
        offered: Sequence[Extra],
        types: Sequence[TicketType],
        formdata: MultiDict[str, str] | None,
    ) -> None:
        sent = formdata if formdata is not None else MultiDict()
        self.per_ticket = [each for each in offered if each.is_per_ticket]
        self.per_order = [each for each in offered if not each.is_per_ticket]
        self.offered = offered
        self.tickets = range(len(types))
        # By ticket and slug, and by slug, as they were sent: also what is not offered any more.
        self.with_tickets = [set(sent.getlist(f"erbij-{number}")[:40]) for number in self.tickets]
        self.numbers = {
            slug: int(value)
            for name, value in sent.items()
            if (slug := name.removeprefix("aantal-")) != name
            if value.isdecimal() and len(value) < 3 and 0 < int(value) <= MOST
        }

    def requests(self) -> list[ExtraRequest]:
        """Returns what was chosen, as the rule takes it."""
        with_tickets = [
            ExtraRequest(slug, number)
            for number in self.tickets
            for slug in sorted(self.with_tickets[number])
        ]
        return with_tickets + [
            ExtraRequest(slug) for slug, number in self.numbers.items() for _each in range(number)
        ]

    def chosen(self) -> list[Extra]:
        """Returns the extras that were chosen, each as often as it was, of those on offer."""
        known = {each.slug: each for each in self.offered}
        return [known[each.slug] for each in self.requests() if each.slug in known]

    @staticmethod
    def shown_cents(written: str | None) -> int:
        """Returns what the page counted, as its form has it; 0 for what it has not."""
        return int(written) if written and written.isdecimal() and len(written) < 10 else 0

    @property
    def cents(self) -> int:
        """What was chosen costs together."""
        return sum(each.price_cents for each in self.chosen())

    def numbers_of(self, extra: Extra) -> range:
        """Returns how many of an extra an order may hold."""
        return range(MOST + 1 if extra.left is None else min(MOST, extra.left) + 1)
