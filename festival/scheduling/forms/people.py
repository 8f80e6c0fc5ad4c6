"""The form of a speaker or host."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, Length, Optional

from festival.editions.fields import bilingual_values, both, slug_field, web_addresses
from festival.editions.models import Edition
from festival.programme import draft
from festival.programme.fields import LONGEST_NOTE, SpanForm, fill_spans, photo_field
from festival.programme.models.sessions import Speaker
from festival.team.editing import slug_of
from festival.web.forms import PageForm
from festival.web.languages import NAMES

# The fields of the form that a speaker has by the same name.
_SPEAKER_PLAIN = ("name", "pronunciation", "organisation", "place", "email", "phone", "language")


class SpeakerForm(PageForm):
    """A speaker or host."""

    version = HiddenField()
    name = StringField(_l("Naam"), [DataRequired(_l("Vul een naam in.")), Length(max=120)])
    slug = slug_field()
    pronunciation = StringField(
        _l("Uitspraak"),
        [Length(max=120)],
        description=_l("Zoals je het leest, hoofdletters krijgen de klemtoon: aj-sje-GUUL."),
    )
    organisation = StringField(_l("Organisatie"), [Length(max=120)])
    place = StringField(_l("Plaats"), [Length(max=80)])
    bio_nl, bio_en = both(_l("Over deze persoon"), long=True)
    links = TextAreaField(_l("Links"), [Optional(), Length(max=1500), web_addresses])
    photo_file = photo_field()
    drop_photo = BooleanField(_l("Haal de foto weg"))
    photo_alt_nl, photo_alt_en = both(_l("Wat er op de foto te zien is"))
    email = EmailField(
        _l("E-mailadres"),
        [
            Optional(),
            Length(max=255),
            Email(_l("Dit e-mailadres klopt niet. Kijk het nog eens na.")),
        ],
    )
    phone = TelField(_l("Telefoon"), [Length(max=40)])
    language = SelectField(
        _l("Taal van de mail"), choices=[SelectChoice(*n) for n in NAMES.items()]
    )
    needs = TextAreaField(
        _l("Wat deze persoon nodig heeft"),
        [Length(max=LONGEST_NOTE)],
        description=_l("Zoals: een kruk, een tolk, geen noten in de lunch."),
    )
    availability = FieldList(FormField(SpanForm), _l("Wanneer"))

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the speaker by name, except photo and availability."""
        values: dict[str, Any] = {name: self[name].data for name in _SPEAKER_PLAIN}
        values["needs"] = self.needs.data
        values["links"] = (self.links.data or "").split()
        values["slug"] = self.slug.data or slug_of(values["name"])
        return values | bilingual_values(self, ("bio", "photo_alt"))


def fill_speaker(edition: Edition, speaker: Speaker) -> dict[str, Any]:
    """Returns the form data of a speaker, with the changes in the draft."""
    bio, alt = draft.value(speaker, "bio"), draft.value(speaker, "photo_alt")
    return {name: draft.value(speaker, name) for name in _SPEAKER_PLAIN} | {
        "version": speaker.version,
        "slug": speaker.slug,
        "needs": speaker.needs,
        "links": "\n".join(draft.value(speaker, "links")),
        "bio_nl": bio.nl,
        "bio_en": bio.en,
        "photo_alt_nl": alt.nl,
        "photo_alt_en": alt.en,
        "availability": fill_spans(edition, speaker.availability),
    }
