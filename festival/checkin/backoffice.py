"""The team's screens for gates: setting them up, and the list of scans."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from festival import clock
from festival.checkin import queries, rules
from festival.checkin.forms import GateForm
from festival.checkin.words import outcome_words
from festival.editions import dates
from festival.editions.addresses import asked_day, keep_edition_in_addresses, working_edition
from festival.errors import Refusal
from festival.team.access import team

bp = Blueprint("checkin_team", __name__, url_prefix="/team/ingangen")
keep_edition_in_addresses(bp)

PAGE = 50


@bp.get("/")
@team("organiser")
def gates() -> str:
    """Lists the gates, with a form to add one."""
    return _gates(GateForm())


@bp.post("/")
@team("organiser")
def add_gate() -> ResponseReturnValue:
    """Add a gate."""
    form = GateForm()
    if not form.validate_on_submit():
        return _gates(form), 422
    try:
        rules.add_gate(
            working_edition(),
            name=form.name.data,
            slug=form.slug.data,
            is_practice=form.is_practice.data,
            now=clock.now(),
        )
    except Refusal as refusal:
        form.slug.errors = [*form.slug.errors, str(refusal)]
        return _gates(form), 409
    return redirect(url_for("checkin_team.gates"))


@bp.get("/scans")
@team("organiser")
def scans() -> str:
    """Lists the scans, newest first, filtered by gate, outcome and the day of letting in."""
    edition = working_edition()
    gate, outcome = request.args.get("ingang", ""), request.args.get("antwoord", "")
    day = asked_day(edition)
    found = queries.scans(edition.id, gate=gate, outcome=outcome, day=day)
    total = queries.number_of(found)
    pages = max(1, -(-total // PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    return render_template(
        "checkin/scans.html",
        rows=queries.rows(found, offset=(page - 1) * PAGE, limit=PAGE),
        total=total,
        page=page,
        pages=pages,
        gate_options=[(row.slug, row.name) for row in queries.gates(edition.id)],
        gate=gate,
        outcome=outcome,
        day=day,
        day_options=[(each.isoformat(), dates.day(each)) for each in edition.days],
        words=outcome_words(),
        edition=edition,
    )


def _gates(form: GateForm) -> str:
    edition = working_edition()
    return render_template(
        "checkin/gates.html",
        form=form,
        gates=queries.gates(edition.id),
        counts=queries.counts(edition.id, edition.day_of(clock.now())),
    )
