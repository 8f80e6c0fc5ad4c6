"""The team's screens of editions: dates and texts, partners, questions."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from festival import clock
from festival.db import db
from festival.editions import queries, rules
from festival.editions.addresses import choose_edition, team_edition_or_404
from festival.editions.forms import EditionForm, EditionTextsForm, PartnerForm, QuestionForm
from festival.editions.models import Edition, Partner, Question
from festival.team.access import team
from festival.team.navigation import team_navigation
from festival.team.saving import Answer, save_form, seen_version

bp = Blueprint("editions_team", __name__, url_prefix="/team/edities")


@bp.get("/")
@team("editor")
def index() -> str:
    """All editions, the latest first."""
    current = queries.current_edition()
    return render_template(
        "editions/index.html",
        editions=queries.all_editions(),
        past=queries.past_editions(current) if current else [],
    )


@bp.post("/")
@team()
def choose() -> Response:
    """Work in another edition from now on: all pages in the menu show that one."""
    edition = team_edition_or_404(request.form.get("edition", ""))
    choose_edition(edition)
    flash(_("Je werkt nu in %(name)s.", name=edition.name.text()), "good")
    # To the first page of the area: what was shown may not exist in the other edition.
    areas = {item.endpoint for item in team_navigation()}
    area = request.form.get("area", "")
    return redirect(url_for(area if area in areas else "home.dashboard"), 303)


@bp.route("/nieuw", methods=["GET", "POST"])
@team("organiser")
def create() -> Answer:
    """Create an edition, which only the team sees until it is current."""
    form = EditionForm()
    edition, problems, status = save_form(
        form,
        lambda: rules.create_edition(form.values, now=clock.now()),
    )
    if edition:
        if queries.public_edition(edition.slug):
            said = _("De editie is gemaakt. Ze is al voorbij: bezoekers kunnen haar teruglezen.")
        else:
            said = _("De editie is gemaakt. Bezoekers zien haar pas als je haar de huidige maakt.")
        flash(said, "good")
        return redirect(url_for("editions_team.edit", slug=edition.slug))
    return _edit_page(form, None, problems), status


@bp.route("/<slug>", methods=["GET", "POST"])
@team("organiser")
def edit(slug: str) -> Answer:
    """Change an edition."""
    edition = team_edition_or_404(slug)
    form = EditionForm(obj=edition)
    saved, problems, status = save_form(
        form,
        lambda: rules.update_edition(
            edition, form.values, seen=seen_version(form), now=clock.now()
        ),
    )
    if saved:
        flash(_("Bewaard."), "good")
        return redirect(url_for("editions_team.edit", slug=saved.slug))
    return _edit_page(form, team_edition_or_404(slug), problems), status


@bp.route("/<slug>/teksten", methods=["GET", "POST"])
@team("editor")
def texts(slug: str) -> Answer:
    """Change what visitors read of an edition, and nothing else of it."""
    edition = team_edition_or_404(slug)
    form = EditionTextsForm(obj=edition)
    saved, problems, status = save_form(
        form,
        lambda: rules.update_texts(edition, form.values, seen=seen_version(form), now=clock.now()),
    )
    if saved:
        flash(_("Bewaard."), "good")
        return redirect(url_for("editions_team.texts", slug=slug))
    page = render_template(
        "editions/texts.html", form=form, shown=team_edition_or_404(slug), problems=problems
    )
    return page, status


@bp.post("/<slug>/huidige")
@team("organiser")
def make_current(slug: str) -> Response:
    """Make this the edition that visitors see."""
    edition = team_edition_or_404(slug)
    rules.make_current(edition, now=clock.now())
    flash(_("Dit is nu de editie die bezoekers zien."), "good")
    return redirect(url_for("editions_team.index"))


@bp.route("/<slug>/partners", methods=["GET", "POST"])
@bp.route("/<slug>/partners/<int(max=2147483647):partner_id>", methods=["GET", "POST"])
@team("editor")
def partners(slug: str, partner_id: int | None = None) -> Answer:
    """The partners of an edition, and a form for one of them or a new one."""
    edition = team_edition_or_404(slug)
    partner = _of(Partner, edition, partner_id)
    form = PartnerForm(obj=partner)
    return _list_with_form("partners", edition, form, partner, rules.save_partner)


@bp.post("/<slug>/partners/<int(max=2147483647):partner_id>/weg")
@team("editor")
def remove_partner(slug: str, partner_id: int) -> Response:
    """Remove a partner from the edition."""
    partner = _of(Partner, team_edition_or_404(slug), partner_id) or abort(404)
    rules.remove_partner(partner, now=clock.now())
    flash(_("Weggehaald."), "good")
    return redirect(url_for("editions_team.partners", slug=slug))


@bp.route("/<slug>/vragen", methods=["GET", "POST"])
@bp.route("/<slug>/vragen/<int(max=2147483647):question_id>", methods=["GET", "POST"])
@team("editor")
def questions(slug: str, question_id: int | None = None) -> Answer:
    """What visitors often ask, and a form for one question or a new one."""
    edition = team_edition_or_404(slug)
    question = _of(Question, edition, question_id)
    form = QuestionForm(obj=question)
    return _list_with_form("questions", edition, form, question, rules.save_question)


@bp.post("/<slug>/vragen/<int(max=2147483647):question_id>/weg")
@team("editor")
def remove_question(slug: str, question_id: int) -> Response:
    """Remove a question from the edition."""
    question = _of(Question, team_edition_or_404(slug), question_id) or abort(404)
    rules.remove_question(question, now=clock.now())
    flash(_("Weggehaald."), "good")
    return redirect(url_for("editions_team.questions", slug=slug))


def _list_with_form(
    name: str,
    edition: Edition,
    form: PartnerForm | QuestionForm,
    row: Any,
    save: Callable[..., Partner | Question],
) -> Answer:
    """Shows the list of partners or questions with a form for `row` or a new one, and saves it."""
    row_id = row.id if row else None
    saved, problems, status = save_form(
        form,
        lambda: save(edition, row, form.values, seen=seen_version(form), now=clock.now()),
    )
    if saved:
        flash(_("Bewaard."), "good")
        return redirect(url_for(f"editions_team.{name}", slug=edition.slug))
    rows: list[Any] = getattr(edition, name)
    page = render_template(
        f"editions/{name}.html",
        shown=edition,
        rows=rows,
        form=form,
        current=next((each for each in rows if each.id == row_id), None),
        problems=problems,
    )
    return page, status


def _of(kind: type[Any], edition: Edition, row_id: int | None) -> Any:
    """Returns the row of this edition with that id, or None for None. Aborts with 404."""
    if row_id is None:
        return None
    row = db.session.get(kind, row_id)
    return row if row is not None and row.edition_id == edition.id else abort(404)


def _edit_page(form: EditionForm, edition: Edition | None, problems: list[str]) -> str:
    return render_template("editions/edit.html", form=form, shown=edition, problems=problems)
