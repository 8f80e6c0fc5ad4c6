"""The responses to the editor's actions: JSON with the redrawn day or, without script, a page."""

from collections.abc import Callable
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from festival import search
from festival.editions import dates
from festival.editions.addresses import team_edition_or_404
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.programme import draft, queries
from festival.programme.models.sessions import Slot
from festival.scheduling.editor import grid as grids
from festival.scheduling.editor.actions import ActionResult
from festival.scheduling.editor.forms import BlockForm, PlaceForm
from festival.scheduling.editor.urls import day_named, page_url
from festival.team.editing import ChangedMeanwhile
from festival.team.saving import Answer
from festival.web.faults import wants_json

# The session key of the undo of the last action, for pages without script.
UNDO = "rooster_undo"


def act(edition: Edition, action: Callable[[], ActionResult], *, back: str) -> Answer:
    """Run an action that has no form of its own; show a refusal on the page `back`."""
    try:
        return answer(edition, action())
    except Refusal as refusal:
        if wants_json():
            return refused(edition, refusal, (request.view_args or {}).get("code", ""))
        flash(str(refusal), "bad")
        return redirect(back)


def answer(edition: Edition, done: ActionResult) -> Answer:
    """Reports what was done and how to undo it."""
    if not wants_json():
        flash(done.said, "good")
        session[UNDO] = done.undo
        return redirect(page_url("editor", edition, dag=done.day))
    grid, drawn = _drawn(edition)
    warnings = [notice for notice in grid.notices if done.code in notice.clash.slot_codes]
    return jsonify(
        ok=True,
        said=done.said,
        slot={"code": done.code, "version": done.version},
        clashes=[notice.sentence for notice in warnings],
        undo=done.undo,
        **drawn,
    )


def refused(edition: Edition, refusal: Refusal, code: str) -> Answer:
    """Returns the refusal's sentence for the script, with the current state."""
    sentence = str(refusal)
    slot = queries.slot_by_code(edition, code) if code else None
    if isinstance(refusal, ChangedMeanwhile) and slot is not None:
        sentence = _changed_meanwhile(edition, slot)
    _grid, drawn = _drawn(edition)
    now = {"code": slot.code, "version": slot.version} if slot else None
    return _json(refusal.status, refusal.code, sentence, slot=now, **drawn)


def invalid(edition: Edition, form: PlaceForm | BlockForm) -> Answer:
    """Returns the first error of the form for the script."""
    first = next(str(each[0]) for each in form.errors.values() if each)
    _grid, drawn = _drawn(edition)
    return _json(422, "Invalid", first, **drawn)


def page_values(edition: Edition, grid: grids.Grid | None = None) -> dict[str, Any]:
    """Returns the values that every template of the editor needs."""
    return {
        **{"shown": edition, "grid": grid, "here": page_url},
        **{"day_name": dates.day, "short_day_name": dates.short_day, "drafted": draft.value},
        "holds": lambda text, wanted: search.holds_all(text, search.wanted(wanted)),
    }


def _json(status: int, code: str, message: str, **values: Any) -> Response:
    response = jsonify(ok=False, error=code, message=message, **values)
    response.status_code = status
    return response


def _changed_meanwhile(edition: Edition, slot: Slot) -> str:
    """Says where somebody else moved the slot."""
    title = draft.value(slot.session, "title").text()
    if draft.is_dropped(slot):
        sentence = _(
            "Iemand anders heeft “%(title)s” intussen van het rooster gehaald. Wat jij deed, is "
            "niet bewaard.",
            title=title,
        )
    else:
        stages = {stage.id: stage.name.text() for stage in queries.stages(edition)}
        sentence = _(
            "Iemand anders heeft “%(title)s” intussen verplaatst naar %(when)s, %(stage)s. Wat "
            "jij deed, is niet bewaard.",
            title=title,
            when=dates.span(edition, draft.value(slot, "starts_at"), draft.value(slot, "ends_at")),
            stage=stages[draft.value(slot, "stage_id")],
        )
    return str(sentence)


def _drawn(edition: Edition) -> tuple[grids.Grid, dict[str, Any]]:
    """Redraws the day that the page shows, for its script."""
    edition = team_edition_or_404(edition.slug)
    grid = grids.lay_out(edition, day_named(edition, request.form.get("shown", "")))
    html = render_template("scheduling/editor/board.html", **page_values(edition, grid), wanted="")
    return grid, {"draft_version": grid.draft_version, "board": html}
