"""Sessions: the list, the page of one, changing several at once, and copying one."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, redirect, request
from flask import session as cookie
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

from festival import clock, search, storage
from festival.editions.addresses import team_edition_or_404, working_edition
from festival.editions.models import Edition
from festival.programme import draft, labels, queries, slot_status
from festival.programme.models.places import Theme
from festival.programme.models.sessions import KINDS, Session, Speaker
from festival.programme.photos import forget_photos, photos_of
from festival.programme.rules import sessions as session_rules
from festival.scheduling.backoffice.base import (
    apply_removal,
    bp,
    discard_changes,
    page,
    save_with_photo,
    url,
    waiting_fields,
)
from festival.scheduling.forms.sessions import BulkForm, CopyForm, SessionForm, fill_session
from festival.scheduling.session_states import STATES, is_in_state, lacks_english, release_state
from festival.scheduling.spreadsheet_columns import kept_slots
from festival.sorting import title_key
from festival.team import lists
from festival.team.access import team
from festival.team.saving import Answer, apply_rule, counted, save_form, seen_version
from festival.web.forms import asked
from festival.web.languages import Bilingual

_NEVER = datetime.max.replace(tzinfo=UTC)
# The cookie key of the edition whose bulk change the next page offers to undo.
_UNDO = "onderdelen_undo"


@bp.get("/")
@team("programme")
def index() -> str | Response:
    """Redirects to the sessions of the edition that the member works in."""
    return redirect(url("sessions", working_edition()))


@bp.get("/<edition_slug>/onderdelen")
@team("programme")
def sessions(edition_slug: str) -> str:
    """Lists all sessions, as the next release will show them.

    `q` searches titles, slugs and the names of speakers and hosts; `soort`, `thema`, `wie` and
    `staat` filter. With `kies=alles` all sessions on the page are ticked for a bulk change.
    """
    edition = team_edition_or_404(edition_slug)
    themes, people = queries.themes(edition), queries.team_speakers(edition)
    names = {person.id: draft.value(person, "name") for person in people}
    form = BulkForm()
    form.offer(themes)
    listing = lists.listing_of(
        chosen_sessions(edition, themes, people),
        {
            "title": lambda row: title_key(draft.value(row, "title").text()),
            "kind": lambda row: KINDS.index(draft.value(row, "kind")),
            "when": _first_start,
            "taken": lambda row: sum(slot.taken for slot in kept_slots(row)),
        },
        default="title",
    )
    arguments = ("q", "soort", "thema", "wie", "staat")
    return page(
        "sessions",
        edition,
        listing=listing,
        summaries={row.id: _summary(row, names) for row in listing.rows},
        value=draft.value,
        form=form,
        kinds=[(each, labels.KINDS[each]) for each in KINDS],
        themes=[(theme.slug, theme.name.text()) for theme in themes],
        people=[(person.slug, names[person.id]) for person in people],
        states=list(zip(STATES, _state_labels(), strict=True)),
        active=any(request.args.get(name) for name in arguments),
        can_undo=cookie.pop(_UNDO, "") == edition.slug,
    )


@bp.post("/<edition_slug>/wijzig-onderdelen")
@team("programme")
def change_sessions(edition_slug: str) -> Response:
    """Apply the same change to all ticked sessions, or to none of them."""
    edition = team_edition_or_404(edition_slug)
    themes = queries.themes(edition)
    form = BulkForm()
    form.offer(themes)
    back = lists.as_asked(url("sessions", edition))
    ticked = dict(each.rsplit(":", 1) for each in request.form.getlist("pick") if ":" in each)
    seen = {
        row: counted(ticked[row.slug])
        for row in queries.all_sessions(edition)
        if row.slug in ticked
    }
    if not form.validate():
        gone = _("Deze keuze bestaat niet meer. Kijk de lijst nog eens na.")
        flash(str(next(iter(form.other_languages.errors), gone)), "bad")
        return redirect(back)
    values = form.values(themes)
    if not seen or not values:
        flash(_("Kruis minstens één onderdeel aan, en kies wat er verandert."), "bad")
        return redirect(back)
    former = {
        row.slug: (version + 1, {name: draft.value(row, name) for name in values})
        for row, version in seen.items()
    }

    def change() -> None:
        session_rules.save_sessions(edition, seen, values, now=clock.now())
        storage.put(_undo_place(edition), json.dumps(former).encode())
        cookie[_UNDO] = edition.slug

    said = ngettext(
        "%(num)s onderdeel is gewijzigd.", "%(num)s onderdelen zijn gewijzigd.", len(seen)
    )
    return apply_rule(change, said, back=back, to=back)


@bp.post("/<edition_slug>/wijzig-onderdelen/terug")
@team("programme")
def change_back(edition_slug: str) -> Response:
    """Undo the last bulk change: of all sessions, or of none if one was changed since."""
    edition = team_edition_or_404(edition_slug)
    back = lists.as_asked(url("sessions", edition))
    try:
        former = json.loads(storage.get(_undo_place(edition)))
    except FileNotFoundError:
        flash(_("Dit is al ongedaan gemaakt."), "info")
        return redirect(back)
    rows = [row for row in queries.all_sessions(edition) if row.slug in former]
    themes = {None, *(theme.id for theme in queries.themes(edition))}
    for _version, values in former.values():
        if values.get("theme_id") not in themes:  # removed since
            values["theme_id"] = None

    def undo() -> None:
        session_rules.save_each(edition, {row: former[row.slug] for row in rows}, now=clock.now())
        storage.remove(_undo_place(edition))

    return apply_rule(undo, _("Ongedaan gemaakt."), back=back, to=back)


@bp.route("/<edition_slug>/onderdelen/nieuw", methods=["GET", "POST"])
@bp.route("/<edition_slug>/onderdelen/<slug>", methods=["GET", "POST"])
@team("programme")
def session(edition_slug: str, slug: str | None = None) -> Answer:
    """Shows and saves a session or a new one: texts, people, and the list of its slots."""
    edition = team_edition_or_404(edition_slug)
    row = (queries.team_session(edition, slug) or abort(404)) if slug else None
    themes, people = queries.themes(edition), queries.team_speakers(edition)
    form = SessionForm(data=fill_session(row, themes, people)) if row else SessionForm()
    form.offer(themes, people)
    saved, problems, status = save_form(form, lambda: _save(edition, row, form, themes, people))
    if saved:
        flash(_("Bewaard."), "good")
        return redirect(url("session", edition, slug=saved.slug))
    return _session_page(edition_slug, slug, form, problems), status


@bp.post("/<edition_slug>/onderdelen/<slug>/terug")
@team("programme")
def discard_session(edition_slug: str, slug: str) -> Response:
    """Discard the changes that wait for the next release."""
    edition = team_edition_or_404(edition_slug)
    row = queries.team_session(edition, slug) or abort(404)
    return discard_changes(row, back=url("session", edition, slug=slug))


@bp.route("/<edition_slug>/onderdelen/<slug>/kopie", methods=["GET", "POST"])
@team("programme")
def copy_session(edition_slug: str, slug: str) -> Answer:
    """Make a new session with the texts and the people of this one."""
    edition = team_edition_or_404(edition_slug)
    row = queries.team_session(edition, slug) or abort(404)
    title = draft.value(row, "title")
    form = CopyForm(
        data={f"title_{each}": getattr(title, each) for each in ("nl", "en")},
    )
    if form.validate_on_submit():
        new_title = Bilingual(form.title_nl.data, form.title_en.data)
        copy = session_rules.copy_session(row, title=new_title, now=clock.now())
        flash(_("De kopie is gemaakt. Geef haar nu een moment."), "good")
        return redirect(url("session", edition, slug=copy.slug))
    answer = page("copy_session", edition, row=row, title=title, form=form)
    return answer, 422 if form.is_submitted() else 200


@bp.post("/<edition_slug>/onderdelen/<slug>/weg")
@team("programme")
def remove_session(edition_slug: str, slug: str) -> Response:
    """Remove a session that was never published."""
    edition = team_edition_or_404(edition_slug)
    row = queries.team_session(edition, slug) or abort(404)
    photos = photos_of(row)

    def remove() -> None:
        session_rules.remove_session(row, now=clock.now())
        forget_photos(photos)

    return apply_removal(
        remove, back=url("session", edition, slug=slug), to=url("sessions", edition)
    )


def chosen_sessions(
    edition: Edition, themes: Sequence[Theme], people: Sequence[Speaker]
) -> list[Session]:
    """Returns the sessions that the query string asks for, by title."""
    argument = request.args.get
    wanted = search.wanted(asked("q"))
    theme_id = {theme.slug: theme.id for theme in themes}.get(argument("thema", ""))
    speaker_id = {person.slug: person.id for person in people}.get(argument("wie", ""))
    names = {person.id: draft.value(person, "name") for person in people}
    kind, state = argument("soort", ""), argument("staat", "")
    return [
        row
        for row in queries.all_sessions(edition)
        if kind in ("", draft.value(row, "kind"))
        and theme_id in (None, draft.value(row, "theme_id"))
        and (speaker_id is None or speaker_id in people_in(row))
        and (state not in STATES or is_in_state(row, state))
        and search.holds_all(_words_of(row, names), wanted)
    ]


def people_in(row: Session) -> list[int]:
    """Returns the ids of a session's speakers and hosts, as the next release will show them."""
    return [*draft.value(row, "speakers"), *draft.value(row, "hosts")]


def _save(
    edition: Edition,
    row: Session | None,
    form: SessionForm,
    themes: list[Theme],
    people: list[Speaker],
) -> Session:
    by_slug = {person.slug: person for person in people}
    theme = {theme.slug: theme.id for theme in themes}.get(form.theme.data)
    return save_with_photo(
        row,
        form,
        lambda photo: session_rules.save_session(
            edition,
            row,
            form.values | {"theme_id": theme} | photo,
            speakers=[by_slug[entry.data] for entry in form.speakers if entry.data],
            hosts=[by_slug[entry.data] for entry in form.hosts if entry.data],
            seen=seen_version(form),
            now=clock.now(),
        ),
        folder="sessions",
    )


def _session_page(
    edition_slug: str, slug: str | None, form: SessionForm, problems: list[str]
) -> str:
    edition = team_edition_or_404(edition_slug)
    row = queries.team_session(edition, slug) if slug else None
    stages = {stage.id: stage for stage in queries.stages(edition)}
    return page(
        "session",
        edition,
        row=row,
        form=form,
        problems=problems,
        value=draft.value,
        photo=draft.value(row, "photo") if row else "",
        waiting=waiting_fields(row),
        stages=stages,
        slots=[slot for slot in row.all_slots if slot.state != "dropped" or slot.draft]
        if row
        else [],
        is_dropped=draft.is_dropped,
        public_url=slot_status.session_url(edition, row) if row and row.is_public else None,
    )


def _undo_place(edition: Edition) -> str:
    # One for each member, like the file of an import.
    return f"changes/{edition.slug}-{current_user.code}.json"


def _words_of(row: Session, names: dict[int, str]) -> str:
    title = draft.value(row, "title")
    people = (names[n] for n in people_in(row) if n in names)
    return search.folded(title.nl, title.en, row.slug, *people)


def _first_start(row: Session) -> datetime:
    """Returns the start of the first slot; sessions without slots sort last."""
    slots = kept_slots(row)
    return draft.value(slots[0], "starts_at") if slots else _NEVER


def _summary(row: Session, names: dict[int, str]) -> dict[str, Any]:
    """Returns what the list shows of a session: people, number of slots, bookings and state."""
    slots = kept_slots(row)
    bookable = [slot for slot in slots if slot.is_bookable]
    return {
        "who": ", ".join(names[n] for n in people_in(row) if n in names),
        "first": draft.value(slots[0], "starts_at") if slots else None,
        "moments": len(slots),
        "taken": sum(slot.taken for slot in bookable),
        "places": sum(slot.places or 0 for slot in bookable),
        "is_bookable": bool(bookable),
        "state": release_state(row),
        "lacks_english": lacks_english(row),
    }


def _state_labels() -> tuple[str, ...]:
    return (
        _("Nog nooit uitgegeven"),
        _("Wijziging wacht op de volgende uitgave"),
        _("Zoals bezoekers het zien"),
        _("Zonder dag en tijd"),
        _("Engelse tekst ontbreekt"),
    )
