"""The timetable editor's pages: what the draft of a day is, and every deed by form or by script.

Each deed is one form post. The page's script sends the same fields, asks for JSON and gets the day
drawn anew; without it the form leads back to the page. Every answer says how to undo the deed: as
another post, with the version of what it would undo, so that nobody's later work is overwritten.
"""

from flask import Blueprint, abort, jsonify, render_template, request, session
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
from festival.scheduling.editor.form_data import asked, fill_block, fill_slot, usual_places
from festival.scheduling.editor.forms import BlockForm, PlaceForm
from festival.scheduling.editor.responses import (
    UNDO,
    Answer,
    act,
    answer,
    invalid,
    refused,
    shown,
)
from festival.scheduling.editor.urls import block_named, day_named, page_url, slot_named
from festival.team.access import team
from festival.web.faults import wants_json

bp = Blueprint("editor_team", __name__, url_prefix="/team/programma")


@bp.get("/<edition_slug>/rooster")
@team("programme")
def editor(edition_slug: str) -> str:
    """The draft of one day (`dag`); `q` finds among what has no place yet."""
    edition = team_edition_or_404(edition_slug)
    grid = grids.lay_out(edition, day_named(edition, request.args.get("dag", "")))
    return render_template(
        "scheduling/editor/editor.html",
        **shown(edition, grid),
        wanted=request.args.get("q", ""),
        undo=session.pop(UNDO, None),
    )


@bp.get("/<edition_slug>/rooster/versie")
@team("programme")
def version(edition_slug: str) -> Response:
    """Whether somebody changed the draft: its version."""
    return jsonify(draft_version=team_edition_or_404(edition_slug).draft_version)


@bp.route("/<edition_slug>/rooster/momenten/<code>", methods=["GET", "POST"])
@team("programme")
def move(edition_slug: str, code: str) -> Answer:
    """Another time or stage for a moment; one that was taken off comes back."""
    edition = team_edition_or_404(edition_slug)
    slot = slot_named(edition, code)
    return _place(edition, slot.session, slot)


@bp.route("/<edition_slug>/rooster/onderdelen/<slug>", methods=["GET", "POST"])
@team("programme")
def place(edition_slug: str, slug: str) -> Answer:
    """A first (or a further) moment for a session."""
    edition = team_edition_or_404(edition_slug)
    return _place(edition, queries.team_session(edition, slug) or abort(404), None)


@bp.post("/<edition_slug>/rooster/momenten/<code>/weg")
@team("programme")
def take_off(edition_slug: str, code: str) -> Answer:
    """Take a moment off the timetable, as the maker saw it in `version`."""
    edition = team_edition_or_404(edition_slug)
    slot = slot_named(edition, code)
    return act(
        edition, lambda: actions.take_off(edition, slot), back=page_url("move", edition, code=code)
    )


@bp.route("/<edition_slug>/rooster/blokken/nieuw", methods=["GET", "POST"])
@bp.route("/<edition_slug>/rooster/blokken/<code>", methods=["GET", "POST"])
@team("programme")
def block(edition_slug: str, code: str | None = None) -> Answer:
    """A break or blocker, or a new one; `dag`, `van`, `tot` and `podium` say where."""
    edition = team_edition_or_404(edition_slug)
    row = block_named(edition, code) if code else None
    stages = queries.stages(edition)
    form = BlockForm(data=fill_block(edition, row, stages) if row else asked(edition))
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
        **shown(edition),
        form=form,
        row=row,
        problems=problems,
        back=page_url("editor", edition, dag=form.day.data),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/<edition_slug>/rooster/blokken/<code>/weg")
@team("programme")
def drop_block(edition_slug: str, code: str) -> Answer:
    """Take a break or blocker away, as the maker saw it in `version`."""
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
    """Let a clash be, for a reason."""
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


def _place(edition: Edition, of: Session, slot: Slot | None) -> Answer:
    """The form of one moment. By hand it first shows what would clash, then saves it anyway."""
    stages = queries.stages(edition)
    form = PlaceForm(data=fill_slot(edition, slot, stages) if slot else asked(edition, of))
    form.offer(edition, stages)
    problems: list[str] = []
    notices: list[grids.ClashNotice] = []
    code = slot.code if slot else ""
    if form.validate_on_submit():
        stage = next(stage for stage in stages if stage.slug == form.stage.data)
        ends_at = form.moment(edition, form.ends.data, is_end=True)
        span = Span(form.moment(edition, form.starts.data), ends_at)
        if not form.anyway.data and span.starts_at < span.ends_at:
            notices = _would_clash(edition, of, slot, stage, span)
        if {notice.clash.key for notice in notices} <= set(request.form.getlist("known")):
            try:
                return answer(edition, actions.save_place(edition, of, slot, stage, span, form))
            except Refusal as refusal:
                if wants_json():
                    return refused(edition, refusal, code)
                problems, slot = [str(refusal)], slot_named(edition, code) if code else None
    elif form.is_submitted() and wants_json():
        return invalid(edition, form)
    page = render_template(
        "scheduling/editor/move.html",
        **shown(edition),
        form=form,
        of=of,
        slot=slot,
        is_off=slot is not None and draft.is_dropped(slot),
        problems=problems,
        would_clash=notices,
        back=page_url("editor", edition, dag=form.day.data),
    )
    return page, 422 if form.is_submitted() else 200


def _would_clash(
    edition: Edition, of: Session, slot: Slot | None, stage: Stage, span: Span
) -> list[grids.ClashNotice]:
    places, door_places = (slot.places, slot.door_places) if slot else usual_places(of, stage)
    return grids.clashes_of(
        *(edition, of.id, stage.id, span),
        code=slot.code if slot else "",
        places=places,
        door_places=door_places,
    )
