"""The team's screens for ordering for somebody, and for printing the tickets of any order."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from festival import clock, codes, pdf
from festival.bookings import documents
from festival.editions import dates
from festival.editions.addresses import working_edition
from festival.payments.by_hand_forms import by_hand_form
from festival.payments.rules import ordering_by_hand
from festival.team.access import team
from festival.team.saving import Answer, save_form
from festival.tickets import offers
from festival.tickets import queries as tickets
from festival.tickets.extras import queries as extras
from festival.tickets.models import Ticket
from festival.tickets.vouchers import prices

bp = Blueprint("payments_by_hand", __name__, url_prefix="/team/bestellingen")


@bp.route("/nieuw", methods=["GET", "POST"])
@team("finance")
def order() -> Answer:
    """Order for somebody. Afterwards their order's page has what to print or to wait for."""
    edition = working_edition()
    types = tickets.ticket_types(edition)
    offered = extras.on_offer(edition, edition.local(clock.now()).date())
    form = by_hand_form(types, offered)
    if request.method == "GET":
        form.form_key.data = codes.secret()
    form.sure = tuple(request.form.getlist("zeker"))[:5]
    placed, problems, status = save_form(
        form,
        lambda: ordering_by_hand.order_by_hand(
            edition,
            form.order_request(member_id=current_user.id),
            form.received(),
            now=clock.now(),
        ),
    )
    if placed:
        said = _("De bestelling staat erin, en de mail is onderweg.")
        flash(said if placed.email else _("De bestelling staat erin. Er gaat geen mail."), "good")
        return redirect(url_for("payments_team.order", code=placed.code), 303)
    # Where it changed, the sentence that the rule gave says what.
    sold = prices.priced(types, None, now=clock.now())
    offer = offers.offer_of(edition, sold, None, offered, now=clock.now())
    if form.is_submitted() and not problems:
        problems = offers.changes(offers.read(form.shown.data or ""), offer)
    form.shown.data = offers.written(offer)
    page = render_template(
        "payments/team/by_hand.html",
        edition=edition,
        form=form,
        types=types,
        offered=offered,
        doubted=[form.email.data] if form.email.errors else [],
        problems=problems,
        days=dates.days,
    )
    return page, status


@bp.get("/<code>/kaartjes.pdf")
@team("finance")
def sheets(code: str) -> Answer:
    """Serves all valid tickets of the order on paper, in its language, each on its own sheet."""
    return _paper(code, documents.tickets_pdf, _("kaartjes-%(code)s.pdf", code=code))


@bp.get("/<code>/vel.pdf")
@team("finance")
def sheet(code: str) -> Answer:
    """Serves them with QR code and name, on as few sheets as can be."""
    return _paper(code, documents.compact_pdf, _("vel-%(code)s.pdf", code=code))


def _paper(code: str, make: Callable[[list[Ticket], str], bytes], name: str) -> Answer:
    order = tickets.order_by_code(code) or abort(404)
    valid = [ticket for ticket in order.tickets if ticket.is_valid] or abort(404)
    try:
        document = make(valid, order.language)
    except pdf.CannotMakePdf:
        flash(_("Deze server kan nu geen PDF maken. Vraag het de beheerder."), "bad")
        return redirect(url_for("payments_team.order", code=code))
    response = Response(document, content_type="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=name)
    return response
