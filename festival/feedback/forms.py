"""The form in which visitors give their opinion of a session."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from festival.web.forms import PageForm

LONGEST = 1000

# Words instead of smileys: people read faces differently.
STEPS = {
    1: _l("Ik had er niets aan"),
    2: _l("Ik had er weinig aan"),
    3: _l("Ik had er iets aan"),
    4: _l("Ik had er veel aan"),
    5: _l("Ik had er heel veel aan"),
}


class FeedbackForm(PageForm):
    """An opinion. With `form_key` a double click counts once."""

    form_key = HiddenField(validators=[InputRequired(), Length(max=64)])
    slot = RadioField(_l("Wanneer was je erbij?"), [DataRequired(_l("Kies wanneer je er was."))])
    useful = RadioField(
        _l("Hoeveel had je eraan?"),
        [DataRequired(_l("Kies hoeveel je eraan had."))],
        choices=[SelectChoice(str(step), label) for step, label in reversed(STEPS.items())],
    )
    words = TextAreaField(
        _l("Wat wil je erover zeggen?"),
        [Optional(), Length(max=LONGEST, message=_l("Maak het korter: hoogstens 1000 tekens."))],
        description=_l("Een paar woorden is genoeg. Noem geen namen van andere bezoekers."),
    )
    # A trap for bots: people do not see this field, programs fill it in.
    website = StringField(_l("Laat dit veld leeg"), [Optional()])

    def offer(self, slots: Sequence[tuple[str, str]]) -> None:
        """Offer the slots by code. With none or one there is nothing to choose."""
        if len(slots) < 2:
            del self.slot
        else:
            self.slot.choices = [SelectChoice(code, label) for code, label in slots]
