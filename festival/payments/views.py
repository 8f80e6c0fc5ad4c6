"""The checkout and the order's page."""

from contextlib import suppress

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from stdnum import iban, iso11649
from werkzeug.wrappers import Response as BaseResponse

from festival import clock, codes, qr
from festival.bookings.queries import bookable_slots, held_places
from festival.editions import dates as edition_dates
from festival.editions.addresses import current_edition_or_404
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.payments import epc, queries, rules, summary
from festival.payments.forms import CheckoutForm
from festival.team.access import holder, public
from festival.tickets import dates, holding, offers
from festival.tickets import queries as tickets
from festival.tickets import rules as ticket_rules
from festival.tickets.forms import ConfirmForm
from festival.tickets.models import Order, TicketType
from festival.tickets.views import choose_page, chosen_numbers, limit_guesses, typed_code
from festival.web import languages, limits
from festival.web.limits import limiter

bp = Blueprint("payments", __name__)

_LETTERS = "30 per day"  # to one address


class TooManyLetters(Refusal):
    """Naar {address} stuurden we vandaag al heel veel brieven. Probeer het morgen nog eens, of kies
    een ander adres."""

    status = 429


# With more tickets than this, places are chosen afterwards, on each ticket's own page.
_CHOOSERS = 4


@bp.get("/bestellen")
@public
@limit_guesses
def checkout() -> str | BaseResponse | tuple[str, int]:
    """Shows the order form for the numbers of tickets in the address."""
    edition = current_edition_or_404()
    try:
        types = _types_asked_for(edition)
        ticket_rules.check_types(edition, types, now=clock.now())
    except Refusal as refusal:
        return choose_page(edition, chosen_numbers(), str(refusal)), refusal.status
    form = CheckoutForm(types, None)
    form.buyer.form_key.data = codes.secret()
    return _checkout_page(edition, form)


@bp.post("/bestellen")
@public
@limiter.limit("300 per minute")  # a whole hall may order at once; see also _count_letters
@limit_guesses
def check_out() -> BaseResponse | tuple[str, int]:
    """Place the order and go to its page, or show the form again with what was typed."""
    edition = current_edition_or_404()
    try:
        types = _types_asked_for(edition)
    except Refusal as refusal:
        return choose_page(edition, chosen_numbers(), str(refusal)), refusal.status
    form = CheckoutForm(types, request.form)
    if not form.validate():
        return _checkout_page(edition, form), 422
    wanted = form.order_request(language=languages.current(), code=typed_code())
    try:
        _count_letters(wanted)
        order = rules.check_out(edition, wanted, form.choices(), now=clock.now())
    except holding.AddressUnknown as refusal:
        holding.ask_owner(edition, wanted.email, language=wanted.language, now=clock.now())
        return _checkout_page(edition, form, refusal), refusal.status
    except rules.OrderedBefore as refusal:
        form.buyer.form_key.data = codes.secret()
        return _checkout_page(edition, form, refusal), refusal.status
    except rules.PlaceRefused as refusal:
        form.holders[refusal.details["ticket"]].problem = str(refusal)
        return _checkout_page(edition, form, refusal), refusal.status
    except Refusal as refusal:
        return _checkout_page(edition, form, refusal), refusal.status
    return redirect(url_for("payments.order", secret=order.secret), 303)


@bp.get("/bestelling/<secret>")
@holder
def order(secret: str) -> str:
    """Shows the order: its state, what is due, and the tickets in it."""
    order = _order(secret)
    edition = order.edition
    payments = queries.payments_of(order)
    balance = queries.Balance(order.total_cents, sum(each.amount_cents for each in payments))
    return render_template(
        "payments/order.html",
        edition=edition,
        order=order,
        payments=payments,
        balance=balance,
        transfer=_transfer(order, balance) if order.state == "pending" else None,
        vat=summary.vat_by_rate(order.tickets),
        places=summary.places_by_ticket(held_places.live_bookings(_ids(order))),
        may_cancel=rules.why_not_cancel(order, balance, now=clock.now()) is None,
        lines=summary.lines((each.type.name, each.price_cents) for each in order.tickets),
        placed_day=dates.local_day(edition, order.placed_at),
        due_day=dates.local_day(edition, order.due_at) if order.due_at else "",
        days=edition_dates.days,
        span=edition_dates.span,
        local_day=dates.local_day,
    )


@bp.get("/bestelling/<secret>/annuleren")
@holder
def ask_cancel(secret: str) -> str | BaseResponse:
    """Asks to confirm that the order is cancelled."""
    order = _order(secret)
    refusal = rules.why_not_cancel(order, queries.balance(order), now=clock.now())
    if isinstance(refusal, rules.AlreadyEnded):
        return redirect(url_for("payments.order", secret=secret))
    return render_template(
        "payments/cancel.html",
        uses_session=True,
        edition=order.edition,
        order=order,
        form=ConfirmForm(),
        refusal=refusal,
    )


@bp.post("/bestelling/<secret>/annuleren")
@holder
def cancel(secret: str) -> BaseResponse:
    """Cancel the order and go back to its page."""
    order = _order(secret)
    with suppress(rules.AlreadyEnded):  # a double click: it is done already
        rules.cancel_own_order(order, now=clock.now())
    return redirect(url_for("payments.order", secret=secret), 303)


def _count_letters(wanted: ticket_rules.OrderRequest) -> None:
    """Refuses with TooManyLetters if somebody in the order was written to very often today.

    Anybody may type anybody's address, so letters are counted by who gets them.
    """
    for address in {wanted.email, *(each.holder_email for each in wanted.tickets)} - {""}:
        if not limits.take("letters about orders", address.strip().lower(), _LETTERS):
            raise TooManyLetters(address=address)


def _order(secret: str) -> Order:
    return tickets.order_by_secret(secret) or abort(404)


def _ids(order: Order) -> list[int]:
    return [ticket.id for ticket in order.tickets]


def _types_asked_for(edition: Edition) -> list[TicketType]:
    """Returns the type of each ticket in the address, in the order in which types are shown.

    Refuses with NothingChosen, TooManyTogether, or UnknownType for what the code does not open.
    """
    numbers = chosen_numbers()
    if not numbers:
        raise ticket_rules.NothingChosen
    if sum(numbers.values()) > ticket_rules.MOST_TICKETS:
        raise ticket_rules.TooManyTogether(most=ticket_rules.MOST_TICKETS)
    types = tickets.types_by_slugs(edition, numbers)
    opened = [each.opens_with(typed_code()) for each in types]
    g.wrong_code = not all(opened)
    if len(types) < len(numbers) or g.wrong_code:
        raise ticket_rules.UnknownType
    return [each for each in types for _ticket in range(numbers[each.slug])]


def _checkout_page(edition: Edition, form: CheckoutForm, refusal: Refusal | None = None) -> str:
    types = [part.type for part in form.holders]
    total_cents = sum(of.price_cents for of in types)
    due_at = ticket_rules.payment_due(edition, clock.now())
    offer = offers.offer_of(edition, types, due_at if total_cents else None)
    problems = [str(refusal)] if refusal else []
    if form.is_sent and not isinstance(refusal, ticket_rules.OfferChanged):
        try:  # the page is about to show other prices than those that were agreed to
            ticket_rules.check_offer(offers.read(form.buyer.shown.data or ""), offer)
        except ticket_rules.OfferChanged as change:
            problems.append(str(change))
    form.buyer.shown.data = offers.written(offer)
    days = {day for of in types for day in of.admits_on}
    may_choose = len(types) <= _CHOOSERS
    return render_template(
        "payments/checkout.html",
        uses_session=True,
        edition=edition,
        form=form,
        problems=problems,
        lines=summary.lines((of.name, of.price_cents) for of in types),
        total_cents=total_cents,
        vat=summary.vat_by_rate(types),
        groups=bookable_slots.choosable_slots(edition, clock.now(), days) if may_choose else [],
        change_url=url_for("tickets.choose") + "?" + request.query_string.decode("ascii", "ignore"),
        days=edition_dates.days,
        due_day=dates.local_day(edition, due_at),
    )


def _transfer(order: Order, balance: queries.Balance) -> dict[str, object]:
    """Returns what the buyer needs to pay by transfer; `qr` is None without an account."""
    edition = order.edition
    try:
        code = qr.svg(
            epc.transfer_text(
                name=edition.organiser_name,
                iban=edition.organiser_iban,
                amount_cents=balance.due_cents,
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
