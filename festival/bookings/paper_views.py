"""Tickets on paper, for holders and buyers."""

from collections.abc import Callable

from flask import Response, abort, render_template
from flask_babel import gettext as _

from festival import pdf
from festival.bookings import documents
from festival.bookings.views import bp, file_of, the_ticket
from festival.team.access import holder
from festival.tickets import ended_links
from festival.tickets.models import Order, Ticket
from festival.tickets.queries import order_by_secret
from festival.web import languages
from festival.web.limits import PER_LINK, limiter, link
from festival.web.logs import log

_limit_paper = limiter.limit("30 per minute", key_func=link, error_message=PER_LINK)


@bp.get("/kaartje/<secret>/kaartje.pdf")
@holder
@_limit_paper
def ticket_pdf(secret: str) -> Response | tuple[str, int]:
    """Serves this ticket as a PDF."""
    ticket = the_ticket(secret)
    if not ticket.is_valid:
        abort(404)
    return _pdf([ticket], _("kaartje-%(code)s.pdf", code=ticket.code))


@bp.get("/bestelling/<secret>/kaartjes.pdf")
@holder
@_limit_paper
def order_pdf(secret: str) -> Response | tuple[str, int]:
    """Serves the valid tickets that go to the buyer as a PDF, a sheet for each.

    Holders with an address of their own got theirs: what they do that day is not the buyer's.
    """
    order = order_by_secret(secret) or ended_links.not_found(secret)
    return _pdf(_of_buyer(order), _("kaartjes-%(code)s.pdf", code=order.code))


@bp.get("/bestelling/<secret>/vel.pdf")
@holder
@_limit_paper
def order_sheet(secret: str) -> Response | tuple[str, int]:
    """Serves the same tickets, with QR code and name, on as few sheets as can be."""
    order = order_by_secret(secret) or ended_links.not_found(secret)
    tickets = _of_buyer(order)
    return _pdf(tickets, _("vel-%(code)s.pdf", code=order.code), make=documents.compact_pdf)


def _of_buyer(order: Order) -> list[Ticket]:
    return [each for each in order.tickets if each.is_valid and not each.holder_email] or abort(404)


def _pdf(
    tickets: list[Ticket],
    name: str,
    *,
    make: Callable[[list[Ticket], str], bytes] = documents.tickets_pdf,
) -> Response | tuple[str, int]:
    try:
        document = make(tickets, languages.current())
    except pdf.CannotMakePdf:
        log.exception("no PDF libraries")
        page = render_template(
            "bookings/no_pdf.html", edition=tickets[0].order.edition, tickets=tickets
        )
        return page, 503
    return file_of(document, "application/pdf", name)
