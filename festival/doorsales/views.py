"""Selling at a gate, on a phone of the crew."""

from datetime import date
from functools import partial

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from festival import clock, codes, pdf, qr
from festival.bookings import documents
from festival.checkin import devices
from festival.checkin import queries as scans
from festival.checkin.models import Gate
from festival.doorsales import queries, rules
from festival.doorsales.forms import MOST, SaleForm, TillForm, sale_form
from festival.doorsales.models import DoorSale
from festival.editions import dates as edition_dates
from festival.editions.addresses import current_edition_for_team
from festival.errors import Refusal
from festival.payments import queries as payments
from festival.payments import summary
from festival.payments.methods import METHOD_NAMES
from festival.team.access import team
from festival.team.saving import Answer, save_form
from festival.tickets import dates, small_business, ticket_qr
from festival.tickets.extras import queries as extras
from festival.tickets.forms import ConfirmForm
from festival.tickets.models import TicketType
from festival.web import languages

bp = Blueprint("doorsales", __name__, url_prefix="/team")


@bp.get("/deur/<slug>/verkoop")
@team("checkin")
def choose(slug: str) -> Answer:
    """Shows what is sold at the door, and what this device sold last."""
    gate = devices.gate_or_404(slug)
    device = devices.current_device()
    if device is None:
        return redirect(url_for("checkin.index", ingang=slug))
    now = clock.now()
    types = queries.door_types(gate.edition, today=gate.edition.day_of(now))
    return render_template(
        "doorsales/choose.html",
        is_ready=partial(small_business.is_ready, day=gate.edition.local(now).date()),
        edition=gate.edition,
        gate=gate,
        types=types,
        sold_now={of.slug for of in types if rules.is_sold_now(of, now=now)},
        latest=queries.latest_sales(device),
        days=edition_dates.days,
        clock=edition_dates.clock,
    )


@bp.route("/deur/<slug>/verkoop/<type_slug>", methods=["GET", "POST"])
@team("checkin")
def sell(slug: str, type_slug: str) -> Answer:
    """Asks number and name, and sells once a button says how it was paid."""
    gate, device = devices.gate_or_404(slug), devices.current_device()
    if device is None:
        return redirect(url_for("checkin.index", ingang=slug))
    of = _door_type(gate, type_slug)
    form = _sale_form(gate, of)
    paid_by = request.form.get("paid_by", "")
    if request.method == "GET":
        form.form_key.data = codes.secret()
        return _sale_page(gate, of, form)
    if not form.validate():
        return _sale_page(gate, of, form), 422
    if paid_by not in (*rules.METHODS, "free"):  # it only wants to know the sum
        return _sale_page(gate, of, form)
    wanted = rules.DoorRequest(
        form_key=form.form_key.data,
        type_slug=of.slug,
        number=form.number.data,
        name=form.name.data or _("Bezoeker"),
        paid_by=paid_by,
        shown_cents=form.unit_cents,
        extras=form.extra_requests(),
        extras_cents=form.shown_extras_cents(request.form),
        reason=form.reason.data or "",
        language=languages.current(),
    )
    try:
        sale = rules.sell(gate, device, wanted, member_id=current_user.id, now=clock.now())
    except Refusal as refusal:
        return _sale_page(gate, _door_type(gate, type_slug), form, refusal), refusal.status
    return redirect(url_for("doorsales.sold", slug=slug, code=sale.order.code), 303)


@bp.get("/deur/<slug>/verkocht/<code>")
@team("checkin")
def sold(slug: str, code: str) -> Answer:
    """Shows a sale: its codes to scan, and what can be done with it."""
    gate, sale = _gate_and_sale(slug, code)
    device = devices.current_device()
    order = sale.order
    entries = scans.entries_of([ticket.id for ticket in order.tickets])
    now = clock.now()
    is_own = device is not None and device.id == sale.device_id
    return render_template(
        "doorsales/sold.html",
        edition=gate.edition,
        gate=gate,
        order=order,
        paid=payments.payments_of(order),
        method_names=METHOD_NAMES,
        codes=_codes(sale),
        nonce=codes.secret(),
        also=extras.in_words(extras.of_orders([order])),
        device=device,
        confirm=ConfirmForm(),
        entered={entry.ticket_id: entry for entry in entries},
        admits_today=gate.edition.day_of(now) in order.tickets[0].type.admits_on,
        may_undo=is_own and rules.is_undoable(order, now=now),
        days=edition_dates.days,
        clock=edition_dates.clock,
    )


@bp.post("/deur/<slug>/verkocht/<code>/binnen")
@team("checkin")
def admit(slug: str, code: str) -> Answer:
    """Let everybody of the sale in at this gate."""
    gate, sale = _gate_and_sale(slug, code)
    device = devices.current_device()
    if device is None:
        return redirect(url_for("checkin.index", ingang=slug))
    nonce = request.form.get("nonce", "")[:48]
    if len(nonce) < 8:
        abort(400)
    found = rules.admit(sale, gate, device, nonce, member_id=current_user.id, now=clock.now())
    if any(scan.outcome not in {"admitted", "already_in"} for scan in found):
        flash(_("Niet iedereen is binnengelaten. Scan de kaartjes om te zien waarom."), "bad")
    return _to_sale(slug, code)


@bp.post("/deur/<slug>/verkocht/<code>/terug")
@team("checkin")
def undo(slug: str, code: str) -> Answer:
    """Undo the sale; the crew gives the money back the way that it came."""
    _gate, sale = _gate_and_sale(slug, code)
    device = devices.current_device()
    if device is None:
        return redirect(url_for("checkin.index", ingang=slug))
    try:
        rules.undo_sale(sale, device, member_id=current_user.id, now=clock.now())
    except rules.CannotUndoSale as refusal:
        flash(str(refusal), "bad")
    return _to_sale(slug, code)


@bp.get("/deur/<slug>/verkocht/<code>/laat-zien")
@team("checkin")
def show(slug: str, code: str) -> Answer:
    """Shows the visitor their codes and nothing else, to photograph."""
    gate, sale = _gate_and_sale(slug, code)
    return render_template(
        "doorsales/show.html",
        edition=gate.edition,
        gate=gate,
        order=sale.order,
        codes=_codes(sale),
        days=edition_dates.days,
    )


@bp.get("/deur/<slug>/verkocht/<code>/bon")
@team("checkin")
def receipt(slug: str, code: str) -> Answer:
    """Shows the receipt, to print: when, who sold, what, and the VAT in it."""
    gate, sale = _gate_and_sale(slug, code)
    order = sale.order
    return render_template(
        "doorsales/receipt.html",
        edition=gate.edition,
        gate=gate,
        order=order,
        account=payments.account(order),
        lines=summary.lines((each.type.name, each.price_cents) for each in order.tickets)
        + summary.lines((each.extra.name, each.price_cents) for each in extras.of_orders([order])),
        method_names=METHOD_NAMES,
        moment=dates.moment,
    )


@bp.get("/deur/<slug>/verkocht/<code>/kaartjes.pdf")
@team("checkin")
def sheets(slug: str, code: str) -> Answer:
    """Serves the valid tickets of the sale on paper."""
    _gate, sale = _gate_and_sale(slug, code)
    valid = [ticket for ticket in sale.order.tickets if ticket.is_valid] or abort(404)
    try:
        document = documents.tickets_pdf(valid, sale.order.language)
    except pdf.CannotMakePdf:
        flash(_("Deze server kan nu geen PDF maken. Vraag het de beheerder."), "bad")
        return _to_sale(slug, code)
    return Response(document, content_type="application/pdf")


@bp.route("/deurverkoop/kassa", methods=["GET", "POST"])
@team("checkin")
def till() -> Answer:
    """Shows what this device sold on a day, and keeps what was counted."""
    edition, device = current_edition_for_team(), devices.current_device()
    if device is None:
        return redirect(url_for("checkin.index"))
    day = _till_day()
    form = TillForm()
    if request.method == "GET":
        form.form_key.data = codes.secret()
    counted, problems, status = save_form(
        form,
        lambda: rules.count_till(
            edition,
            device,
            day,
            form.form_key.data,
            cash_cents=form.cash_cents.data or 0,
            card_cents=form.card_cents.data or 0,
            note=form.note.data or "",
            member_id=current_user.id,
            now=clock.now(),
        ),
    )
    if counted:
        flash(_("De telling is bewaard."), "good")
        return redirect(url_for("doorsales.till", dag=day.isoformat()), 303)
    page = render_template(
        "doorsales/till.html",
        edition=edition,
        device=device,
        day=day,
        till=queries.till(edition, device, day),
        form=form,
        problems=problems,
        day_name=edition_dates.day,
        moment=dates.moment,
    )
    return page, status


def _till_day() -> date:
    """Returns the day that `?dag=` names, or today."""
    try:
        return date.fromisoformat(request.args.get("dag", ""))
    except ValueError:
        return current_edition_for_team().day_of(clock.now())


def _door_type(gate: Gate, slug: str) -> TicketType:
    today = gate.edition.day_of(clock.now())
    found = (of for of in queries.door_types(gate.edition, today=today) if of.slug == slug)
    return next(found, None) or abort(404)


def _sale_form(gate: Gate, of: TicketType) -> SaleForm:
    today = gate.edition.local(clock.now()).date()
    most = max(1, min(MOST, of.pool.left))
    sent = request.form.get("number", "")
    # Tickets that were taken meanwhile are for the rule to refuse.
    if sent.isdecimal() and len(sent) <= len(str(MOST)):
        most = max(most, min(MOST, int(sent)))
    return sale_form(most, extras.on_offer(gate.edition, today))


def _sale_page(gate: Gate, of: TicketType, form: SaleForm, refusal: Refusal | None = None) -> str:
    form.shown_cents.data = str(of.price_cents)
    return render_template(
        "doorsales/sell.html",
        edition=gate.edition,
        gate=gate,
        of=of,
        form=form,
        total_cents=of.price_cents * (form.number.data or 1) + form.extras_cents,
        problems=[str(refusal)] if refusal else [],
        is_free=request.form.get("paid_by") == "free",
        costs_extra=any(extra.price_cents for extra, _field in form.extras),
        days=edition_dates.days,
    )


def _gate_and_sale(slug: str, code: str) -> tuple[Gate, DoorSale]:
    gate = devices.gate_or_404(slug)
    return gate, queries.sale_by_code(gate.edition, code) or abort(404)


def _to_sale(slug: str, code: str) -> Answer:
    return redirect(url_for("doorsales.sold", slug=slug, code=code), 303)


def _codes(sale: DoorSale) -> dict[int, str]:
    """Returns the QR codes of the valid tickets, by ticket id."""
    return {
        ticket.id: qr.svg(
            ticket_qr.address(ticket),
            label=_("QR-code van het kaartje van %(name)s", name=ticket.holder_name),
            name=f"qr-{number}",
        )
        for number, ticket in enumerate(sale.order.tickets)
        if ticket.is_valid
    }
