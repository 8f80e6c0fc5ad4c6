"""The team's screens for orders: who ordered what, what is due, and recording payments."""

from collections.abc import Collection, Iterator, Sequence
from datetime import time
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from stdnum import iso11649
from werkzeug.wrappers import Response as BaseResponse

from festival import clock, codes, money
from festival.db import db
from festival.editions import dates as edition_dates
from festival.editions.addresses import working_edition
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.mail.subjects import SubjectLink
from festival.payments import queries, rules, summary
from festival.payments.forms import PaymentForm
from festival.team import exports, lists
from festival.team.access import team
from festival.tickets import dates
from festival.tickets import queries as tickets
from festival.tickets.forms import ConfirmForm
from festival.tickets.models import Order
from festival.web.forms import asked

bp = Blueprint("payments_team", __name__, url_prefix="/team/bestellingen")

_AT_A_TIME = 1000  # orders whose sums are read together
_COLUMNS = {
    "placed": Order.placed_at,
    "name": Order.name_key,
    "total": Order.total_cents,
    "due": Order.due_at,
}


@bp.get("/")
@team("finance")
def index() -> str | BaseResponse:
    """Lists the orders. A search for a whole code or payment reference opens its order."""
    edition = working_edition()
    text, state = _asked()
    if text and (found := queries.order_by_reference(edition, text)):
        return redirect(url_for("payments_team.order", code=found.code))
    listing = lists.listing(
        queries.orders(edition, text=text, state=state), _COLUMNS, default="-placed"
    )
    return render_template(
        "payments/team/index.html",
        edition=edition,
        listing=listing,
        sums=queries.tickets_and_paid(listing.rows),
        near=queries.orders_nearly(edition, text) if text and not listing.total else [],
        text=text,
        state=state,
        holds=queries.unpaid_holds(edition),
        format_reference=iso11649.format,
    )


@bp.get("/csv")
@team("finance")
def orders_csv() -> Response:
    """Serves the same orders as a CSV file, with amounts in euros."""
    edition = working_edition()
    text, state = _asked()
    query = queries.orders(edition, text=text, state=state).order_by(Order.placed_at)
    orders = db.session.scalars(query).all()
    heads = ["code", "reference", "state", "name", "email", "tickets"]
    heads += ["total", "paid", "due", "placed_at", "due_at"]
    return exports.csv_response("bestellingen", heads, _rows(edition, orders))


@bp.get("/<code>")
@team("finance")
def order(code: str) -> str:
    """Shows everything about one order."""
    order = _order(code)
    return _order_page(order, _payment_form(order))


@bp.post("/<code>/betaling")
@team("finance")
def record_payment(code: str) -> BaseResponse | tuple[str, int]:
    """Record money that came in or went back."""
    order, form = _order(code), PaymentForm()
    if not form.validate():
        return _order_page(order, form), 422
    cents = form.amount_cents.data or 0
    try:
        rules.record_payment(
            order,
            cents,
            order.edition.moment(form.received_on.data, time(12)),
            form.form_key.data,
            form.note.data or "",
            member_id=current_user.id,
            now=clock.now(),
        )
    except Refusal as refusal:
        return _order_page(order, form, refusal), refusal.status
    flash(_("%(amount)s is geboekt.", amount=money.shown(cents)), "good")
    return _to_order(code)


@bp.post("/<code>/annuleren")
@team("finance")
def cancel(code: str) -> BaseResponse:
    """Cancel the order. Its tickets and places become free."""
    rules.cancel_order(_order(code), now=clock.now())
    flash(_("De bestelling is geannuleerd."), "good")
    return _to_order(code)


@bp.post("/<code>/opnieuw")
@team("finance")
def send_again(code: str) -> BaseResponse:
    """Send the letters that fit the order's state once more."""
    rules.send_letters_again(_order(code), now=clock.now())
    flash(_("De mail is nog een keer onderweg."), "good")
    return _to_order(code)


def subject_links(ids: Collection[int]) -> dict[int, SubjectLink]:
    """Returns the page of each order with one of `ids`, for letters about them."""
    return {
        order.id: SubjectLink(
            _("bestelling %(code)s", code=order.code),
            url_for("payments_team.order", code=order.code),
        )
        for order in queries.orders_by_ids(ids)
    }


def _order(code: str) -> Order:
    return tickets.order_by_code(code) or abort(404)


def _to_order(code: str) -> BaseResponse:
    return redirect(url_for("payments_team.order", code=code), 303)


def _asked() -> tuple[str, str]:
    return asked("q"), request.args.get("state", "")


def _payment_form(order: Order) -> PaymentForm:
    form = PaymentForm()
    form.form_key.data = codes.secret()
    due = queries.balance(order).due_cents
    form.amount_cents.data = due or None
    form.received_on.data = order.edition.local(clock.now()).date()
    return form


def _order_page(order: Order, form: PaymentForm, refusal: Refusal | None = None) -> str:
    payments = queries.payments_of(order)
    balance = queries.Balance(order.total_cents, sum(each.amount_cents for each in payments))
    return render_template(
        "payments/team/order.html",
        edition=order.edition,
        order=order,
        payments=payments,
        balance=balance,
        form=form,
        confirm=ConfirmForm(),
        problems=[str(refusal)] if refusal else [],
        post=url_for("outbox_team.index", over=f"{Order.__tablename__}-{order.id}"),
        vat=summary.vat_by_rate(order.tickets),
        lines=summary.lines((each.type.name, each.price_cents) for each in order.tickets),
        reference=iso11649.format(order.reference),
        days=edition_dates.days,
        moment=dates.moment,
        local_day=dates.local_day,
    )


def _rows(edition: Edition, orders: Sequence[Order]) -> Iterator[Sequence[Any]]:
    sums: dict[int, tuple[int, int]] = {}
    for index, order in enumerate(orders):
        if index % _AT_A_TIME == 0:
            sums = queries.tickets_and_paid(orders[index : index + _AT_A_TIME])
        number, paid = sums[order.id]
        yield (
            order.code,
            order.reference,
            order.state,
            order.name,
            order.email,
            number,
            order.total_cents / 100,
            paid / 100,
            (order.total_cents - paid) / 100,
            edition.local(order.placed_at).replace(tzinfo=None),
            edition.local(order.due_at).replace(tzinfo=None) if order.due_at else None,
        )
