"""The page of an order: what was ordered, what is due, and cancelling."""

from contextlib import suppress

from flask import current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from stdnum import iban, iso11649
from werkzeug.wrappers import Response as BaseResponse

from festival import clock, qr
from festival.editions import dates as edition_dates
from festival.errors import Refusal
from festival.payments import (
    due,
    epc,
    invoice_queries,
    order_tickets,
    queries,
    refund_ways,
    summary,
    terms,
)
from festival.payments.forms import AccountForm, CancelTicketsForm
from festival.payments.rules import cancelling, invoicing, refunding
from festival.payments.stripe import client, paying
from festival.payments.stripe import queries as stripe_queries
from festival.payments.swaps import terms as swap_terms
from festival.payments.views import bp
from festival.questions import answering, files
from festival.team.access import holder
from festival.tickets import dates, ended_links
from festival.tickets import queries as tickets
from festival.tickets.extras import queries as extras
from festival.tickets.forms import ConfirmForm
from festival.tickets.models import Order
from festival.web import headers
from festival.web.limits import PER_LINK, limiter, link


@bp.get("/bestelling/<secret>")
@holder
def order(secret: str) -> str:
    """Shows the order: its state, what is due, and the tickets in it."""
    return _order_page(_order(secret))


@bp.get("/bestelling/<secret>/annuleren")
@holder
def ask_cancel(secret: str) -> str | BaseResponse:
    """Asks which tickets to cancel, then shows what comes back and asks to confirm."""
    order = _order(secret)
    if order.state not in {"pending", "confirmed"}:
        return redirect(url_for("payments.order", secret=secret))
    return _cancel_page(order, request.args.getlist("kaartje"), CancelTicketsForm(formdata=None))


@bp.post("/bestelling/<secret>/annuleren")
@holder
@limiter.limit("30 per minute", key_func=link, error_message=PER_LINK)
def cancel(secret: str) -> BaseResponse | tuple[str, int]:
    """Cancel the chosen tickets and go back to the order's page."""
    order, form = _order(secret), CancelTicketsForm()
    chosen = request.form.getlist("kaartje")
    paying.close_all(order, clock.now)
    try:
        # On a double click it is done already.
        with suppress(cancelling.AlreadyEnded, cancelling.TicketGone):
            cancelling.cancel_own_tickets(
                order,
                chosen,
                is_gift=form.is_gift.data,
                shown=form.shown.data or "",
                now=clock.now(),
            )
    except Refusal as refusal:
        page = _cancel_page(_order(secret), chosen, CancelTicketsForm(formdata=None), refusal)
        return page, refusal.status
    return redirect(url_for("payments.order", secret=secret), 303)


@bp.post("/bestelling/<secret>/rekening")
@holder
@limiter.limit("30 per minute", key_func=link, error_message=PER_LINK)
def set_account(secret: str) -> BaseResponse | tuple[str, int]:
    """Take the account to which money goes back."""
    form = AccountForm()
    if not form.validate():
        return _order_page(_order(secret), form), 422
    try:
        refunding.set_account(_order(secret), form.iban.data)
    except refunding.BadIban as refusal:
        form.iban.errors = [str(refusal)]
        return _order_page(_order(secret), form), refusal.status
    return redirect(url_for("payments.order", secret=secret, _anchor="terug"), 303)


def _order_page(order: Order, form: AccountForm | None = None) -> str:
    edition = order.edition
    account = queries.account(order)
    ordered = extras.of_orders([order])
    lines = summary.lines_of(order, account.entries, ordered)
    is_live = order.state in {"pending", "confirmed"}
    by_hand = [
        each
        for each in account.refunds
        if each.state == "requested" and refund_ways.is_by_hand(each)
    ]
    to_pay = due.due_now(order)
    asked = answering.questions_for(order, None, now=clock.now()) if is_live else []
    if client.is_on():
        headers.allow_forms_to(current_app.config["STRIPE_CHECKOUT_URL"])
    return render_template(
        "payments/order.html",
        uses_session=to_pay is not None or bool(by_hand),
        edition=edition,
        order=order,
        account=account,
        pays_online=to_pay is not None and client.takes(to_pay.cents),
        swap=to_pay.swap if to_pay else None,
        to_pay=to_pay,
        may_swap=swap_terms.may_swap(order, now=clock.now()),
        attempt=stripe_queries.last_attempt(order) if client.is_on() else None,
        form=ConfirmForm(),
        has_questions=bool(asked),
        files_missing=files.missing(order, None, asked),
        transfer=_transfer(order, to_pay.cents) if to_pay else None,
        tickets=order_tickets.tickets_of(order, now=clock.now()) if is_live else None,
        extras=extras.words_by_ticket(ordered),
        invoices=invoice_queries.invoices_of(order),
        may_request_invoice=invoicing.why_no_invoice(order) is None,
        may_cancel=cancelling.why_not_cancel(order, account.balance, now=clock.now()) is None,
        lines=lines,
        total_cents=summary.total_of(order, lines, account.balance),
        fees=summary.fees_of(account.entries),
        account_form=(form or AccountForm(formdata=None)) if by_hand else None,
        known_iban=iban.format(by_hand[0].iban) if by_hand else "",
        placed_day=dates.local_day(edition, order.placed_at),
        due_day=dates.local_day(edition, order.due_at) if order.due_at else "",
        days=edition_dates.days,
        span=edition_dates.span,
        local_day=dates.local_day,
    )


def _cancel_page(
    order: Order, codes: list[str], form: CancelTicketsForm, problem: Refusal | None = None
) -> str:
    now = clock.now()
    balance = queries.balance(order)
    live = [ticket for ticket in order.tickets if ticket.released_at is None]
    chosen = live if len(live) == 1 else [each for each in live if each.code in codes]
    fees = terms.fees_of(order, live, has_fee=True, now=now)
    sums = terms.settlement(order, chosen, balance, {each.id: fees[each.id] for each in chosen})
    form.shown.data = sums.mark
    return render_template(
        "payments/cancel.html",
        uses_session=True,
        edition=order.edition,
        order=order,
        form=form,
        refusal=cancelling.why_not_cancel(order, balance, now=now),
        problems=[str(problem)] if problem else [],
        live=live,
        chosen=chosen,
        sums=sums,
        fees=fees,
        is_paid=balance.paid_cents > 0,
        extras=terms.extras_of(order, chosen),
        gift_cents=sum(each.gift_cents for each in chosen) if order.confirmed_at else 0,
        days=edition_dates.days,
    )


def _order(secret: str) -> Order:
    return tickets.order_by_secret(secret) or ended_links.not_found(secret)


def _transfer(order: Order, cents: int) -> dict[str, object]:
    """Returns what the buyer needs to pay by transfer; `qr` is None without an account."""
    edition = order.edition
    try:
        code = qr.svg(
            epc.transfer_text(
                name=edition.organiser_name,
                iban=edition.organiser_iban,
                amount_cents=cents,
                reference=order.reference,
            ),
            label=_("QR-code om te betalen met de app van je bank"),
        )
    except ValueError:  # no account in the edition's settings yet
        code = None
    return {
        "iban": iban.format(edition.organiser_iban),
        "reference": iso11649.format(order.reference),
        "qr": code,
    }
