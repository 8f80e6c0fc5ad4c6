"""What finance changes about VAT: what is on each ticket type, and the small business scheme."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete

from festival.db import change_one, insert_unless_there, transactional
from festival.errors import Refusal
from festival.team import audit
from festival.tickets import ticket_type_rules
from festival.tickets.models import TicketType
from festival.tickets.small_business import SmallBusinessYear


class YearIsOver(Refusal):
    """Dit jaar is al voorbij. Wat er verkocht is, verandert niet meer."""


@transactional
def change_vat(of: TicketType, values: dict[str, Any], *, seen: int, now: datetime) -> TicketType:
    """Set the VAT fields in `values`. Tickets that were ordered keep their VAT.

    Refuses with ChangedMeanwhile.
    """
    if values.get("next_vat_from_on") is None:
        values = values | {"next_vat_category": "", "next_vat_reason": "", "next_vat_from_on": None}
    return ticket_type_rules.change_type(of, values, seen=seen, now=now)


@transactional
def use_scheme(year: int, *, use: bool, today: date, now: datetime) -> bool:
    """Use the scheme in `year`, or not any more. Returns whether that changed anything.

    It goes for what is sold from now on. Refuses with YearIsOver.
    """
    if year < today.year:
        raise YearIsOver
    if use:
        row = insert_unless_there(SmallBusinessYear, {"year": year})
        is_changed = row is not None
    else:
        is_changed = change_one(delete(SmallBusinessYear).where(SmallBusinessYear.year == year))
    if is_changed:
        audit.record("use_small_business_scheme", f"year {year}", now=now, use=use)
    return is_changed
