"""The team's screens for orders: who ordered what, what is due, and recording payments."""

from collections.abc import Collection, Iterator, Sequence
from datetime import time
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import Select
from stdnum import iban, iso11649
from werkzeug.wrappers import Response as BaseResponse

from festival import clock, codes, money
from festival.db import db
from festival.editions import dates as edition_dates
from festival.editions.addresses import asked_day, working_edition
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.mail.subjects import SubjectLink
from festival.payments import due, invoice_queries, queries, refund_ways, summary
from festival.payments.forms import PaymentForm
from festival.payments.methods import METHOD_NAMES
from festival.payments.refunds import queries as refund_queries
from festival.payments.rules import lapsing, recording, refunding
from festival.payments.stripe import queries as stripe_queries
from festival.team import exports, lists
from festival.team.access import team
from festival.tickets import changes, dates
from festival.tickets import queries as tickets
from festival.tickets.extras.queries import of_orders
from festival.tickets.forms import ConfirmForm
from festival.tickets.history import history_of
from festival.tickets.models import Order
from festival.tickets.nameless import nameless_of
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
    wanted = _asked(edition)
    text = wanted["text"]
    if text and (found := queries.order_by_reference(edition, text)):
        return redirect(url_for("payments_team.order", code=found.code))
    pools = tickets.pools(edition)
    listing = lists.listing(queries.orders(edition, **wanted), _COLUMNS, default="-placed")
    return render_template(
        "payments/team/index.html",
        edition=edition,
        listing=listing,
        sums=queries.tickets_and_balances(listing.rows),
        near=queries.orders_nearly(edition, text) if text and not listing.total else [],
        **wanted,
        is_filtered=any(wanted.values()),
        pools=[(pool.slug, pool.name) for pool in pools],
        days=[(day.isoformat(), edition_dates.day(day)) for day in edition.days],
        to_pay_back=refund_queries.refund_sum(edition, "open"),
        holds=queries.unpaid_holds(edition, pools),
        format_reference=iso11649.format,
    )


@bp.get("/csv")
@team("finance")
def orders_csv() -> Response:
    """Serves the same orders as a CSV file, with amounts in euros."""
    edition = working_edition()
    query = queries.orders(edition, **_asked(edition)).order_by(Order.placed_at, Order.id)
    heads = ["code", "reference", "state", "name", "email", "tickets"]
    heads += ["total", "paid", "due", "placed_at", "due_at"]
    return exports.csv_stream("bestellingen", heads, _rows(edition, query))


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
    record = recording.record_refund if cents < 0 else recording.record_payment
    try:
        record(
            order,
            abs(cents),
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


@bp.post("/<code>/terugbetaling/<int(max=2147483647):number>/<any(gedaan, mislukt):outcome>")
@team("finance")
def move_refund(code: str, number: int, outcome: str) -> BaseResponse:
    """Note that the team paid a refund back, or that it failed.

    `number` counts the refunds of the order from 1, the oldest first.
    """
    order, now = _order(code), clock.now()
    refunds = queries.refunds_of(order)
    refund = refunds[number - 1] if 1 <= number <= len(refunds) else abort(404)
    if not refund_ways.is_by_hand(refund):  # its provider moves it
        abort(404)
    if outcome == "gedaan":
        refunding.finish_refund(refund, done_at=now, now=now)
        flash(_("De terugbetaling is geboekt."), "good")
    else:
        refunding.fail_refund(refund, now=now)
        flash(_("De terugbetaling staat als mislukt."), "info")
    return _to_order(code)


@bp.post("/<code>/opnieuw")
@team("finance")
def send_again(code: str) -> BaseResponse:
    """Send the letters that fit the order's state once more."""
    lapsing.send_letters_again(_order(code), now=clock.now())
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


def _asked(edition: Edition) -> dict[str, Any]:
    return {
        "text": asked("q"),
        "state": request.args.get("state", ""),
        "mailbox": asked("postvak"),
        "pool": request.args.get("contingent", ""),
        "day": asked_day(edition),
    }


def _payment_form(order: Order) -> PaymentForm:
    form = PaymentForm()
    form.form_key.data = codes.secret()
    to_pay = due.due_now(order)
    form.amount_cents.data = (to_pay.cents if to_pay else queries.balance(order).due_cents) or None
    form.received_on.data = order.edition.local(clock.now()).date()
    return form


def _order_page(order: Order, form: PaymentForm, refusal: Refusal | None = None) -> str:
    account = queries.account(order)
    lines = summary.lines_of(order, account.entries, of_orders([order]))
    return render_template(
        "payments/team/order.html",
        edition=order.edition,
        order=order,
        merged_into=None if order.tickets else changes.merged_into(order),
        account=account,
        to_pay=due.due_now(order),
        is_by_hand=refund_ways.is_by_hand,
        numbers={each.id: number for number, each in enumerate(account.refunds, start=1)},
        format_iban=iban.format,
        attempts=stripe_queries.attempts_of(order),
        invoices=invoice_queries.invoices_of(order),
        form=form,
        confirm=ConfirmForm(),
        problems=[str(refusal)] if refusal else [],
        post=url_for("outbox_team.index", over=f"{Order.__tablename__}-{order.id}"),
        history=history_of(order),
        comment_key=codes.secret(),
        nameless=len(nameless_of(order)),
        lines=lines,
        total_cents=summary.total_of(order, lines, account.balance),
        reference=iso11649.format(order.reference),
        method_names=METHOD_NAMES,
        days=edition_dates.days,
        moment=dates.moment,
        local_day=dates.local_day,
    )


def _rows(edition: Edition, query: Select[Order]) -> Iterator[Sequence[Any]]:
    """Yields a row for each order. Never more than AT_A_TIME orders are in memory."""
    found = db.session.scalars(query.execution_options(yield_per=_AT_A_TIME))
    for orders in found.partitions():
        sums = queries.tickets_and_balances(orders)
        for order in orders:
            number, balance = sums[order.id]
            yield (
                order.code,
                order.reference,
                order.state,
                order.name,
                order.email,
                number,
                order.total_cents / 100,
                balance.paid_cents / 100,
                balance.due_cents / 100,
                edition.local(order.placed_at).replace(tzinfo=None),
                edition.local(order.due_at).replace(tzinfo=None) if order.due_at else None,
            )
