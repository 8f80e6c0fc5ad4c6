"""Keeping tickets for whoever chose them, for twenty minutes, and giving them back."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update

from festival import codes, jobs
from festival.db import change_one, db, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.tickets import pools
from festival.tickets.holds.models import HeldPlaces, Hold
from festival.tickets.holds.queries import is_too_much, lapsed_holds, offers_among
from festival.tickets.models import TicketType
from festival.tickets.rules import claiming
from festival.tickets.vouchers.prices import SoldTicket

HOLD_FOR = timedelta(minutes=20)
MOST_EXTENSIONS = 10  # WCAG 2.2.1 asks for ten


class ExtendedOften(Refusal):
    """Langer houden we je kaartjes niet vast. Bestel ze voor de tijd om is."""


class NotHeld(Refusal):
    """We kunnen deze kaartjes nu niet voor je vasthouden. Zolang ze er zijn, kun je ze gewoon
    bestellen."""


class OfferFirst(Refusal):
    """Je was aan de beurt op de wachtlijst: die kaartjes houden we voor je vast. Bestel die eerst,
    of geef ze terug met de link in je mail. Daarna kun je andere kiezen."""


@transactional
def hold_tickets(
    edition: Edition,
    sold: Sequence[SoldTicket],
    *,
    instead_of: Iterable[str] = (),
    network: str,
    now: datetime,
) -> Hold | None:
    """Keep these tickets for HOLD_FOR from now, instead of what the holds `instead_of` keep.

    But not after their sale. An offer from a waiting list is never ended by this: a choice that
    fits in it returns it as it is, and a choice from other pools stands beside it.

    Places that a voucher blocks need none. Returns None if nothing needs to be kept, or if the
    network keeps too much already; the former holds are ended then too. Refuses with TypeSoldOut,
    TooFewLeft or OfferFirst, and leaves the former holds as they are.
    """
    types = Counter(each.type for each in sold if not (each.voucher and each.voucher.blocked))
    numbers = Counter(of.pool_id for of in types.elements())
    earlier = set(instead_of)
    offers = offers_among(earlier)
    earlier -= {each.secret for each in offers}
    if offer := _offer_for(numbers, offers):
        claiming.claim_types({}, end_holds(earlier), now=now)
        return offer
    claiming.claim_types(types, end_holds(earlier), now=now)
    if not numbers:
        return None
    # Counted after the pools are held: of two at once, the second sees the first.
    if any(is_too_much(network, pool_id, number) for pool_id, number in numbers.items()):
        for pool_id, number in sorted(numbers.items()):
            pools.release(pool_id, number)
        return None
    hold = Hold(
        edition_id=edition.id,
        secret=codes.secret(),
        network=network,
        ends_at=_end((each.type for each in sold), now=now),
        places=[HeldPlaces(pool_id=pool_id, number=each) for pool_id, each in numbers.items()],
    )
    db.session.add(hold)
    db.session.flush()
    return hold


@transactional
def extend_hold(secret: str, types: Iterable[TicketType], *, now: datetime) -> bool:
    """Keep the tickets, of these types, for HOLD_FOR from now, but not after their sale.

    Returns False if the hold is gone or the sale is over. Refuses with ExtendedOften after
    MOST_EXTENSIONS.
    """
    mine, ends_at = Hold.secret == secret, _end(types, now=now)
    if ends_at <= now:
        return False
    if change_one(
        update(Hold)
        .where(mine, Hold.extended < MOST_EXTENSIONS)
        .values(ends_at=ends_at, extended=Hold.extended + 1)
    ):
        return True
    if db.session.scalar(select(Hold.id).where(mine)) is not None:
        raise ExtendedOften
    return False


@transactional
def lapse_hold(hold_id: int, *, now: datetime) -> bool:
    """Give back what a hold keeps if its time is over. Returns True if this call did it.

    Guarded: one that was extended, ordered or ended meanwhile stays as it is.
    """
    places = _places(Hold.id == hold_id)
    if not change_one(delete(Hold).where(Hold.id == hold_id, Hold.ends_at <= now)):
        return False
    for pool_id, number in sorted(places.items()):
        pools.release(pool_id, number)
    return True


def lapse_holds(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """Give back what holds keep whose time is over."""
    return jobs.for_each(
        "hold", lapsed_holds(now=read_clock()), lambda id: lapse_hold(id, now=read_clock())
    )


def end_holds(secrets: Iterable[str]) -> Counter[int]:
    """End these holds. Returns what they kept, by pool id; the caller has it now.

    A hold is ended once: of two who want its places, one gets them.
    """
    ended: Counter[int] = Counter()
    for secret in sorted({each for each in secrets if each}):
        places = _places(Hold.secret == secret)
        if change_one(delete(Hold).where(Hold.secret == secret)):
            ended += places
    return ended


def _end(types: Iterable[TicketType], *, now: datetime) -> datetime:
    return min([now + HOLD_FOR, *(of.sale_until for of in types)])


def _offer_for(numbers: Counter[int], offers: Iterable[Hold]) -> Hold | None:
    """Returns the offer that the choice, by pool id, is from; None if it is from other pools.

    Refuses with OfferFirst if the choice is only partly from an offer.
    """
    is_partly = False
    for offer in offers:
        given = Counter({each.pool_id: each.number for each in offer.places})
        if numbers and numbers <= given:
            return offer
        is_partly = is_partly or bool(numbers & given)
    if is_partly:
        raise OfferFirst
    return None


def _places(which: ColumnElement[bool]) -> Counter[int]:
    rows = db.session.execute(
        select(HeldPlaces.pool_id, HeldPlaces.number)
        .join(Hold, Hold.id == HeldPlaces.hold_id)
        .where(which)
    )
    return Counter({pool_id: number for pool_id, number in rows})  # noqa: C416  rows are no pairs to mypy
