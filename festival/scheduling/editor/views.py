"""The timetable editor's pages: the draft of a day, and its actions by form or by script.

Each action is one form post. The page's script sends the same fields, asks for JSON and gets the
redrawn day; without the script the form redirects to the page. Every response says how to undo the
action: with another post, including the version that it undoes, so that nobody's later work is
overwritten.
"""

from flask import Blueprint, abort, jsonify, render_template, request
from flask import session as cookie
from werkzeug.wrappers import Response

from festival.editions.addresses import team_edition_or_404
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.programme import draft, queries
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Session, Slot
from festival.programme.timing import Span
from festival.scheduling.editor import actions
from festival.scheduling.editor import grid as grids
from festival.scheduling.editor.form_data import (
    fill_block,
    fill_slot,
    new_form_values,
    usual_places,
)
from festival.scheduling.editor.forms import BlockForm, PlaceForm
from festival.scheduling.editor.responses import (
    UNDO,
    act,
    answer,
    invalid,
    page_values,
    refused,
)
from festival.scheduling.editor.urls import block_named, day_named, page_url, slot_named
from festival.team.access import team
from festival.team.saving import Answer
from festival.web.faults import wants_json
from festival.web.forms import asked

bp = Blueprint("editor_team", __name__, url_prefix="/team/programma")


@bp.get("/<edition_slug>/rooster")
@team("programme")
def editor(edition_slug: str) -> str:
    """Shows the draft of one day (`dag`); `q` searches the unplaced sessions."""
    edition = team_edition_or_404(edition_slug)
    grid = grids.lay_out(edition, day_named(edition, request.args.get("dag", "")))
    return render_template(
        "scheduling/editor/editor.html",
        **page_values(edition, grid),
        wanted=asked("q"),
        undo=cookie.pop(UNDO, None),
    )


@bp.get("/<edition_slug>/rooster/versie")
@team("programme")
def version(edition_slug: str) -> Response:
    """Returns the version of the draft, to see whether somebody changed it."""
    return jsonify(draft_version=team_edition_or_404(edition_slug).draft_version)


@bp.route("/<edition_slug>/rooster/momenten/<code>", methods=["GET", "POST"])
@team("programme")
def move(edition_slug: str, code: str) -> Answer:
    """Move a slot to another time or stage; a dropped slot comes back."""
    edition = team_edition_or_404(edition_slug)
    slot = slot_named(edition, code)
    return _place(edition, slot.session, slot)


@bp.route("/<edition_slug>/rooster/onderdelen/<slug>", methods=["GET", "POST"])
@team("programme")
def place(edition_slug: str, slug: str) -> Answer:
    """Place a session in a first or further slot."""
    edition = team_edition_or_404(edition_slug)
    return _place(edition, queries.team_session(edition, slug) or abort(404), None)


@bp.post("/<edition_slug>/rooster/momenten/<code>/weg")
@team("programme")
def take_off(edition_slug: str, code: str) -> Answer:
    """Take a slot off the timetable; `version` is the version that the organiser saw."""
    edition = team_edition_or_404(edition_slug)
    slot = slot_named(edition, code)
    return act(
        edition, lambda: actions.take_off(edition, slot), back=page_url("move", edition, code=code)
    )


@bp.route("/<edition_slug>/rooster/blokken/nieuw", methods=["GET", "POST"])
@bp.route("/<edition_slug>/rooster/blokken/<code>", methods=["GET", "POST"])
@team("programme")
def block(edition_slug: str, code: str | None = None) -> Answer:
    """Show and save a break or blocker; `dag`, `van`, `tot`, `podium` fill in a new one."""
    edition = team_edition_or_404(edition_slug)
    row = block_named(edition, code) if code else None
    stages = queries.stages(edition)
    form = BlockForm(data=fill_block(edition, row, stages) if row else new_form_values(edition))
    form.offer(edition, stages)
    problems: list[str] = []
    if form.validate_on_submit():
        try:
            return answer(edition, actions.save_block(edition, row, form, stages))
        except Refusal as refusal:
            if wants_json():
                return refused(edition, refusal, code or "")
            problems = [str(refusal)]
            row = block_named(edition, code) if code else None
    elif form.is_submitted() and wants_json():
        return invalid(edition, form)
    page = render_template(
        "scheduling/editor/block.html",
        **page_values(edition),
        form=form,
        row=row,
        problems=problems,
        back=page_url("editor", edition, dag=form.day.data),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/<edition_slug>/rooster/blokken/<code>/weg")
@team("programme")
def drop_block(edition_slug: str, code: str) -> Answer:
    """Drop a break or blocker; `version` is the version that the organiser saw."""
    edition = team_edition_or_404(edition_slug)
    row = block_named(edition, code)
    return act(
        edition,
        lambda: actions.drop_block(edition, row),
        back=page_url("block", edition, code=code),
    )


@bp.post("/<edition_slug>/rooster/botsingen")
@team("programme")
def accept_clash(edition_slug: str) -> Answer:
    """Accept a clash, for a reason."""
    edition = team_edition_or_404(edition_slug)
    key, day = request.form.get("key", ""), day_named(edition, request.form.get("shown", ""))
    return act(
        edition,
        lambda: actions.accept_clash(edition, key, day),
        back=page_url("editor", edition, dag=day, _anchor="botsingen"),
    )


@bp.post("/<edition_slug>/rooster/botsingen/toch")
@team("programme")
def withdraw_acceptance(edition_slug: str) -> Answer:
    """Warn of a clash again."""
    edition = team_edition_or_404(edition_slug)
    key, day = request.form.get("key", ""), day_named(edition, request.form.get("shown", ""))
    return act(
        edition,
        lambda: actions.withdraw_acceptance(edition, key, day),
        back=page_url("editor", edition, dag=day, _anchor="botsingen"),
    )


def _place(edition: Edition, session: Session, slot: Slot | None) -> Answer:
    """Shows the form of one slot. Without script it warns of clashes first, then saves."""
    stages = queries.stages(edition)
    form = PlaceForm(
        data=fill_slot(edition, slot, stages) if slot else new_form_values(edition, session)
    )
    form.offer(edition, stages)
    problems: list[str] = []
    notices: list[grids.ClashNotice] = []
    code = slot.code if slot else ""
    if form.validate_on_submit():
        stage = next(stage for stage in stages if stage.slug == form.stage.data)
        span = form.span(edition)
        if not form.anyway.data and span.starts_at < span.ends_at:
            notices = _would_clash(edition, session, slot, stage, span)
        if {notice.clash.key for notice in notices} <= set(request.form.getlist("known")):
            try:
                return answer(
                    edition, actions.save_place(edition, session, slot, stage, span, form)
                )
            except Refusal as refusal:
                if wants_json():
                    return refused(edition, refusal, code)
                problems, slot = [str(refusal)], slot_named(edition, code) if code else None
    elif form.is_submitted() and wants_json():
        return invalid(edition, form)
    page = render_template(
        "scheduling/editor/move.html",
        **page_values(edition),
        form=form,
        of=session,
        slot=slot,
        is_off=slot is not None and draft.is_dropped(slot),
        problems=problems,
        would_clash=notices,
        back=page_url("editor", edition, dag=form.day.data),
    )
    return page, 422 if form.is_submitted() else 200


def _would_clash(
    edition: Edition, session: Session, slot: Slot | None, stage: Stage, span: Span
) -> list[grids.ClashNotice]:
    places, door_places = (slot.places, slot.door_places) if slot else usual_places(session, stage)
    return grids.clashes_of(
        *(edition, session.id, stage.id, span),
        code=slot.code if slot else "",
        places=places,
        door_places=door_places,
    )
