"""The checkout: from the chosen tickets to an order."""

from datetime import datetime
from urllib.parse import urlencode

from flask import (
    Blueprint,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from festival import clock, codes, vat
from festival.bookings import shown_moments
from festival.bookings.queries import bookable_slots
from festival.editions import dates as edition_dates
from festival.editions.addresses import current_edition_or_404
from festival.editions.models import Edition
from festival.email_addresses import mailbox_of
from festival.errors import Refusal
from festival.invoices import rules as invoices
from festival.payments import (
    summary,
)
from festival.payments.forms import CheckoutForm
from festival.payments.rules import checking_out
from festival.questions import queries as questions
from festival.team.access import public
from festival.tickets import (
    choosing,
    dates,
    holding,
    offers,
    own_prices,
    small_business,
    taken_along,
)
from festival.tickets.choosing import chosen_numbers, typed_code, typed_voucher, without_along
from festival.tickets.extras import queries as extras
from festival.tickets.extras.models import Extra
from festival.tickets.holds import rules as holds
from festival.tickets.holds.models import Hold
from festival.tickets.holds.queries import hold_by_secret, places_held
from festival.tickets.models import TicketType
from festival.tickets.rules import ordering
from festival.tickets.views import choose_page, limit_guesses
from festival.tickets.vouchers import prices
from festival.tickets.vouchers.prices import SoldTicket
from festival.vat import Vat
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
