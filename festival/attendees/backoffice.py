"""The list of people who are coming: on screen, as files to download, and for the door."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import contains_eager

from festival import clock
from festival.attendees import columns, queries
from festival.attendees.columns import Source
from festival.attendees.queries import Wanted
from festival.checkin import queries as checkin
from festival.editions import dates
from festival.editions.addresses import asked_day, working_edition
from festival.editions.models import Edition
from festival.questions import queries as questions
from festival.questions.models import SENSITIVITIES, WITH_OPTIONS
from festival.sheets import Cell
from festival.sorting import title_key
from festival.speakers.files import download
from festival.team import exports, lists
from festival.team.access import may, may_open, team
from festival.tickets import queries as tickets
from festival.tickets.models import Ticket, TicketType
from festival.web.forms import asked

bp = Blueprint("attendees_team", __name__, url_prefix="/team/wie-komt")

_FORMAT = "<any(csv, xlsx):format_>"
_ORDERS = {"name": Ticket.holder_key, "type": TicketType.position}
_PER_SHEET = 1500  # tickets on one page of the list for the door, about forty sheets of paper
_MAY_SEE_PLACES = ("programme", "checkin")


@bp.get("/")
@team("finance", "checkin")
def index() -> str:
    """Lists the tickets of the edition, with search and filters."""
    edition = working_edition()
    wanted = _wanted(edition)
    listing = lists.listing(
        queries.tickets(edition, wanted).options(
            contains_eager(Ticket.order),
            contains_eager(Ticket.type).selectinload(TicketType.days),
        ),
        _ORDERS,
        default="name",
    )
    return render_template(
        "attendees/team_index.html",
        edition=edition,
        listing=listing,
        entered=checkin.entries([each.id for each in listing.rows], wanted.entered_on),
        **_asked_answers(edition, [each.id for each in listing.rows]),
        may_open_orders=may_open("payments_team.order"),
        clock=dates.clock,
        short_day=dates.short_day,
        **_filters(edition, wanted),
    )


@bp.get("/bestand")
@team("finance", "checkin")
def choose_columns() -> str:
    """Asks what should be in a file, with ready-made choices."""
    edition = working_edition()
    wanted = _wanted(edition)
    allowed = columns.columns(edition)
    chosen = request.args.getlist("kolom") or [each.name for each in allowed]
    return render_template(
        "attendees/choose_columns.html",
        edition=edition,
        columns=allowed,
        chosen=chosen,
        choices=columns.CHOICES,
        kept=[each for each in request.args.items(multi=True) if each[0] != "kolom"],
        number=queries.number_of(queries.tickets(edition, wanted)),
        **_filters(edition, wanted),
    )


@bp.get("/bestand/<slug>/<code>")
@team("finance", "checkin")
def answered_file(slug: str, code: str) -> Response:
    """Serves the file that came for the ticket with this code, or with its order."""
    edition = working_edition()
    question = questions.question_by_code(edition, slug) or abort(404)
    if not may(*SENSITIVITIES[question.sensitivity]):
        abort(403)
    ticket = queries.ticket_by_code(edition, code) or abort(404)
    of_ticket = ticket if question.about == "ticket" else None
    answer = questions.file_answer(question, ticket.order, of_ticket) or abort(404)
    return download(answer.stored, name=answer.value, mimetype=answer.mimetype)


@bp.get(f"/wie-komt.{_FORMAT}")
@team("finance", "checkin")
def export(format_: str) -> Response:
    """Serves the same tickets as a file with the columns that ?kolom= names, or with all."""
    edition = working_edition()
    wanted = _wanted(edition)
    allowed = columns.columns(edition)
    names = request.args.getlist("kolom")
    chosen = [each for each in allowed if each.name in names] or list(allowed)
    found = queries.attendees(queries.tickets(edition, wanted), entered_on=wanted.entered_on)
    source = _source(edition)
    return _file(
        _("wie-komt"),
        format_,
        [str(each.label) for each in chosen],
        ([each.cell(attendee, source) for each in chosen] for attendee in found),
    )


@bp.get(f"/catering.{_FORMAT}")
@team("finance", "checkin")
def catering(format_: str) -> Response:
    """Serves how many people come on each day: numbers without names, for whoever cooks."""
    edition = working_edition()
    types = _types(edition)
    rows: list[list[Cell]] = [
        [dates.day(day), _("Kaartsoort"), types[type_id].name.text(), valid, unpaid]
        for day, type_id, valid, unpaid in queries.numbers_by_day(edition)
    ]
    for question in questions.questions(edition):
        if question.sensitivity == "diet" and question.kind in WITH_OPTIONS:
            rows += [
                [
                    dates.day(day),
                    question.label.text(),
                    questions.shown(question, code),
                    valid,
                    unpaid,
                ]
                for day, code, valid, unpaid in questions.numbers_by_day(question)
            ]
    heads = [_("Dag"), _("Wat"), _("Welke"), _("Geldig"), _("Nog niet betaald")]
    return _file("catering", format_, heads, rows)


@bp.get(f"/workshops.{_FORMAT}")
@team(*_MAY_SEE_PLACES)
def workshops(format_: str) -> Response:
    """Serves who has a place where: one row for each place."""
    edition = working_edition()
    source = _source(edition)
    return _file(
        "workshops",
        format_,
        columns.participant_heads(),
        (columns.participant_cells(each, source) for each in queries.participants(edition)),
    )


@bp.get("/deurlijst")
@team("finance", "checkin")
def door_list() -> str:
    """The same tickets by surname, to print on A4 and tick off where nothing can be scanned."""
    edition = working_edition()
    wanted = _wanted(edition)
    listing = lists.listing(
        queries.tickets(edition, wanted).options(
            contains_eager(Ticket.order), contains_eager(Ticket.type)
        ),
        {"name": Ticket.holder_key},
        default="name",
        per_page=_PER_SHEET,
    )
    return render_template(
        "attendees/door_list.html",
        edition=edition,
        listing=listing,
        letters=_by_letter(listing.rows),
        made=f"{dates.day(edition.local(clock.now()).date())}, {dates.clock(edition, clock.now())}",
        **_filters(edition, wanted),
    )


def _wanted(edition: Edition) -> Wanted:
    day = asked_day(edition)
    return Wanted(
        text=asked("q"),
        type=request.args.get("soort", ""),
        day=day,
        state=request.args.get("stand") or "coming",
        inside=request.args.get("binnen", ""),
        entered_on=day or edition.day_of(clock.now()),
        # Who has a place where is not for everybody who may see who comes.
        session=request.args.get("onderdeel", "") if may(*_MAY_SEE_PLACES) else "",
    )


def _filters(edition: Edition, wanted: Wanted) -> dict[str, Any]:
    """What the form above the list offers, and what was chosen in it."""
    may_see_places = may(*_MAY_SEE_PLACES)
    sessions = queries.sessions_with_places(edition) if may_see_places else []
    by_title = sorted(sessions, key=lambda each: title_key(each[1].text()))
    return {
        "wanted": wanted,
        "is_filtered": wanted != Wanted(wanted.entered_on),
        "type_options": [(each.slug, each.name.text()) for each in tickets.ticket_types(edition)],
        "day_options": [(day.isoformat(), dates.day(day)) for day in edition.days],
        "session_options": [(slug, title.text()) for slug, title in by_title],
        "words": columns.state_words(),
        "may_see_places": may_see_places,
        "inside_day": _day_inside(edition, wanted.entered_on),
    }


def _asked_answers(edition: Edition, ticket_ids: list[int]) -> dict[str, Any]:
    """The questions whose answers the member may see, and the answers to the one in ?vraag=."""
    readable = [
        each for each in questions.questions(edition) if may(*SENSITIVITIES[each.sensitivity])
    ]
    wanted = next((each for each in readable if each.code == request.args.get("vraag")), None)
    answers = questions.answers_of(ticket_ids) if wanted else {}
    return {
        "question_options": [(each.code, each.label.text()) for each in readable],
        "question": wanted,
        "answers": {
            ticket_id: questions.shown(wanted, of_ticket.get(wanted.id, ""))
            for ticket_id, of_ticket in answers.items()
            if wanted
        },
    }


def _day_inside(edition: Edition, day: date) -> str:
    """Returns the festival day that "inside" is about; '' on a day on which nobody is let in."""
    return dates.day(day) if day in edition.days else ""


def _types(edition: Edition) -> dict[int, TicketType]:
    return {each.id: each for each in tickets.ticket_types(edition)}


def _source(edition: Edition) -> Source:
    return Source(edition, _types(edition), columns.state_words())


def _file(
    name: str, format_: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> Response:
    write = exports.csv_stream if format_ == "csv" else exports.xlsx_response
    return write(name, heads, rows)


def _by_letter(rows: Sequence[Ticket]) -> Iterator[tuple[str, list[Ticket]]]:
    """Yields the first letter of the surname, and the tickets with it."""
    for letter, group in groupby(rows, key=lambda ticket: ticket.holder_key[:1].upper()):
        yield letter, list(group)
