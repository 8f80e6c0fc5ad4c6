"""The pages on which holders and buyers correct names and addresses."""

from collections.abc import Collection, Iterable

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from festival import clock
from festival.bookings.queries.held_places import live_bookings, ticket_by_secret
from festival.corrections import terms
from festival.corrections.forms import HandOnForm, PeopleForm
from festival.corrections.people import Maker, mark_of
from festival.corrections.rules import correcting, handing_on
from festival.editions import dates
from festival.email_addresses import canonical, mailbox_of
from festival.errors import Refusal
from festival.team.access import holder
from festival.tickets import ended_links
from festival.tickets.models import Order, Ticket
from festival.tickets.queries import order_by_secret, ticket_to_name
from festival.web import limits
from festival.web.limits import PER_LINK, limiter, link

bp = Blueprint("corrections", __name__)

_LETTERS = "30 per day"  # to one address


def _order_of_link() -> str:
    """Returns a key: the order of the link, because a correction gives it another secret."""
    secret = link()
    ticket = ticket_by_secret(secret) or ticket_to_name(secret)
    order = ticket.order if ticket else order_by_secret(secret)
    return f"order {order.code}" if order else secret


limit_changes = limiter.shared_limit(
    "60 per hour; 200 per day", scope="letters", key_func=_order_of_link, error_message=PER_LINK
)


class TooManyLettersThere(Refusal):
    """Naar {address} stuurden we vandaag al heel veel brieven. Probeer het morgen nog eens, of kies
    een ander adres."""

    status = 429


class TooManyLettersSent(Refusal):
    """Hier is vandaag al heel vaak iets gewijzigd of doorgegeven. Probeer het morgen nog eens."""

    # It does not name who hears of that: whoever has the link may not know every address.
    status = 429


@bp.get("/kaartje/<secret>/gegevens")
@holder
def ask_ticket(secret: str) -> str:
    """Shows name and address of a ticket, to correct them."""
    ticket = _ticket(secret)
    return _page(_form_of(ticket, sent=False), ticket)


@bp.post("/kaartje/<secret>/gegevens")
@limit_changes
@holder
def correct_ticket(secret: str) -> BaseResponse | tuple[str, int]:
    """Correct them and go back to the ticket, which has another link if its address changed."""
    ticket = _ticket(secret)
    form = _form_of(ticket, sent=True)
    if not form.validate():
        return _page(form, ticket), 422
    try:
        _correct(form, "holder")
    except Refusal as refusal:
        return _page(form, ticket, refusal), refusal.status
    back = url_for("bookings.ticket", secret=ticket.secret, _anchor="gewijzigd")
    return redirect(back, 303)


@bp.get("/kaartje/<secret>/doorgeven")
@holder
def ask_hand_on(secret: str) -> str:
    """Asks who gets the ticket, and says what that does."""
    return _hand_on_page(_ticket(secret), HandOnForm(formdata=None))


@bp.post("/kaartje/<secret>/doorgeven")
@limit_changes
@holder
def hand_on(secret: str) -> BaseResponse | tuple[str, int]:
    """Hand the ticket on. Its old link then says that it was."""
    ticket, form = _ticket(secret), HandOnForm()
    if not form.validate():
        return _hand_on_page(ticket, form), 422
    try:
        if handing_on.why_not(ticket, now=clock.now()) is None:
            to = canonical(form.email.data)
            count_letters([(ticket.email, to)], [to])
        handing_on.hand_on(ticket, form.person(), by=Maker("holder"), now=clock.now())
    except Refusal as refusal:
        # Where somebody else was first, the link is void and says so.
        return _hand_on_page(_ticket(secret), form, refusal), refusal.status
    return redirect(url_for("bookings.ticket", secret=secret), 303)


@bp.get("/bestelling/<secret>/gegevens")
@holder
def ask_order(secret: str) -> str:
    """Shows the buyer and the holders whose tickets go to the buyer, to correct them."""
    return _page(_form_of(_order(secret), sent=False))


@bp.post("/bestelling/<secret>/gegevens")
@limit_changes
@holder
def correct_order(secret: str) -> BaseResponse | tuple[str, int]:
    """Correct them and go back to the order, which has another link if its address changed."""
    order = _order(secret)
    form = _form_of(order, sent=True)
    if not form.validate():
        return _page(form), 422
    try:
        _correct(form, "buyer")
    except Refusal as refusal:
        return _page(form, None, refusal), refusal.status
    if secret in session.get("orders", []):
        session["orders"] = [order.secret if each == secret else each for each in session["orders"]]
    return redirect(url_for("payments.order", secret=order.secret, _anchor="gewijzigd"), 303)


def _correct(form: PeopleForm, maker: str) -> None:
    if terms.why_not(form.order, now=clock.now()) is None:
        count_letters(form.moves(), form.typed_addresses())
    correcting.correct_people(form.order, form.correction(), by=Maker(maker), now=clock.now())


def count_letters(moves: Iterable[tuple[str, str]], typed: Collection[str]) -> None:
    """Refuse if an old or a new address got very many letters today.

    Anybody may type anybody's address, so letters are counted by who gets them.
    """
    for address in sorted({each for move in moves if len(set(move)) > 1 for each in move} - {""}):
        if not limits.take("letters about orders", mailbox_of(address), _LETTERS):
            if address in typed:
                raise TooManyLettersThere(address=address)
            raise TooManyLettersSent


def _form_of(of: Order | Ticket, *, sent: bool) -> PeopleForm:
    formdata = request.form if sent else None
    if isinstance(of, Ticket):
        return PeopleForm(of.order, [of], formdata, has_buyer=False)
    own = [
        each
        for each in of.tickets
        if not (each.holder_email or each.released_at or each.is_nameless)
    ]
    return PeopleForm(of, own, formdata, has_buyer=True)


def _page(form: PeopleForm, ticket: Ticket | None = None, problem: Refusal | None = None) -> str:
    order = form.order
    return render_template(
        "corrections/correct.html",
        uses_session=True,
        edition=order.edition,
        order=order,
        ticket=ticket,
        form=form,
        refusal=terms.why_not(order, ticket, now=clock.now()),
        problems=[str(problem)] if problem else [],
        last_day=dates.day(dates.last_day_to_change(order.edition)),
    )


def _hand_on_page(ticket: Ticket, form: HandOnForm, problem: Refusal | None = None) -> str:
    if not form.is_submitted():
        form.seen.data = mark_of(ticket)
    edition = ticket.order.edition
    return render_template(
        "corrections/hand_on.html",
        uses_session=True,
        edition=edition,
        ticket=ticket,
        form=form,
        refusal=handing_on.why_not(ticket, now=clock.now()),
        problems=[str(problem)] if problem else [],
        places=[
            (
                booking.slot.session.title,
                dates.span(edition, booking.slot.starts_at, booking.slot.ends_at),
            )
            for booking in live_bookings([ticket.id])
        ],
        last_day=dates.day(dates.last_day_to_change(edition)),
    )


def _ticket(secret: str) -> Ticket:
    return ticket_by_secret(secret) or ended_links.not_found(secret)


def _order(secret: str) -> Order:
    return order_by_secret(secret) or ended_links.not_found(secret)
