"""The small business scheme (KOR): the years in which the organiser charges no VAT on anything.

It is of the organiser and not of an edition, and goes by calendar years in our own time zone.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from festival.config import HOME_ZONE
from festival.db import Model, db
from festival.tickets import ledger
from festival.tickets.ledger import LedgerEntry
from festival.tickets.models import TicketType
from festival.vat import Vat

# Above this turnover in a year the scheme ends at once; from a part of it we warn.
MOST_CENTS = 20_000_00
WARN_FROM = 0.8


class SmallBusinessYear(Model):
    """A calendar year in which the organiser uses the scheme."""

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


def applies(day: date) -> bool:
    """Returns whether the scheme is used in the year of `day`."""
    return bool(
        db.session.scalar(
            select(select(SmallBusinessYear).where(SmallBusinessYear.year == day.year).exists())
        )
    )


def vat_on(day: date) -> Callable[[TicketType], Vat | None]:
    """Returns what tells the VAT on a ticket that is sold on `day`; None if nobody has said which.

    Asks the database once, for however many types.
    """
    is_kor = applies(day)
    return lambda of: of.vat_on(day, is_kor=is_kor)


def is_ready(of: TicketType, day: date) -> bool:
    """Returns whether all is known that a sale needs: whoever pays must be told the VAT."""
    if not of.price_cents or of.vat_on(day, is_kor=False) is not None:
        return True
    return applies(day)


def is_ready_sql(day: date) -> ColumnElement[bool]:
    """SQL: as is_ready, of the type in the query."""
    return or_(
        TicketType.price_cents == 0,
        TicketType.vat_category != "",
        TicketType.next_vat_from_on <= day,
        select(SmallBusinessYear).where(SmallBusinessYear.year == day.year).exists(),
    )


def turnover_cents(year: int) -> int:
    """Returns what was sold in `year` less what was taken back, of all editions, without VAT.

    What is outside VAT does not count.
    """
    zone = ZoneInfo(HOME_ZONE)
    begins, ends = (datetime(each, 1, 1, tzinfo=zone).astimezone(UTC) for each in (year, year + 1))
    charged = select(func.sum(LedgerEntry.amount_cents - LedgerEntry.vat_cents)).where(
        LedgerEntry.kind.in_(ledger.CHARGES),
        LedgerEntry.vat_category != "outside",
        LedgerEntry.entered_at >= begins,
        LedgerEntry.entered_at < ends,
    )
    return int(db.session.scalar(charged) or 0)


def is_near_limit(year: int) -> bool:
    """Returns whether the turnover of a year comes near MOST_CENTS, or went over it."""
    return turnover_cents(year) >= WARN_FROM * MOST_CENTS
