"""Extras of an order: what they cost, taking them from their stock and giving them back."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import or_, select, update

from festival.db import change_one, db
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.tickets import ledger, small_business
from festival.tickets.extras import queries
from festival.tickets.extras.models import Extra, OrderedExtra
from festival.tickets.ledger import LedgerEntry
from festival.tickets.models import Order, Ticket

MOST = 10  # of one extra with a whole order


class ExtraGone(Refusal):
    """Iets wat je erbij koos, kun je niet meer bestellen. Kijk hieronder wat er nog is."""


class ExtraSoldOut(Refusal):
    """“{name}” is net op. Er is nog niets besteld. Haal het weg, of kies iets anders."""


class TooFewExtras(Refusal):
    """“{name}”: er zijn er nog maar {left}. Er is nog niets besteld. Kies er minder."""


class SumChanged(Refusal):
    """Wat je erbij koos, staat nu ook in de som onderaan. Vind je het goed zo? Bestel dan nog een
    keer."""


@dataclass(frozen=True)
class ExtraRequest:
    """One extra that a buyer asks for, with a ticket (numbered from 0) or with the whole order."""

    slug: str
    ticket: int | None = None


class WantedExtra(NamedTuple):
    """An extra that is asked for, with which ticket and at which price."""

    extra: Extra
    ticket: int | None
    price_cents: int


def asked_for(
    edition: Edition, requests: Sequence[ExtraRequest], *, is_free: bool = False, now: datetime
) -> list[WantedExtra]:
    """Returns the extras of `requests`, with `is_free` at no price.

    Refuses with ExtraGone for what is not sold like that.
    """
    if not requests:
        return []
    day = edition.local(now).date()
    is_kor = small_business.applies(day)
    slugs = {each.slug for each in requests}
    known = {
        each.slug: each
        for each in db.session.scalars(
            select(Extra).where(Extra.edition_id == edition.id, Extra.slug.in_(slugs))
        )
        if each.is_on and (not each.price_cents or each.vat_on(day, is_kor=is_kor))
    }
    for request, number in Counter(requests).items():
        extra = known.get(request.slug)
        if extra is None or extra.is_per_ticket != (request.ticket is not None):
            raise ExtraGone
        if number > (1 if extra.is_per_ticket else MOST):
            raise ExtraGone
    return [
        WantedExtra(extra, each.ticket, 0 if is_free else extra.price_cents)
        for each in requests
        if (extra := known[each.slug])
    ]


def check_sum(wanted: Sequence[WantedExtra], shown_cents: int | None) -> None:
    """Refuse with SumChanged if the page counted another price of them; None compares nothing."""
    cents = sum(each.price_cents for each in wanted)
    if shown_cents is not None and cents != shown_cents:
        raise SumChanged


def take(order: Order, wanted: Sequence[WantedExtra], *, now: datetime) -> None:
    """Take them from their stock for `order`, which the caller has locked, and charge for them.

    Refuses with ExtraSoldOut or TooFewExtras.
    """
    if not wanted:
        return
    for extra, number in sorted(Counter(each.extra for each in wanted).items(), key=_by_id):
        if not _claim(extra.id, number):
            left = db.session.scalar(
                select(Extra.capacity - Extra.taken).where(Extra.id == extra.id)
            )
            if left:
                raise TooFewExtras(name=extra.name, left=left)
            raise ExtraSoldOut(name=extra.name)
    rows = [
        OrderedExtra(
            order=order,
            ticket=None if each.ticket is None else order.tickets[each.ticket],
            extra=each.extra,
            price_cents=each.price_cents,
        )
        for each in wanted
    ]
    db.session.add_all(rows)
    db.session.flush()
    _charge(order, rows, now=now)


def of_tickets(
    order: Order, ticket_ids: Collection[int] | None, *, released: bool = False
) -> list[OrderedExtra]:
    """Returns the extras of `order` that go with these tickets; None: all that it has.

    With `released`, those that were given back.
    """
    return [
        each
        for each in queries.of_orders([order])
        if (ticket_ids is None or each.ticket_id in ticket_ids)
        and (each.released_at is not None) == released
    ]


def give_back(
    order: Order, ticket_ids: Collection[int] | None, *, now: datetime
) -> list[OrderedExtra]:
    """Give back the extras that go with these tickets of `order`, which the caller has locked.

    None: all that it has. What they cost is taken back in the ledger. Returns them.
    """
    return _give_back(order, of_tickets(order, ticket_ids), now=now)


def of_other_days(ticket: Ticket, days: Collection[date]) -> list[OrderedExtra]:
    """Returns the extras of `ticket` for a day that is not in `days`, unless handed out."""
    return [
        each
        for each in of_tickets(ticket.order, {ticket.id})
        if each.extra.day and each.extra.day.held_on not in days and each.handed_out_at is None
    ]


def give_back_other_days(
    ticket: Ticket, days: Collection[date], *, now: datetime
) -> list[OrderedExtra]:
    """Give back what goes with `ticket` on days other than these, as give_back does.

    Guarded: what is handed out at this moment stays.
    """
    gone = [each for each in of_other_days(ticket, days) if _let_go(each, now=now)]
    return _give_back(ticket.order, gone, now=now)


def _let_go(ordered: OrderedExtra, *, now: datetime) -> bool:
    return change_one(
        update(OrderedExtra)
        .where(
            OrderedExtra.id == ordered.id,
            OrderedExtra.handed_out_at.is_(None),
            OrderedExtra.released_at.is_(None),
        )
        .values(released_at=now)
    )


def _give_back(order: Order, held: list[OrderedExtra], *, now: datetime) -> list[OrderedExtra]:
    if not held:
        return []
    entry_ids = [each.entry_id for each in held if each.entry_id is not None]
    entries = db.session.scalars(
        select(LedgerEntry).where(LedgerEntry.id.in_(entry_ids)).order_by(LedgerEntry.id)
    ).all()
    ledger.reverse(order, entries, now=now)
    for each in held:
        each.released_at, each.entry_id = now, None
    db.session.flush()
    for extra_id, number in sorted(Counter(each.extra_id for each in held).items()):
        _release(extra_id, number)
    return held


def take_again(order: Order, ticket_ids: Collection[int]) -> list[OrderedExtra] | None:
    """Take what `order` had with these tickets and besides, or nothing: then returns None.

    The caller charges for them with `restore` once all else came back too.
    """
    gone = [
        each
        for each in of_tickets(order, None, released=True)
        if each.ticket_id is None or each.ticket_id in ticket_ids
    ]
    taken: list[tuple[int, int]] = []
    for extra_id, number in sorted(Counter(each.extra_id for each in gone).items()):
        if not _claim(extra_id, number):
            for earlier in taken:
                _release(*earlier)
            return None
        taken.append((extra_id, number))
    return gone


def restore(order: Order, taken: Sequence[OrderedExtra], *, now: datetime) -> None:
    """Let these, which were taken again, be of `order` again, and charge for them."""
    for each in taken:
        each.released_at = None
    db.session.flush()
    _charge(order, taken, now=now)


def _charge(order: Order, rows: Sequence[OrderedExtra], *, now: datetime) -> None:
    day = order.edition.local(now).date()
    is_kor = small_business.applies(day)
    priced = [
        (each, rate)
        for each in rows
        if each.price_cents and (rate := each.extra.vat_on(day, is_kor=is_kor))
    ]
    entries = ledger.enter(
        order,
        [ledger.Charge(each.extra.name, each.price_cents, rate) for each, rate in priced],
        now=now,
    )
    for (each, _rate), entry in zip(priced, entries, strict=True):
        each.entry_id = entry.id
    db.session.flush()


def _claim(extra_id: int, number: int) -> bool:
    more = Extra.taken + number
    return change_one(
        update(Extra)
        .where(Extra.id == extra_id, or_(Extra.capacity.is_(None), more <= Extra.capacity))
        .values(taken=more)
    )


def _release(extra_id: int, number: int) -> None:
    change_one(update(Extra).where(Extra.id == extra_id).values(taken=Extra.taken - number))


def _by_id(of: tuple[Extra, int]) -> int:
    return of[0].id
