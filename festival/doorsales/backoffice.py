"""For who looks after the money: the tills of all devices, day by day."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, render_template

from festival.doorsales import queries
from festival.editions import dates as edition_dates
from festival.editions.addresses import working_edition
from festival.editions.models import Edition
from festival.team import exports
from festival.team.access import team
from festival.tickets import dates

bp = Blueprint("doorsales_team", __name__, url_prefix="/team/bestellingen/aan-de-deur")

_HEADS = (
    *("day", "device", "sales", "tickets", "free", "cash_sold", "card_sold"),
    *("cash_counted", "card_counted", "cash_difference", "card_difference"),
    *("counted_by", "counted_at", "note"),
)


@bp.get("/")
@team("finance")
def index() -> str:
    """Lists what each device sold on each day, what was counted, and the difference."""
    edition = working_edition()
    tills = queries.tills(edition)
    return render_template(
        "doorsales/team/index.html",
        edition=edition,
        tills=tills,
        cash_cents=sum(each.cash_cents for each in tills),
        card_cents=sum(each.card_cents for each in tills),
        day_name=edition_dates.day,
        moment=dates.moment,
    )


@bp.get("/csv")
@team("finance")
def tills_csv() -> Response:
    """Serves the same as a CSV file, with amounts in euros."""
    edition = working_edition()
    return exports.csv_response(
        "kassas", _HEADS, (_row(edition, each) for each in queries.tills(edition))
    )


def _row(edition: Edition, till: queries.Till) -> Sequence[Any]:
    sold = (till.sales, till.tickets, till.free, till.cash_cents / 100, till.card_cents / 100)
    count = till.count
    if count is None:
        return [till.day, till.device.name, *sold, *[None] * 7]
    cents = (
        count.cash_cents,
        count.card_cents,
        count.cash_difference_cents,
        count.card_difference_cents,
    )
    by = count.counted_by
    return [
        till.day,
        till.device.name,
        *sold,
        *(each / 100 for each in cents),
        by.name or by.email if by else "",
        edition.local(count.counted_at).replace(tzinfo=None),
        count.note,
    ]
