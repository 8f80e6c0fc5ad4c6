"""The pages on which tickets that were ordered without a name get one."""

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from festival import clock
from festival.corrections import terms
from festival.corrections.naming_forms import NamesForm, OwnNameForm, Preview, take_file
from festival.corrections.people import Maker, mark_of
from festival.corrections.rules import naming
from festival.corrections.views import bp, count_letters, limit_changes
from festival.editions import dates
from festival.email_addresses import canonical
from festival.errors import Refusal
from festival.team.access import holder
from festival.tickets import ended_links, nameless
from festival.tickets.models import Order, Ticket
from festival.tickets.queries import order_by_secret, ticket_to_name


@bp.get("/bestelling/<secret>/namen")
@holder
def ask_names(secret: str) -> str:
    """Shows which tickets have no name, and asks for a list of names."""
    return _names_page(_order(secret), NamesForm(formdata=None))


@bp.post("/bestelling/<secret>/namen")
@limit_changes
@holder
def name_all(secret: str) -> str | BaseResponse | tuple[str, int]:
    """Show who gets which ticket; once that was seen and agreed to, name them."""
    order, form = _order(secret), NamesForm()
    problem = take_file(form)
    if not form.validate() or problem:
        return _names_page(order, form, problem=problem), 422
    preview = preview_of(order, form)
    if not (preview.is_good and "bewaar" in request.form and form.shown.data == preview.mark):
        return _names_page(order, form, preview), 200 if preview.is_good else 422
    try:
        if terms.why_not(order, now=clock.now()) is None:
            count_letters([("", each) for each in preview.addresses()], preview.addresses())
        naming.name_tickets(order, preview.names(), by=Maker("buyer"), now=clock.now())
    except Refusal as refusal:
        return _names_page(order, form, problem=refusal), refusal.status
    return redirect(url_for("payments.order", secret=secret, _anchor="gewijzigd"), 303)


@bp.get("/naam/<secret>")
@holder
def ask_own_name(secret: str) -> str | tuple[str, int]:
    """Asks whoever got this link for their name, for one ticket."""
    return _own_page(_ticket(secret), OwnNameForm(formdata=None))


@bp.post("/naam/<secret>")
@limit_changes
@holder
def name_own(secret: str) -> BaseResponse | tuple[str, int]:
    """Put the name on the ticket and show it."""
    ticket, form = _ticket(secret), OwnNameForm()
    if not form.validate():
        page = _own_page(ticket, form)
        return page if isinstance(page, tuple) else (page, 422)
    try:
        if ticket.is_nameless and terms.why_not(ticket.order, ticket, now=clock.now()) is None:
            to = canonical(form.email.data or "")
            count_letters([("", to), ("", ticket.order.email)], [to])
        naming.name_own_ticket(ticket, form.person(), now=clock.now())
    except naming.NamedAlready:
        return _named_page(_ticket(secret))
    except Refusal as refusal:
        page = _own_page(_ticket(secret), form, refusal)
        return page if isinstance(page, tuple) else (page, refusal.status)
    return redirect(url_for("bookings.ticket", secret=ticket.secret), 303)


def preview_of(order: Order, form: NamesForm) -> Preview:
    """Returns what the list in `form` does to the tickets of `order`."""
    sure = tuple(request.form.getlist("zeker"))[:50]
    return Preview(form.names.data or "", nameless.nameless_of(order), sure)


def _names_page(
    order: Order,
    form: NamesForm,
    preview: Preview | None = None,
    *,
    problem: Refusal | None = None,
) -> str:
    form.shown.data = preview.mark if preview and preview.is_good else ""
    return render_template(
        "corrections/names.html",
        uses_session=True,
        edition=order.edition,
        order=order,
        tickets=nameless.nameless_of(order),
        form=form,
        preview=preview,
        refusal=terms.why_not(order, now=clock.now()),
        problems=[str(problem)] if problem else [],
        last_day=dates.day(dates.last_day_to_change(order.edition)),
    )


def _own_page(
    ticket: Ticket, form: OwnNameForm, problem: Refusal | None = None
) -> str | tuple[str, int]:
    if not ticket.is_nameless:
        return _named_page(ticket)
    if not form.is_submitted():
        form.seen.data = mark_of(ticket)
    edition = ticket.order.edition
    return render_template(
        "corrections/own_name.html",
        uses_session=True,
        edition=edition,
        ticket=ticket,
        form=form,
        refusal=terms.why_not(ticket.order, ticket, now=clock.now()),
        problems=[str(problem)] if problem else [],
        days=dates.days(ticket.type.admits_on),
    )


def _named_page(ticket: Ticket) -> tuple[str, int]:
    return render_template("corrections/named.html", edition=ticket.order.edition), 410


def _order(secret: str) -> Order:
    return order_by_secret(secret) or ended_links.not_found(secret)


def _ticket(secret: str) -> Ticket:
    return ticket_to_name(secret) or abort(404)
