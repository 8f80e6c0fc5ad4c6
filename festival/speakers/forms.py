"""Forms on the speaker's own page."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    EmailField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, Email, Length, Optional

from festival.editions.fields import bilingual_values, both, web_addresses
from festival.programme import draft
from festival.programme.fields import LONGEST_NOTE, SpanForm
from festival.programme.models.sessions import Speaker
from festival.web.forms import PageForm
from festival.web.languages import NAMES

LONGEST_REASON = 1_000
_LINES = ("name", "pronunciation", "organisation", "place")


class AnswerForm(PageForm):
    """Yes or no to one session, and the reason for a no."""

    answer = HiddenField(validators=[AnyOf(("yes", "no"))])
    reason = TextAreaField(
        _l("Waarom niet?"),
        [Length(max=LONGEST_REASON)],
        description=_l("Kun je wel op een ander moment? Schrijf dat er dan bij."),
    )


class ProfileForm(PageForm):
    """What visitors read about a speaker."""

    version = HiddenField()
    name = StringField(_l("Je naam"), [DataRequired(_l("Vul je naam in.")), Length(max=120)])
    pronunciation = StringField(
        _l("Hoe je je naam uitspreekt"),
        [Length(max=120)],
        description=_l("Zoals je het leest, hoofdletters krijgen de klemtoon: aj-sje-GUUL."),
    )
    organisation = StringField(_l("Je organisatie"), [Length(max=120)])
    place = StringField(_l("Je woonplaats of wijk"), [Length(max=80)])
    bio_nl, bio_en = both(_l("Over jou"), long=True)
    links = TextAreaField(
        _l("Links"),
        [Optional(), Length(max=1500), web_addresses],
        description=_l("Je website of wat je maakt. Elk adres op een eigen regel."),
    )
    photo_file = FileField(_l("Je foto"), description=_l("JPG, PNG of WebP, hoogstens 8 MB."))
    photo_alt_nl, photo_alt_en = both(_l("Wat er op de foto te zien is"))

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the speaker by name, except the photo."""
        values: dict[str, Any] = {name: self[name].data for name in _LINES}
        values["links"] = (self.links.data or "").split()
        return values | bilingual_values(self, ("bio", "photo_alt"))


class ContactForm(PageForm):
    """What only the team knows of a speaker."""

    version = HiddenField()
    needs = TextAreaField(
        _l("Wat heb je nodig?"),
        [Length(max=LONGEST_NOTE)],
        description=_l("Techniek en opstelling, een tolk, een plek om te rusten, wat je niet eet."),
    )
    email = EmailField(
        _l("Je e-mailadres"),
        [
            Optional(),
            Length(max=255),
            Email(_l("Dit e-mailadres klopt niet. Kijk het nog eens na.")),
        ],
    )
    phone = TelField(
        _l("Je telefoonnummer"),
        [Length(max=40)],
        description=_l("Voor op de dag zelf, als we je zoeken."),
    )
    language = RadioField(
        _l("In welke taal schrijven we je?"),
        choices=[SelectChoice(*each) for each in NAMES.items()],
        default="nl",
    )

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the speaker by name."""
        names = ("needs", "email", "phone", "language")
        return {name: self[name].data or "" for name in names}


class AvailabilityForm(PageForm):
    """When a speaker can be there."""

    version = HiddenField()
    spans = FieldList(FormField(SpanForm), _l("Wanneer"))


class FileForm(PageForm):
    """One file for the host."""

    file = FileField(_l("Bestand"), [FileRequired(_l("Kies eerst een bestand."))])


def fill_profile(speaker: Speaker) -> dict[str, Any]:
    """Returns the form data of a speaker, as the next release will show them."""
    values = draft.merged(speaker)
    texts = {name: values[name] for name in ("bio", "photo_alt")}
    return (
        {"version": speaker.version, "links": "\n".join(values["links"])}
        | {name: values[name] for name in _LINES}
        | {f"{name}_nl": text.nl for name, text in texts.items()}
        | {f"{name}_en": text.en for name, text in texts.items()}
    )
