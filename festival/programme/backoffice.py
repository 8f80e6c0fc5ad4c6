"""The team's screens of the programme: sessions and their moments, people, stages, themes.

Each edition has its own below its slug, so that the next one can be made while this one runs.
"""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from festival import clock, storage
from festival.backoffice.access import team
from festival.editions.fields import seen_version
from festival.editions.models import Edition
from festival.editions.queries import current_edition, edition_by_slug
from festival.errors import Refusal
from festival.programme import photos, queries, rules, search, timetable, words
from festival.programme.forms import (
    CoachingForm,
    SessionForm,
    SlotForm,
    SpeakerForm,
    StageForm,
    ThemeForm,
    fill_session,
    fill_slot,
)
from festival.programme.models import KINDS, Session, Slot, Speaker, Stage, Theme

bp = Blueprint("programme_team", __name__, url_prefix="/team/programma")

Answer = str | Response | tuple[str, int]


@bp.get("/")
@team("programme")
def index() -> str | Response:
    """To the sessions of the current edition."""
    edition = current_edition()
    if edition is None:
        return render_template("programme/team/no_edition.html")
    return redirect(url_for("programme_team.sessions", edition_slug=edition.slug))


@bp.get("/<edition_slug>/onderdelen")
@team("programme")
def sessions(edition_slug: str) -> str:
    """All sessions; `q` finds by title, name of who is in it or slug, `soort` by kind."""
    edition = _edition(edition_slug)
    wanted, kind = search.words(request.args.get("q", "")), request.args.get("soort", "")
    rows = [
        row
        for row in queries.all_sessions(edition)
        if (not kind or row.kind == kind) and search.holds_all(_words_of(row), wanted)
    ]
    return _page(
        "sessions",
        edition,
        rows=[(row, _summary(row)) for row in sorted(rows, key=lambda row: row.title.text("nl"))],
        kinds=[(each, words.KINDS[each]) for each in KINDS],
        active=bool(wanted or kind),
    )


@bp.route("/<edition_slug>/onderdelen/nieuw", methods=["GET", "POST"])
@bp.route("/<edition_slug>/onderdelen/<slug>", methods=["GET", "POST"])
@team("programme")
def session(edition_slug: str, slug: str | None = None) -> Answer:
    """One session, or a new one: its texts, who is in it; and the list of its moments."""
    edition = _edition(edition_slug)
    row = (queries.team_session(edition, slug) or abort(404)) if slug else None
    form = SessionForm(data=fill_session(row)) if row else SessionForm()
    themes, people = queries.themes(edition), queries.team_speakers(edition)
    form.offer(themes, people)
    problems: list[str] = []
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        theme = {theme.slug: theme.id for theme in themes}.get(form.theme.data)
        chosen = [
            person for entry in form.speakers for person in people if person.slug == entry.data
        ]
        try:
            saved = rules.save_session(
                edition,
                row,
                form.values | {"theme_id": theme},
                speakers=chosen,
                seen=seen_version(form),
                now=clock.now(),
            )
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            flash(_("Bewaard."), "good")
            return redirect(_url("session", edition, slug=saved.slug))
    edition = _edition(edition_slug)
    row = queries.team_session(edition, slug) if slug else None
    page = _page(
        "session",
        edition,
        row=row,
        form=form,
        problems=problems,
        slots=[] if row is None else row.all_slots,
        public_url=timetable.session_url(edition, row) if row else None,
    )
    return page, status


@bp.post("/<edition_slug>/onderdelen/<slug>/weg")
@team("programme")
def remove_session(edition_slug: str, slug: str) -> Response:
    """Take a session off the programme."""
    edition = _edition(edition_slug)
    row = queries.team_session(edition, slug) or abort(404)
    return _removed(
        lambda: rules.remove_session(row, now=clock.now()),
        back=_url("session", edition, slug=slug),
        done=_url("sessions", edition),
    )


@bp.route("/<edition_slug>/onderdelen/<slug>/momenten/nieuw", methods=["GET", "POST"])
@bp.route("/<edition_slug>/onderdelen/<slug>/momenten/<code>", methods=["GET", "POST"])
@team("programme")
def slot(edition_slug: str, slug: str, code: str | None = None) -> Answer:
    """One moment of a session, or a new one."""
    edition = _edition(edition_slug)
    session = queries.team_session(edition, slug) or abort(404)
    row = (_slot(session, code)) if code else None
    form = SlotForm(data=fill_slot(edition, row)) if row else SlotForm()
    stages = queries.stages(edition)
    form.offer(edition, stages)
    problems: list[str] = []
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        values: dict[str, Any] = {
            "stage": next(stage for stage in stages if stage.slug == form.stage.data),
            "starts_at": form.moment(edition, form.starts.data),
            "ends_at": form.moment(edition, form.ends.data),
            "places": form.places.data,
            "door_places": form.door_places.data or 0,
            "now": clock.now(),
        }
        try:
            if row is None:
                rules.add_slot(session, **values)
            else:
                rules.update_slot(row, **values, seen=seen_version(form))
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            flash(_("Bewaard."), "good")
            return redirect(_url("session", edition, slug=slug, _anchor="momenten"))
    page = _page(
        "slot", _edition(edition_slug), session=session, row=row, form=form, problems=problems
    )
    return page, status


@bp.post("/<edition_slug>/onderdelen/<slug>/momenten/<code>/weg")
@team("programme")
def drop_slot(edition_slug: str, slug: str, code: str) -> Response:
    """Take a moment off the programme."""
    edition = _edition(edition_slug)
    session = queries.team_session(edition, slug) or abort(404)
    row = _slot(session, code)
    return _removed(
        lambda: rules.drop_slot(
            row, seen=request.form.get("version", row.version, int), now=clock.now()
        ),
        back=_url("slot", edition, slug=slug, code=code),
        done=_url("session", edition, slug=slug, _anchor="momenten"),
    )


@bp.route("/<edition_slug>/onderdelen/<slug>/gesprekken", methods=["GET", "POST"])
@team("programme")
def coaching(edition_slug: str, slug: str) -> Answer:
    """A coach's half-day in one step: from when, how long each, the pause, how many."""
    edition = _edition(edition_slug)
    session = queries.team_session(edition, slug) or abort(404)
    form = CoachingForm()
    stages = queries.stages(edition)
    form.offer(edition, stages)
    problems: list[str] = []
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            rules.add_coaching_slots(
                session,
                stage=next(stage for stage in stages if stage.slug == form.stage.data),
                starts_at=form.moment(edition, form.starts.data),
                minutes=form.minutes.data,
                pause=form.pause.data,
                number=form.number.data,
                now=clock.now(),
            )
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            flash(_("De gesprekken staan erin."), "good")
            return redirect(_url("session", edition, slug=slug, _anchor="momenten"))
    page = _page("coaching", _edition(edition_slug), session=session, form=form, problems=problems)
    return page, status


@bp.get("/<edition_slug>/mensen")
@team("programme")
def speakers(edition_slug: str) -> str:
    """All who are on stage; `q` finds by name, organisation or place."""
    edition = _edition(edition_slug)
    wanted = search.words(request.args.get("q", ""))
    rows = [
        row
        for row in queries.team_speakers(edition)
        if search.holds_all(search.folded(row.name, row.organisation, row.place), wanted)
    ]
    return _page("speakers", edition, rows=rows, active=bool(wanted))


@bp.route("/<edition_slug>/mensen/nieuw", methods=["GET", "POST"])
@bp.route("/<edition_slug>/mensen/<slug>", methods=["GET", "POST"])
@team("programme")
def speaker(edition_slug: str, slug: str | None = None) -> Answer:
    """Somebody on stage, or somebody new; with a photo."""
    edition = _edition(edition_slug)
    row = (queries.team_speaker(edition, slug) or abort(404)) if slug else None
    form = SpeakerForm(obj=row)
    problems: list[str] = []
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            saved = _save_speaker(edition, row, form)
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            flash(_("Bewaard."), "good")
            return redirect(_url("speaker", edition, slug=saved.slug))
    edition = _edition(edition_slug)
    row = queries.team_speaker(edition, slug) if slug else None
    return _page("speaker", edition, row=row, form=form, problems=problems), status


@bp.post("/<edition_slug>/mensen/<slug>/weg")
@team("programme")
def remove_speaker(edition_slug: str, slug: str) -> Response:
    """Take somebody off the programme."""
    edition = _edition(edition_slug)
    row = queries.team_speaker(edition, slug) or abort(404)
    return _removed(
        lambda: rules.remove_speaker(row, now=clock.now()),
        back=_url("speaker", edition, slug=slug),
        done=_url("speakers", edition),
    )


@bp.route("/<edition_slug>/podia", methods=["GET", "POST"])
@bp.route("/<edition_slug>/podia/<slug>", methods=["GET", "POST"])
@team("programme")
def stages(edition_slug: str, slug: str | None = None) -> Answer:
    """The stages, and a form for one of them or a new one."""
    edition = _edition(edition_slug)
    row = (queries.stage_by_slug(edition, slug) or abort(404)) if slug else None
    rows = queries.stages(edition)
    form = StageForm(obj=row, data=None if row else {"position": len(rows) + 1})
    return _listed("stages", edition, form, row, lambda **kw: rules.save_stage(edition, row, **kw))


@bp.post("/<edition_slug>/podia/<slug>/weg")
@team("programme")
def remove_stage(edition_slug: str, slug: str) -> Response:
    """Take a stage away."""
    edition = _edition(edition_slug)
    row = queries.stage_by_slug(edition, slug) or abort(404)
    return _removed(
        lambda: rules.remove_stage(row, now=clock.now()),
        back=_url("stages", edition, slug=slug),
        done=_url("stages", edition),
    )


@bp.route("/<edition_slug>/themas", methods=["GET", "POST"])
@bp.route("/<edition_slug>/themas/<slug>", methods=["GET", "POST"])
@team("programme")
def themes(edition_slug: str, slug: str | None = None) -> Answer:
    """The themes, and a form for one of them or a new one."""
    edition = _edition(edition_slug)
    row = (queries.theme_by_slug(edition, slug) or abort(404)) if slug else None
    rows = queries.themes(edition)
    form = ThemeForm(obj=row, data=None if row else {"position": len(rows) + 1})
    return _listed("themes", edition, form, row, lambda **kw: rules.save_theme(edition, row, **kw))


@bp.post("/<edition_slug>/themas/<slug>/weg")
@team("programme")
def remove_theme(edition_slug: str, slug: str) -> Response:
    """Take a theme away."""
    edition = _edition(edition_slug)
    row = queries.theme_by_slug(edition, slug) or abort(404)
    return _removed(
        lambda: rules.remove_theme(row, now=clock.now()),
        back=_url("themes", edition, slug=slug),
        done=_url("themes", edition),
    )


def _listed(
    name: str, edition: Edition, form: FlaskForm, row: Stage | Theme | None, save: Any
) -> Answer:
    """A short list with the form for one of its rows on the same page."""
    slug = row.slug if row else None
    problems: list[str] = []
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            save(values=form.values, seen=seen_version(form), now=clock.now())
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            flash(_("Bewaard."), "good")
            return redirect(_url(name, edition))
    edition = _edition(edition.slug)
    rows: list[Any] = queries.stages(edition) if name == "stages" else queries.themes(edition)
    current = next((each for each in rows if each.slug == slug), None)
    return _page(name, edition, rows=rows, form=form, current=current, problems=problems), status


def _save_speaker(edition: Edition, row: Speaker | None, form: SpeakerForm) -> Speaker:
    """Keep a new photo outside the transaction, then write the speaker, then drop the old photo."""
    values, former = form.values, row.photo if row else ""
    if form.photo_file.data:
        name, content = photos.prepare(form.photo_file.data.read(photos.MOST_BYTES + 1))
        storage.put(name, content)
        values["photo"] = name
    elif form.drop_photo.data:
        values["photo"] = ""
    saved = rules.save_speaker(edition, row, values, seen=seen_version(form), now=clock.now())
    if former and former != saved.photo and not queries.photo_in_use(former):
        storage.remove(former)
    return saved


def _removed(rule: Any, *, back: str, done: str) -> Response:
    """Do `rule`; when it refuses, say so on the page `back`."""
    try:
        rule()
    except Refusal as refusal:
        flash(str(refusal), "bad")
        return redirect(back)
    flash(_("Weggehaald."), "good")
    return redirect(done)


def _edition(slug: str) -> Edition:
    return edition_by_slug(slug) or abort(404)


def _slot(session: Session, code: str) -> Slot:
    return next((slot for slot in session.all_slots if slot.code == code), None) or abort(404)


def _url(name: str, edition: Edition, **values: Any) -> str:
    return url_for(f"programme_team.{name}", edition_slug=edition.slug, **values)


def _page(name: str, edition: Edition, **values: Any) -> str:
    # The transaction of a refused rule was rolled back: what the page shows is read anew.
    return render_template(f"programme/team/{name}.html", shown=edition, url=_url, **values)


def _words_of(session: Session) -> str:
    names = (speaker.name for speaker in session.speakers)
    return search.folded(session.title.nl, session.title.en, session.slug, *names)


def _summary(session: Session) -> dict[str, Any]:
    """How a session stands in the list: how often, and how full."""
    bookable = [slot for slot in session.all_slots if slot.is_bookable]
    return {
        "moments": len(timetable.moments_of(session)),
        "taken": sum(slot.taken for slot in bookable),
        "places": sum(slot.places or 0 for slot in bookable),
        "is_bookable": bool(bookable),
        "lacks_english": not session.title.en or not session.description.en,
    }
