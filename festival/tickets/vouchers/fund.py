"""The solidarity fund: what buyers gave pays for tickets of people who cannot.

Partners hand out codes; a use takes a ticket out of the fund, in one guarded statement.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, case, func, select, update

from festival import money
from festival.db import change_one, db, insert_unless_there, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.team import audit
from festival.tickets import ledger
from festival.tickets.models import Order, SolidarityFund, Ticket, Voucher
from festival.tickets.own_prices import GIFT_STANDS

_GIFTS = (
    select(func.coalesce(func.sum(Ticket.gift_cents), 0))
    .where(Ticket.order_id == Order.id, GIFT_STANDS)
    .correlate(Order)
    .scalar_subquery()
)


def _sum_of(*kinds: str) -> ScalarSelect[int]:
    return (
        ledger.sum_of(*kinds)
        .where(ledger.LedgerEntry.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery()
    )


_DUE, _REFUNDED = _sum_of(*ledger.KINDS), _sum_of("refund")
# SQL: what buyers gave the fund, of orders that are paid. If money went back at Stripe or to the
# buyer's bank, so that an order is not paid in full any more, the gift went first.
_GIVEN = (
    select(
        func.coalesce(
            func.sum(
                case(
                    ((_DUE <= 0) | (_REFUNDED <= 0), _GIFTS),
                    (_DUE < _GIFTS, _GIFTS - _DUE),
                    else_=0,
                )
            ),
            0,
        )
    )
    .where(
        Order.edition_id == SolidarityFund.edition_id,
        Order.confirmed_at.is_not(None),
        # Few orders hold a gift: only of those is the ledger added up.
        Order.tickets.any(Ticket.gift_cents > 0),
    )
    .correlate(SolidarityFund)
    .scalar_subquery()
)


class FundEmpty(Refusal):
    """Voor deze code is er nu geen gratis kaartje: de giften waarvan we ze betalen zijn op. Je code
    blijft goed, dus probeer het later nog eens."""


class TooFewInFund(FundEmpty):
    """Van de giften kunnen we nu nog dit aantal gratis kaartjes betalen: {left}. Er is nog niets
    besteld. Kies er minder."""


class FundSpent(Refusal):
    """Er zijn al kaartjes uit het potje: {used}. Kies hoogstens {most}, anders is er te weinig
    gegeven."""


@dataclass(frozen=True)
class FundStanding:
    """What was given, what a ticket takes out of it, and how many were taken."""

    given_cents: int
    ticket_cents: int
    used: int

    @property
    def paid_for(self) -> int:
        """For how many tickets enough was given."""
        return self.given_cents // self.ticket_cents

    @property
    def left(self) -> int:
        """How many tickets can still be taken."""
        return max(self.paid_for - self.used, 0)


@dataclass(frozen=True)
class PartnerCodes:
    """The codes with one tag: how many, and how many were used."""

    tag: str
    codes: int
    used: int


def standing(edition: Edition) -> FundStanding | None:
    """Returns how the fund of the edition stands; None where it has none."""
    row = db.session.execute(
        select(_GIVEN, SolidarityFund.ticket_cents, SolidarityFund.used).where(
            SolidarityFund.edition_id == edition.id
        )
    ).one_or_none()
    return FundStanding(int(row[0]), row[1], row[2]) if row else None


def partners(edition: Edition) -> list[PartnerCodes]:
    """Returns the codes that draw on the fund, by tag."""
    rows = db.session.execute(
        select(Voucher.tag, func.count(), func.sum(Voucher.used))
        .where(Voucher.edition_id == edition.id, Voucher.is_solidarity)
        .group_by(Voucher.tag, Voucher.tag_key)
        .order_by(Voucher.tag_key, Voucher.tag)
    )
    return [PartnerCodes(tag, number, int(used)) for tag, number, used in rows]


@transactional
def set_ticket_price(edition: Edition, cents: int, *, now: datetime) -> bool:
    """Set what a ticket takes out of the fund, which begins with this. Refuses with FundSpent."""
    values = {"edition_id": edition.id, "ticket_cents": cents, "used": 0}
    if insert_unless_there(SolidarityFund, values) is None and not change_one(
        update(SolidarityFund)
        .where(
            SolidarityFund.edition_id == edition.id,
            (SolidarityFund.used == 0) | (SolidarityFund.used * cents <= _GIVEN),
        )
        .values(ticket_cents=cents)
    ):
        stands = standing(edition)
        assert stands is not None
        most = money.shown(stands.given_cents // stands.used)
        raise FundSpent(used=stands.used, most=most)
    audit.record("set_solidarity_price", f"edition {edition.slug}", now=now, cents=cents)
    return True


def claim(edition_id: int, number: int) -> None:
    """Take `number` tickets out of the fund, or take none and refuse.

    Refuses with FundEmpty, or with TooFewInFund if there are some left, but not so many.
    """
    more = SolidarityFund.used + number
    if not change_one(
        update(SolidarityFund)
        .where(
            SolidarityFund.edition_id == edition_id,
            more * SolidarityFund.ticket_cents <= _GIVEN,
        )
        .values(used=more)
    ):
        stands = standing(db.session.get_one(Edition, edition_id))
        left = min(stands.left, number - 1) if stands else 0  # others may have given meanwhile
        raise TooFewInFund(left=left) if left else FundEmpty


def release(edition_id: int, number: int) -> None:
    """Put `number` tickets back into the fund."""
    change_one(
        update(SolidarityFund)
        .where(SolidarityFund.edition_id == edition_id)
        .values(used=SolidarityFund.used - number)
    )
