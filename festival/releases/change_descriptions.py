"""Changes of the programme in plain words: for pages, the feed, the team and letters."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from festival.editions import dates
from festival.editions.models import Edition
from festival.programme import labels, session_languages
from festival.programme.changes import Change, Edit, ScheduledAt
from festival.programme.occurrences import goes_on
from festival.web import languages
from festival.web.languages import Bilingual

# The kinds of changes in the order in which pages show them, with the heading of each group.
GROUPS = {
    "cancelled": _l("Gaat niet door"),
    "replaced": _l("Vervangen"),
    "late": _l("Later"),
    "on_time": _l("Weer op tijd"),
    "back": _l("Gaat toch door"),
    "moved": _l("Verplaatst"),
    "full": _l("Vol"),
    "open": _l("Weer plek"),
    "new": _l("Nieuw"),
    "changed": _l("Gewijzigd"),
}
_FIELDS = {
    "kind": _l("Soort"),
    "title": _l("Titel"),
    "summary": _l("Korte tekst"),
    "description": _l("Tekst"),
    "bring": _l("Neem mee"),
    "theme_id": _l("Thema"),
    "languages": _l("Taal"),
    "level": _l("Niveau"),
    "min_age": _l("Leeftijd"),
    "is_free": _l("Prijs"),
    "access": _l("Toegankelijkheid"),
    "no_access": _l("Wat er niet is"),
    "photo": _l("Foto"),
    "photo_alt": _l("Beschrijving van de foto"),
    "speaker_ids": _l("Wie"),
    "host_ids": _l("Wie het begeleidt"),
}


@dataclass(frozen=True, slots=True)
class EditDescription:
    """A field before and after an edit; both are '' for a field without text, such as a photo."""

    label: str
    before: str | Bilingual
    after: str | Bilingual

    @property
    def is_short(self) -> bool:
        """Whether both fit into one sentence."""
        both = f"{self.before}{self.after}"
        return 0 < len(both) <= 160 and "\n" not in both


@dataclass(frozen=True, slots=True)
class ChangeDescription:
    """One change, or the same change of consecutive meetings of a coach."""

    kind: str
    label: str  # "Verplaatst"
    title: Bilingual
    slug: str  # of the session
    codes: tuple[str, ...]  # of the slots
    before: str  # "vrijdag 23 oktober, 11.00–12.00 uur, De Hal"; '' for something new
    after: str
    note: str  # how late, how many meetings, what comes in its place
    reason: Bilingual
    parts: list[EditDescription]
    session_kind: str


def describe_changes(edition: Edition, changes: Iterable[Change]) -> list[ChangeDescription]:
    """Describes `changes` by group and time, in the language of the page."""
    order = list(GROUPS)
    in_order = sorted(changes, key=lambda change: (order.index(change.kind), _begins(change)))
    return [_line(edition, run) for run in _runs(in_order)]


def describe_by_kind(
    edition: Edition, changes: Iterable[Change]
) -> list[tuple[str, list[ChangeDescription]]]:
    """Describes `changes` in groups, each with its heading."""
    found: dict[str, list[ChangeDescription]] = {}
    for line in describe_changes(edition, changes):
        found.setdefault(line.label, []).append(line)
    return list(found.items())


def count_by_kind(changes: Iterable[Change]) -> str:
    """Returns `3 nieuw, 2 verplaatst`; a coach's half-day counts as one."""
    order = list(GROUPS)
    in_order = sorted(changes, key=lambda change: (order.index(change.kind), _begins(change)))
    counted: dict[str, int] = {}
    for run in _runs(in_order):
        counted[run[0].kind] = counted.get(run[0].kind, 0) + 1
    return ", ".join(f"{number} {str(GROUPS[kind]).lower()}" for kind, number in counted.items())


def in_both(say: Callable[[], str]) -> Bilingual:
    """Returns the result of `say` in each language."""
    said = {}
    for language in languages.LANGUAGES:
        with languages.speaking(language):
            said[language] = say()
    return Bilingual(**said)


def headline_of(changes: Sequence[Change]) -> str:
    """Returns `Gaat niet door: Soep is geen project`, with the number of further changes."""
    first, *others = changes
    said = _("%(what)s: %(title)s", what=GROUPS[first.kind], title=first.title.text())
    if not others or first.kind == "replaced":
        return str(said)
    return str(_("%(what)s (en nog %(number)s)", what=said, number=len(others)))


def where(edition: Edition, place: ScheduledAt | None) -> str:
    """Returns `vrijdag 23 oktober, 11.00–12.00 uur, De Hal`."""
    if place is None:
        return ""
    return f"{dates.span(edition, place.starts_at, place.ends_at)}, {place.stage.text()}"


def _begins(change: Change) -> tuple[str, str, str]:
    place = change.after or change.before
    # Keeps the meetings of one coach together, whatever else is on at those times.
    coach = change.slug if change.session_kind == "coaching" else ""
    return (coach, place.starts_at.isoformat() if place else "", change.title.text())


def _runs(changes: Iterable[Change]) -> list[list[Change]]:
    runs: list[list[Change]] = []
    for change in changes:
        if runs and _follows(runs[-1][-1], change):
            runs[-1].append(change)
        else:
            runs.append([change])
    return runs


def _follows(last: Change, change: Change) -> bool:
    """Whether `change` is the same change as `last`, but of the coach's next meeting."""
    same = ("kind", "session_id", "minutes", "reason", "instead")
    if change.session_kind != "coaching" or any(
        getattr(last, name) != getattr(change, name) for name in same
    ):
        return False
    return all(
        _is_next(one, other)
        for one, other in ((last.before, change.before), (last.after, change.after))
    )


def _is_next(last: ScheduledAt | None, place: ScheduledAt | None) -> bool:
    if last is None or place is None:
        return last is place
    return last.stage == place.stage and goes_on(last.ends_at, place.starts_at)


def _line(edition: Edition, run: Sequence[Change]) -> ChangeDescription:
    first, last = run[0], run[-1]
    return ChangeDescription(
        kind=first.kind,
        label=str(GROUPS[first.kind]),
        title=first.title,
        slug=first.slug,
        codes=tuple(change.slot_code for change in run if change.slot_code),
        before=where(edition, _from_to(first.before, last.before)),
        after=where(edition, _from_to(first.after, last.after)),
        note=_note(first, len(run)),
        reason=first.reason,
        parts=[describe_edit(edit) for edit in first.edits],
        session_kind=first.session_kind,
    )


def _from_to(first: ScheduledAt | None, last: ScheduledAt | None) -> ScheduledAt | None:
    if first is None or last is None:
        return None
    return ScheduledAt(first.starts_at, last.ends_at, first.stage)


def _note(change: Change, number: int) -> str:
    if change.kind == "late":
        return str(ngettext("%(num)s minuut later", "%(num)s minuten later", change.minutes))
    if change.instead:
        return str(_("In plaats daarvan: %(title)s", title=change.instead.text()))
    return str(ngettext("%(num)s gesprek", "%(num)s gesprekken", number)) if number > 1 else ""


def describe_edit(edit: Edit) -> EditDescription:
    """Describes an edited field: its label and its values in words."""
    label = str(_FIELDS[edit.field])
    if edit.field == "photo":
        return EditDescription(label, "", "")
    return EditDescription(label, _value(edit.field, edit.before), _value(edit.field, edit.after))


def _value(name: str, value: Any) -> str | Bilingual:
    if isinstance(value, Bilingual):
        return value
    if value in (None, "", ()):
        return ""
    if name == "is_free":
        return str(_("gratis, zonder kaartje") if value else _("met een kaartje"))
    if name == "min_age":
        return str(_("vanaf %(age)s jaar", age=value))
    if name == "languages":
        return session_languages.words(value)
    known: dict[str, Any] = {
        "kind": labels.KINDS,
        "level": labels.LEVELS,
        "access": labels.ACCESS,
        "no_access": labels.NO_ACCESS,
    }
    called = known.get(name, {})
    if isinstance(value, tuple):
        return ", ".join(str(called.get(each, each)) for each in value)
    return str(called.get(value, value))
