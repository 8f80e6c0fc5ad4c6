"""What the team may send about the programme: shape only; what fits, the rules decide."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    StopValidation,
)
from wtforms.widgets import CheckboxInput, ListWidget

from festival.backoffice.editing import slug_of
from festival.editions import dates
from festival.editions.fields import bilingual_values, both, slug_field, web_addresses
from festival.editions.models import Edition
from festival.languages import NAMES
from festival.programme import columns, draft, words
from festival.programme.models import KINDS, LEVELS, Session, Slot, Speaker, Stage, Theme
from festival.programme.plan import Span

# Of the forms' fields what a session and a speaker have by the same name.
_SESSION_TEXTS = ("title", "summary", "description", "bring", "photo_alt")
_SESSION_PLAIN = (
    *("kind", "languages", "level", "min_age", "access", "is_free"),
    *("is_highlight", "takes_feedback"),
    *("host_notes", "needs", "minutes_before", "minutes_after"),
)
_SPEAKER_PLAIN = ("name", "pronunciation", "organisation", "place", "email", "phone", "language")
_STAGE_PLAIN = (
    *("capacity", "is_step_free", "has_hearing_loop", "is_quiet"),
    *("changeover_minutes", "position"),
)
LONGEST_NOTE = 5_000


def _needed_with_day(form: Form, field: Field) -> None:
    if form.day.data and not field.data:
        field.errors[:] = []  # that nothing is no time, is no more to say
        raise StopValidation(_l("Vul in van hoe laat tot hoe laat."))


class SpanForm(Form):
    """From when until when on a day of the festival; a row without a day is not used."""

    day = SelectField(_l("Dag"), default="")
    starts = TimeField(_l("Van"), [_needed_with_day, Optional()])
    ends = TimeField(_l("Tot"), [_needed_with_day, Optional()])


def offer_days(rows: FieldList, edition: Edition, spare: int = 2) -> None:
    """Say which days the rows of spans may be on, and add `spare` empty ones."""
    used = len(rows) if any(not row.day.data for row in rows) else len(rows) + spare
    while len(rows) < used:
        rows.append_entry()
    choices = [SelectChoice(day.isoformat(), dates.day(day)) for day in edition.days]
    for row in rows:
        row.day.choices = [SelectChoice("", _l("Geen dag")), *choices]


def spans_of(rows: FieldList, edition: Edition) -> list[Span]:
    """What the rows say, in UTC and in order; times before six are of the night after that day."""
    return sorted(
        Span(
            moment_on(edition, row.day.data, row.starts.data),
            moment_on(edition, row.day.data, row.ends.data, is_end=True),
        )
        for row in rows
        if row.day.data
    )


def fill_spans(edition: Edition, spans: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows with `starts_at` and `ends_at` as the rows of a form show them."""
    return [
        {
            "day": edition.day_of(each.starts_at).isoformat(),
            "starts": edition.local(each.starts_at).time(),
            "ends": edition.local(each.ends_at).time(),
        }
        for each in spans
    ]


def moment_on(edition: Edition, day: str, at: time, *, is_end: bool = False) -> datetime:
    """The same as columns.moment, for a day as forms have it: `2027-09-17`."""
    return columns.moment(edition, date.fromisoformat(day), at, is_end=is_end)


def _position() -> Any:
    """Where a thing stands among its like."""
    return IntegerField(
        _l("Plaats in de rij"), [InputRequired(_l("Vul een getal in.")), NumberRange(0, 999)]
    )


def _minutes(label: Any) -> Any:
    return IntegerField(
        label, [InputRequired(_l("Vul een getal in.")), NumberRange(0, 240)], default=0
    )


def _photo_file() -> Any:
    return FileField(_l("Foto"), description=_l("JPG, PNG of WebP, hoogstens 8 MB."))


def _lines(text: str | None) -> str:
    return (text or "").strip().replace("\r\n", "\n")


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
        """The fields of `stage_form`: how many minutes to each of the others."""
        return [field for field in self if field.name.startswith("walk_")]

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the stage by name, but for its hours and how far it is from others."""
        texts = bilingual_values(self, ("name", "floor"))
        slug = self.slug.data or slug_of(texts["name"].text("nl"))
        return {"slug": slug} | texts | {name: self[name].data for name in _STAGE_PLAIN}


def stage_form(others: Sequence[Stage]) -> type[StageForm]:
    """The form of a stage with a field `walk_<slug>` for the way to each of the others."""
    walks = {
        f"walk_{other.slug}": IntegerField(other.name.text(), [Optional(), NumberRange(0, 240)])
        for other in others
    }
    return type("StageForm", (StageForm,), walks)


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
    photo_file = _photo_file()
    drop_photo = BooleanField(_l("Haal de foto weg"))
    photo_alt_nl, photo_alt_en = both(_l("Wat er op de foto te zien is"))
    email = EmailField(
        _l("E-mailadres"),
        [
            Optional(),
            Length(max=255),
            Email(_l("Dit e-mailadres klopt niet. Kijk het nog eens na.")),
        ],
    )
    phone = TelField(_l("Telefoon"), [Length(max=40)])
    language = SelectField(
        _l("Taal van de mail"), choices=[SelectChoice(*n) for n in NAMES.items()]
    )
    needs = TextAreaField(
        _l("Wat deze persoon nodig heeft"),
        [Length(max=LONGEST_NOTE)],
        description=_l("Zoals: een kruk, een tolk, geen noten in de lunch."),
    )
    availability = FieldList(FormField(SpanForm), _l("Wanneer"))

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the speaker by name, but for the photo and availability."""
        values: dict[str, Any] = {name: (self[name].data or "").strip() for name in _SPEAKER_PLAIN}
        values["needs"] = _lines(self.needs.data)
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
    access = SelectMultipleField(
        _l("Toegang"),
        choices=[SelectChoice(*each) for each in words.ACCESS.items()],
        description=_l("Wat hier extra is. Wat het podium al heeft, staat er vanzelf bij."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    is_free = BooleanField(
        _l("Gratis, zonder kaartje"),
        description=_l(
            "Iedereen mag erbij zijn. Wie een plek moet boeken, heeft wel een kaartje nodig."
        ),
    )
    is_highlight = BooleanField(_l("Staat op de voorpagina"))
    photo_file = _photo_file()
    drop_photo = BooleanField(_l("Haal de foto weg"))
    photo_alt_nl, photo_alt_en = both(_l("Wat er op de foto te zien is"))
    summary_nl, summary_en = both(_l("In één of twee zinnen"), long=True)
    description_nl, description_en = both(_l("Het hele verhaal"), long=True)
    bring_nl, bring_en = both(_l("Neem mee"))
    speakers = FieldList(SelectField(_l("Wie")), _l("Wie"))
    hosts = FieldList(SelectField(_l("Begeleider")), _l("Begeleiders"))
    host_notes = TextAreaField(
        _l("Notities voor wie begeleidt"), [Length(max=LONGEST_NOTE)], filters=[_lines]
    )
    needs = TextAreaField(
        _l("Wat er klaar moet staan"),
        [Length(max=LONGEST_NOTE)],
        description=_l(
            "Techniek en opstelling, zoals: beamer, twee microfoons, stoelen in een kring."
        ),
        filters=[_lines],
    )
    minutes_before = _minutes(_l("Minuten om op te bouwen"))
    minutes_after = _minutes(_l("Minuten om op te ruimen"))
    takes_feedback = BooleanField(_l("Bezoekers mogen zeggen wat ze ervan vonden"), default=True)

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
        for entries, least in ((self.speakers, 3), (self.hosts, 1)):
            while len(entries) < least or entries[-1].data:
                entries.append_entry("")
            for entry in entries:
                entry.choices = names

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the session by name, but for theme, photo and people."""
        texts = bilingual_values(self, _SESSION_TEXTS)
        slug = self.slug.data or slug_of(texts["title"].text("nl"))
        return {"slug": slug} | texts | {name: self[name].data for name in _SESSION_PLAIN}


class MomentForm(FlaskForm):
    """Day, hour and stage; hours before six are of the night after that day."""

    day = SelectField(_l("Dag"))
    starts = TimeField(_l("Van"), [InputRequired(_l("Vul in hoe laat het begint."))])
    stage = SelectField(_l("Podium"))

    def offer(self, edition: Edition, stages: list[Stage]) -> None:
        """Say what can be chosen."""
        self.day.choices = [SelectChoice(day.isoformat(), dates.day(day)) for day in edition.days]
        self.stage.choices = [SelectChoice(stage.slug, stage.name.text()) for stage in stages]

    def moment(self, edition: Edition, at: time, *, is_end: bool = False) -> datetime:
        """`at` on the chosen day of the festival, in UTC."""
        return moment_on(edition, self.day.data, at, is_end=is_end)


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


_YES_OR_NO = ("is_free", "is_highlight", "takes_feedback")


class BulkForm(FlaskForm):
    """The same for several sessions; what is left open stays as each of them has it."""

    theme = SelectField(_l("Thema"), default="")
    kind = SelectField(_l("Soort"), default="")
    level = SelectField(_l("Niveau"), default="")
    languages = SelectField(_l("Taal"), default="")
    is_free = SelectField(_l("Gratis, zonder kaartje"), default="")
    is_highlight = SelectField(_l("Staat op de voorpagina"), default="")
    takes_feedback = SelectField(_l("Bezoekers mogen zeggen wat ze ervan vonden"), default="")

    def offer(self, themes: list[Theme]) -> None:
        """Say what can be chosen."""
        same = SelectChoice("", _l("Laat zoals het is"))
        yes_or_no = [same, SelectChoice("yes", _l("Ja")), SelectChoice("no", _l("Nee"))]
        self.theme.choices = [
            same,
            SelectChoice("-", _l("Geen thema")),
            *(SelectChoice(theme.slug, theme.name.text()) for theme in themes),
        ]
        self.kind.choices = [same, *(SelectChoice(*each) for each in words.KINDS.items())]
        self.level.choices = [same, *(SelectChoice(*each) for each in words.LEVELS.items())]
        self.languages.choices = [same, *(SelectChoice(*each) for each in words.LANGUAGES.items())]
        for name in _YES_OR_NO:
            self[name].choices = yes_or_no

    def values(self, themes: list[Theme]) -> dict[str, Any]:
        """What was chosen, by the names of the fields of a session."""
        chosen: dict[str, Any] = {
            name: self[name].data for name in ("kind", "level", "languages") if self[name].data
        }
        for name in _YES_OR_NO:
            if self[name].data:
                chosen[name] = self[name].data == "yes"
        if self.theme.data:
            ids = {theme.slug: theme.id for theme in themes}
            chosen["theme_id"] = ids.get(self.theme.data)
        return chosen


class UploadForm(FlaskForm):
    """A spreadsheet to import."""

    file = FileField(
        _l("Bestand"),
        [FileRequired(_l("Kies een bestand."))],
        description=_l("CSV of XLSX, hoogstens 5 MB en 1.000 rijen."),
    )


class CopyForm(FlaskForm):
    """What the copy of a session is called."""

    title_nl, title_en = both(_l("Titel"), needed=True)


def fill_session(
    session: Session, themes: Iterable[Theme], people: Iterable[Speaker]
) -> dict[str, Any]:
    """A session as its form shows it: with what waits for the next release."""
    texts = {name: draft.value(session, name) for name in _SESSION_TEXTS}
    slugs = {person.id: person.slug for person in people}
    return (
        {"version": session.version, "slug": session.slug}
        | {name: draft.value(session, name) for name in _SESSION_PLAIN}
        | {f"{name}_nl": text.nl for name, text in texts.items()}
        | {f"{name}_en": text.en for name, text in texts.items()}
        | {
            "theme": {theme.id: theme.slug for theme in themes}.get(
                draft.value(session, "theme_id"), ""
            ),
            "speakers": [slugs[n] for n in draft.value(session, "speakers") if n in slugs],
            "hosts": [slugs[n] for n in draft.value(session, "hosts") if n in slugs],
        }
    )


def fill_speaker(edition: Edition, speaker: Speaker) -> dict[str, Any]:
    """A speaker as the form shows them: with what waits for the next release."""
    bio, alt = draft.value(speaker, "bio"), draft.value(speaker, "photo_alt")
    return {name: draft.value(speaker, name) for name in _SPEAKER_PLAIN} | {
        "version": speaker.version,
        "slug": speaker.slug,
        "needs": speaker.needs,
        "links": "\n".join(draft.value(speaker, "links")),
        "bio_nl": bio.nl,
        "bio_en": bio.en,
        "photo_alt_nl": alt.nl,
        "photo_alt_en": alt.en,
        "availability": fill_spans(edition, speaker.availability),
    }


def fill_stage(
    edition: Edition, stage: Stage, others: Iterable[Stage], walks: Mapping[int, int]
) -> dict[str, Any]:
    """A stage as its form shows it; `walks` are minutes by the id of the other stage."""
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


def fill_slot(edition: Edition, slot: Slot, stages: Iterable[Stage]) -> dict[str, Any]:
    """A slot as its form shows it: with what waits for the next release."""
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
