"""The team's screens for cancelling tickets and for money that goes back to buyers.

Each first shows what would happen, by GET, and then does that and nothing else.
"""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from stdnum import iban
from werkzeug.wrappers import Response as BaseResponse

from festival import clock, codes, money
from festival.db import db
from festival.editions import dates as edition_dates
from festival.editions.addresses import working_edition
from festival.errors import Refusal
from festival.payments import queries, refund_ways, terms
from festival.payments.models import Refund
from festival.payments.refunds import queries as refunds
from festival.payments.refunds.forms import (
    AgainForm,
    AmountBackForm,
    CancelByTeamForm,
    DoneForm,
    DropForm,
    GiveBackForm,
    PayBackForm,
)
from festival.payments.rules import cancelling, refunding
from festival.payments.stripe import paying
from festival.team import exports, lists
from festival.team.access import team
from festival.team.lists import as_asked
from festival.team.saving import Answer
from festival.tickets import dates
from festival.tickets import queries as tickets
from festival.tickets.models import Order, Ticket
from festival.web.forms import asked

bp = Blueprint("refunds_team", __name__, url_prefix="/team/bestellingen")

_COLUMNS = {"since": Refund.requested_at, "amount": Refund.amount_cents}


@bp.get("/<code>/annuleren")
@team("finance")
def ask_cancel(code: str) -> Answer:
    """Asks which tickets to cancel and what goes back, then shows the sums and asks to confirm."""
    order, give = _order(code), GiveBackForm(request.args)
    if order.state not in {"pending", "confirmed"}:
        flash(str(cancelling.AlreadyEnded()), "info")
        return _to_order(code)
    problems = []
    if "verder" in request.args and give.validate():
        if chosen := _chosen(order, request.args.getlist("kaartje")):
            return _confirm_page(order, chosen, give, CancelByTeamForm(formdata=None))
        problems = [str(cancelling.NoTicketChosen())]
    return _choose_page(order, give, problems)


@bp.post("/<code>/annuleren")
@team("finance")
def cancel(code: str) -> Answer:
    """Cancel the chosen tickets of an order, and give back what the page showed."""
    order, give, form = _order(code), GiveBackForm(request.form), CancelByTeamForm()
    wanted = request.form.getlist("kaartje")
    if not form.validate() or not give.validate():
        return _confirm_page(order, _chosen(order, wanted), give, form), 422
    paying.close_all(order, clock.now)
    try:
        cancelling.cancel_tickets(
            order,
            wanted,
            give.give_back,
            reason=form.why,
            shown=form.shown.data or "-",
            member_id=current_user.id,
            now=clock.now(),
        )
    except (cancelling.AlreadyEnded, cancelling.TicketGone) as refusal:  # a second click
        flash(str(refusal), "info")
        return _to_order(code)
    except (cancelling.SumsChanged, cancelling.TicketUsed, terms.NotInReach) as refusal:
        order = _order(code)
        return _confirm_page(order, _chosen(order, wanted), give, form, refusal), refusal.status
    said = ngettext(
        "%(num)s kaartje is geannuleerd.", "%(num)s kaartjes zijn geannuleerd.", len(wanted)
    )
    flash(said, "good")
    return _to_order(code)


@bp.get("/<code>/teruggeven")
@team("finance")
def ask_pay_back(code: str) -> str:
    """Asks how much of a paid order goes back, then shows how and asks to confirm."""
    order, part = _order(code), AmountBackForm(request.args)
    is_asked = "verder" in request.args and part.validate()
    form = PayBackForm(formdata=None)
    form.form_key.data = codes.secret()
    return _pay_back_page(order, part, form, is_asked=is_asked)


@bp.post("/<code>/teruggeven")
@team("finance")
def pay_back(code: str) -> Answer:
    """Ask that a part of what was paid goes back. The tickets stay good."""
    order, part, form = _order(code), AmountBackForm(request.form), PayBackForm()
    if not form.validate() or not part.validate():
        return _pay_back_page(order, part, form, is_asked=part.validate()), 422
    cents = part.amount_cents.data or 0
    try:
        refunding.request_refund(
            order,
            cents,
            form.reason.data or "",
            form.form_key.data or "",
            member_id=current_user.id,
            now=clock.now(),
        )
    except refunding.AlreadyAsked as refusal:  # a second click
        flash(str(refusal), "info")
        return _to_order(code)
    except Refusal as refusal:
        order = _order(code)
        page = _pay_back_page(order, part, form, is_asked=False, problems=[str(refusal)])
        return page, refusal.status
    flash(_("%(amount)s gaat terug.", amount=money.shown(cents)), "good")
    return _to_order(code)


@bp.get("/<code>/terugbetaling/<int(max=2147483647):number>")
@team("finance")
def ask_further(code: str, number: int) -> str:
    """Asks what becomes of a refund that failed, or that the team would transfer."""
    refund = _refund(_order(code), number)
    again = AgainForm(formdata=None)
    again.amount_cents.data = refunding.most_again(refund) or None
    return _further_page(refund, number, again, DropForm(formdata=None))


@bp.post("/<code>/terugbetaling/<int(max=2147483647):number>/opnieuw")
@team("finance")
def request_again(code: str, number: int) -> Answer:
    """Pay a refund that failed, or less of it, by bank transfer."""
    refund, again = _refund(_order(code), number), AgainForm()
    drop = DropForm(formdata=None)
    if not again.validate():
        return _further_page(refund, number, again, drop), 422
    cents = again.amount_cents.data or 0
    try:
        refunding.request_again(refund, cents, member_id=current_user.id, now=clock.now())
    except (refunding.MoreThanIsThere, refunding.NothingToRefund) as refusal:
        again.amount_cents.errors = [str(refusal)]
        return _further_page(_refund(_order(code), number), number, again, drop), refusal.status
    flash(_("De terugbetaling wacht weer op een overschrijving."), "good")
    return _to_order(code)


@bp.post("/<code>/terugbetaling/<int(max=2147483647):number>/vallen")
@team("finance")
def drop(code: str, number: int) -> Answer:
    """Drop a refund: nothing goes back by it."""
    refund, form = _refund(_order(code), number), DropForm()
    if not form.validate():
        again = AgainForm(formdata=None)
        again.amount_cents.data = refunding.most_again(refund) or None
        return _further_page(refund, number, again, form), 422
    refunding.drop_refund(refund, form.note.data or "", member_id=current_user.id, now=clock.now())
    flash(_("De terugbetaling gaat niet door."), "info")
    return _to_order(code)


@bp.get("/terug")
@team("finance")
def index() -> str:
    """Lists the refunds that are open, and those that are done."""
    form = DoneForm(formdata=None)
    form.done_on.data = working_edition().local(clock.now()).date()
    return _list_page(form, [])


@bp.get("/terug/csv")
@team("finance")
def refunds_csv() -> Response:
    """Serves the same refunds as a CSV file, with amounts in euros."""
    edition = working_edition()
    query = refunds.refunds(edition, **_asked()).order_by(Refund.requested_at, Refund.id)
    heads = ["order", "name", "email", "amount", "iban", "state", "reason", "since", "done"]
    rows = (
        (
            refund.order.code,
            refund.order.name,
            refund.order.email,
            refund.amount_cents / 100,
            refund.iban,
            refund.state,
            refund.reason,
            edition.local(refund.requested_at).date(),
            edition.local(refund.done_at).date() if refund.done_at else None,
        )
        for refund in db.session.scalars(query)
    )
    return exports.csv_response("terugbetalen", heads, rows)


@bp.post("/terug")
@team("finance")
def finish() -> Answer:
    """Tick off the chosen refunds: the team paid them back."""
    edition, form, wanted = working_edition(), DoneForm(), request.form.getlist("terug")
    if not form.validate():
        return _list_page(form, wanted), 422
    chosen = refunds.refunds_by_names(edition, wanted)
    try:
        refunding.finish_refunds(
            chosen, done_on=form.done_on.data, method=form.method.data, now=clock.now()
        )
    except Refusal as refusal:
        return _list_page(form, wanted, [str(refusal)]), refusal.status
    said = ngettext(
        "%(num)s terugbetaling is afgevinkt.",
        "%(num)s terugbetalingen zijn afgevinkt.",
        len(chosen),
    )
    flash(said, "good")
    return redirect(as_asked(url_for("refunds_team.index")), 303)


def _order(code: str) -> Order:
    return tickets.order_by_code(code) or abort(404)


def _refund(order: Order, number: int) -> Refund:
    """Returns a refund of the order by its number: 1 is the oldest."""
    refunds_of = queries.refunds_of(order)
    return refunds_of[number - 1] if 1 <= number <= len(refunds_of) else abort(404)


def _to_order(code: str) -> BaseResponse:
    return redirect(url_for("payments_team.order", code=code), 303)


def _live(order: Order) -> list[Ticket]:
    return [ticket for ticket in order.tickets if ticket.released_at is None]


def _chosen(order: Order, wanted: Sequence[str]) -> list[Ticket]:
    return [ticket for ticket in _live(order) if ticket.code in wanted]


def _choose_page(order: Order, give: GiveBackForm, problems: Sequence[str]) -> str:
    return render_template(
        "payments/refunds/choose.html",
        order=order,
        live=_live(order),
        chosen=request.args.getlist("kaartje") if "verder" in request.args else None,
        give=give,
        problems=problems,
        is_paid=queries.balance(order).paid_cents > 0,
        days=edition_dates.days,
    )


def _confirm_page(
    order: Order,
    chosen: Sequence[Ticket],
    give: GiveBackForm,
    form: CancelByTeamForm,
    refusal: Refusal | None = None,
) -> str:
    if not chosen:  # cancelled meanwhile
        return _choose_page(order, give, [str(cancelling.TicketGone())])
    balance = queries.balance(order)
    try:
        fees = terms.fees_giving(order, chosen, balance, give.give_back, now=clock.now())
    except terms.NotInReach as problem:
        give.amount_cents.errors = [str(problem)]
        return _choose_page(order, give, [])
    sums = terms.settlement(order, chosen, balance, fees)
    form.shown.data = sums.mark
    return render_template(
        "payments/refunds/cancel.html",
        order=order,
        chosen=chosen,
        is_all=len(chosen) == len(_live(order)),
        places=[each for each in queries.places_of(order) if each.ticket_id in fees],
        sums=sums,
        gift_cents=sum(each.gift_cents for each in chosen) if order.confirmed_at else 0,
        back_cents=sums.back_cents,
        by_hand_cents=refund_ways.by_hand_cents(order, sums.back_cents),
        give=give,
        form=form,
        problems=[str(refusal)] if refusal else [],
        days=edition_dates.days,
    )


def _pay_back_page(
    order: Order,
    part: AmountBackForm,
    form: PayBackForm,
    *,
    is_asked: bool,
    problems: Sequence[str] = (),
) -> str:
    balance = queries.balance(order)
    most = terms.most_back(order, balance)
    cents = part.amount_cents.data or 0
    if is_asked and not 0 < cents <= most:
        part.amount_cents.errors = [
            str(refunding.MoreThanIsThere(most=money.shown(most)))
            if cents > 0
            else str(refunding.NothingToRefund())
        ]
        is_asked = False
    return render_template(
        "payments/refunds/pay_back.html",
        order=order,
        most=most,
        back_cents=cents,
        by_hand_cents=refund_ways.by_hand_cents(order, cents),
        is_asked=is_asked,
        part=part,
        form=form,
        problems=problems,
    )


def _further_page(refund: Refund, number: int, again: AgainForm, drop: DropForm) -> str:
    return render_template(
        "payments/refunds/further.html",
        order=refund.order,
        refund=refund,
        number=number,
        most=refunding.most_again(refund) if refund.state == "failed" else 0,
        is_open=refund.state == "failed"
        or (refund.state == "requested" and refund_ways.is_by_hand(refund)),
        again=again,
        drop=drop,
    )


def _asked() -> dict[str, str]:
    state = request.args.get("state", "")
    return {"text": asked("q"), "state": state if state in refunds.STATES else "open"}


def _list_page(form: DoneForm, chosen: Sequence[str], problems: Sequence[str] = ()) -> str:
    edition, wanted = working_edition(), _asked()
    listing = lists.listing(refunds.refunds(edition, **wanted), _COLUMNS, default="since")
    return render_template(
        "payments/refunds/index.html",
        edition=edition,
        listing=listing,
        sums=refunds.sums(edition),
        called=refunds.names_of(listing.rows),
        chosen=chosen,
        is_by_hand=refund_ways.is_by_hand,
        form=form,
        problems=problems,
        format_iban=iban.format,
        local_day=dates.local_day,
        **wanted,
    )
