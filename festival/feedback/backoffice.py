"""Visitors' opinions for the team: per session, as a spreadsheet, and removing abuse."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from festival import clock
from festival.editions import dates
from festival.editions.addresses import team_edition_or_404
from festival.editions.models import Edition
from festival.feedback import queries, rules
from festival.feedback.forms import STEPS
from festival.feedback.models import Feedback
from festival.programme import queries as programme
from festival.team import exports
from festival.team.access import team

bp = Blueprint("feedback_team", __name__, url_prefix="/team/programma")


@bp.get("/<edition_slug>/meningen")
@team("programme")
def index(edition_slug: str) -> str:
    """Every session with opinions: how many, and how useful visitors found it."""
    edition = team_edition_or_404(edition_slug)
    sessions = programme.all_sessions(edition)
    summaries = queries.of_sessions(session.id for session in sessions)
    rows = [(each, summaries[each.id]) for each in sessions if summaries[each.id].count]
    return _page("index", edition, rows=rows, total=sum(summary.count for _row, summary in rows))


@bp.get("/<edition_slug>/meningen.csv")
@team("programme")
def opinions_csv(edition_slug: str) -> Response:
    """Every opinion as a row."""
    edition = team_edition_or_404(edition_slug)
    heads = ["session", "title", "moment", "stage", "useful", "words", "said_at"]
    rows = (
        [
            opinion.session.slug,
            opinion.session.title.text(),
            edition.local(opinion.slot.starts_at) if opinion.slot else None,
            opinion.slot.stage.name.text() if opinion.slot else None,
            opinion.useful,
            opinion.words,
            edition.local(opinion.said_at),
        ]
        for opinion in queries.opinions_in(edition)
    )
    return exports.csv_response(f"meningen-{edition.slug}", heads, rows)


@bp.get("/<edition_slug>/meningen/<slug>")
@team("programme")
def session(edition_slug: str, slug: str) -> str:
    """The opinions of one session: their distribution and their texts."""
    edition = team_edition_or_404(edition_slug)
    row = programme.team_session(edition, slug) or abort(404)
    summary = queries.of_sessions([row.id])[row.id]
    points = [
        {"label": str(label), "value": summary.by_step[step - 1]}
        for step, label in reversed(STEPS.items())
    ]
    return _page(
        "session",
        edition,
        row=row,
        summary=summary,
        points=points,
        opinions=[
            (each, _moment(edition, each)) for each in queries.opinions_of(row) if each.words
        ],
    )


@bp.post("/<edition_slug>/meningen/<slug>/<int(max=2147483647):number>/weg")
@team("programme")
def remove(edition_slug: str, slug: str, number: int) -> BaseResponse:
    """Remove one opinion."""
    edition = team_edition_or_404(edition_slug)
    row = programme.team_session(edition, slug) or abort(404)
    opinion = next((each for each in queries.opinions_of(row) if each.id == number), None)
    rules.remove_feedback(opinion or abort(404), now=clock.now())
    flash(_("Deze mening is weg."), "good")
    return redirect(url_for("feedback_team.session", edition_slug=edition.slug, slug=slug), 303)


def _moment(edition: Edition, opinion: Feedback) -> str:
    slot = opinion.slot
    return dates.span(edition, slot.starts_at, slot.ends_at) if slot else ""


def _page(name: str, edition: Edition, **values: Any) -> str:
    return render_template(f"feedback/team_{name}.html", shown=edition, **values)
