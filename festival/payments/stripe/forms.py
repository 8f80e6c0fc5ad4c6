"""The form of the team with which a stuck attempt at Stripe is given up."""

from wtforms import StringField
from wtforms.validators import Length

from festival.web.forms import PageForm


class GiveUpForm(PageForm):
    """Why a stuck attempt is given up."""

    reason = StringField(validators=[Length(max=200)])
