"""The pages on which a holder or buyer changes their answers."""

from flask import Blueprint, render_template, request, url_for
from flask import redirect as redirect_to
from werkzeug.wrappers import Response

from festival import clock
from festival.editions import dates
from festival.errors import Refusal
from festival.questions import answering, queries
from festival.questions.forms import AnswersPart
from festival.team.access import holder
from festival.tickets import ended_links
from festival.tickets.models import Order, Ticket
from festival.tickets.queries import order_by_secret

bp = Blueprint("questions", __name__)

Answer = str | Response | tuple[str, int]


@bp.route("/kaartje/<secret>/vragen", methods=["GET", "POST"])
@holder
def of_ticket(secret: str) -> Answer:
    """Shows the answers for one ticket, to change them."""
    ticket = queries.ticket_by_secret(secret) or ended_links.not_found(secret)
    return _page(ticket.order, ticket, url_for("bookings.ticket", secret=secret))


@bp.route("/bestelling/<secret>/vragen", methods=["GET", "POST"])
@holder
def of_order(secret: str) -> Answer:
    """Shows the answers for a whole order, to change them."""
    order = order_by_secret(secret) or ended_links.not_found(secret)
    return _page(order, None, url_for("payments.order", secret=secret))


def _page(order: Order, ticket: Ticket | None, back: str) -> Answer:
    now = clock.now()
    asked = answering.questions_for(order, ticket, now=now)
    if not asked:
        return redirect_to(back, 303)
    sent = request.form if request.method == "POST" else None
    part = AnswersPart(asked, sent, "vraag-", queries.values(order, ticket))
    problems, status = [], 200
    if sent is not None and part.validate():
        try:
            answering.change_answers(order, ticket, part.values(), now=now)
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            return redirect_to(back, 303)
    elif sent is not None:
        status = 422
    page = render_template(
        "questions/answers.html",
        uses_session=True,
        edition=order.edition,
        part=part,
        ticket=ticket,
        problems=problems,
        may_change=queries.may_change(order.edition, now=now),
        last_day=dates.day(dates.last_day_to_change(order.edition)),
        back=back,
    )
    return page, status
