"""What the crew and the team fill in: the name of a device, and a gate."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from festival.web.forms import PageForm


class DeviceForm(PageForm):
    """The name of this phone, so that everybody can see which one scanned."""

    name = StringField(
        _l("Naam van dit toestel"),
        [
            DataRequired(_l("Geef dit toestel een naam, bijvoorbeeld je voornaam.")),
            Length(max=40, message=_l("Houd de naam korter dan 40 letters.")),
        ],
        description=_l("Bijvoorbeeld je voornaam. Zo zien anderen wie er scande."),
    )


class GateForm(PageForm):
    """A gate, as the team sets it up."""

    name = StringField(
        _l("Naam van de ingang"),
        [
            DataRequired(_l("Geef de ingang een naam.")),
            Length(max=60, message=_l("Houd de naam korter dan 60 letters.")),
        ],
    )
    slug = StringField(
        _l("Naam in het adres"),
        [
            InputRequired(_l("Vul in hoe de ingang in het adres heet, bijvoorbeeld: noord.")),
            Regexp(
                r"^[a-z0-9]+(-[a-z0-9]+)*$",
                message=_l("Gebruik kleine letters, cijfers en streepjes, bijvoorbeeld: noord-2."),
            ),
            Length(max=40, message=_l("Houd de naam korter dan 40 letters.")),
        ],
    )
    is_practice = BooleanField(
        _l("Oefeningang"),
        description=_l("Hier leert de ploeg scannen. Deze scans tellen niet mee."),
    )
