"""Forms of letters to many. They check the shape; the rules look at the fields in the texts."""

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import HiddenInput

from festival.editions.models import Edition
from festival.mail.prose import BLOCKS, EditableLetter
from festival.mailings.audiences import VISITORS, Audience
from festival.mailings.models import Mailing
from festival.web.forms import PageForm
from festival.web.languages import LANGUAGES, Bilingual

_LONG = Length(max=10_000, message=_l("Houd het onder de 10.000 tekens."))
_SHORT = Length(max=200, message=_l("Houd het onder de 200 tekens."))


class NewMailingForm(PageForm):
    """What kind of letter, and for the visitors of which edition."""

    kind = RadioField(
        _l("Wat voor brief wordt het?"),
        choices=[
            SelectChoice(
                "service",
                _l("Over het kaartje: iets wat bezoekers moeten weten. Iedereen krijgt hem."),
            ),
            SelectChoice(
                "invitation",
                _l("Een uitnodiging: iets leuks. Wie zich heeft afgemeld, krijgt hem niet."),
            ),
        ],
        validators=[InputRequired(_l("Kies wat voor brief het wordt."))],
    )
    whom = RadioField(_l("Aan wie?"), validators=[InputRequired(_l("Kies aan wie je schrijft."))])
    audience = SelectField(
        _l("Van welke editie?"), validators=[DataRequired(_l("Kies een editie."))]
    )


class MailingForm(PageForm):
    """The texts in both languages. The boxes of the filters are drawn beside it."""

    subject_nl = StringField(_l("Onderwerp in het Nederlands"), validators=[_SHORT])
    body_nl = TextAreaField(_l("Brief in het Nederlands"), validators=[_LONG])
    subject_en = StringField(_l("Onderwerp in het Engels"), validators=[_SHORT])
    body_en = TextAreaField(_l("Brief in het Engels"), validators=[_LONG])
    version = IntegerField(widget=HiddenInput(), default=0)

    @property
    def texts(self) -> dict[str, Bilingual]:
        """The texts by their name in the rule."""
        return {
            "title": Bilingual(self.subject_nl.data, self.subject_en.data),
            "body": Bilingual(self.body_nl.data, self.body_en.data),
        }


class SendForm(PageForm):
    """What whoever sends a mailing saw of it."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    counted = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class ConfirmSubscriptionForm(PageForm):
    """The button that stops invitations, and the one that undoes it."""

    wants = HiddenField()


def new_mailing_form(
    editions: Iterable[Edition], edition: Edition, whom: Iterable[Audience]
) -> NewMailingForm:
    """Returns the form of a new mailing of `edition`, to one of `whom` of one of `editions`."""
    form = NewMailingForm(data={"audience": edition.slug, "whom": VISITORS})
    form.whom.choices = [SelectChoice(each.key, each.words) for each in whom]
    form.audience.choices = [SelectChoice(each.slug, str(each.name)) for each in editions]
    return form


def mailing_form(mailing: Mailing) -> MailingForm:
    """Returns the form with the texts of `mailing`."""
    return MailingForm(
        data={
            "subject_nl": mailing.subject.nl,
            "subject_en": mailing.subject.en,
            "body_nl": mailing.body.nl,
            "body_en": mailing.body.en,
            "version": mailing.version,
        }
    )


class LetterTextForm(PageForm):
    """The team's sentences in an automatic letter, in both languages. Empty ones are ours."""

    subject_nl = StringField(_l("Onderwerp"), validators=[_SHORT])
    opening_nl = TextAreaField(_l("Begin van de brief"), validators=[_LONG])
    closing_nl = TextAreaField(_l("Einde van de brief"), validators=[_LONG])
    subject_en = StringField(_l("Onderwerp"), validators=[_SHORT])
    opening_en = TextAreaField(_l("Begin van de brief"), validators=[_LONG])
    closing_en = TextAreaField(_l("Einde van de brief"), validators=[_LONG])
    seen = HiddenField()

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """The texts by language and block; '' for a block that the letter does not have."""
        return {
            language: {
                block: self[f"{block}_{language}"].data if f"{block}_{language}" in self else ""
                for block in BLOCKS
            }
            for language in LANGUAGES
        }


def letter_text_form(
    letter: EditableLetter, texts: Mapping[str, Mapping[str, str]], seen: str
) -> LetterTextForm:
    """Returns the form with what the team wrote, and with the blocks that the letter has."""
    form = LetterTextForm(
        data={f"{block}_{each}": texts[each][block] for block in BLOCKS for each in LANGUAGES}
        | {"seen": seen}
    )
    for block in set(BLOCKS) - set(letter.blocks):
        for language in LANGUAGES:
            del form[f"{block}_{language}"]
    return form
