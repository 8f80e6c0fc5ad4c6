"""The forms of the coaching screens."""

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, HiddenField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from festival.editions.models import Edition
from festival.programme.fields import SpanForm, spans_of
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Speaker
from festival.programme.rules.slots import MOST_SLOTS_AT_ONCE
from festival.scheduling.coaching.meetings import MeetingPlan
from festival.scheduling.forms.slots import MomentForm
from festival.web.forms import PageForm


class MeetingPlanForm(PageForm):
    """How to cut a coach's time into meetings."""

    coach = SelectField(_l("Coach"))
    stage = SelectField(_l("Podium"))
    minutes = IntegerField(
        _l("Minuten per gesprek"),
        [InputRequired(_l("Vul een getal in.")), NumberRange(5, 240)],
        default=20,
    )
    pause = IntegerField(
        _l("Minuten ertussen"),
        [InputRequired(_l("Vul een getal in.")), NumberRange(0, 120)],
        default=5,
    )
    most = IntegerField(
        _l("Hoogstens zoveel gesprekken"),
        [InputRequired(_l("Vul een getal in.")), NumberRange(1, MOST_SLOTS_AT_ONCE)],
        default=MOST_SLOTS_AT_ONCE,
    )
    spans = FieldList(FormField(SpanForm), _l("Wanneer"))

    def plan(self, edition: Edition, people: list[Speaker], stages: list[Stage]) -> MeetingPlan:
        """Returns the plan. Call this only on a valid form."""
        return MeetingPlan(
            stage=next(stage for stage in stages if stage.slug == self.stage.data),
            spans=spans_of(self.spans, edition),
            minutes=self.minutes.data,
            pause=self.pause.data,
            most=self.most.data,
            coach=next((each for each in people if each.slug == self.coach.data), None),
        )


class MoveMeetingForm(MomentForm):
    """Another time or stage for one meeting; its length stays."""

    version = HiddenField()
