"""The form with which an organiser says that an edition does not go on."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from festival.web.forms import PageForm
from festival.web.languages import Bilingual


class CallOffForm(PageForm):
    """Why, in both languages, and the name to be sure. `shown` holds the numbers of the page."""

    shown = HiddenField()
    reason_nl = TextAreaField(
        _l("Waarom, in het Nederlands"),
        validators=[DataRequired(_l("Vul in waarom de editie niet doorgaat.")), Length(max=500)],
    )
    reason_en = TextAreaField(
        _l("Waarom, in het Engels"),
        validators=[DataRequired(_l("Vul het ook in het Engels in.")), Length(max=500)],
    )
    typed_name = StringField(
        _l("Typ de naam van de editie"),
        validators=[DataRequired(_l("Typ de naam, dan weten we het zeker.")), Length(max=200)],
    )

    @property
    def reason(self) -> Bilingual:
        """What visitors read and get in their letter."""
        return Bilingual(self.reason_nl.data or "", self.reason_en.data or "")
