"""The pages on which buyers swap a ticket, and who holds the only ticket of their own order."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from festival import clock, codes
from festival.bookings.queries.held_places import ticket_by_secret
from festival.editions import dates
from festival.errors import Refusal
from festival.payments import due
from festival.payments.rules import swapping
from festival.payments.stripe import paying
from festival.payments.swaps import terms
from festival.payments.swaps.forms import TicketSwapForm
from festival.team.access import holder
from festival.tickets import ended_links, queries
from festival.tickets.forms import ConfirmForm
from festival.tickets.models import Order, Ticket
from festival.tickets.swaps.queries import open_swap
from festival.web.limits import PER_LINK, limiter, link

bp = Blueprint("swaps", __name__)

_limit = limiter.shared_limit(
    "60 per hour; 200 per day", scope="letters", key_func=link, error_message=PER_LINK
)


@bp.get("/bestelling/<secret>/wisselen")
@holder
def ask(secret: str) -> str:
    """Asks which ticket becomes which type, then shows what that does and asks to confirm."""
    return _page(_order(secret))


@bp.post("/bestelling/<secret>/wisselen")
@_limit
@holder
def swap(secret: str) -> BaseResponse | tuple[str, int]:
    """Swap the ticket, or keep a place until the difference is paid; then show the order."""
    order = _order(secret)
    if answer := _swap(order, "buyer"):
        return answer
    return redirect(url_for("payments.order", secret=secret, _anchor="wissel"), 303)


@bp.post("/bestelling/<secret>/wisselen/afzien")
@_limit
@holder
def call_off(secret: str) -> BaseResponse:
    """End the swap that waits to be paid, and go back to the order."""
    order = _order(secret)
    end_swap(order)
    return redirect(url_for("payments.order", secret=secret), 303)


@bp.get("/kaartje/<secret>/wisselen")
@holder
def ask_ticket(secret: str) -> str:
    """Like `ask`, for a buyer whose order has one ticket, on the page of that ticket."""
    return _page(_own(secret).order, _own(secret))


@bp.post("/kaartje/<secret>/wisselen")
@_limit
@holder
def swap_ticket(secret: str) -> BaseResponse | tuple[str, int]:
    """As `swap`; how to pay is mailed to the buyer, whose order has another link."""
    ticket = _own(secret)
    if answer := _swap(ticket.order, "holder", ticket):
        return answer
    to = "swaps.ask_ticket" if open_swap(ticket.order) else "bookings.ticket"
    return redirect(url_for(to, secret=secret), 303)


def end_swap(order: Order) -> None:
    """End the swap that waits in `order`, once Stripe was asked whether it was paid just now."""
    if waits := open_swap(order):
        paying.close_all(order, clock.now)
        try:
            swapping.call_off_swap(waits, now=clock.now())
        except swapping.SwapOver:  # a second click, or it was paid
            return


def _swap(
    order: Order, maker: str, ticket: Ticket | None = None
) -> BaseResponse | tuple[str, int] | None:
    """Returns the page that says why not; None if it was done."""
    form = TicketSwapForm()
    if not form.validate():
        return _page(order, ticket), 422
    wanted = swapping.SwapRequest(
        ticket.code if ticket else request.form.get("kaartje", ""),
        request.form.get("soort", ""),
        form.form_key.data or "",
        shown=form.shown.data or "-",
        maker=maker,
    )
    try:
        swapping.request_swap(order, wanted, now=clock.now())
    except Refusal as refusal:
        return _page(order, ticket, refusal), refusal.status
    return None


def _page(order: Order, ticket: Ticket | None = None, problem: Refusal | None = None) -> str:
    """Returns the step that is next: which ticket, which type, or whether it is right like this.

    `ticket`: the page is its holder's, and says nothing of the rest of the order.
    """
    now = clock.now()
    live = [each for each in order.tickets if each.released_at is None]
    asked = request.values.get("kaartje", "")
    chosen = ticket or next((each for each in live if each.code == asked or len(live) == 1), None)
    waits = open_swap(order)
    refusal = terms.why_not(chosen or live[0], by_team=False, now=now) if live else None
    options = terms.choices(chosen, by_team=False, now=now) if chosen and not refusal else []
    slug = request.values.get("soort", "")
    offer = next((each for each in options if each.to.slug == slug), None)
    form = TicketSwapForm(formdata=None)
    form.form_key.data, form.shown.data = codes.secret(), offer.mark if offer else ""
    pays = due.due_now(order) if waits else None
    return render_template(
        "payments/swaps/swap.html",
        uses_session=True,
        edition=order.edition,
        order=order,
        ticket=ticket,
        live=live,
        chosen=chosen,
        options=options,
        offer=offer,
        waits=waits if ticket else None,
        to_waiting=url_for("payments.order", secret=order.secret, _anchor="wissel")
        if waits and not ticket
        else "",
        pay_cents=pays.cents if pays else 0,
        form=form,
        confirm=ConfirmForm(),
        refusal=refusal or (terms.SwapNotPossible() if not live else None),
        problems=[str(problem)] if problem else [],
        action=url_for("swaps.swap_ticket", secret=ticket.secret)
        if ticket
        else url_for("swaps.swap", secret=order.secret),
        again=url_for("swaps.ask_ticket", secret=ticket.secret)
        if ticket
        else url_for("swaps.ask", secret=order.secret),
        back=url_for("bookings.ticket", secret=ticket.secret)
        if ticket
        else url_for("payments.order", secret=order.secret),
        days=dates.days,
        span=dates.span,
    )


def _order(secret: str) -> Order:
    return queries.order_by_secret(secret) or ended_links.not_found(secret)


def _own(secret: str) -> Ticket:
    """Returns the ticket with this secret, if it is the only one and goes to its buyer."""
    ticket = ticket_by_secret(secret) or ended_links.not_found(secret)
    if not queries.is_alone(ticket):
        abort(404)
    return ticket
