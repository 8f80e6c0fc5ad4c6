"""The forms of stages, with their hours and walking times, and of themes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, FieldList, FormField, HiddenField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from festival.editions.fields import bilingual_values, both, slug_field
from festival.editions.models import Edition
from festival.programme.fields import SpanForm, fill_spans
from festival.programme.models.places import Stage
from festival.team.editing import slug_of
from festival.web.forms import PageForm

_STAGE_PLAIN = (
    *("capacity", "is_step_free", "has_hearing_loop", "is_quiet"),
    *("changeover_minutes", "position"),
)


def _position() -> Any:
    """Returns the field for the position in the list."""
    return IntegerField(
        _l("Plaats in de rij"), [InputRequired(_l("Vul een getal in.")), NumberRange(0, 999)]
    )


_SAID = {"": None, "yes": True, "no": False}


def _yes_no_or_nothing(label: Any) -> Any:
    """Returns a field that is True, False, or None where nobody says."""

    def read(value: Any) -> bool | None:
        if isinstance(value, bool):
            return value
        if value not in _SAID:
            raise ValueError(value)
        return _SAID[value]

    choices = [
        SelectChoice("", _l("Nog niet gezegd")),
        SelectChoice("yes", _l("Ja")),
        SelectChoice("no", _l("Nee")),
    ]
    return SelectField(label, coerce=read, choices=choices)


class StageForm(PageForm):
    """A stage."""

    version = HiddenField()
    name_nl, name_en = both(_l("Naam"), needed=True)
    slug = slug_field()
    floor_nl, floor_en = both(_l("Waar het is"))
    capacity = IntegerField(_l("Hoeveel mensen er in mogen"), [Optional(), NumberRange(0, 100_000)])
    is_step_free = _yes_no_or_nothing(_l("Zonder trap te bereiken"))
    has_hearing_loop = _yes_no_or_nothing(_l("Met ringleiding"))
    is_quiet = _yes_no_or_nothing(_l("Een rustige plek"))
    changeover_minutes = IntegerField(
        _l("Minuten om te wisselen"),
        [InputRequired(_l("Vul een getal in.")), NumberRange(0, 240)],
        default=10,
        description=_l("Zoveel tijd zit er op dit podium minstens tussen twee onderdelen."),
    )
    position = _position()
    hours = FieldList(FormField(SpanForm), _l("Wanneer dit podium open is"))

    @property
    def walks(self) -> list[Field]:
        """The fields that `stage_form` adds: the walking minutes to each other stage."""
        return [field for field in self if field.name.startswith("walk_")]

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the stage by name, except its hours and walking times."""
        texts = bilingual_values(self, ("name", "floor"))
        slug = self.slug.data or slug_of(texts["name"].text("nl"))
        return {"slug": slug} | texts | {name: self[name].data for name in _STAGE_PLAIN}


def stage_form(others: Sequence[Stage]) -> type[StageForm]:
    """Returns the form class of a stage, with a field `walk_<slug>` for each other stage."""
    walks = {
        f"walk_{other.slug}": IntegerField(other.name.text(), [Optional(), NumberRange(0, 240)])
        for other in others
    }
    return type("StageForm", (StageForm,), walks)


class ThemeForm(PageForm):
    """A theme to filter by."""

    version = HiddenField()
    name_nl, name_en = both(_l("Naam"), needed=True)
    slug = slug_field()
    position = _position()

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the theme by name."""
        texts = bilingual_values(self, ("name",))
        slug = self.slug.data or slug_of(texts["name"].text("nl"))
        return {"slug": slug, "position": self.position.data} | texts


def fill_stage(
    edition: Edition, stage: Stage, others: Iterable[Stage], walks: Mapping[int, int]
) -> dict[str, Any]:
    """Returns the form data of a stage; `walks` holds minutes by the id of the other stage."""
    return {name: getattr(stage, name) for name in _STAGE_PLAIN} | {
        "version": stage.version,
        "slug": stage.slug,
        "name_nl": stage.name.nl,
        "name_en": stage.name.en,
        "floor_nl": stage.floor.nl,
        "floor_en": stage.floor.en,
        "hours": fill_spans(edition, stage.hours),
        **{f"walk_{other.slug}": walks.get(other.id) for other in others},
    }
