"""The pages on which a holder or buyer changes their answers, and sends files."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask import redirect as redirect_to
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from festival import clock
from festival.editions import dates
from festival.errors import Refusal
from festival.questions import answering, files, queries
from festival.questions.forms import AnswersPart, purpose_of
from festival.questions.models import OrderQuestion
from festival.speakers.files import download
from festival.team.access import holder
from festival.tickets import ended_links
from festival.tickets.models import Order, Ticket
from festival.tickets.queries import order_by_secret
from festival.web.limits import PER_LINK, limiter, link

bp = Blueprint("questions", __name__)

Answer = str | Response | tuple[str, int]
Whose = tuple[Order, Ticket | None]

_limit = limiter.limit("60 per hour", key_func=link, error_message=PER_LINK)


@bp.route("/kaartje/<secret>/vragen", methods=["GET", "POST"])
@holder
def of_ticket(secret: str) -> Answer:
    """Shows the answers for one ticket, to change them."""
    return _answers(*_ticket(secret))


@bp.route("/bestelling/<secret>/vragen", methods=["GET", "POST"])
@holder
def of_order(secret: str) -> Answer:
    """Shows the answers for a whole order, to change them."""
    return _answers(*_order(secret))


@bp.get("/kaartje/<secret>/vragen/<code>")
@holder
def file_of_ticket(secret: str, code: str) -> Answer:
    """Download the file that was sent for a ticket."""
    return _download(_ticket(secret), code)


@bp.get("/bestelling/<secret>/vragen/<code>")
@holder
def file_of_order(secret: str, code: str) -> Answer:
    """Download the file that was sent for an order."""
    return _download(_order(secret), code)


@bp.post("/kaartje/<secret>/vragen/<code>")
@_limit
@holder
def send_for_ticket(secret: str, code: str) -> Answer:
    """Send a file for a ticket, in place of an earlier one."""
    return _send(_ticket(secret), code)


@bp.post("/bestelling/<secret>/vragen/<code>")
@_limit
@holder
def send_for_order(secret: str, code: str) -> Answer:
    """Send a file for an order, in place of an earlier one."""
    return _send(_order(secret), code)


@bp.post("/kaartje/<secret>/vragen/<code>/weg")
@holder
def take_away_of_ticket(secret: str, code: str) -> Answer:
    """Delete the file that was sent for a ticket."""
    return _take_away(_ticket(secret), code)


@bp.post("/bestelling/<secret>/vragen/<code>/weg")
@holder
def take_away_of_order(secret: str, code: str) -> Answer:
    """Delete the file that was sent for an order."""
    return _take_away(_order(secret), code)


def _ticket(secret: str) -> Whose:
    ticket = queries.ticket_by_secret(secret) or ended_links.not_found(secret)
    return ticket.order, ticket


def _order(secret: str) -> Whose:
    return order_by_secret(secret) or ended_links.not_found(secret), None


def _answers(order: Order, ticket: Ticket | None) -> Answer:
    now = clock.now()
    asked = answering.questions_for(order, ticket, now=now)
    if not asked:
        return redirect_to(_back(order, ticket), 303)
    sent = request.form if request.method == "POST" else None
    given = queries.values(order, ticket)
    part = AnswersPart(asked, sent, "vraag-", given)
    problems, status = [], 200
    if sent is not None and part.validate():
        try:
            answering.change_answers(order, ticket, part.values(), now=now)
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            return redirect_to(_back(order, ticket), 303)
    elif sent is not None:
        status = 422
    return _page(order, ticket, part, given, problems), status


def _send(whose: Whose, code: str) -> Answer:
    question = _question(whose, code)
    sent = request.files.get("bestand")
    done = _("Je bestand is er. We bewaren het tot en met %(day)s.")
    return _change(
        whose,
        lambda: files.send_file(*whose, question, sent, now=clock.now()),
        done % {"day": dates.day(question.erase_on)},
    )


def _take_away(whose: Whose, code: str) -> Answer:
    question = _question(whose, code)
    return _change(
        whose,
        lambda: files.take_away(*whose, question, now=clock.now()),
        _("Het bestand is weg."),
    )


def _change(whose: Whose, change: Callable[[], None], done: str) -> Answer:
    """Make the change and show the page again, with what is wrong or that it worked."""
    order, ticket = whose
    try:
        change()
    except Refusal as refusal:
        asked = answering.questions_for(order, ticket, now=clock.now())
        given = queries.values(order, ticket)
        part = AnswersPart(asked, None, "vraag-", given)
        return _page(order, ticket, part, given, [str(refusal)]), refusal.status
    flash(done, "good")
    return redirect_to(_url(whose, "questions.of_ticket", "questions.of_order"), 303)


def _download(whose: Whose, code: str) -> Response:
    order, ticket = whose
    answer = queries.file_answer(_question(whose, code), order, ticket) or abort(404)
    return download(answer.stored, name=answer.value, mimetype=answer.mimetype)


def _question(whose: Whose, code: str) -> OrderQuestion:
    asked = answering.questions_for(*whose, now=clock.now())
    found = (each for each in asked if each.is_file and each.code == code)
    return next(found, None) or abort(404)


def _page(
    order: Order,
    ticket: Ticket | None,
    part: AnswersPart,
    given: Mapping[str, str],
    problems: list[str],
) -> str:
    whose, now = (order, ticket), clock.now()
    return render_template(
        "questions/answers.html",
        uses_session=True,
        edition=order.edition,
        part=part,
        files=[
            {
                "question": each,
                "purpose": purpose_of(each),
                "name": given.get(each.code, ""),
                "url": _url(
                    whose, "questions.file_of_ticket", "questions.file_of_order", code=each.code
                ),
                "away_url": _url(
                    whose,
                    "questions.take_away_of_ticket",
                    "questions.take_away_of_order",
                    code=each.code,
                ),
            }
            for each in part.files
        ],
        accept=files.ACCEPT,
        megabytes=files.MOST_MEGABYTES,
        ticket=ticket,
        problems=problems,
        may_change=queries.may_change(order.edition, now=now),
        last_day=dates.day(dates.last_day_to_change(order.edition)),
        action=_url(whose, "questions.of_ticket", "questions.of_order"),
        back=_back(order, ticket),
    )


def _back(order: Order, ticket: Ticket | None) -> str:
    return _url((order, ticket), "bookings.ticket", "payments.order")


def _url(whose: Whose, for_ticket: str, for_order: str, **values: Any) -> str:
    order, ticket = whose
    if ticket:
        return url_for(for_ticket, secret=ticket.secret, **values)
    return url_for(for_order, secret=order.secret, **values)
