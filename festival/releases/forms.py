"""What makers send when they publish, and on the day: shape only."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from festival.editions.fields import bilingual_values, both
from festival.releases import reasons
from festival.scheduling.forms.slots import MomentForm
from festival.web.languages import Bilingual


class Ticks(SelectMultipleField):
    """Boxes to tick. What is not offered any more is left out: the rule sees what is missing."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, validate_choice=False, **kwargs)


class PublishForm(FlaskForm):
    """The name of a release; and the slots with bookings that go, each ticked."""

    draft_version = HiddenField()
    name_nl, name_en = both(_l("Naam"), needed=True)
    note_nl, note_en = both(_l("Toelichting"), long=True)
    gone = Ticks()

    @property
    def agreed(self) -> list[str]:
        """The slots with bookings of which the maker knows that they go, by code."""
        return [code for ticked in self.gone.data or () for code in ticked.split()]

    @property
    def texts(self) -> dict[str, Bilingual]:
        """Name and note."""
        return bilingual_values(self, ("name", "note"))


class ReasonForm(FlaskForm):
    """Why, in both languages: one of the usual reasons, or own words."""

    version = HiddenField()
    why = RadioField(_l("Waarom"), [Optional()])
    why_nl = StringField(_l("Eigen woorden, in het Nederlands"), [Optional(), Length(max=200)])
    why_en = StringField(
        _l("Eigen woorden, in het Engels"),
        [Optional(), Length(max=200)],
        description=_l(
            "Laat je dit leeg, dan lezen bezoekers in het Engels je Nederlandse woorden."
        ),
    )

    def offer_reasons(self, deed: str) -> None:
        """Say which reasons there are for this deed; where one is needed, none is chosen yet."""
        is_needed = deed in reasons.NEEDED
        other = _l("Iets anders, in eigen woorden") if is_needed else _l("Geen, of eigen woorden")
        self.why.choices = [
            *(SelectChoice(name, text.text()) for name, text in reasons.of(deed).items()),
            SelectChoice("", other),
        ]
        self.why.validate_choice = False
        if not (is_needed or self.is_submitted()):
            self.why.data = ""

    @property
    def reason(self) -> Bilingual:
        """Own words go before the choice."""
        own = Bilingual((self.why_nl.data or "").strip(), (self.why_en.data or "").strip())
        return own or reasons.TEXTS.get(self.why.data or "", Bilingual())


class DelayForm(ReasonForm):
    """How much later, and which slots after it."""

    minutes = IntegerField(_l("Minuten"), [InputRequired(), NumberRange(0, 240)])
    also = Ticks(_l("Schuif ook op"))


class ManyForm(ReasonForm):
    """The same for other meetings of that coach."""

    also = Ticks(_l("Ook deze gesprekken"))


class MoveForm(ReasonForm, MomentForm):
    """Where to, and from when."""


class ReplaceForm(ReasonForm):
    """What comes instead."""

    session = SelectField(
        _l("Wat komt er in de plaats?"), [InputRequired(_l("Kies wat er in de plaats komt."))]
    )
