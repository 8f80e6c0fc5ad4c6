"""The holder's pages: the ticket with its QR code and its day, booking and giving back places."""

from contextlib import suppress
from itertools import chain
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from festival import clock, qr
from festival.bookings import calendar, choosing, shown_moments, stars
from festival.bookings.day import days_of
from festival.bookings.forms import BookForm, CancelForm, SwapForm, WaitForm, read_stars
from festival.bookings.queries import held_places, waiting_list
from festival.bookings.rules import places
from festival.bookings.rules import waiting_list as waiting_list_rules
from festival.config import ROOT
from festival.editions import dates
from festival.errors import Refusal
from festival.programme.calendar import MIMETYPE
from festival.programme.models.sessions import Slot
from festival.questions import files
from festival.questions.answering import questions_for
from festival.team.access import holder, public
from festival.tickets import ended_links, ticket_qr
from festival.tickets.extras import queries as extras
from festival.tickets.models import Ticket
from festival.tickets.rules import ending
from festival.tickets.swaps.queries import own_way
from festival.web import languages
from festival.web.faults import takes_json
from festival.web.forms import asked
from festival.web.limits import PER_LINK, limiter, link
from festival.web.pages import public_page

bp = Blueprint("bookings", __name__)

# Each of these writes a letter, and who holds the link may not be who gets the letters.
_limit = limiter.shared_limit(
    "60 per hour; 200 per day", scope="letters", key_func=link, error_message=PER_LINK
)


@bp.get("/kaartje/<secret>")
@holder
def ticket(secret: str) -> str:
    """Shows the ticket: its QR code, its days along the thread, and what can be done with it."""
    ticket = the_ticket(secret)
    edition = ticket.order.edition
    now = clock.now()
    starred = _starred(ticket)
    asked = questions_for(ticket.order, ticket, now=now)
    return render_template(
        "bookings/ticket.html",
        edition=edition,
        ticket=ticket,
        state=choosing.state(ticket),
        extras=extras.words_with(ticket, extras.of_orders([ticket.order])),
        days=dates.days(ticket.type.admits_on),
        agenda=days_of(
            ticket,
            held_places.live_bookings([ticket.id]),
            starred,
            held_places.walks(edition),
            now=now,
        ),
        waiting=[
            (each, dates.span(edition, each.slot.starts_at, each.slot.ends_at))
            for each in waiting_list.waiting_of(ticket, now=now)
        ],
        starred=[slot.code for slot in starred],
        feed=languages.url_in(
            languages.current(), "bookings.agenda_feed", secret=ticket.agenda_secret
        ),
        qr=qr.svg(ticket_qr.address(ticket), label=_("QR-code van dit kaartje"))
        if ticket.is_valid
        else None,
        made_at=dates.clock(edition, now),
        has_questions=bool(asked),
        files_missing=files.missing(ticket.order, ticket, asked),
        swaps=own_way(ticket),
    )


@bp.get("/kaartje/<secret>/boeken")
@holder
def choose(secret: str) -> str:
    """Shows what can be booked on the days of this ticket."""
    return choosing.choose_page(the_ticket(secret), BookForm())


@bp.get("/kaartje/<secret>/boeken/<slot_code>")
@holder
def place(secret: str, slot_code: str) -> str:
    """Shows one place: what it clashes with, and the ways on. A workshop's page shows it too."""
    ticket = the_ticket(secret)
    _found, slot = held_places.ticket_and_slot(secret, slot_code) or abort(404)
    return choosing.place_page(ticket, slot)


@bp.post("/kaartje/<secret>/boeken")
@_limit
@holder
def book(secret: str) -> BaseResponse | tuple[str, int]:
    """Book one place and go back to the ticket."""
    form = BookForm()
    if not form.validate():
        return choosing.choose_page(the_ticket(secret), form, [*chain(*form.errors.values())]), 422
    ticket, slot = held_places.ticket_and_slot(secret, form.slot.data) or abort(404)
    try:
        places.book_slot(
            ticket,
            slot,
            question=form.question.data or "",
            shown=_shown(form, slot_code=form.slot.data),
            now=clock.now(),
        )
    except Refusal as refusal:
        return choosing.choose_page(the_ticket(secret), form, refusal=refusal), refusal.status
    return _to_ticket(secret, f"plek-{form.slot.data}")


@bp.get("/kaartje/<secret>/afzeggen/<slot_code>")
@holder
def ask_cancel(secret: str, slot_code: str) -> str | BaseResponse:
    """Asks to confirm that a place is given back."""
    ticket = the_ticket(secret)
    booking = held_places.booking_of(ticket, slot_code) or abort(404)
    if booking.cancelled_at is not None:
        return _to_ticket(secret, "afgezegd")
    return render_template(
        "bookings/cancel.html",
        edition=ticket.order.edition,
        ticket=ticket,
        slot=booking.slot,
        when=dates.span(ticket.order.edition, booking.slot.starts_at, booking.slot.ends_at),
        form=CancelForm(),
        is_closed=not booking.may_be_cancelled(clock.now()),
    )


@bp.post("/kaartje/<secret>/afzeggen/<slot_code>")
@_limit
@holder
def cancel(secret: str, slot_code: str) -> BaseResponse:
    """Give the place back and return to the ticket."""
    ticket = the_ticket(secret)
    booking = held_places.booking_of(ticket, slot_code) or abort(404)
    # On a double click it is done already.
    with suppress(places.AlreadyCancelled):
        places.cancel_booking(booking, now=clock.now())
    return _to_ticket(secret, "afgezegd")


@bp.post("/kaartje/<secret>/houden/<slot_code>")
@holder
def keep(secret: str, slot_code: str) -> BaseResponse | tuple[str, int]:
    """Keep a place although its slot was moved."""
    booking = held_places.booking_of(the_ticket(secret), slot_code) or abort(404)
    shown = shown_moments.read(request.form.get("moments")).get(slot_code, "")
    try:
        places.keep_booking(booking, shown=shown, now=clock.now())
    except shown_moments.MomentChanged as refusal:
        back = url_for("bookings.ticket", secret=secret)
        return render_template("errors/refusal.html", refusal=refusal, back=back), refusal.status
    return _to_ticket(secret, f"houd-{slot_code}")


@bp.get("/kaartje/<secret>/ruilen/<slot_code>")
@holder
def ask_swap(secret: str, slot_code: str) -> str | BaseResponse:
    """Shows what to take instead of a place: the same at another time, or something else then."""
    ticket = the_ticket(secret)
    booking = held_places.booking_of(ticket, slot_code) or abort(404)
    if booking.cancelled_at is not None:
        return _to_ticket(secret, "afgezegd")
    return choosing.swap_page(ticket, booking)


@bp.post("/kaartje/<secret>/ruilen/<slot_code>")
@_limit
@holder
def swap(secret: str, slot_code: str) -> BaseResponse | tuple[str, int]:
    """Take another place and give this one back, in one step."""
    form, ticket = SwapForm(), the_ticket(secret)
    booking = held_places.booking_of(ticket, slot_code) or abort(404)
    if not form.validate():
        return choosing.swap_page(ticket, booking, [*chain(*form.errors.values())]), 422
    _found, slot = held_places.ticket_and_slot(secret, form.slot.data) or abort(404)
    try:
        with suppress(places.AlreadyCancelled):  # a double click: it is done
            places.swap_booking(
                booking, slot, shown=_shown(form, slot_code=form.slot.data), now=clock.now()
            )
    except places.NothingToSwap as refusal:
        return choosing.choose_page(the_ticket(secret), BookForm(), [str(refusal)]), refusal.status
    except Refusal as refusal:
        ticket = the_ticket(secret)
        booking = held_places.booking_of(ticket, slot_code) or abort(404)
        return choosing.swap_page(ticket, booking, [str(refusal)]), refusal.status
    return _to_ticket(secret, f"plek-{form.slot.data}")


@bp.post("/kaartje/<secret>/wachtlijst/<slot_code>")
@_limit
@holder
def join_waiting_list(secret: str, slot_code: str) -> BaseResponse | tuple[str, int]:
    """Join the line for a full slot. `?ruil=` is the code of a held slot to give back for it."""
    form = WaitForm()
    if not form.validate():
        return choosing.choose_page(
            the_ticket(secret), BookForm(), [*chain(*form.errors.values())]
        ), 422
    ticket, slot = held_places.ticket_and_slot(secret, slot_code) or abort(404)
    swap = held_places.booking_of(ticket, request.args["ruil"]) if "ruil" in request.args else None
    try:
        # On a double click it is done already.
        with suppress(waiting_list_rules.AlreadyWaiting):
            waiting_list_rules.join_waiting_list(
                ticket, slot, swap=swap, shown=_shown(form, slot_code=slot_code), now=clock.now()
            )
    except Refusal as refusal:
        return choosing.choose_page(the_ticket(secret), BookForm(), [str(refusal)]), refusal.status
    return _to_ticket(secret, f"wacht-{slot_code}")


@bp.post("/kaartje/<secret>/wachtlijst/<slot_code>/weg")
@holder
def leave_waiting_list(secret: str, slot_code: str) -> BaseResponse:
    """Leave the line and go back to the ticket."""
    ticket, slot = held_places.ticket_and_slot(secret, slot_code) or abort(404)
    waiting_list_rules.leave_waiting_list(ticket, slot, now=clock.now())
    return _to_ticket(secret, "wachtlijst-af")


@bp.get("/kaartje/<secret>/sterren")
@holder
def choose_stars(secret: str) -> str:
    """Shows the programme of the ticket's days, to star what its holder wants to remember."""
    ticket = the_ticket(secret)
    edition, days = ticket.order.edition, ticket.type.admits_on
    search = asked("q")
    today = edition.day_of(clock.now())
    wanted = {day.isoformat(): day for day in days}.get(request.args.get("dag", ""))
    day = wanted or (today if today in days else days[0])
    groups = [
        (dates.day(each), held_places.programme_of_day(edition, each, typed=search))
        for each in (days if search else [day])
    ]
    return render_template(
        "bookings/choose_stars.html",
        edition=edition,
        ticket=ticket,
        state=choosing.state(ticket),
        days=[(each.isoformat(), dates.short_day(each)) for each in days],
        day=day.isoformat(),
        search=search,
        groups=[(label, moments) for label, moments in groups if moments],
        starred={slot.code for slot in _starred(ticket)},
        booked={booking.slot.code for booking in held_places.live_bookings([ticket.id])},
    )


# Without a token: anyone who can send this knows the secret in its address, and no cookie adds
# anything to that. See init_app.
@bp.post("/kaartje/<secret>/sterren")
@holder
@takes_json
def change_stars(secret: str) -> BaseResponse | tuple[dict[str, object], int]:
    """Star and unstar: by a button, or by JSON {"add": [codes], "remove": [codes]} from a device.

    A device gets all stars of the ticket: {"stars": [codes]}.
    """
    ticket = the_ticket(secret)
    if request.is_json:
        change = read_stars(request.get_json())
    else:
        lists = {"add": request.form.getlist("bewaar"), "remove": request.form.getlist("weg")}
        change = read_stars(lists)
    if change is None:
        return {"error": "add and remove must be lists of codes"}, 422
    codes = stars.sync_stars(ticket, add=change.add, remove=change.remove, now=clock.now())
    if request.is_json:
        return {"stars": codes}, 200
    changed = "".join([*change.add, *change.remove][:1])
    if "dag" not in request.form:
        return _to_ticket(secret, "mijn-dag")
    shown: dict[str, Any] = {name: request.form.get(name) or None for name in ("dag", "q")}
    shown["_anchor"] = f"m-{changed}"
    return redirect(url_for("bookings.choose_stars", secret=secret, **shown), 303)


@bp.get("/kaartje/<secret>/agenda.ics")
@holder
def agenda(secret: str) -> Response:
    """Serves the places of this ticket as they are now, for the holder's calendar."""
    ticket = the_ticket(secret)
    name = _("mijn-dag-%(code)s.ics", code=ticket.code)
    return file_of(calendar.agenda_ics(ticket, languages.current()), MIMETYPE, name)


@bp.get("/agenda/<secret>.ics")
@holder
def agenda_feed(secret: str) -> Response:
    """Serves the same with stars, for calendars that subscribe. Its secret opens nothing else."""
    ticket = held_places.ticket_by_agenda(secret) or abort(404)
    found = calendar.agenda_of(ticket)
    response = Response(found.as_ics(), content_type=MIMETYPE)
    response.add_etag()
    response.last_modified = found.changed_at
    response.make_conditional(request)
    return response


@bp.post("/kaartje/<secret>/agenda-adres")
@holder
def renew_agenda_address(secret: str) -> BaseResponse:
    """Give the agenda feed a new address. The one that leaked no longer works."""
    ending.renew_agenda_address(the_ticket(secret))
    return _to_ticket(secret, "nieuw-adres")


# For each ticket or order, not for each visitor: a hall shares one internet address.
@bp.get("/geen-internet")
@public
@public_page
def offline() -> str:
    """Shows what the service worker shows for a page that it does not have."""
    return render_template("errors/offline.html")


@bp.get("/kaartje.js")
@public
def service_worker() -> Response:
    """Serves the service worker of tickets and programme, from the root so that it covers both."""
    response = Response((ROOT / "static" / "js" / "sw.js").read_bytes(), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    return response


def the_ticket(secret: str) -> Ticket:
    """Returns the ticket of this link; shows why it ended, or that there is none."""
    return held_places.ticket_by_secret(secret) or ended_links.not_found(secret)


def _to_ticket(secret: str, anchor: str) -> BaseResponse:
    return redirect(url_for("bookings.ticket", secret=secret, _anchor=anchor), 303)


def _starred(ticket: Ticket) -> list[Slot]:
    return [star.slot for star in held_places.all_stars(ticket) if star.removed_at is None]


def _shown(form: BookForm | SwapForm | WaitForm, *, slot_code: str) -> str:
    """Returns the mark that the form sent of a slot; '' if it sent none."""
    return shown_moments.read(form.moments.data).get(slot_code, "")


def file_of(content: bytes, content_type: str, name: str) -> Response:
    """Returns a file that the browser shows."""
    response = Response(content, content_type=content_type)
    response.headers.set("Content-Disposition", "inline", filename=name)
    return response
