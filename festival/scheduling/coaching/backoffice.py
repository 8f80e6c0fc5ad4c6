"""The team's coaching screens: making meetings from a coach's time, moving and dropping them."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from festival import clock
from festival.editions import dates
from festival.editions.addresses import team_edition_or_404
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.programme import draft, queries
from festival.programme.fields import fill_spans, offer_days
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.programme.rules import slots as slot_rules
from festival.scheduling.coaching import meetings
from festival.scheduling.coaching.forms import MeetingPlanForm, MoveMeetingForm
from festival.scheduling.spreadsheet_columns import kept_slots
from festival.team.access import team
from festival.team.saving import Answer, seen_version

bp = Blueprint("coaching_team", __name__, url_prefix="/team/programma")

WHY_NOT = {
    "coach_away": _l("de coach kan dan niet"),
    "coach_busy": _l("de coach heeft dan al iets, of te weinig pauze"),
    "stage_closed": _l("het podium is dan dicht"),
    "stage_busy": _l("op het podium is dan iets anders"),
    "too_many": _l("meer dan je hoogstens wilt"),
}


@bp.get("/<edition_slug>/coaching")
@team("programme")
def index(edition_slug: str) -> str:
    """Lists every coaching session with its meetings, as the draft has them."""
    edition = team_edition_or_404(edition_slug)
    people = {row.id: row.name for row in queries.team_speakers(edition)}
    stages = {stage.id: stage for stage in queries.stages(edition)}
    return _page(
        "index",
        edition,
        coaches=[
            {
                "session": row,
                "names": [people[n] for n in _people_of(row)],
                "lines": _lines(edition, row, stages),
                "taken": sum(slot.taken for slot in row.all_slots if slot.state == "scheduled"),
                "total": sum(slot.state == "scheduled" for slot in row.all_slots),
            }
            for row in queries.all_sessions(edition)
            if draft.value(row, "kind") == "coaching"
        ],
    )


@bp.route("/<edition_slug>/coaching/<slug>", methods=["GET", "POST"])
@team("programme")
def make(edition_slug: str, slug: str) -> Answer:
    """Cut a coach's time into meetings: GET with `?kijk=1` shows a preview, POST makes them.

    `?coach=` fills in the availability of that coach.
    """
    edition = team_edition_or_404(edition_slug)
    session = _coaching(edition, slug)
    people = [row for row in queries.team_speakers(edition) if row.id in _people_of(session)]
    stages = queries.stages(edition)
    is_asked = request.method == "POST" or "kijk" in request.args
    form = _plan_form(edition, people, stages, _usual(edition, session), is_asked=is_asked)
    problems: list[str] = []
    found: list[meetings.ProposedMeeting] = []
    status = 200
    if is_asked and form.validate():
        plan = form.plan(edition, people, stages)
        if request.method == "POST":
            return _make(edition, session, plan)
        try:
            found = meetings.propose_meetings(session, plan)
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
    elif is_asked:
        status = 422
    page = _page(
        "make",
        edition,
        session=session,
        people=people,
        form=form,
        problems=problems,
        is_shown=is_asked and status == 200,
        found=[
            {
                "when": dates.span(edition, *each.span),
                "seen": each.span.starts_at.isoformat(),
                "why_not": WHY_NOT.get(each.problem),
            }
            for each in found
        ],
        number=sum(not each.problem for each in found),
        stage=next((each.name for each in stages if each.slug == form.stage.data), None),
        sent=list(request.args.items(multi=True)),
    )
    return page, status


@bp.route("/<edition_slug>/coaching/<slug>/<code>", methods=["GET", "POST"])
@team("programme")
def meeting(edition_slug: str, slug: str, code: str) -> Answer:
    """Move one meeting to another time or stage in the draft; its length stays."""
    edition = team_edition_or_404(edition_slug)
    session = _coaching(edition, slug)
    slot = _slot(session, code)
    stages = queries.stages(edition)
    form = MoveMeetingForm(data=_fill(edition, slot, stages))
    form.offer(edition, stages)
    problems: list[str] = []
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        length = draft.value(slot, "ends_at") - draft.value(slot, "starts_at")
        starts_at = form.starts_at(edition)
        try:
            slot_rules.move_slot(
                slot,
                stage=next(stage for stage in stages if stage.slug == form.stage.data),
                starts_at=starts_at,
                ends_at=starts_at + length,
                seen=seen_version(form),
                now=clock.now(),
            )
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            flash(_("Verzet in het concept.") if slot.is_public else _("Verzet."), "good")
            return redirect(_to_coach(edition, slug), 303)
    edition = team_edition_or_404(edition_slug)
    slot = _slot(_coaching(edition, slug), code)
    page = _page(
        "meeting",
        edition,
        session=slot.session,
        slot=slot,
        line=_line(edition, slot, {stage.id: stage for stage in queries.stages(edition)}),
        form=form,
        problems=problems,
        is_over=slot.expected_ends_at <= clock.now(),
        **_related_urls(edition, slot),
    )
    return page, status


@bp.post("/<edition_slug>/coaching/<slug>/<code>/weg")
@team("programme")
def drop(edition_slug: str, slug: str, code: str) -> Response:
    """Drop one meeting from the draft."""
    edition = team_edition_or_404(edition_slug)
    slot = _slot(_coaching(edition, slug), code)
    was_public = slot.is_public
    try:
        slot_rules.drop_slot(slot, seen=request.form.get("version", 0, int), now=clock.now())
    except Refusal as refusal:
        flash(str(refusal), "bad")
        address = url_for("coaching_team.meeting", edition_slug=edition.slug, slug=slug, code=code)
        return redirect(address, 303)
    said = _("Het gesprek vervalt bij de volgende uitgave.") if was_public else _("Weggehaald.")
    flash(said, "good")
    return redirect(_to_coach(edition, slug), 303)


def _make(edition: Edition, session: Session, plan: meetings.MeetingPlan) -> Response:
    """Makes the meetings of the preview; if they would be different now, shows it again."""
    try:
        made = meetings.make_meetings(session, plan, seen=_seen(), now=clock.now())
    except Refusal as refusal:
        flash(str(refusal), "bad")
        arguments: dict[str, Any] = {
            name: values
            for name, values in request.form.lists()
            if name not in {"csrf_token", "seen"}
        }
        address = url_for(
            "coaching_team.make", edition_slug=edition.slug, slug=session.slug, **arguments
        )
        return redirect(address, 303)
    flash(
        ngettext(
            "%(num)s gesprek staat in het concept.",
            "%(num)s gesprekken staan in het concept.",
            len(made),
        ),
        "good",
    )
    return redirect(_to_coach(edition, session.slug), 303)


def _seen() -> list[datetime]:
    try:
        return [datetime.fromisoformat(each) for each in request.form.getlist("seen")]
    except ValueError:
        return []


def _usual(edition: Edition, session: Session) -> tuple[int, int] | None:
    """Returns stage id and length of the last meeting of this coach, or else of another one."""
    coaching = [
        row for row in queries.all_sessions(edition) if draft.value(row, "kind") == "coaching"
    ]
    for row in (session, *coaching):
        for slot in reversed(kept_slots(row)):
            length: timedelta = draft.value(slot, "ends_at") - draft.value(slot, "starts_at")
            return draft.value(slot, "stage_id"), int(length / timedelta(minutes=1))
    return None


def _plan_form(
    edition: Edition,
    people: list[Speaker],
    stages: list[Stage],
    usual: tuple[int, int] | None,
    *,
    is_asked: bool,
) -> MeetingPlanForm:
    chosen = next((row for row in people if row.slug == request.args.get("coach")), None)
    coach = chosen or next(iter(people), None)
    times = coach.availability if coach else ()
    filled: dict[str, Any] = {
        "coach": coach.slug if coach else "",
        "spans": fill_spans(edition, times),
    }
    if usual:
        slugs = {stage.id: stage.slug for stage in stages}
        filled |= {"stage": slugs[usual[0]], "minutes": usual[1]}
    form = MeetingPlanForm(
        formdata=request.values if is_asked else None,
        meta={
            "csrf": False
        },  # the preview is a GET; CSRF protection of the whole app covers the POST
        data=filled,
    )
    offer_days(form.spans, edition)
    form.coach.choices = [SelectChoice(row.slug, row.name) for row in people]
    form.coach.choices.append(SelectChoice("", _("Nog niemand")))
    form.stage.choices = [SelectChoice(stage.slug, stage.name.text()) for stage in stages]
    return form


def _lines(edition: Edition, session: Session, stages: dict[int, Stage]) -> list[dict[str, Any]]:
    """Lists the meetings that the next release shows or drops, by time."""
    slots = [slot for slot in session.all_slots if slot.state != "dropped"]
    slots.sort(key=lambda slot: draft.value(slot, "starts_at"))
    return [_line(edition, slot, stages) for slot in slots]


def _line(edition: Edition, slot: Slot, stages: dict[int, Stage]) -> dict[str, Any]:
    """Describes one meeting as the next release shows it, and how that differs from now."""
    starts_at, ends_at = draft.value(slot, "starts_at"), draft.value(slot, "ends_at")
    if slot.state == "cancelled":
        state = "cancelled"
    elif not slot.is_public:
        state = "new"
    elif draft.is_dropped(slot):
        state = "dropped"
    else:
        state = "moved" if slot.draft else ""
    return {
        "slot": slot,
        "day": dates.short_day(edition.day_of(starts_at)),
        "hours": dates.hours(edition, starts_at, ends_at),
        "when": dates.span(edition, starts_at, ends_at),
        "announced": dates.span(edition, slot.starts_at, slot.ends_at),
        "stage": stages[draft.value(slot, "stage_id")].name,
        "state": state,
    }


def _related_urls(edition: Edition, slot: Slot) -> dict[str, str]:
    """Returns the URLs for publishing the draft and for changing the slot at once."""
    return {
        "publish_url": url_for("releases_team.publish", edition_slug=edition.slug),
        "today_url": url_for("releases_team.today", edition_slug=edition.slug, code=slot.code),
    }


def _fill(edition: Edition, slot: Slot, stages: list[Stage]) -> dict[str, Any]:
    starts_at = draft.value(slot, "starts_at")
    stage_id = draft.value(slot, "stage_id")
    return {
        "version": slot.version,
        "day": edition.day_of(starts_at).isoformat(),
        "starts": edition.local(starts_at).time(),
        "stage": next(stage.slug for stage in stages if stage.id == stage_id),
    }


def _people_of(session: Session) -> list[int]:
    return [*draft.value(session, "speakers"), *draft.value(session, "hosts")]


def _coaching(edition: Edition, slug: str) -> Session:
    session = queries.team_session(edition, slug) or abort(404)
    if draft.value(session, "kind") != "coaching":
        abort(404)
    return session


def _slot(session: Session, code: str) -> Slot:
    return next((slot for slot in session.all_slots if slot.code == code), None) or abort(404)


def _to_coach(edition: Edition, slug: str) -> str:
    return url_for("coaching_team.index", edition_slug=edition.slug, _anchor=slug)


def _page(name: str, edition: Edition, **values: Any) -> str:
    return render_template(f"scheduling/coaching/{name}.html", shown=edition, **values)
