"""The forms of a session, of a change to several sessions, and of a copy."""

from collections.abc import Iterable, Mapping, Sequence
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
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from festival.editions.fields import bilingual_values, both, slug_field
from festival.programme import draft, labels, session_languages
from festival.programme.fields import LONGEST_NOTE, photo_field
from festival.programme.models.places import Theme
from festival.programme.models.sessions import KINDS, LEVELS, Session, Speaker
from festival.team.editing import slug_of
from festival.web.forms import PageForm

# The fields of the form that a session has by the same name.
_SESSION_TEXTS = ("title", "summary", "description", "bring", "photo_alt")
_SESSION_PLAIN = (
    *("kind", "level", "min_age", "access", "no_access", "is_free"),
    *("is_highlight", "takes_feedback"),
    *("host_notes", "needs", "minutes_before", "minutes_after"),
)


def _minutes(label: Any) -> Any:
    return IntegerField(
        label, [InputRequired(_l("Vul een getal in.")), NumberRange(0, 240)], default=0
    )


def _ticks(
    label: Any, table: Mapping[str, Any], hint: Any, *checks: Any, default: Sequence[str] = ()
) -> Any:
    return SelectMultipleField(
        label,
        [*checks],
        choices=[SelectChoice(*each) for each in table.items()],
        description=hint,
        default=default,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def _languages(*ticked: str) -> tuple[Any, Any]:
    """Returns the boxes of the usual languages of a session, and the field for others."""
    return (
        _ticks(_l("Taal"), {}, "", default=ticked),
        StringField(
            _l("Andere talen"),
            [Length(max=200), _known_languages],
            description=_l("Zoals: Koerdisch; Tigrinya. Een code mag ook, zoals ku of ti."),
        ),
    )


def _known_languages(_form: Form, field: Field) -> None:
    try:
        session_languages.read(field.data or "")
    except session_languages.UnknownLanguage as wrong:
        raise ValidationError(
            _l(
                "“%(word)s” kennen we niet als taal. Schrijf de naam voluit, of de code van twee"
                " of drie letters. Zet tussen talen een puntkomma.",
                word=wrong.word,
            )
        ) from wrong


def _usual_languages() -> list[SelectChoice]:
    return [SelectChoice(code, session_languages.name(code)) for code in session_languages.USUAL]


def _spoken(form: Form) -> str:
    """Returns the chosen languages as a session keeps them."""
    others = session_languages.codes(session_languages.read(form["other_languages"].data or ""))
    return session_languages.joined((*form["languages"].data, *others))


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
    languages, other_languages = _languages("nl")
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

    def validate_languages(self, _field: Field) -> None:
        """Ask for one language at least."""
        if not (self.languages.data or (self.other_languages.data or "").strip(" ;,+/")):
            raise ValidationError(_l("Kies minstens één taal."))

    def offer(self, themes: list[Theme], people: list[Speaker]) -> None:
        """Fill in the choices."""
        self.kind.choices = [SelectChoice(kind, labels.KINDS[kind]) for kind in KINDS]
        self.languages.choices = _usual_languages()
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
        plain = {name: self[name].data for name in _SESSION_PLAIN}
        return {"slug": slug, "languages": _spoken(self)} | texts | plain


def fill_session(
    session: Session, themes: Iterable[Theme], people: Iterable[Speaker]
) -> dict[str, Any]:
    """Returns the form data of a session, with the changes in the draft."""
    texts = {name: draft.value(session, name) for name in _SESSION_TEXTS}
    slugs = {person.id: person.slug for person in people}
    spoken = session_languages.codes(draft.value(session, "languages"))
    others = [code for code in spoken if code not in session_languages.USUAL]
    return (
        {"version": session.version, "slug": session.slug}
        | {name: draft.value(session, name) for name in _SESSION_PLAIN}
        | {f"{name}_nl": text.nl for name, text in texts.items()}
        | {f"{name}_en": text.en for name, text in texts.items()}
        | {
            "languages": spoken,
            "other_languages": "; ".join(map(session_languages.name, others)),
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
    languages, other_languages = _languages()
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
        self.languages.choices = _usual_languages()
        for name in _YES_OR_NO:
            self[name].choices = yes_or_no

    def values(self, themes: list[Theme]) -> dict[str, Any]:
        """Returns the chosen values by the names of the session's fields."""
        chosen: dict[str, Any] = {
            name: self[name].data for name in ("kind", "level") if self[name].data
        }
        if spoken := _spoken(self):
            chosen["languages"] = spoken
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
