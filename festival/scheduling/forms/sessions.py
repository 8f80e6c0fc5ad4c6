"""The forms of a session, of a change to several sessions, and of a copy."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from festival.editions.fields import bilingual_values, both, slug_field
from festival.programme import draft, labels
from festival.programme.fields import LONGEST_NOTE, photo_field
from festival.programme.models.places import Theme
from festival.programme.models.sessions import KINDS, LEVELS, Session, Speaker
from festival.team.editing import slug_of
from festival.web.forms import PageForm

# The fields of the form that a session has by the same name.
_SESSION_TEXTS = ("title", "summary", "description", "bring", "photo_alt")
_SESSION_PLAIN = (
    *("kind", "languages", "level", "min_age", "access", "no_access", "is_free"),
    *("is_highlight", "takes_feedback"),
    *("host_notes", "needs", "minutes_before", "minutes_after"),
)


def _minutes(label: Any) -> Any:
    return IntegerField(
        label, [InputRequired(_l("Vul een getal in.")), NumberRange(0, 240)], default=0
    )


def _ticks(label: Any, table: Mapping[str, Any], hint: Any, *checks: Any) -> Any:
    return SelectMultipleField(
        label,
        [*checks],
        choices=[SelectChoice(*each) for each in table.items()],
        description=hint,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def not_both(form: Form, field: Field) -> None:
    """Refuse what is said both to be there and not to be."""
    if set(field.data or ()) & set(form["access"].data or ()):
        raise ValidationError(_l("Je vinkte iets aan bij wat er is en bij wat er niet is. Kies."))


class SessionForm(PageForm):
    """A session."""

    version = HiddenField()
    title_nl, title_en = both(_l("Titel"), needed=True)
    slug = slug_field()
    kind = SelectField(_l("Soort"))
    theme = SelectField(_l("Thema"))
    languages = SelectField(_l("Taal"))
    level = SelectField(_l("Niveau"))
    min_age = IntegerField(_l("Vanaf welke leeftijd"), [Optional(), NumberRange(0, 99)])
    access = _ticks(
        _l("Toegang"),
        labels.ACCESS,
        _l("Wat hier extra is. Wat het podium al heeft, staat er vanzelf bij."),
    )
    no_access = _ticks(
        _l("Wat er niet is"),
        labels.NO_ACCESS,
        _l("Weet je het niet? Laat het open, dan zeggen we er niets over."),
        not_both,
    )
    is_free = BooleanField(
        _l("Gratis, zonder kaartje"),
        description=_l(
            "Iedereen mag erbij zijn. Wie een plek moet boeken, heeft wel een kaartje nodig."
        ),
    )
    is_highlight = BooleanField(_l("Staat op de voorpagina"))
    photo_file = photo_field()
    drop_photo = BooleanField(_l("Haal de foto weg"))
    photo_alt_nl, photo_alt_en = both(_l("Wat er op de foto te zien is"))
    summary_nl, summary_en = both(_l("In één of twee zinnen"), long=True)
    description_nl, description_en = both(_l("Het hele verhaal"), long=True)
    bring_nl, bring_en = both(_l("Neem mee"))
    speakers = FieldList(SelectField(_l("Wie")), _l("Wie"))
    hosts = FieldList(SelectField(_l("Begeleider")), _l("Begeleiders"))
    host_notes = TextAreaField(_l("Notities voor wie begeleidt"), [Length(max=LONGEST_NOTE)])
    needs = TextAreaField(
        _l("Wat er klaar moet staan"),
        [Length(max=LONGEST_NOTE)],
        description=_l(
            "Techniek en opstelling, zoals: beamer, twee microfoons, stoelen in een kring."
        ),
    )
    minutes_before = _minutes(_l("Minuten om op te bouwen"))
    minutes_after = _minutes(_l("Minuten om op te ruimen"))
    takes_feedback = BooleanField(_l("Bezoekers mogen zeggen wat ze ervan vonden"), default=True)

    def offer(self, themes: list[Theme], people: list[Speaker]) -> None:
        """Fill in the choices."""
        self.kind.choices = [SelectChoice(kind, labels.KINDS[kind]) for kind in KINDS]
        self.languages.choices = [SelectChoice(*each) for each in labels.LANGUAGES.items()]
        self.level.choices = [SelectChoice(level, labels.LEVELS[level]) for level in LEVELS]
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
        """The fields of the session by name, except theme, photo and people."""
        texts = bilingual_values(self, _SESSION_TEXTS)
        slug = self.slug.data or slug_of(texts["title"].text("nl"))
        return {"slug": slug} | texts | {name: self[name].data for name in _SESSION_PLAIN}


def fill_session(
    session: Session, themes: Iterable[Theme], people: Iterable[Speaker]
) -> dict[str, Any]:
    """Returns the form data of a session, with the changes in the draft."""
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


_YES_OR_NO = ("is_free", "is_highlight", "takes_feedback")


class BulkForm(PageForm):
    """A change to several sessions; a field that is left open stays as it is."""

    theme = SelectField(_l("Thema"), default="")
    kind = SelectField(_l("Soort"), default="")
    level = SelectField(_l("Niveau"), default="")
    languages = SelectField(_l("Taal"), default="")
    is_free = SelectField(_l("Gratis, zonder kaartje"), default="")
    is_highlight = SelectField(_l("Staat op de voorpagina"), default="")
    takes_feedback = SelectField(_l("Bezoekers mogen zeggen wat ze ervan vonden"), default="")

    def offer(self, themes: list[Theme]) -> None:
        """Fill in the choices."""
        same = SelectChoice("", _l("Laat zoals het is"))
        yes_or_no = [same, SelectChoice("yes", _l("Ja")), SelectChoice("no", _l("Nee"))]
        self.theme.choices = [
            same,
            SelectChoice("-", _l("Geen thema")),
            *(SelectChoice(theme.slug, theme.name.text()) for theme in themes),
        ]
        self.kind.choices = [same, *(SelectChoice(*each) for each in labels.KINDS.items())]
        self.level.choices = [same, *(SelectChoice(*each) for each in labels.LEVELS.items())]
        self.languages.choices = [same, *(SelectChoice(*each) for each in labels.LANGUAGES.items())]
        for name in _YES_OR_NO:
            self[name].choices = yes_or_no

    def values(self, themes: list[Theme]) -> dict[str, Any]:
        """Returns the chosen values by the names of the session's fields."""
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


class CopyForm(PageForm):
    """The title of a copy."""

    title_nl, title_en = both(_l("Titel"), needed=True)
