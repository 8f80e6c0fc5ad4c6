"""The screen of finance with the books of the edition, and their files for the bookkeeper."""

from collections.abc import Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_security import current_user

from festival import clock
from festival.books import queries, rules, words
from festival.books.forms import CloseMonthForm, close_form
from festival.books.queries import BookEntry, Books, Period, Sums
from festival.config import HOME_ZONE
from festival.doorsales import queries as doorsales
from festival.editions.addresses import working_edition
from festival.editions.models import Edition
from festival.payments import closing_queries
from festival.payments import queries as payments
from festival.payments.bank import queries as bank
from festival.payments.methods import METHOD_NAMES
from festival.payments.rules import closing
from festival.payments.stripe import queries as stripe
from festival.sheets import Cell
from festival.team import exports
from festival.team.access import team
from festival.team.saving import Answer, save_form
from festival.tickets import dates

bp = Blueprint("books_team", __name__, url_prefix="/team/boeken")

# More days than this are folded: the months say enough then.
_MOST_OPEN = 35


@bp.get("/")
@team("finance")
def index() -> str:
    """Shows the sums of the edition, or of the period from ?van= to ?tot=."""
    edition = working_edition()
    return _page(edition)


@bp.post("/afsluiten")
@team("finance")
def close() -> Answer:
    """Close a month and all before it."""
    edition = working_edition()
    form = _close_form(queries.months(queries.entries(edition)))
    closed, problems, status = save_form(
        form,
        lambda: rules.close_month(
            form.month.data, today=_today(), member_id=current_user.id, now=clock.now()
        ),
    )
    if closed:
        flash(_("De boeken zijn dicht tot en met %(month)s.", month=_name(closed.month)), "good")
        return redirect(url_for("books_team.index"), 303)
    return _page(edition, form, problems), status


@bp.get("/<part>.<any(csv, xlsx):format_>")
@team("finance")
def export(part: str, format_: str) -> Response:
    """Serves the entries, the days or the VAT of the same period as a file, in euros."""
    if part not in words.COLUMNS:
        abort(404)
    period, _is_clear = _period()
    lines = queries.entries(working_edition())
    rows: Iterator[list[Cell]]
    if part == "regels":
        rows = (_line_cells(line) for line in lines if period.holds(line.on))
    else:
        books = queries.books(lines, period)
        rows = _day_cells(books) if part == "dagen" else _vat_cells(books)
    write = exports.csv_stream if format_ == "csv" else exports.xlsx_response
    return write(_("boeken-%(part)s", part=part), words.heads(part), rows)


def _page(
    edition: Edition,
    form: CloseMonthForm | None = None,
    problems: Sequence[str] = (),
) -> str:
    period, is_clear = _period()
    found, months = queries.books_and_months(queries.entries(edition), period)
    return render_template(
        "books/index.html",
        edition=edition,
        period=period,
        is_clear=is_clear,
        books=found,
        has_lines=bool(months),
        months=months,
        closed_until=closing_queries.closed_until(),
        closed_months=closing_queries.closed_months(),
        form=form or _close_form(months),
        problems=problems,
        tills=_tills(edition, period),
        owed={state: payments.owed(edition, state) for state in ("due", "refund", "partial")},
        waiting=bank.waiting(),
        stuck=stripe.stuck(edition),
        online_cents=sum(each.net for each in found.methods if each.method not in METHOD_NAMES),
        method_names=METHOD_NAMES,
        vat_name=words.vat_name,
        last_day=closing_queries.last_day,
        most_open=_MOST_OPEN,
        moment=dates.moment,
        columns=words.COLUMNS,
    )


def _close_form(months: Sequence[tuple[date, Sums]]) -> CloseMonthForm:
    closed_until, today = closing_queries.closed_until(), _today()
    open_months = [
        month
        for month, _sums in reversed(months)
        if closing.can_close(month, today=today) and not (closed_until and month <= closed_until)
    ]
    return close_form(open_months, [_name(month) for month in open_months])


def _name(month: date) -> str:
    return str(format_date(month, "MMMM y"))


def _today() -> date:
    """The day in our own time zone: months are closed in all editions at once."""
    return clock.now().astimezone(ZoneInfo(HOME_ZONE)).date()


def _period() -> tuple[Period, bool]:
    """Returns the period that was asked for, and whether all that was typed is a date."""
    is_clear = True
    ends: list[date | None] = []
    for name in ("van", "tot"):
        typed = request.args.get(name, "").strip()
        try:
            ends.append(date.fromisoformat(typed) if typed else None)
        except ValueError:
            ends.append(None)
            is_clear = False
    first, last = ends
    if first and last and last < first:
        first, last = last, first
    return Period(first, last), is_clear


def _tills(edition: Edition, period: Period) -> list[doorsales.Till]:
    return [till for till in doorsales.tills(edition) if period.holds(till.day)]


def _line_cells(line: BookEntry) -> list[Cell]:
    return [
        line.on.isoformat(),
        line.entered_on.isoformat(),
        words.kind_name(line.kind),
        line.order_code,
        words.line_name(line),
        line.amount_cents / 100,
        words.vat_name(line.vat) if line.vat.category else "",
        line.vat.reason,
        line.vat.percent,
        line.vat_cents / 100,
        (line.amount_cents - line.vat_cents) / 100,
        words.method_name(line.method),
        line.invoice_number,
    ]


def _day_cells(books: Books) -> Iterator[list[Cell]]:
    for day, sums in books.days:
        cents = (sums.sold, sums.taken_back, sums.other, sums.vat)
        money = (sums.received, sums.paid_back, sums.due)
        yield [day.isoformat(), *(each / 100 for each in (*cents, *money))]


def _vat_cells(books: Books) -> Iterator[list[Cell]]:
    for row in books.vat:
        yield [
            words.vat_name(row.vat),
            row.vat.reason,
            row.vat.percent,
            row.gross / 100,
            row.vat_cents / 100,
            row.net / 100,
        ]
