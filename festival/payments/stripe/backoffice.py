"""The team's screens for paying online: every attempt, those that are stuck, and refunds."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from festival import clock
from festival.editions.addresses import working_edition
from festival.errors import Refusal
from festival.payments.stripe import paying, queries
from festival.payments.stripe.client import StripeRefused, Unclear
from festival.payments.stripe.forms import GiveUpForm
from festival.payments.stripe.models import STATES, PaymentAttempt
from festival.team import lists
from festival.team.access import team
from festival.tickets import dates
from festival.tickets import queries as tickets
from festival.tickets.forms import ConfirmForm

bp = Blueprint("stripe_team", __name__, url_prefix="/team/bestellingen")

_COLUMNS = {"begun": PaymentAttempt.begun_at, "amount": PaymentAttempt.amount_cents}


@bp.get("/online")
@team("finance")
def index() -> str:
    """Lists the attempts to pay online, or only those that are stuck."""
    edition = working_edition()
    state = request.args.get("state", "")
    state = state if state in {"stuck", *STATES} else ""
    return render_template(
        "payments/stripe/index.html",
        edition=edition,
        listing=lists.listing(queries.attempts(edition, state=state), _COLUMNS, default="-begun"),
        state=state,
        moment=dates.moment,
        confirm=ConfirmForm(),
    )


@bp.post("/<code>/poging/<int(max=2147483647):number>/navragen")
@team("finance")
def ask(code: str, number: int) -> BaseResponse:
    """Ask Stripe now how an attempt stands."""
    try:
        paying.ask(_attempt(code, number), clock.now)
    except (Unclear, StripeRefused) as fault:
        flash(_("Stripe antwoordt niet: %(problem)s", problem=str(fault)), "bad")
    else:
        flash(_("Stripe heeft geantwoord. Hieronder staat hoe het is."), "good")
    return _to_order(code)


@bp.post("/<code>/poging/<int(max=2147483647):number>/opgeven")
@team("finance")
def give_up(code: str, number: int) -> BaseResponse:
    """Give up an attempt of which nobody knows whether it was paid, with the reason."""
    attempt, form = _attempt(code, number), GiveUpForm()
    reason = form.reason.data or "" if form.validate() else ""
    try:
        is_over = paying.give_up(attempt, reason, clock.now)
    except Refusal as refusal:
        flash(str(refusal), "bad")
    else:
        if is_over:
            flash(
                _("De poging is opgegeven. De bestelling gaat gewoon verder."),
                "good",
            )
        else:
            flash(_("Stripe gaf toch antwoord. Er is niets opgegeven: kijk hoe het staat."), "info")
    return _to_order(code)


def _attempt(code: str, number: int) -> PaymentAttempt:
    order = tickets.order_by_code(code) or abort(404)
    return queries.attempt_by_names(order.code, number) or abort(404)


def _to_order(code: str) -> BaseResponse:
    return redirect(url_for("payments_team.order", code=code), 303)
