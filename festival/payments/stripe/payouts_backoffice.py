"""The team's screens for payouts: what Stripe paid out, beside the payments that it is made of."""

from collections.abc import Iterator

from flask import Blueprint, Response, abort, render_template
from flask_babel import gettext as _

from festival.payments.stripe import payouts
from festival.payments.stripe.models import StripePayout
from festival.sheets import Cell
from festival.team import exports, lists
from festival.team.access import team

bp = Blueprint("payouts_team", __name__, url_prefix="/team/bestellingen/uitbetalingen")

_COLUMNS = {"arrives": StripePayout.arrives_on, "amount": StripePayout.amount_cents}
_HEADS = ("payout", "arrives_on", "state", "kind", "order", "payment", "at", "amount", "fee", "net")


@bp.get("/")
@team("finance")
def index() -> str:
    """Lists the payouts of the account, for all editions, with what each is made of."""
    listing = lists.listing(payouts.payouts(), _COLUMNS, default="-arrives")
    number, cents = payouts.not_paid_out()
    return render_template(
        "payments/stripe/payouts.html",
        listing=listing,
        sums=payouts.sums(listing.rows),
        nothing=payouts.PayoutSums(),
        waiting_number=number,
        waiting_cents=cents,
        state_names=state_names(),
    )


@bp.get("/<payout_id>")
@team("finance")
def show(payout_id: str) -> str:
    """Shows what one payout is made of, each payment with its order."""
    payout = payouts.payout_by_id(payout_id) or abort(404)
    return render_template(
        "payments/stripe/payout.html",
        payout=payout,
        sums=payouts.sums([payout]).get(payout.id, payouts.PayoutSums()),
        lines=payouts.lines_of(payout),
        state_names=state_names(),
        kind_names=kind_names(),
    )


@bp.get("/<payout_id>.csv")
@team("finance")
def lines_csv(payout_id: str) -> Response:
    """Serves the lines of one payout, in euros, for the bookkeeper."""
    payout = payouts.payout_by_id(payout_id) or abort(404)
    return exports.csv_response(_("uitbetaling"), _HEADS, _cells(payout))


def state_names() -> dict[str, str]:
    """Returns what the states of a payout are called."""
    return {
        "paid": _("overgemaakt"),
        "in_transit": _("onderweg"),
        "pending": _("staat klaar"),
        "failed": _("mislukt"),
        "canceled": _("ging niet door"),
    }


def kind_names() -> dict[str, str]:
    """Returns what the most usual kinds of lines are called; others keep Stripe's word."""
    return {
        "charge": _("betaling"),
        "refund": _("terugbetaling"),
        "refund_failure": _("terugbetaling die mislukte"),
        "dispute": _("teruggehaald door de bank"),
        "dispute_reversal": _("teruggegeven door de bank"),
        "fee": _("kosten"),
    }


def _cells(payout: StripePayout) -> Iterator[list[Cell]]:
    for each in payouts.lines_of(payout):
        line = each.line
        net = line.amount_cents - line.fee_cents
        yield [
            payout.payout_id,
            payout.arrives_on.isoformat(),
            payout.state,
            line.kind,
            each.order_code,
            line.intent_id,
            line.happened_at.isoformat(),
            *(cents / 100 for cents in (line.amount_cents, line.fee_cents, net)),
        ]
