"""The checkout and the order's page."""

from contextlib import suppress
from datetime import datetime
from urllib.parse import urlencode

from flask import (
    Blueprint,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from stdnum import iban, iso11649
from werkzeug.wrappers import Response as BaseResponse

from festival import clock, codes, qr, vat
from festival.bookings import shown_moments
from festival.bookings.queries import bookable_slots
from festival.editions import dates as edition_dates
from festival.editions.addresses import current_edition_or_404
from festival.editions.models import Edition
from festival.email_addresses import mailbox_of
from festival.errors import Refusal
from festival.invoices import rules as invoices
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
from festival.payments.forms import AccountForm, CancelTicketsForm, CheckoutForm
from festival.payments.rules import cancelling, checking_out, invoicing, refunding
from festival.payments.stripe import client, paying
from festival.payments.stripe import queries as stripe_queries
from festival.payments.swaps import terms as swap_terms
from festival.questions import answering, files
from festival.questions import queries as questions
from festival.team.access import holder, public
from festival.tickets import (
    choosing,
    dates,
    ended_links,
    holding,
    offers,
    own_prices,
    small_business,
    taken_along,
)
from festival.tickets import queries as tickets
from festival.tickets.choosing import chosen_numbers, typed_code, typed_voucher, without_along
from festival.tickets.extras import queries as extras
from festival.tickets.extras.models import Extra
from festival.tickets.forms import ConfirmForm
from festival.tickets.holds import rules as holds
from festival.tickets.holds.models import Hold
from festival.tickets.holds.queries import hold_by_secret, places_held
from festival.tickets.models import Order, TicketType
from festival.tickets.rules import ordering
from festival.tickets.views import choose_page, limit_guesses
from festival.tickets.vouchers import prices
from festival.tickets.vouchers.prices import SoldTicket
from festival.vat import Vat
from festival.web import headers, languages, limits
from festival.web.limits import PER_LINK, limiter, link

bp = Blueprint("payments", __name__)

_LETTERS = "30 per day"  # to one address


class TooManyLetters(Refusal):
    """Naar {address} stuurden we vandaag al heel veel brieven. Probeer het morgen nog eens, of kies
    een ander adres."""

    status = 429


# With more tickets than this, places are chosen afterwards, on each ticket's own page.
_CHOOSERS = 4
_MOST_OWN = 10  # orders that a browser remembers in its session


@bp.get("/bestellen")
@public
@limit_guesses
def checkout() -> str | BaseResponse | tuple[str, int]:
    """Shows the order form for the numbers of tickets in the address."""
    edition = current_edition_or_404()
    if not chosen_numbers() and (address := choosing.remembered_address()):
        return redirect(address)
    try:
        types = choosing.types_asked_for(edition)
        own_prices.amounts(request.args, types)
        sold = _sold(edition, types)
        held = places_held([choosing.held_secret()])
        ordering.check_types(edition, sold, held, now=clock.now())
        ordering.check_voucher(sold, typed_voucher(edition), now=clock.now())
    except Refusal as refusal:
        return choose_page(edition, chosen_numbers(), str(refusal)), refusal.status
    asked = questions.questions_asked(edition, now=clock.now())
    form = CheckoutForm(types, None, asked, _extras(edition))
    form.buyer.form_key.data = codes.secret()
    return _checkout_page(edition, form)


@bp.post("/bestellen")
@public
@limiter.limit("300 per minute")  # a whole hall may order at once; see also _count_letters
@limit_guesses
def check_out() -> str | BaseResponse | tuple[str, int]:
    """Place the order and go to its page, or show the form again with what was typed."""
    edition = current_edition_or_404()
    try:
        types = choosing.types_asked_for(edition)
        amounts = own_prices.amounts(own_prices.allowed(request.args, types), types)
    except Refusal as refusal:
        return choose_page(edition, chosen_numbers(), str(refusal)), refusal.status
    asked = questions.questions_asked(edition, now=clock.now())
    form = CheckoutForm(types, request.form, asked, _extras(edition))
    if "langer" in request.form:
        return _extend(edition, form)
    try:
        own_prices.amounts(request.args, types)
    except Refusal as refusal:  # what may be paid changed while the form was filled in
        return _checkout_page(edition, form, refusal), refusal.status
    if not form.validate():
        return _checkout_page(edition, form), 422
    wanted = form.order_request(
        language=languages.current(),
        code=typed_code(),
        amounts=amounts,
        own_orders=_own_orders(),
        hold=choosing.held_secret(),
    )
    try:
        _count_letters(wanted)
        order = checking_out.check_out(
            edition,
            wanted,
            form.choices(),
            answers=form.given_answers(),
            shown=form.moments(),
            invoice=form.wanted_invoice(),
            now=clock.now(),
        )
    except holding.AddressUnknown as refusal:
        holding.ask_owner(edition, wanted.email, language=wanted.language, now=clock.now())
        return _checkout_page(edition, form, refusal), refusal.status
    except ordering.ClaimedBefore as refusal:
        form.is_knowingly_again = True
        first = url_for("payments.order", secret=refusal.details["secret"])
        return _checkout_page(edition, form, refusal, first_url=first), refusal.status
    except checking_out.OrderedBefore as refusal:
        form.buyer.form_key.data = codes.secret()
        return _checkout_page(edition, form, refusal), refusal.status
    except checking_out.PlaceRefused as refusal:
        form.holders[refusal.details["ticket"]].problem = str(refusal)
        return _checkout_page(edition, form, refusal), refusal.status
    except Refusal as refusal:
        return _checkout_page(edition, form, refusal), refusal.status
    session["orders"] = [*_own_orders(), order.secret][-_MOST_OWN:]
    choosing.remember(None)
    return redirect(url_for("payments.order", secret=order.secret), 303)


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


def _extend(edition: Edition, form: CheckoutForm) -> str | tuple[str, int]:
    """Keep the tickets longer, or again, and show the form with what was typed."""
    types, now = [part.type for part in form.holders], clock.now()
    try:
        if holds.extend_hold(choosing.held_secret(), types, now=now):
            return _checkout_page(edition, form)
        hold = choosing.keep(edition, types, now=now)
        if hold is None:
            raise holds.NotHeld
    except Refusal as refusal:
        return _checkout_page(edition, form, refusal), refusal.status
    choosing.remember(hold, choosing.address_with(hold))
    return _checkout_page(edition, form, hold=hold)


def _count_letters(wanted: ordering.OrderRequest) -> None:
    """Refuses with TooManyLetters if somebody in the order was written to very often today.

    Anybody may type anybody's address, so letters are counted by who gets them.
    """
    for address in {wanted.email, *(each.holder_email for each in wanted.tickets)} - {""}:
        if not limits.take("letters about orders", mailbox_of(address), _LETTERS):
            raise TooManyLetters(address=address)


def _own_orders() -> list[str]:
    """Returns the secrets of the orders that this browser placed lately."""
    orders: list[str] = session.get("orders", [])
    return orders


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


def _extras(edition: Edition) -> list[Extra]:
    today = edition.local(clock.now()).date()
    return extras.on_offer(edition, today)


def _sold(edition: Edition, types: list[TicketType]) -> list[SoldTicket]:
    amounts = own_prices.amounts(own_prices.allowed(request.args, types), types)
    return prices.priced(types, typed_voucher(edition), amounts, now=clock.now())


def _address_with_allowed_amounts(types: list[TicketType]) -> str:
    """Returns where the form is to be sent if it costs something else than its address says."""
    args = own_prices.allowed(request.args, types)
    if args == request.args.to_dict():
        return ""
    return f"{url_for('payments.check_out')}?{urlencode(args)}"


def _checkout_page(
    edition: Edition,
    form: CheckoutForm,
    refusal: Refusal | None = None,
    *,
    first_url: str = "",
    hold: Hold | None = None,
) -> str:
    types = [part.type for part in form.holders]
    now = clock.now()
    sold = _sold(edition, types)
    besides = form.extras.chosen()
    total_cents = sum(each.price_cents + each.gift_cents for each in sold) + form.extras.cents
    form.buyer.extras_cents.data = str(form.extras.cents)
    due_at = ordering.payment_due(edition, now)
    due_at_if_paid = due_at if total_cents else None
    offer = offers.offer_of(edition, sold, due_at_if_paid, form.extras.offered, now=now)
    problems = [str(refusal)] if refusal else []
    if form.is_sent and not isinstance(refusal, ordering.OfferChanged):
        try:  # the page is about to show other prices than those that were agreed to
            ordering.check_offer(offers.read(form.buyer.shown.data or ""), offer)
        except ordering.OfferChanged as change:
            problems.append(str(change))
    form.buyer.shown.data = offers.written(offer)
    days = {day for of in types for day in of.admits_on}
    may_choose = len(types) <= _CHOOSERS
    groups = bookable_slots.choosable_slots(edition, clock.now(), days) if may_choose else []
    along = taken_along.taken_along(edition, now=now)
    rows = {slot.code: slot for group in groups for slot in group.slots}
    is_full = bool(along and along.code in rows and rows[along.code].places_left <= 0)
    if along and along.code in rows and not form.is_sent:
        form.take_along(along.code, along.day, is_full=is_full)
    reason = refusal.__cause__ if isinstance(refusal, checking_out.PlaceRefused) else None
    keep = shown_moments.chosen(
        form.moments(),
        [each.slot_code for each in form.choices()],
        reason if isinstance(reason, Refusal) else None,
    )
    form.buyer.moments.data = shown_moments.written(rows.values(), keep=keep)
    hold = hold or hold_by_secret(choosing.held_secret())
    return render_template(
        "payments/checkout.html",
        uses_session=True,
        edition=edition,
        form=form,
        action=_address_with_allowed_amounts(types),
        problems=problems,
        first_url=first_url,
        lines=summary.lines_of_sold(sold, besides),
        total_cents=total_cents,
        vat=vat.by_rate(_rates(edition, sold, besides)),
        may_ask_invoice=bool(total_cents) and invoices.can_invoice(edition),
        groups=groups,
        along=along,
        along_is_full=is_full,
        along_admitted=bool(along and along.day in days),
        without_along=without_along("payments.checkout"),
        change_url=choosing.address_with(hold, "tickets.choose"),
        days=edition_dates.days,
        due_day=dates.local_day(edition, due_at),
        hold_secret=hold.secret if hold else choosing.held_secret(),
        hold_seconds=max(int((hold.ends_at - now).total_seconds()), 0) if hold else 0,
        hold_until=_hold_until(edition, hold.ends_at, now=now) if hold else "",
        hold_may_extend=bool(
            hold
            and hold.extended < holds.MOST_EXTENSIONS
            and hold.ends_at < min(of.sale_until for of in types)
        ),
    )


def _rates(edition: Edition, sold: list[SoldTicket], besides: list[Extra]) -> list[tuple[Vat, int]]:
    """Returns the VAT and the price of each ticket and extra."""
    today = edition.local(clock.now()).date()
    is_kor = small_business.applies(today)
    priced = [(each.type.vat_on(today, is_kor=is_kor), each.price_cents) for each in sold]
    priced += [(each.vat_on(today, is_kor=is_kor), each.price_cents) for each in besides]
    return [(rate, cents) for rate, cents in priced if rate]


def _hold_until(edition: Edition, ends_at: datetime, *, now: datetime) -> str:
    """Returns when a hold ends: the hour, and the day if that is not today."""
    if edition.local(ends_at).date() != edition.local(now).date():
        return dates.moment(edition, ends_at)
    return str(_("%(clock)s uur", clock=edition_dates.clock(edition, ends_at)))


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
