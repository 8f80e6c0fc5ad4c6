"""The forms of an edition, its partners and its questions."""

from typing import Any

from flask_babel import lazy_gettext as _l
from stdnum import iban
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from festival.config import HOME_ZONE
from festival.editions.fields import (
    bilingual_values,
    both,
    in_our_time,
    kvk_number,
    slug_field,
    vat_id,
    web_address,
    without_blanks,
)
from festival.editions.models import LAST_POSITION, TEXTS, ZONES
from festival.team.editing import slug_of
from festival.web.amounts import AmountField
from festival.web.forms import PageForm

MOST_FEE_CENTS = 1_000_000
_FEES = ("cancel_fee_cents", "cancel_fee_percent")  # empty is none
_PLAIN = (
    "starts_on",
    "ends_on",
    "timezone",
    "venue_name",
    "venue_address",
    "city",
    "organiser_name",
    "organiser_email",
    "organiser_address",
    "organiser_iban",
    "organiser_street",
    "organiser_postal_code",
    "organiser_city",
    "organiser_kvk",
    "organiser_vat_id",
    "invoices_always",
    "payment_days",
    "coaching_per_ticket",
    "booking_closes_minutes",
    "walk_minutes",
    "takes_feedback",
    "changes_until_on",
    "cancel_until_on",
    "cancel_free_until_on",
    *_FEES,
)


def _good_iban(_form: PageForm, field: Field) -> None:
    # Check digits catch nearly every typo; otherwise all visitors would pay to a wrong account.
    if not iban.is_valid(field.data):
        raise ValidationError(_l("Deze IBAN klopt niet. Kijk hem nog eens na."))


def _no_minus(_form: PageForm, field: Field) -> None:
    if field.data is not None and not 0 <= field.data <= MOST_FEE_CENTS:
        raise ValidationError(_l("Kies een bedrag van 0 tot 10.000 euro."))


class EditionForm(PageForm):
    """Everything about one edition."""

    version = HiddenField()
    name_nl, name_en = both(_l("Naam"), needed=True)
    slug = slug_field()
    theme_nl, theme_en = both(_l("Thema"))
    intro_nl, intro_en = both(_l("Inleiding"), long=True)
    starts_on = DateField(_l("Eerste dag"), [DataRequired(_l("Kies de eerste dag.")), in_our_time])
    ends_on = DateField(_l("Laatste dag"), [DataRequired(_l("Kies de laatste dag.")), in_our_time])
    timezone = SelectField(
        _l("Tijdzone"),
        default=HOME_ZONE,
        choices=[SelectChoice(name, name.replace("_", " ")) for name in ZONES],
        description=_l(
            "Zet deze goed voordat je tijden invult: wat al een tijd heeft, verschuift op de klok."
        ),
    )
    venue_name = StringField(_l("Naam van de plek"), [Length(max=120)])
    venue_address = StringField(_l("Adres van de plek"), [Length(max=200)])
    city = StringField(_l("Plaats"), [Length(max=80)])
    route_nl, route_en = both(_l("Route"), long=True)
    access_nl, access_en = both(_l("Toegang"), long=True)
    house_rules_nl, house_rules_en = both(_l("Huisregels"), long=True)
    privacy_nl, privacy_en = both(_l("Wat we bewaren"), long=True)
    organiser_name = StringField(
        _l("Organisatie"), [DataRequired(_l("Vul in wie het festival maakt.")), Length(max=120)]
    )
    organiser_email = EmailField(
        _l("Mailadres van de organisatie"),
        [
            DataRequired(_l("Vul een mailadres in: daar komen vragen van bezoekers.")),
            Email(_l("Dit e-mailadres klopt niet. Kijk het nog eens na.")),
        ],
    )
    organiser_address = TextAreaField(_l("Postadres van de organisatie"), [Length(max=300)])
    organiser_iban = StringField(
        _l("IBAN"),
        [Optional(), Length(max=42), _good_iban],
        description=_l("Op deze rekening betalen bezoekers."),
        filters=[lambda text: "".join((text or "").split()).upper()],
    )
    organiser_street = StringField(
        _l("Straat en huisnummer"),
        [Length(max=120)],
        description=_l("Dit adres staat op facturen. Een postbus mag niet."),
    )
    organiser_postal_code = StringField(_l("Postcode"), [Length(max=12)])
    organiser_city = StringField(_l("Plaats van de organisatie"), [Length(max=80)])
    organiser_kvk = StringField(_l("KvK-nummer"), [kvk_number], filters=[without_blanks])
    organiser_vat_id = StringField(_l("Btw-id"), [vat_id], filters=[without_blanks])
    invoices_always = BooleanField(_l("Elke betaalde bestelling krijgt een factuur"), default=False)
    payment_days = IntegerField(
        _l("Dagen om te betalen"),
        [NumberRange(1, 14, _l("Kies 1 tot 14 dagen."))],
        default=5,
        description=_l("Zo lang houden we kaartjes en plekken vast voor wie nog niet betaalde."),
    )
    coaching_per_ticket = IntegerField(
        _l("Gesprekken met een coach per kaartje"),
        [NumberRange(0, 20, _l("Kies 0 tot 20."))],
        default=1,
    )
    booking_closes_minutes = IntegerField(
        _l("Boeken sluit zoveel minuten voor het begin"),
        [NumberRange(0, 1440, _l("Kies 0 tot 1440 minuten."))],
        default=15,
    )
    walk_minutes = IntegerField(
        _l("Minuten lopen van podium naar podium"),
        [
            InputRequired(_l("Vul een getal in.")),
            NumberRange(0, 240, _l("Kies 0 tot 240 minuten.")),
        ],
        default=5,
        description=_l("Voor podia waarbij je zelf geen looptijd invulde."),
    )
    takes_feedback = BooleanField(
        _l("Bezoekers mogen zeggen wat ze van een onderdeel vonden"), default=True
    )

    changes_until_on = DateField(
        _l("Namen en adressen wijzigen kan tot en met"),
        [Optional(), in_our_time],
        description=_l(
            "Zo lang verbeteren bezoekers zelf een naam of adres, en geven ze een kaartje door."
            " Leeg: tot het festival begint."
        ),
    )
    cancel_until_on = DateField(
        _l("Zelf annuleren kan tot en met"),
        [Optional(), in_our_time],
        description=_l("Voor betaalde kaartjes. Leeg: dan vragen bezoekers het aan jullie."),
    )
    cancel_free_until_on = DateField(
        _l("Annuleren is gratis tot en met"),
        [Optional(), in_our_time],
        description=_l("Daarna houden jullie de kosten hieronder in, per kaartje."),
    )
    cancel_fee_cents = AmountField(
        _l("Kosten van annuleren, per kaartje"),
        [Optional(), _no_minus],
    )
    cancel_fee_percent = IntegerField(
        _l("En dit deel van de prijs, in procenten"),
        [Optional(), NumberRange(0, 100, _l("Kies 0 tot 100 procent."))],
        description=_l("Samen nooit meer dan het kaartje kostte."),
    )

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the edition by name."""
        texts = bilingual_values(self, ("name", *TEXTS))
        slug = self.slug.data or slug_of(texts["name"].text("nl"))
        plain = {name: self[name].data for name in _PLAIN}
        fees = {name: plain[name] or 0 for name in _FEES}
        return {"slug": slug} | texts | plain | fees


class EditionTextsForm(PageForm):
    """The texts of an edition that visitors read, without its dates, prices and account."""

    version = HiddenField()
    theme_nl, theme_en = EditionForm.theme_nl, EditionForm.theme_en
    intro_nl, intro_en = EditionForm.intro_nl, EditionForm.intro_en
    route_nl, route_en = EditionForm.route_nl, EditionForm.route_en
    access_nl, access_en = EditionForm.access_nl, EditionForm.access_en
    house_rules_nl, house_rules_en = EditionForm.house_rules_nl, EditionForm.house_rules_en
    privacy_nl, privacy_en = EditionForm.privacy_nl, EditionForm.privacy_en

    @property
    def values(self) -> dict[str, Any]:
        """The texts by name."""
        values: dict[str, Any] = bilingual_values(self, TEXTS)
        return values


class PartnerForm(PageForm):
    """A partner of the edition."""

    version = HiddenField()
    name = StringField(_l("Naam"), [DataRequired(_l("Vul een naam in.")), Length(max=120)])
    kind_nl, kind_en = both(_l("Soort partner"))
    url = URLField(_l("Website"), [Optional(), Length(max=300), web_address])
    position = IntegerField(_l("Plaats in de rij"), [Optional(), NumberRange(0, LAST_POSITION)])

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the partner by name."""
        values = {"name": self.name.data, "url": self.url.data or ""}
        values |= bilingual_values(self, ("kind",))
        return values | ({} if self.position.data is None else {"position": self.position.data})


class QuestionForm(PageForm):
    """A question that visitors often ask, with its answer."""

    version = HiddenField()
    question_nl, question_en = both(_l("Vraag"), needed=True)
    answer_nl, answer_en = both(_l("Antwoord"), long=True, needed=True)
    position = IntegerField(_l("Plaats in de rij"), [Optional(), NumberRange(0, LAST_POSITION)])

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the question by name."""
        values: dict[str, Any] = bilingual_values(self, ("question", "answer"))
        return values | ({} if self.position.data is None else {"position": self.position.data})
