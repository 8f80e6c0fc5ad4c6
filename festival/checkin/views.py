"""The crew's scanner, and what a ticket QR shows on any other phone."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from festival import clock, codes, text
from festival.bookings.models import Booking
from festival.bookings.queries.held_places import live_bookings
from festival.checkin import devices, extras, queries, rules
from festival.checkin.forms import DeviceForm
from festival.checkin.models import Device, Gate, Scan
from festival.checkin.words import outcome_words
from festival.editions.addresses import current_edition_for_team
from festival.errors import Refusal
from festival.team.access import may, public, team
from festival.tickets import ticket_qr
from festival.tickets.extras import handing_out
from festival.tickets.models import Ticket
from festival.web import faults, headers
from festival.web.forms import asked

bp = Blueprint("checkin", __name__)

_METHODS = {"camera", "typed", "name"}


@bp.get("/T/<token>")
@public
def show_pass(token: str) -> str:
    """Shows what anyone sees who opens a ticket QR with a phone: nothing about its holder."""
    try:
        ticket_qr.read(token)
    except (ticket_qr.NotATicketQr, ticket_qr.ForgedTicketQr):
        return render_template("checkin/show_pass.html", is_ours=False)
    return render_template("checkin/show_pass.html", is_ours=True)


@bp.get("/team/deur")
@team("checkin")
def index() -> str:
    """Choose a gate to scan at."""
    return _choose_gate(DeviceForm())


@bp.post("/team/deur")
@team("checkin")
def register_device() -> ResponseReturnValue:
    """Give this phone a name, then go to the chosen gate."""
    form = DeviceForm()
    gate = devices.gate_or_404(request.form.get("gate", ""))
    if not form.validate_on_submit():
        return _choose_gate(form), 422
    device = rules.register_device(form.name.data, now=clock.now())
    token = device.token
    response = redirect(url_for("checkin.gate", slug=gate.slug))
    devices.remember_device(response, token)
    return response


@bp.get("/team/deur/<slug>")
@team("checkin")
def gate(slug: str) -> ResponseReturnValue:
    """Shows the scanner of one gate: camera, typed code or name. `?scan=` shows a scan's answer."""
    gate, device = devices.gate_or_404(slug), devices.current_device()
    if device is None:
        return redirect(url_for("checkin.index", ingang=slug))
    nonce = request.args.get("scan", "")
    scan = queries.scan_of(device.id, nonce) if nonce else None
    return _gate_page(gate, device, _answer(scan) if scan else None)


def _gate_page(gate: Gate, device: Device, answer: dict[str, Any] | None) -> str:
    headers.allow_camera()
    words = asked("q")
    return render_template(
        "checkin/gate.html",
        gate=gate,
        device=device,
        nonce=codes.secret(),
        answer=answer,
        words=words,
        found=queries.find_tickets(gate.edition_id, words) if len(words) > 1 else [],
        most_found=queries.MOST_FOUND,
        counts=_counts(gate),
        recent=queries.recent_scans(device.id),
        outcome_words=outcome_words(),
        undoable_from=clock.now() - rules.UNDO_WITHIN,
    )


@bp.post("/team/deur/<slug>")
@team("checkin")
@faults.takes_json
def scan(slug: str) -> ResponseReturnValue:
    """Handle one reading. The page's script gets JSON, a form a redirect to the page.

    Who types the code of an order gets its tickets, to choose from.
    """
    now = clock.now()
    gate, device = devices.gate_or_404(slug), devices.current_device()
    sent = _sent()
    if device is None:
        return _device_is_new(slug)
    reading = _reading(sent, now=now)
    try:
        scan = rules.scan(gate, device, reading, member_id=current_user.id, now=now)
    except rules.CodeOfOrder:
        to = url_for("checkin.gate", slug=slug, q=reading.text, _anchor="gevonden")
        return jsonify(go=to) if request.is_json else redirect(to)
    scan = queries.answered(scan)
    if not request.is_json:
        return redirect(url_for("checkin.gate", slug=slug, scan=scan.nonce))
    answer = _answer(scan)
    return jsonify(
        outcome=answer["outcome"],
        stays=bool(answer["extras"]),
        html=render_template("checkin/answer.html", answer=answer, gate=gate),
        counts=_counts(gate),
    )


@bp.post("/team/deur/<slug>/terug")
@team("checkin")
@faults.takes_json
def undo(slug: str) -> ResponseReturnValue:
    """Undo a scan of this device, by its nonce."""
    gate, device = devices.gate_or_404(slug), devices.current_device()
    if device is None:
        return _device_is_new(slug)
    sent = _sent()
    scan = queries.scan_of(device.id, _text(sent, "nonce"))
    if scan is None:
        abort(404)
    rules.undo_scan(scan, now=clock.now())
    if request.is_json:
        return jsonify(
            html=render_template("checkin/answer.html", answer=_answer(scan), gate=gate),
            counts=_counts(gate),
        )
    return redirect(url_for("checkin.gate", slug=slug, scan=scan.nonce))


@bp.post("/team/deur/<slug>/uitreiken")
@team("checkin")
@faults.takes_json
def hand_out(slug: str) -> ResponseReturnValue:
    """Hand out an extra of a ticket that this device scanned, or with `back` say it was not."""
    gate, device = devices.gate_or_404(slug), devices.current_device()
    if device is None:
        return _device_is_new(slug)
    sent = _sent()
    scan = queries.scan_of(device.id, _text(sent, "nonce"))
    ordered = extras.found(scan, _text(sent, "item")) if scan else None
    if scan is None or ordered is None:
        abort(404)
    now, refused = clock.now(), ""
    try:
        if sent.get("back"):
            handing_out.take_back(ordered, now=now)
        else:
            key = _text(sent, "key")[:64]
            handing_out.hand_out(ordered, key, member_id=current_user.id, now=now)
    except Refusal as refusal:
        refused = str(refusal)
    answer = _answer(queries.answered(scan), refused)
    if request.is_json:
        html = render_template("checkin/answer.html", answer=answer, gate=gate)
        return jsonify(outcome="refused" if refused else "handed_out", stays=True, html=html)
    if refused:
        return _gate_page(gate, device, answer), 409
    return redirect(url_for("checkin.gate", slug=slug, scan=scan.nonce))


@bp.get("/team/deur/<slug>/stand")
@team("checkin")
def counts(slug: str) -> ResponseReturnValue:
    """Returns how many are in, for the page's script."""
    return jsonify(counts=_counts(devices.gate_or_404(slug)))


def _choose_gate(form: DeviceForm) -> str:
    edition = current_edition_for_team()
    today = edition.day_of(clock.now())
    return render_template(
        "checkin/index.html",
        edition=edition,
        form=form,
        gates=queries.gates(edition.id),
        counts=queries.counts(edition.id, today),
        device=devices.current_device(),
        can_manage=may("organiser"),
        chosen=request.values.get("gate") or request.args.get("ingang", ""),
    )


def _device_is_new(slug: str) -> ResponseReturnValue:
    back = url_for("checkin.index", ingang=slug)
    if request.is_json or faults.wants_json():
        response = jsonify(error="DeviceIsNew", go=back)
        response.status_code = 409
        return response
    return redirect(back)


def _sent() -> Mapping[str, Any]:
    """Returns the fields that the page's script or its form sent."""
    sent: Mapping[str, Any] = request.get_json() if request.is_json else request.form
    return sent


def _text(sent: Mapping[str, Any], name: str) -> str:
    """Returns the text sent as `name`, clean."""
    return text.line(str(sent.get(name, "")))


def _reading(sent: Mapping[str, Any], *, now: datetime) -> rules.ScanReading:
    method = str(sent.get("method", "typed"))
    nonce = _text(sent, "nonce")[:64]
    if method not in _METHODS or len(nonce) < 8:
        abort(400)
    return rules.ScanReading(
        text=_text(sent, "text"),
        method=method,
        nonce=nonce,
        scanned_at=_moment(sent.get("scanned_at")) or now,
        age=_age(sent.get("age")),
    )


def _age(milliseconds: Any) -> timedelta | None:
    """Returns how long ago a device made a reading; None for anything else than a number."""
    if type(milliseconds) not in (int, float):
        return None
    try:
        return timedelta(milliseconds=milliseconds)
    except (OverflowError, ValueError):  # infinite, or no number at all
        return None


def _moment(text: Any) -> datetime | None:
    """Returns the time that a device sent as ISO 8601 with an offset; None for anything else."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _answer(scan: Scan, refused: str = "") -> dict[str, Any]:
    """Returns what checkin/answer.html shows to the crew after a scan.

    `refused`: why something was not handed out.
    """
    ticket = scan.ticket
    first = None
    if scan.outcome == "already_in" and ticket:
        first = _first_entry(scan, ticket)
    return {
        "outcome": "undone" if scan.undone_at else scan.outcome,
        "scan": scan,
        "ticket": ticket,
        "first": first,
        "agenda": _agenda(scan),
        "extras": extras.to_hand_out(scan),
        "refused": refused,
        "read": scan.read,
    }


def _first_entry(scan: Scan, ticket: Ticket) -> Scan | None:
    """Returns the entry on the same festival day because of which `scan` let nobody in."""
    day = rules.day_admitted(scan.gate, ticket, scan.scanned_at)
    if day is None:
        return None
    return queries.last_entry(ticket.id, on=day, before=scan.received_at, practice=scan.is_practice)


def _agenda(scan: Scan) -> list[Booking]:
    """Returns what the holder has booked for the day on which they were let in."""
    if scan.admitted_on is None or scan.undone_at:
        return []
    bookings = live_bookings([scan.ticket_id] if scan.ticket_id else [])
    edition = scan.gate.edition
    return [row for row in bookings if edition.day_of(row.slot.starts_at) == scan.admitted_on]


def _counts(gate: Gate) -> dict[str, int]:
    today = gate.edition.day_of(clock.now())
    if gate.is_practice:
        by_gate = queries.practice_counts(gate.id)
        return {"gate": by_gate, "all": by_gate}
    by_gates = queries.counts(gate.edition_id, today)
    return {"gate": by_gates.get(gate.id, 0), "all": sum(by_gates.values())}
