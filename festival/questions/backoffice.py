"""The organiser's screens for questions: the list, making and changing one, and its answers."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from festival import clock
from festival.editions.addresses import keep_edition_in_addresses, working_edition
from festival.editions.models import Edition
from festival.questions import queries, rules
from festival.questions.forms import (
    ABOUT_NAMES,
    KIND_NAMES,
    QuestionPage,
)
from festival.questions.models import OrderQuestion
from festival.team.access import team
from festival.team.saving import Answer, save_form, seen_version
from festival.tickets.forms import ConfirmForm
from festival.tickets.queries import ticket_types

bp = Blueprint("questions_team", __name__, url_prefix="/team/vragen")
keep_edition_in_addresses(bp)


@bp.get("/")
@team("organiser")
def index() -> str:
    """Lists the questions of the edition in their order."""
    edition = working_edition()
    return render_template(
        "questions/team/index.html",
        edition=edition,
        questions=queries.questions(edition),
        about_names=ABOUT_NAMES,
        kind_names=KIND_NAMES,
    )


@bp.route("/nieuw", methods=["GET", "POST"])
@team("organiser")
def add() -> Answer:
    """Make a question."""
    return _question_page(working_edition(), None)


@bp.route("/<slug>", methods=["GET", "POST"])
@team("organiser")
def change(slug: str) -> Answer:
    """Change a question. Below it stands how often each option was chosen."""
    edition = working_edition()
    return _question_page(edition, queries.question_by_code(edition, slug) or abort(404))


@bp.post("/<slug>/wis")
@team("organiser")
def delete(slug: str) -> Response:
    """Delete a question that nobody answered."""
    rules.delete_question(
        queries.question_by_code(working_edition(), slug) or abort(404), now=clock.now()
    )
    flash(_("De vraag is gewist."), "good")
    return redirect(url_for("questions_team.index"), 303)


def _question_page(edition: Edition, question: OrderQuestion | None) -> Answer:
    page = QuestionPage(question, ticket_types(edition))
    code = question.code if question else ""
    saved, problems, status = save_form(
        page.form,
        lambda: rules.save_question(
            edition, question, page.values, seen=seen_version(page.form), now=clock.now()
        ),
    )
    if saved:
        flash(_("De vraag is bewaard."), "good")
        return redirect(url_for("questions_team.index"), 303)
    question = queries.question_by_code(edition, code) if code else None
    html = render_template(
        "questions/team/question.html",
        edition=edition,
        question=question,
        page=page,
        form=page.form,
        problems=problems,
        delete_form=ConfirmForm(),
        chosen=queries.chosen_codes(question) if question else {},
        answers=queries.number_of_answers(question) if question else 0,
    )
    return html, status
