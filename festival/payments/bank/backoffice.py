"""The team's screens for bank statements: read one, and book what waits for a person."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from stdnum import iban, iso11649

from festival import clock, money
from festival.db import db
from festival.editions.addresses import working_edition
from festival.errors import Refusal
from festival.payments import costs, queries
from festival.payments.bank import queries as bank_queries
from festival.payments.bank import rules, statements
from festival.payments.bank.forms import AsideForm, BookLineForm, StatementForm
from festival.payments.models import BankLine
from festival.team import lists
from festival.team.access import team
from festival.team.saving import Answer
from festival.tickets.forms import ConfirmForm
from festival.web.forms import asked

bp = Blueprint("bank_team", __name__, url_prefix="/team/bank")

_COLUMNS = {
    "booked": BankLine.booked_on,
    "amount": BankLine.amount_cents,
    "name": BankLine.payer_key,
}


@bp.route("/", methods=["GET", "POST"])
@team("finance")
def index() -> Answer:
    """Lists what came in; a POST reads a statement."""
    form, problems = StatementForm(), list[str]()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            statement = statements.read(form.file.data.read(statements.MOST_BYTES + 1))
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            _import(statement)
            return redirect(url_for("bank_team.index", state="waiting"), 303)
    text, state = asked("q"), request.args.get("state", "")
    listing = lists.listing(bank_queries.lines(text=text, state=state), _COLUMNS, default="-booked")
    return render_template(
        "payments/bank/index.html",
        form=form,
        problems=problems,
        listing=listing,
        booked=bank_queries.booked_of(listing.rows),
        waiting=bank_queries.waiting(),
        text=text,
        state=state,
        format_iban=iban.format,
    ), status


@bp.get("/<key>")
@team("finance")
def line(key: str) -> str:
    """Shows one line, what it may be for, and what it became."""
    return _line_page(_line(key))


@bp.post("/<key>/boek")
@team("finance")
def book(key: str) -> Answer:
    """Book the line, or a part of it, on an order."""
    row, form = _line(key), BookLineForm()
    if not form.validate():
        return _line_page(row, book_form=form), 422
    edition = working_edition()
    order = queries.order_anywhere(form.order.data or "")
    if order is None:
        form.order.errors = [_("We vinden geen bestelling met deze code of dit kenmerk.")]
        return _line_page(row, book_form=form), 422
    cents = form.amount_cents.data or 0
    try:
        rules.book_line(edition, row, order, cents, member_id=current_user.id, now=clock.now())
    except Refusal as refusal:
        return _line_page(row, book_form=form, problems=[str(refusal)]), refusal.status
    amount = money.shown(cents)
    flash(
        _("%(amount)s is geboekt op bestelling %(code)s.", amount=amount, code=order.code), "good"
    )
    return redirect(url_for("bank_team.line", key=key), 303)


@bp.post("/<key>/opzij")
@team("finance")
def set_aside(key: str) -> Answer:
    """Set the line aside: it is for no order."""
    row, form = _line(key), AsideForm()
    if not form.validate():
        return _line_page(row, aside_form=form), 422
    try:
        rules.set_aside(row, form.why.data or "", now=clock.now())
    except Refusal as refusal:
        return _line_page(row, aside_form=form, problems=[str(refusal)]), refusal.status
    flash(_("Deze bijschrijving staat opzij."), "good")
    return redirect(url_for("bank_team.index", state="waiting"), 303)


@bp.post("/<key>/terug")
@team("finance")
def take_back(key: str) -> Answer:
    """Let a line that was set aside wait again."""
    rules.take_back(_line(key), now=clock.now())
    flash(_("Deze bijschrijving wacht weer."), "good")
    return redirect(url_for("bank_team.line", key=key), 303)


def _import(statement: statements.Statement) -> None:
    new = rules.import_lines(
        working_edition(), statement.lines, member_id=current_user.id, now=clock.now()
    )
    settled = sum(row.settled_at is not None for row in new)
    known, skipped = len(statement.lines) - len(new), statement.skipped
    said = [
        ngettext("%(num)s nieuwe bijschrijving.", "%(num)s nieuwe bijschrijvingen.", len(new)),
        ngettext("%(num)s is meteen geboekt.", "%(num)s zijn meteen geboekt.", settled),
    ]
    if known:
        said.append(ngettext("%(num)s kenden we al.", "%(num)s kenden we al.", known))
    if skipped:
        said.append(
            ngettext(
                "%(num)s afschrijving of voorlopige regel is overgeslagen.",
                "%(num)s afschrijvingen of voorlopige regels zijn overgeslagen.",
                skipped,
            )
        )
    flash(" ".join(said), "good")


def _line(key: str) -> BankLine:
    return bank_queries.line_by_key(key) or abort(404)


def _line_page(
    row: BankLine,
    *,
    book_form: BookLineForm | None = None,
    aside_form: AsideForm | None = None,
    problems: list[str] | None = None,
) -> str:
    row = db.session.get_one(BankLine, row.id)  # read again: a refusal rolled back
    left = row.amount_cents - bank_queries.booked_cents(row)
    why, orders = rules.suggestion(row) if row.settled_at is None else ("", [])
    if book_form is None:
        book_form = BookLineForm(formdata=None)
        book_form.amount_cents.data = left
        if len(orders) == 1:
            book_form.order.data = orders[0].code
            needed = costs.needed_cents(orders[0])
            book_form.amount_cents.data = min(left, needed) if needed > 0 else left
    return render_template(
        "payments/bank/line.html",
        line=row,
        left=left,
        why=why,
        orders=[(order, costs.needed_cents(order)) for order in orders],
        payments=bank_queries.payments_of(row),
        book_form=book_form,
        aside_form=aside_form or AsideForm(formdata=None),
        confirm=ConfirmForm(),
        problems=problems or [],
        format_iban=iban.format,
        format_reference=iso11649.format,
    )
