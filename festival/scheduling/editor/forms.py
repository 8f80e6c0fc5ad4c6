"""The forms of the timetable editor; the page's script sends the same fields."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from festival.editions.fields import bilingual_values, both
from festival.editions.models import Edition
from festival.programme.models.places import Stage
from festival.scheduling.forms.slots import PeriodForm

# The value of `stage` for a break or blocker at every stage.
EVERYWHERE = ""


class PlaceForm(PeriodForm):
    """The time and stage of one slot of a session."""

    version = HiddenField()
    # Sent by the script and by "Maak ongedaan": that page shows the clashes already.
    anyway = BooleanField()
    # Restores a deleted slot with exactly these places, instead of the usual number.
    restores = BooleanField()
    places = IntegerField(validators=[Optional(), NumberRange(0, 100_000)])
    door_places = IntegerField(validators=[Optional(), NumberRange(0, 100_000)])


class BlockForm(PeriodForm):
    """A break or a blocker."""

    version = HiddenField()
    kind = SelectField(
        _l("Wat het is"),
        choices=[
            SelectChoice("break", _l("Pauze: bezoekers zien die ook")),
            SelectChoice("blocker", _l("Blokkade: alleen het team ziet die")),
        ],
    )
    title_nl, title_en = both(_l("Hoe het heet"), needed=True)

    def offer(self, edition: Edition, stages: list[Stage]) -> None:
        """Fill in the choices."""
        super().offer(edition, stages)
        everywhere = SelectChoice(EVERYWHERE, _l("Alle podia"))
        self.stage.choices = [everywhere, *self.stage.choices]

    def values(self, edition: Edition, stages: list[Stage]) -> dict[str, Any]:
        """The fields of the block by name."""
        ids = {stage.slug: stage.id for stage in stages}
        span = self.span(edition)
        return {
            "kind": self.kind.data,
            "stage_id": ids.get(self.stage.data),
            "starts_at": span.starts_at,
            "ends_at": span.ends_at,
            "dropped": False,
        } | bilingual_values(self, ("title",))
