"""The team's screens for places: what fills up and who comes, on screen, on paper and as a file."""

from collections.abc import Collection

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask_babel import gettext as _

from festival.bookings.day import was
from festival.bookings.models import Booking
from festival.bookings.queries import held_places, waiting_list
from festival.editions import dates
from festival.editions.addresses import keep_edition_in_addresses, working_edition
from festival.editions.models import Edition
from festival.mail.subjects import SubjectLink
from festival.programme.models.sessions import BOOKABLE_KINDS, Session, Slot
from festival.team.access import team
from festival.team.exports import Cell, csv_response
from festival.web.forms import asked

bp = Blueprint("bookings_team", __name__, url_prefix="/team/plekken")
keep_edition_in_addresses(bp)


@bp.get("/")
@team("programme", "checkin")
def index() -> str:
    """Lists every slot that takes bookings, by day, and how full it is.

    `q` searches titles, `soort` filters; with `wacht=1` only those with a waiting list are shown.
    """
    edition = working_edition()
    kind, search = request.args.get("soort", ""), asked("q")
    slots = held_places.slots_with_places(
        edition, kind=kind if kind in BOOKABLE_KINDS else "", typed=search
    )
    waiting = waiting_list.lengths_of_lines(edition)
    in_line = request.args.get("wacht") == "1"
    if in_line:
        slots = [slot for slot in slots if slot.id in waiting]
    days: dict[str, list[object]] = {}
    for slot in slots:
        row = {
            "slot": slot,
            "hours": dates.hours(edition, slot.starts_at, slot.ends_at),
            "waiting": waiting.get(slot.id, 0),
        }
        days.setdefault(dates.day(edition.day_of(slot.starts_at)), []).append(row)
    return render_template(
        "bookings/team_index.html",
        edition=edition,
        days=days,
        kind=kind,
        in_line=in_line,
        is_filtered=bool(kind or search or in_line),
        taken=sum(slot.taken for slot in slots if not slot.is_cancelled),
        places=sum(slot.places or 0 for slot in slots if not slot.is_cancelled),
    )


@bp.get("/<slug>")
@team("programme", "checkin")
def who_comes(slug: str) -> str:
    """Lists who comes to each slot of a session, for its host."""
    edition = working_edition()
    session = _session(edition, slug)
    people, waiting = held_places.who_comes(session), waiting_list.who_waits(session)
    return render_template(
        "bookings/team_who_comes.html",
        edition=edition,
        session=session,
        moments=[
            {
                "when": dates.span(edition, slot.starts_at, slot.ends_at),
                "was": was(edition, slot),
                "slot": slot,
                "people": people[slot.id],
                "waiting": waiting[slot.id],
            }
            for slot in session.all_slots
            if slot.is_bookable and _is_shown(slot, people[slot.id])
        ],
    )


@bp.get("/<slug>.csv")
@team("programme", "checkin")
def who_comes_csv(slug: str) -> Response:
    """Serves the same list as a CSV file."""
    edition = working_edition()
    session = _session(edition, slug)
    people = held_places.who_comes(session)
    heads = [_("Dag"), _("Tijd"), _("Waar"), _("Let op"), _("Naam"), _("Kaartsoort"), _("Code")]
    rows: list[list[Cell]] = [
        [
            edition.day_of(slot.starts_at),
            dates.hours(edition, slot.starts_at, slot.ends_at),
            slot.stage.name,
            _("Gaat niet door") if slot.is_cancelled else "",
            booking.ticket.holder_name,
            booking.ticket.type.name,
            booking.ticket.code,
        ]
        for slot in session.all_slots
        for booking in people[slot.id]
    ]
    return csv_response(f"{_('wie-komt')}-{session.slug}", heads, rows)


def subject_links(ids: Collection[int]) -> dict[int, SubjectLink]:
    """Returns the page of the order of each ticket with one of `ids`, for letters about them."""
    return {
        ticket_id: SubjectLink(
            _("kaartje %(code)s van bestelling %(order)s", code=code, order=order),
            url_for("payments_team.order", code=order),
        )
        for ticket_id, code, order in held_places.codes_of_tickets(ids)
    }


def _session(edition: Edition, slug: str) -> Session:
    return held_places.session_by_slug(edition, slug) or abort(404)


def _is_shown(slot: Slot, people: list[Booking]) -> bool:
    """Whether to show a public slot. A dropped one is shown while somebody has a place in it."""
    return slot.is_public and (slot.state != "dropped" or bool(people))
