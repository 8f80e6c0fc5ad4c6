"""The checkout and the order's own page."""

from flask import Blueprint, abort, render_template

from festival.backoffice.access import holder
from festival.tickets import queries as tickets

bp = Blueprint("payments", __name__)


@bp.get("/bestelling/<secret>")
@holder
def order(secret: str) -> str:
    """The order: where it stands, what is due, the tickets in it."""
    order = tickets.order_by_secret(secret) or abort(404)
    return render_template("payments/order.html", edition=order.edition, order=order)
