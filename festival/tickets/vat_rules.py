"""What finance changes about VAT: on ticket types and extras, and the small business scheme."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete

from festival.db import change_one, insert_unless_there, transactional
from festival.errors import Refusal
from festival.team import audit
from festival.tickets import ticket_type_rules
from festival.tickets.extras import rules as extras
from festival.tickets.extras.models import Extra
from festival.tickets.models import TicketType
from festival.tickets.small_business import SmallBusinessYear


class YearIsOver(Refusal):
    """Dit jaar is al voorbij. Wat er verkocht is, verandert niet meer."""


@transactional
def change_vat(of: TicketType, values: dict[str, Any], *, seen: int, now: datetime) -> TicketType:
    """Set the VAT fields in `values`. Tickets that were ordered keep their VAT.

    Refuses with ChangedMeanwhile.
    """
    return ticket_type_rules.change_type(of, _with_next(values), seen=seen, now=now)


@transactional
def change_extra_vat(extra: Extra, values: dict[str, Any], *, seen: int, now: datetime) -> Extra:
    """Set the VAT fields of an extra. What was ordered keeps its VAT.

    Refuses with ChangedMeanwhile.
    """
    as_it_is = {"capacity": extra.capacity, "is_per_ticket": extra.is_per_ticket}
    return extras.change_extra(extra, as_it_is | _with_next(values), seen=seen, now=now)


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


def _with_next(values: dict[str, Any]) -> dict[str, Any]:
    """Returns `values` with nothing left of a next VAT that has no day."""
    if values.get("next_vat_from_on") is None:
        nothing = {"next_vat_category": "", "next_vat_reason": "", "next_vat_from_on": None}
        return values | nothing
    return values
