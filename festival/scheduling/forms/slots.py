"""The form of a slot: its time, its stage and its places."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from festival.editions import dates
from festival.editions.models import Edition
from festival.programme import draft, hours
from festival.programme.fields import are_hours_clear
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Slot
from festival.programme.timing import Span
from festival.web.forms import PageForm


class MomentForm(PageForm):
    """Day, time and stage; times before six belong to the night after that day."""

    day = SelectField(_l("Dag"))
    starts = TimeField(_l("Van"), [InputRequired(_l("Vul in hoe laat het begint."))])
    stage = SelectField(_l("Podium"))
    edition: Edition

    def validate(self, extra_validators: Any = None) -> bool:
        """Also rejects a time that the clock change skips or repeats that night."""
        is_valid = bool(super().validate(extra_validators))
        return are_hours_clear(self, self.edition) and is_valid

    def offer(self, edition: Edition, stages: list[Stage]) -> None:
        """Fill in the choices."""
        self.edition = edition
        self.day.choices = [SelectChoice(day.isoformat(), dates.day(day)) for day in edition.days]
        self.stage.choices = [SelectChoice(stage.slug, stage.name.text()) for stage in stages]

    def starts_at(self, edition: Edition) -> datetime:
        """Returns the chosen start, in UTC."""
        return hours.moment(edition, date.fromisoformat(self.day.data), self.starts.data)


class PeriodForm(MomentForm):
    """Day, time, end and stage; an end may be in the next morning."""

    ends = TimeField(_l("Tot"), [InputRequired(_l("Vul in hoe laat het eindigt."))])

    def span(self, edition: Edition) -> Span:
        """Returns the chosen start and end, in UTC."""
        day = date.fromisoformat(self.day.data)
        return hours.span(edition, day, self.starts.data, self.ends.data)


class SlotForm(PeriodForm):
    """One slot of a session."""

    version = HiddenField()
    places = IntegerField(
        _l("Plekken om te boeken"),
        [Optional(), NumberRange(0, 100_000)],
        description=_l("Laat dit leeg als je zo kunt binnenlopen."),
    )
    door_places = IntegerField(
        _l("Plekken bij de deur"),
        [Optional(), NumberRange(0, 100_000)],
        description=_l("Voor wie op het moment zelf komt, boven op de andere."),
    )


def fill_slot(edition: Edition, slot: Slot, stages: Iterable[Stage]) -> dict[str, Any]:
    """Returns the form data of a slot, with the changes in the draft."""
    starts_at, ends_at = draft.value(slot, "starts_at"), draft.value(slot, "ends_at")
    slugs = {stage.id: stage.slug for stage in stages}
    return {
        "version": slot.version,
        "day": edition.day_of(starts_at).isoformat(),
        "starts": edition.local(starts_at).time(),
        "ends": edition.local(ends_at).time(),
        "stage": slugs.get(draft.value(slot, "stage_id"), ""),
        "places": slot.places,
        "door_places": slot.door_places,
    }
