"""The forms for publishing and for changes on the day."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from festival.editions.fields import bilingual_values, both, in_our_time
from festival.releases import reasons
from festival.scheduling.forms.slots import MomentForm
from festival.web.forms import PageForm
from festival.web.languages import Bilingual


class Ticks(SelectMultipleField):
    """Checkboxes that accept any value: the rule checks which ones are missing or outdated."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, validate_choice=False, **kwargs)


class PublishForm(PageForm):
    """The name of a release, and a tick for each slot with bookings that is cancelled."""

    draft_version = HiddenField()
    name_nl, name_en = both(_l("Naam"), needed=True)
    note_nl, note_en = both(_l("Toelichting"), long=True)
    gone = Ticks()

    @property
    def agreed(self) -> list[str]:
        """The codes of the slots with bookings that the organiser agreed to cancel."""
        return [code for ticked in self.gone.data or () for code in ticked.split()]

    @property
    def texts(self) -> dict[str, Bilingual]:
        """The name and the note."""
        return bilingual_values(self, ("name", "note"))


class MoveEditionForm(PageForm):
    """The new first day of an edition. Chosen with GET, confirmed with POST."""

    class Meta:
        """The app checks the token of every POST; choosing a day needs none."""

        csrf = False

    version = HiddenField()
    first_day = DateField(
        _l("Nieuwe eerste dag"),
        [DataRequired(_l("Kies de nieuwe eerste dag.")), in_our_time],
        name="eerste",
    )


class ReasonForm(PageForm):
    """The reason in both languages: one of the usual ones, or the organiser's own words."""

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

    def offer_reasons(self, action: str) -> None:
        """Fill in the reasons for this action; if one is needed, none is selected yet."""
        is_needed = action in reasons.NEEDED
        other = _l("Iets anders, in eigen woorden") if is_needed else _l("Geen, of eigen woorden")
        self.why.choices = [
            *(
                SelectChoice(name, text.text())
                for name, text in reasons.usual_reasons(action).items()
            ),
            SelectChoice("", other),
        ]
        self.why.validate_choice = False
        if not (is_needed or self.is_submitted()):
            self.why.data = ""

    @property
    def reason(self) -> Bilingual:
        """The reason; the organiser's own words take precedence."""
        own = Bilingual(self.why_nl.data, self.why_en.data)
        return own or reasons.TEXTS.get(self.why.data or "", Bilingual())


class DelayForm(ReasonForm):
    """How much later, and which later slots move too."""

    minutes = IntegerField(_l("Minuten"), [InputRequired(), NumberRange(0, 240)])
    also = Ticks(_l("Schuif ook op"))


class ManyForm(ReasonForm):
    """A reason, and other meetings of that coach to change too."""

    also = Ticks(_l("Ook deze gesprekken"))


class MoveSlotForm(ReasonForm, MomentForm):
    """The new day, time and stage."""


class ReplaceForm(ReasonForm):
    """The session that comes instead."""

    session = SelectField(
        _l("Wat komt er in de plaats?"), [InputRequired(_l("Kies wat er in de plaats komt."))]
    )
