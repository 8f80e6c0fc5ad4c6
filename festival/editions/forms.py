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

from festival.editions.fields import (
    bilingual_values,
    both,
    slug_field,
    web_address,
)
from festival.editions.models import HOME_ZONE, LAST_POSITION, ZONES
from festival.team.editing import slug_of
from festival.web.forms import PageForm

_TEXTS = ("name", "theme", "intro", "route", "access", "house_rules", "privacy")
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
    "payment_days",
    "coaching_per_ticket",
    "booking_closes_minutes",
    "walk_minutes",
    "takes_feedback",
)


def _good_iban(_form: PageForm, field: Field) -> None:
    # Check digits catch nearly every typo; otherwise all visitors would pay to a wrong account.
    if not iban.is_valid(field.data):
        raise ValidationError(_l("Deze IBAN klopt niet. Kijk hem nog eens na."))


class EditionForm(PageForm):
    """Everything about one edition."""

    version = HiddenField()
    name_nl, name_en = both(_l("Naam"), needed=True)
    slug = slug_field()
    theme_nl, theme_en = both(_l("Thema"))
    intro_nl, intro_en = both(_l("Inleiding"), long=True)
    starts_on = DateField(_l("Eerste dag"), [DataRequired(_l("Kies de eerste dag."))])
    ends_on = DateField(_l("Laatste dag"), [DataRequired(_l("Kies de laatste dag."))])
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

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the edition by name."""
        texts = bilingual_values(self, _TEXTS)
        slug = self.slug.data or slug_of(texts["name"].text("nl"))
        return {"slug": slug} | texts | {name: self[name].data for name in _PLAIN}


class PartnerForm(PageForm):
    """A partner of the edition."""

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

    question_nl, question_en = both(_l("Vraag"), needed=True)
    answer_nl, answer_en = both(_l("Antwoord"), long=True, needed=True)
    position = IntegerField(_l("Plaats in de rij"), [Optional(), NumberRange(0, LAST_POSITION)])

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the question by name."""
        values: dict[str, Any] = bilingual_values(self, ("question", "answer"))
        return values | ({} if self.position.data is None else {"position": self.position.data})
