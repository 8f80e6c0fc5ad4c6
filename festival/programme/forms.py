"""What the team may send about the programme: shape only; what fits, the rules decide."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from festival.backoffice.editing import slug_of
from festival.editions import dates
from festival.editions.fields import bilingual_values, both, slug_field, web_addresses
from festival.editions.models import Edition
from festival.programme import draft, words
from festival.programme.models import KINDS, LEVELS, Session, Slot, Speaker, Stage, Theme


def _position() -> Any:
    """Where a thing stands among its like."""
    return IntegerField(
        _l("Plaats in de rij"), [InputRequired(_l("Vul een getal in.")), NumberRange(0, 999)]
    )


class StageForm(FlaskForm):
    """A stage."""

    version = HiddenField()
    name_nl, name_en = both(_l("Naam"), needed=True)
    slug = slug_field()
    floor_nl, floor_en = both(_l("Waar het is"))
    capacity = IntegerField(_l("Hoeveel mensen er in mogen"), [Optional(), NumberRange(0, 100_000)])
    is_step_free = BooleanField(_l("Zonder trap te bereiken"))
    has_hearing_loop = BooleanField(_l("Met ringleiding"))
    is_quiet = BooleanField(_l("Een rustige plek"))
    position = _position()

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the stage by name."""
        plain = ("capacity", "is_step_free", "has_hearing_loop", "is_quiet", "position")
        texts = bilingual_values(self, ("name", "floor"))
        slug = self.slug.data or slug_of(texts["name"].text("nl"))
        return {"slug": slug} | texts | {name: self[name].data for name in plain}


class ThemeForm(FlaskForm):
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


class SpeakerForm(FlaskForm):
    """Somebody on stage."""

    version = HiddenField()
    name = StringField(_l("Naam"), [DataRequired(_l("Vul een naam in.")), Length(max=120)])
    slug = slug_field()
    pronunciation = StringField(
        _l("Uitspraak"),
        [Length(max=120)],
        description=_l("Zoals je het leest, hoofdletters krijgen de klemtoon: aj-sje-GUUL."),
    )
    organisation = StringField(_l("Organisatie"), [Length(max=120)])
    place = StringField(_l("Plaats"), [Length(max=80)])
    bio_nl, bio_en = both(_l("Over deze persoon"), long=True)
    links = TextAreaField(_l("Links"), [Optional(), Length(max=1500), web_addresses])
    photo_file = FileField(_l("Foto"), description=_l("JPG, PNG of WebP, hoogstens 8 MB."))
    drop_photo = BooleanField(_l("Haal de foto weg"))
    photo_alt_nl, photo_alt_en = both(_l("Wat er op de foto te zien is"))

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the speaker by name, but for the photo."""
        plain = ("name", "pronunciation", "organisation", "place")
        values: dict[str, Any] = {name: (self[name].data or "").strip() for name in plain}
        values["links"] = (self.links.data or "").split()
        values["slug"] = self.slug.data or slug_of(values["name"])
        return values | bilingual_values(self, ("bio", "photo_alt"))


class SessionForm(FlaskForm):
    """A session."""

    version = HiddenField()
    title_nl, title_en = both(_l("Titel"), needed=True)
    slug = slug_field()
    kind = SelectField(_l("Soort"))
    theme = SelectField(_l("Thema"))
    languages = SelectField(_l("Taal"))
    level = SelectField(_l("Niveau"))
    min_age = IntegerField(_l("Vanaf welke leeftijd"), [Optional(), NumberRange(0, 99)])
    is_highlight = BooleanField(_l("Staat op de voorpagina"))
    summary_nl, summary_en = both(_l("In één of twee zinnen"), long=True)
    description_nl, description_en = both(_l("Het hele verhaal"), long=True)
    bring_nl, bring_en = both(_l("Neem mee"))
    speakers = FieldList(SelectField(_l("Wie")), _l("Wie"))

    def offer(self, themes: list[Theme], people: list[Speaker]) -> None:
        """Say what can be chosen."""
        self.kind.choices = [SelectChoice(kind, words.KINDS[kind]) for kind in KINDS]
        self.languages.choices = [SelectChoice(*each) for each in words.LANGUAGES.items()]
        self.level.choices = [SelectChoice(level, words.LEVELS[level]) for level in LEVELS]
        self.theme.choices = [
            SelectChoice("", _l("Geen thema")),
            *(SelectChoice(theme.slug, theme.name.text()) for theme in themes),
        ]
        names = [SelectChoice("", "–"), *(SelectChoice(each.slug, each.name) for each in people)]
        while len(self.speakers) < 3 or self.speakers[-1].data:
            self.speakers.append_entry("")
        for entry in self.speakers:
            entry.choices = names

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the session by name, but for theme and speakers."""
        plain = ("kind", "languages", "level", "min_age", "is_highlight")
        texts = bilingual_values(self, ("title", "summary", "description", "bring"))
        slug = self.slug.data or slug_of(texts["title"].text("nl"))
        return {"slug": slug} | texts | {name: self[name].data for name in plain}


class MomentForm(FlaskForm):
    """Day, hour and stage; hours before six are of the night after that day."""

    day = SelectField(_l("Dag"))
    starts = TimeField(_l("Van"), [InputRequired(_l("Vul in hoe laat het begint."))])
    stage = SelectField(_l("Podium"))

    def offer(self, edition: Edition, stages: list[Stage]) -> None:
        """Say what can be chosen."""
        self.day.choices = [SelectChoice(day.isoformat(), dates.day(day)) for day in edition.days]
        self.stage.choices = [SelectChoice(stage.slug, stage.name.text()) for stage in stages]

    def moment(self, edition: Edition, at: time) -> datetime:
        """`at` on the chosen day of the festival, in UTC."""
        day = date.fromisoformat(self.day.data)
        return edition.moment(day + timedelta(days=1) if at.hour < 6 else day, at)


class SlotForm(MomentForm):
    """One moment of a session."""

    version = HiddenField()
    ends = TimeField(_l("Tot"), [InputRequired(_l("Vul in hoe laat het eindigt."))])
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


class CoachingForm(MomentForm):
    """A coach's half-day in one step."""

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
    number = IntegerField(
        _l("Aantal gesprekken"),
        [InputRequired(_l("Vul een getal in.")), NumberRange(1, 60)],
        default=12,
    )


def fill_session(session: Session) -> dict[str, Any]:
    """A session as its form shows it."""
    names = ("title", "summary", "description", "bring")
    texts = {name: draft.value(session, name) for name in names}
    plain = ("kind", "languages", "level", "min_age", "is_highlight")
    return (
        {"version": session.version, "slug": session.slug}
        | {name: draft.value(session, name) for name in plain}
        | {f"{name}_nl": text.nl for name, text in texts.items()}
        | {f"{name}_en": text.en for name, text in texts.items()}
        | {
            "theme": session.theme.slug if session.theme else "",
            "speakers": [speaker.slug for speaker in session.speakers],
        }
    )


def fill_slot(edition: Edition, slot: Slot) -> dict[str, Any]:
    """A slot as its form shows it."""
    starts_at, ends_at = draft.value(slot, "starts_at"), draft.value(slot, "ends_at")
    return {
        "version": slot.version,
        "day": edition.day_of(starts_at).isoformat(),
        "starts": edition.local(starts_at).time(),
        "ends": edition.local(ends_at).time(),
        "stage": slot.stage.slug,
        "places": slot.places,
        "door_places": slot.door_places,
    }
