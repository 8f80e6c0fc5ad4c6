"""The forms of the team's members."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import EmailField, HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, Length
from wtforms.widgets import CheckboxInput, ListWidget

from festival.web.forms import PageForm

ROLE_CHOICES = [
    SelectChoice("organiser", _l("Organisator: alles, ook het team")),
    SelectChoice("programme", _l("Programmamaker: programma en plekken")),
    SelectChoice("finance", _l("Financiën: bestellingen en betalingen")),
    SelectChoice("editor", _l("Redacteur: teksten, veelgestelde vragen en partners")),
    SelectChoice("checkin", _l("Ingang: kaartjes scannen")),
]


class MemberForm(PageForm):
    """Name and roles of a member."""

    version = HiddenField()
    name = StringField(
        _l("Naam"), validators=[DataRequired(_l("Vul een naam in.")), Length(max=120)]
    )
    roles = SelectMultipleField(
        _l("Rollen"),
        choices=ROLE_CHOICES,
        validators=[DataRequired(_l("Kies minstens één rol."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class InviteForm(MemberForm):
    """A new member."""

    email = EmailField(
        _l("E-mailadres"),
        validators=[
            DataRequired(_l("Vul een e-mailadres in.")),
            Length(max=255),
            Email(_l("Dit e-mailadres klopt niet. Kijk het nog eens na.")),
        ],
    )
    language = RadioField(
        _l("Taal van de mail"),
        choices=[SelectChoice("nl", "Nederlands"), SelectChoice("en", "English")],
        default="nl",
    )


class UploadForm(PageForm):
    """A spreadsheet to import."""

    file = FileField(
        _l("Bestand"),
        [FileRequired(_l("Kies een bestand."))],
        description=_l("XLSX, ODS of CSV, hoogstens 5 MB en 1.000 rijen."),
    )
