"""The team corrects names and addresses, hands tickets on, and writes remarks about orders."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from festival import clock
from festival.corrections import terms
from festival.corrections.forms import CommentForm, PeopleForm, TeamHandOnForm, WhyForm
from festival.corrections.people import Maker, mark_of, mark_of_mail
from festival.corrections.rules import commenting, correcting, handing_on
from festival.errors import Refusal
from festival.team.access import team
from festival.tickets import changes, queries
from festival.tickets.models import Order, Ticket

bp = Blueprint("corrections_team", __name__, url_prefix="/team/bestellingen")


@bp.get("/<code>/gegevens")
@team("finance")
def ask_correct(code: str) -> str:
    """Shows the buyer and all holders of an order, to correct them."""
    order = order_or_404(code)
    return _correct_page(_people(order, sent=False), WhyForm(formdata=None))


@bp.post("/<code>/gegevens")
@team("finance")
def correct(code: str) -> BaseResponse | tuple[str, int]:
    """Correct them, also after the last day for visitors, and say why."""
    people, why = _people(order_or_404(code), sent=True), WhyForm()
    is_good = people.validate()
    if not why.validate() or not is_good:
        return _correct_page(people, why), 422
    try:
        correcting.correct_people(
            people.order,
            people.correction(resend=why.resend.data, mail_seen=why.mail_seen.data or ""),
            by=maker(why.reason.data),
            now=clock.now(),
        )
    except Refusal as refusal:
        return _correct_page(people, why, refusal), refusal.status
    flash(_("De wijziging is bewaard."), "good")
    return to_order(code)


@bp.get("/<code>/doorgeven/<ticket>")
@team("finance")
def ask_hand_on(code: str, ticket: str) -> str:
    """Asks who gets a ticket, and why."""
    found = _ticket(order_or_404(code), ticket)
    form = TeamHandOnForm(formdata=None)
    form.seen.data = mark_of(found)
    return _hand_on_page(found, form)


@bp.post("/<code>/doorgeven/<ticket>")
@team("finance")
def hand_on(code: str, ticket: str) -> BaseResponse | tuple[str, int]:
    """Hand a ticket on, also after the last day for visitors, and say why."""
    found, form = _ticket(order_or_404(code), ticket), TeamHandOnForm()
    if not form.validate():
        return _hand_on_page(found, form), 422
    try:
        handing_on.hand_on(found, form.person(), by=maker(form.reason.data), now=clock.now())
    except Refusal as refusal:
        return _hand_on_page(found, form, refusal), refusal.status
    flash(_("Het kaartje is doorgegeven."), "good")
    return to_order(code)


@bp.post("/<code>/opmerking")
@team("finance")
def comment(code: str) -> BaseResponse | tuple[str, int]:
    """Keep a remark about an order, for the team alone."""
    order, form = order_or_404(code), CommentForm()
    if not form.validate():
        page = render_template("corrections/team_comment.html", order=order, form=form)
        return page, 422
    commenting.comment(
        order, form.words.data, form.form_key.data, member_id=current_user.id, now=clock.now()
    )
    flash(_("Je opmerking staat in de geschiedenis."), "good")
    return to_order(code, anchor="geschiedenis")


def order_or_404(code: str) -> Order:
    """Returns the order with this code."""
    return queries.order_by_code(code) or abort(404)


def _ticket(order: Order, code: str) -> Ticket:
    """Returns the ticket with this code, or that had it until it was handed on."""
    if found := next((each for each in order.tickets if each.code == code), None):
        return found
    before = changes.ticket_before(code=code)
    return before if before is not None and before.order_id == order.id else abort(404)


def to_order(code: str, *, anchor: str | None = None) -> BaseResponse:
    """Go back to the page of the order."""
    return redirect(url_for("payments_team.order", code=code, _anchor=anchor), 303)


def maker(reason: str) -> Maker:
    """Returns the member of the team that is signed in, and why they change something."""
    return Maker("team", current_user.id, reason)


def _people(order: Order, *, sent: bool) -> PeopleForm:
    live = [each for each in order.tickets if each.released_at is None and not each.is_nameless]
    formdata = request.form if sent else None
    return PeopleForm(order, live, formdata, has_buyer=True, by_team=True)


def _correct_page(people: PeopleForm, why: WhyForm, problem: Refusal | None = None) -> str:
    order = people.order
    refusal = terms.why_not(order, now=clock.now())
    if problem or not why.is_submitted():
        why.mail_seen.data = mark_of_mail(order)
    return render_template(
        "corrections/team_correct.html",
        order=order,
        form=people,
        why=why,
        problems=[str(problem)] if problem else [],
        refusal=refusal if isinstance(refusal, terms.NothingToCorrect) else None,
    )


def _hand_on_page(ticket: Ticket, form: TeamHandOnForm, problem: Refusal | None = None) -> str:
    refusal = handing_on.why_not(ticket, now=clock.now())
    return render_template(
        "corrections/team_hand_on.html",
        order=ticket.order,
        ticket=ticket,
        form=form,
        problems=[str(problem)] if problem else [],
        refusal=refusal if not isinstance(refusal, handing_on.OF_THE_TEAM) else None,
    )
