"""The team swaps a ticket: for any type, with or without the difference in price."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from festival import clock, codes
from festival.editions import dates
from festival.errors import Refusal
from festival.payments import refund_ways
from festival.payments.rules import swapping
from festival.payments.swaps import terms
from festival.payments.swaps.forms import PriceForm, TeamTicketSwapForm
from festival.payments.swaps.views import end_swap
from festival.team.access import team
from festival.tickets import queries
from festival.tickets.models import Order, Ticket

bp = Blueprint("swaps_team", __name__, url_prefix="/team/bestellingen")


@bp.get("/<code>/wisselen/<ticket>")
@team("finance")
def ask(code: str, ticket: str) -> str:
    """Asks which type and what happens to the price, then shows the sums and asks why."""
    return _page(_ticket(code, ticket), PriceForm(request.args), TeamTicketSwapForm(formdata=None))


@bp.post("/<code>/wisselen/<ticket>")
@team("finance")
def swap(code: str, ticket: str) -> BaseResponse | tuple[str, int]:
    """Swap the ticket, or keep a place until the difference is paid."""
    found, price, form = _ticket(code, ticket), PriceForm(request.form), TeamTicketSwapForm()
    if not form.validate() or not price.validate():
        return _page(found, price, form), 422
    wanted = swapping.SwapRequest(
        found.code,
        request.form.get("soort", ""),
        form.form_key.data or "",
        shown=form.shown.data or "-",
        maker="team",
        member_id=current_user.id,
        reason=form.reason.data or "",
        keeps_price=price.keeps_price,
    )
    try:
        done = swapping.request_swap(found.order, wanted, now=clock.now())
    except Refusal as refusal:
        return _page(_ticket(code, ticket), price, form, refusal), refusal.status
    if done.outcome:
        flash(_("Het kaartje is gewisseld."), "good")
    else:
        flash(_("De plaats is vastgehouden. Het kaartje wisselt zodra de koper betaalt."), "good")
    return _to_order(code)


@bp.post("/<code>/wisselen/afzien")
@team("finance")
def call_off(code: str) -> BaseResponse:
    """End the swap that waits to be paid."""
    end_swap(_order(code))
    flash(_("De wissel gaat niet door. Het kaartje blijft wat het was."), "good")
    return _to_order(code)


def _page(
    ticket: Ticket, price: PriceForm, form: TeamTicketSwapForm, problem: Refusal | None = None
) -> str:
    now, order = clock.now(), ticket.order
    refusal = terms.why_not(ticket, by_team=True, now=now)
    options = [] if refusal else terms.choices(ticket, by_team=True, now=now)
    slug = request.values.get("soort", "")
    offer = next((each for each in options if each.to.slug == slug), None)
    if offer and price.keeps_price:
        offer = terms.quote(ticket, offer.to, by_team=True, keeps_price=True, now=now)
    form.shown.data = offer.mark if offer else ""
    if not form.form_key.data or problem:
        form.form_key.data = codes.secret()
    return render_template(
        "payments/swaps/team_swap.html",
        order=order,
        ticket=ticket,
        options=options,
        offer=offer,
        by_hand_cents=refund_ways.by_hand_cents(order, offer.back_cents) if offer else 0,
        back_cents=offer.back_cents if offer else 0,
        price=price,
        form=form,
        refusal=refusal,
        problems=[str(problem)] if problem else [],
        days=dates.days,
        span=dates.span,
        edition=order.edition,
    )


def _order(code: str) -> Order:
    return queries.order_by_code(code) or abort(404)


def _ticket(code: str, ticket: str) -> Ticket:
    order = _order(code)
    return next((each for each in order.tickets if each.code == ticket), None) or abort(404)


def _to_order(code: str) -> BaseResponse:
    return redirect(url_for("payments_team.order", code=code), 303)
