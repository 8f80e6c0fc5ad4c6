"""Paying an order online: the button, the page one comes back to, and Stripe's knocks."""

from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from festival import clock
from festival.errors import Refusal
from festival.payments import queries as payments
from festival.payments.stripe import client, paying, queries, rules
from festival.payments.stripe.client import BadSignature, StripeRefused, Unclear
from festival.payments.stripe.models import PaymentAttempt
from festival.team.access import holder, public
from festival.tickets import ended_links
from festival.tickets import queries as tickets
from festival.tickets.forms import ConfirmForm
from festival.tickets.models import Order
from festival.web import headers, limits
from festival.web.faults import takes_json
from festival.web.limits import PER_LINK, limiter, link

bp = Blueprint("stripe", __name__)

# The waiting page asks again by itself so many times, every few seconds.
MOST_LOOKS = 12
SECONDS_BETWEEN_LOOKS = 5
# Stripe is asked about an attempt no more often, in however many windows the page stands.
_LOOKS = "1 per 4 second"


@bp.post("/bestelling/<secret>/betalen")
@holder
@limiter.limit("30 per minute", key_func=link, error_message=PER_LINK)
def pay(secret: str) -> BaseResponse | tuple[str, int]:
    """Go to Stripe's page to pay what is due."""
    order = _order(secret)
    try:
        return redirect(paying.start(order, clock.now), 303)
    except rules.NothingToPay:
        return _to_order(secret)
    except Refusal as refusal:
        return _page(order, "refused", refusal=refusal), refusal.status


@bp.get("/bestelling/<secret>/betaald")
@holder
@limiter.limit("60 per minute", key_func=link, error_message=PER_LINK)
def back(secret: str) -> str | BaseResponse:
    """Says what is true for whoever comes back from Stripe's page, paid or not."""
    order = _order(secret)
    attempt = queries.last_attempt(order)
    if attempt is None:
        return _to_order(secret)
    is_clear = _look(attempt) if attempt.is_live else True
    if order.state != "pending":
        return _to_order(secret)
    if attempt.state == "processing":
        return _page(order, "on_its_way")
    has_turned_back = "terug" in request.args
    if attempt.state == "open" and has_turned_back and is_clear:
        return _page(order, "turned_back")
    if attempt.is_live or not is_clear:
        look = _number(request.args.get("keer", "")) + 1
        return _page(order, "waiting", look=look, is_clear=is_clear)
    return _to_order(secret) if attempt.state == "paid" else _page(order, "failed")


@bp.post("/stripe/webhook")
@public
@takes_json
@limiter.exempt
def receive() -> Response:
    """Take an event of Stripe's: only that there is news. 400 if Stripe did not sign it."""
    if not client.is_on():
        abort(404)
    try:
        knock = client.read_knock(request.get_data(), request.headers.get("Stripe-Signature", ""))
    except BadSignature:
        return Response("This is not signed by Stripe.\n", 400, mimetype="text/plain")
    # An endpoint in another mode than our key's, and what we did not ask for, is not our business.
    if knock.kind in client.EVENTS and knock.is_live is not client.is_play_money():
        rules.receive_event(knock, now=clock.now())
    return Response("", 204)


def _look(attempt: PaymentAttempt) -> bool:
    """Ask Stripe about `attempt`, unless that was done just now. Returns whether we know its state.

    What Stripe does not say now the worker asks later.
    """
    if not limits.take("ask stripe", str(attempt.id), _LOOKS):
        just_now = clock.now() - timedelta(seconds=SECONDS_BETWEEN_LOOKS)
        return attempt.asked_at is not None and attempt.asked_at >= just_now
    try:
        paying.ask(attempt, clock.now)
    except (Unclear, StripeRefused):
        return False
    return True


def _page(
    order: Order,
    what: str,
    *,
    refusal: Refusal | None = None,
    look: int = 0,
    is_clear: bool = True,
) -> str:
    headers.allow_forms_to(current_app.config["STRIPE_CHECKOUT_URL"])
    return render_template(
        "payments/stripe/back.html",
        uses_session=True,
        edition=order.edition,
        order=order,
        what=what,
        is_clear=is_clear,
        refusal=refusal,
        balance=payments.balance(order),
        form=ConfirmForm(),
        next_look=look if 0 < look <= MOST_LOOKS else 0,
        seconds=SECONDS_BETWEEN_LOOKS,
    )


def _order(secret: str) -> Order:
    return tickets.order_by_secret(secret) or ended_links.not_found(secret)


def _to_order(secret: str) -> BaseResponse:
    return redirect(url_for("payments.order", secret=secret), 303)


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 4 else 0
