"""Standing in line for tickets that are sold out, and whose turn it is when some come free.

Somebody stands in line once they opened the link in a letter and said that it was them: an offer
keeps tickets from all others, and nobody gets one at an invented address. Who waits longest is
offered what they asked for, by letter, and has some time to order. Whoever
asks for more than is free is passed by, and stays in line. While somebody waits whom the free
places would serve, they are for nobody else (see rules/claiming.py).
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, select, update

from festival import codes, jobs
from festival.db import change_one, db, transactional
from festival.editions.models import Edition
from festival.email_addresses import canonical, mailbox_of
from festival.errors import Refusal
from festival.team import audit
from festival.text import line as one_line
from festival.tickets import holding, pools, small_business
from festival.tickets.holds import rules as holds
from festival.tickets.holds.models import HeldPlaces, Hold
from festival.tickets.holds.queries import is_too_much
from festival.tickets.models import Order, Ticket, TicketType
from festival.tickets.queries import LIVE
from festival.tickets.waiting import letters, queries
from festival.tickets.waiting.models import TicketWait

MOST_TICKETS = 10  # that one may wait for

# How long an offer stands, by the days until the festival: shorter towards it.
_STANDS = ((7, timedelta(hours=24)), (2, timedelta(hours=6)), (0, timedelta(hours=2)))
_LEAST = timedelta(hours=1)  # on its days
_MORNING = time(10)  # nobody has to get up for an offer


class StillLeft(Refusal):
    """Er zijn nog kaartjes “{name}”. Bestel ze meteen, dan hoef je niet te wachten."""


class NoLine(Refusal):
    """Voor kaartjes “{name}” is er geen wachtlijst: ze zijn nu niet te koop."""


class NotInLine(Refusal):
    """Dit is net al veranderd: deze wachtende kreeg al een aanbod, of ging van de lijst."""


class NumberNotSold(Refusal):
    """Van “{name}” bestel je er nu {least} tot {most} tegelijk. Deze wachtende wil er {number}."""


class TooFewToOffer(pools.SoldOut):
    """Van “{name}” is er nu te weinig vrij: het gaat om {number}. Maak het contingent groter, of
    wacht."""


@transactional
def join_line(
    of: TicketType, *, name: str, email: str, number: int, language: str, now: datetime
) -> TicketWait:
    """Ask the owner of this address by letter to confirm a place in line, see confirm_place.

    Tickets of this type are sold out. Whoever is in line already keeps their place, and gets the
    link once more: only the letter says so, because anybody may type an address. What was not yet
    confirmed becomes what was typed last. Refuses with NoLine or StillLeft.
    """
    # A sale or an offer of this very moment goes first, or sees this one.
    db.session.refresh(of.pool, with_for_update={"key_share": True})
    if why_closed(of, now=now):
        raise NoLine(name=of.name)
    least = max(number, of.min_per_order)
    if of.pool.left >= least and not queries.first_who_fits(of.pool_id, now=now):
        raise StillLeft(name=of.name)
    wait = queries.wait_of(of, canonical(email))
    if wait is not None and wait.confirmed_at is not None:
        letters.joined(wait, now=now)
        return wait
    if wait is None:
        wait = TicketWait(
            type=of,
            secret=codes.secret(),
            code=codes.readable(),
            email=canonical(email),
            joined_at=now,
        )
    wait.name, wait.number, wait.language = one_line(name), number, language
    db.session.add(wait)
    db.session.flush()
    letters.confirm(wait, now=now)
    return wait


@transactional
def confirm_place(wait: TicketWait, *, network: str, now: datetime) -> None:
    """Put somebody at the end of the line who opened the link in our letter. Again changes nothing.

    `network` is a digest of theirs: it is offered no more at once than it may hold. Refuses with
    NoLine, or with TooManyHeld if the mailbox holds and waits for too much already.
    """
    if wait.state != "unconfirmed":
        return
    of = wait.type
    if why_closed(of, now=now):
        raise NoLine(name=of.name)
    holding.check_line(of.edition_id, wait.email, wait.number, now=now)
    # As in join_line.
    db.session.refresh(of.pool, with_for_update={"key_share": True})
    change_one(
        update(TicketWait)
        .where(
            TicketWait.id == wait.id,
            TicketWait.confirmed_at.is_(None),
            TicketWait.ended_at.is_(None),
        )
        .values(confirmed_at=now, network=network)
    )


@transactional
def leave_line(wait: TicketWait, *, now: datetime) -> None:
    """Take somebody out of the line, and give back what was kept for them.

    Again changes nothing.
    """
    if _end(wait.id, "left", now=now):
        _give_back(wait)


@transactional
def offer_places(wait_id: int, *, now: datetime) -> bool:
    """Keep the tickets that somebody waits for, and write to them. Returns True.

    Guarded: each gets one offer, and never more than there is. Refuses with NotInLine, NoLine,
    NumberNotSold or TooFewToOffer.
    """
    _offer(db.session.get_one(TicketWait, wait_id), now=now)
    return True


@transactional
def offer_by_hand(wait: TicketWait, *, now: datetime) -> None:
    """Offer tickets to somebody before their turn, whatever their network keeps.

    Refuses as offer_places.
    """
    _offer(wait, by_hand=True, now=now)
    audit.record("offer_from_line", f"ticket type {wait.type.slug}", now=now, number=wait.number)


@transactional
def end_offer(wait_id: int, *, now: datetime) -> bool:
    """End an offer whose time is over, and give the tickets back. Returns whether it did.

    No letter goes to people who have ordered this type since, or once the sale is over and they
    could not join again.
    """
    wait = db.session.get_one(TicketWait, wait_id)
    has_ordered = _has_ordered(wait)
    over = TicketWait.offer_ends_at <= now
    if not _end(wait_id, "ordered" if has_ordered else "lapsed", over, now=now):
        return False
    _give_back(wait)
    if not has_ordered and not why_closed(wait.type, now=now):
        letters.lapsed(wait, now=now)
    return True


def serve_lines(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """End offers whose time is over, and offer free tickets to those who wait longest."""
    tally = jobs.for_each(
        "ticket offer",
        queries.offers_to_end(now=read_clock()),
        lambda id: end_offer(id, now=read_clock()),
    )
    return jobs.for_each(
        "ticket wait",
        queries.waits_to_offer(now=read_clock()),
        lambda id: _offer_if_there(id, now=read_clock()),
        tally=tally,
    )


def note_order(secret: str, *, now: datetime) -> None:
    """Note that what was offered under this secret was ordered, if it is an offer."""
    if secret:
        change_one(
            update(TicketWait)
            .where(TicketWait.secret == secret, TicketWait.ended_at.is_(None))
            .values(ended_at=now, outcome="ordered")
        )


def _offer_if_there(wait_id: int, *, now: datetime) -> bool:
    try:
        return offer_places(wait_id, now=now)
    except (NotInLine, NoLine, NumberNotSold, TooFewToOffer):
        return False  # somebody was first; the next may need less


def offer_end(edition: Edition, until: datetime, *, now: datetime) -> datetime:
    """Returns when an offer ends that is made now, at the latest `until`."""
    days = (edition.starts_on - edition.local(now).date()).days
    stands = next((each for least, each in _STANDS if days > least), _LEAST)
    end = now + stands
    local = edition.local(end)
    if local.time() < _MORNING:
        end = edition.moment(local.date(), _MORNING)
    return min(end, until)


def why_closed(of: TicketType, *, now: datetime) -> str:
    """Returns why nobody can wait for this type: `called_off`, `over` or `not_now`; '' if they can.

    As queries.py says it in SQL.
    """
    if of.edition.called_off_at is not None:
        return "called_off"
    if now >= of.sale_until:
        return "over"
    is_ready = small_business.is_ready(of, of.edition.local(now).date())
    return "not_now" if now < of.sale_from or of.is_hidden or not is_ready else ""


def _offer(wait: TicketWait, *, by_hand: bool = False, now: datetime) -> None:
    of = wait.type
    if why_closed(of, now=now):
        raise NoLine(name=of.name)
    if not of.min_per_order <= wait.number <= of.max_per_order:
        raise NumberNotSold(
            name=of.name, least=of.min_per_order, most=of.max_per_order, number=wait.number
        )
    ends_at = offer_end(of.edition, of.sale_until, now=now)
    if not change_one(
        update(TicketWait)
        .where(TicketWait.id == wait.id, *queries.IN_LINE)
        .values(offered_at=now, offer_ends_at=ends_at)
    ):
        raise NotInLine
    try:
        pools.claim(of.pool_id, wait.number)
    except pools.SoldOut as refusal:
        raise TooFewToOffer(name=of.name, number=wait.number) from refusal
    db.session.expire(wait)
    # Counted after the pool is held, as in holds/rules.py.
    is_counted = bool(wait.network) and not by_hand
    if is_counted and is_too_much(wait.network, of.pool_id, wait.number):
        raise TooFewToOffer(name=of.name, number=wait.number)
    db.session.add(
        Hold(
            edition_id=of.edition_id,
            secret=wait.secret,
            network=wait.network,
            ends_at=ends_at,
            extended=holds.MOST_EXTENSIONS,  # it is longer than any, and others wait
            places=[HeldPlaces(pool_id=of.pool_id, number=wait.number)],
        )
    )
    db.session.flush()
    letters.offered(wait, now=now)


def _end(wait_id: int, outcome: str, *also: ColumnElement[bool], now: datetime) -> bool:
    return change_one(
        update(TicketWait)
        .where(TicketWait.id == wait_id, TicketWait.ended_at.is_(None), *also)
        .values(ended_at=now, outcome=outcome)
    )


def _give_back(wait: TicketWait) -> None:
    for pool_id, number in sorted(holds.end_holds([wait.secret]).items()):
        pools.release(pool_id, number)


def _has_ordered(wait: TicketWait) -> bool:
    ordered = (
        select(Ticket.id)
        .join(Ticket.order)
        .where(
            Ticket.type_id == wait.type_id,
            Order.mailbox == mailbox_of(wait.email),
            Order.placed_at >= wait.offered_at,
            LIVE,
        )
    )
    return db.session.scalar(ordered.limit(1)) is not None
