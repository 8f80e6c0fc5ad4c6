"""Which pairs of sessions more visitors want than chance explains, for the timetable.

A visitor is a ticket that starred, booked or waits for something. A visitor wants a session if they
did so with one of its slots. If wishes were independent, the number of visitors who want both of
two sessions would have a hypergeometric distribution: those who want the second are drawn at random
from all visitors, some of whom want the first. A pair is reported if so many would rarely be drawn.
On average at most one in twenty reported pairs is due to chance (Benjamini and Hochberg, 1995).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from math import comb, exp, lgamma
from typing import NamedTuple

import click
from sqlalchemy import delete, insert, select, union

from festival.bookings.models import Booking, Star, WaitingListEntry
from festival.db import change_rows, db, transactional
from festival.editions.models import Edition
from festival.editions.queries import current_edition
from festival.programme.models.sessions import Session, Slot
from festival.programme.models.timetable import WantedTogether
from festival.tickets.models import Ticket

FALSE_DISCOVERY = 0.05  # this share of the reported pairs may be chance
FEWEST = 5  # visitors; fewer show no pattern


class SessionPair(NamedTuple):
    """Two sessions (lower id first), how many visitors want both, and how many would by chance."""

    session_id: int
    other_id: int
    visitors: int
    expected: float


def count_wanted_together(edition: Edition) -> list[SessionPair]:
    """Count what visitors of `edition` want together, and store it for the timetable."""
    # Read and counted before anything is locked, so that nobody has to wait for this.
    found = pairs_among(_wishes(edition))
    _keep(edition, found)
    return found


def pairs_among(wishes: Iterable[tuple[int, int]]) -> list[SessionPair]:
    """Returns the pairs that go together. `wishes` holds (visitor, session) ids, each once.

    With hundreds of sessions and thousands of visitors this takes some tenths of a second.
    """
    who, total = _who_wants(wishes)
    logs = [lgamma(n + 1) for n in range(total + 1)]
    wanted = [(session, mask, mask.bit_count()) for session, mask in sorted(who.items())]
    wanted = [each for each in wanted if each[2] >= FEWEST]
    found: list[tuple[float, SessionPair]] = []
    for (one, mask, a), (other, other_mask, b) in combinations(wanted, 2):
        both, expected = (mask & other_mask).bit_count(), a * b / total
        if both >= FEWEST and both > expected:
            found.append((tail(total, a, b, both, logs), SessionPair(one, other, both, expected)))
    tested = comb(len(wanted), 2)
    return sorted(_discoveries(found, tested))


def tail(total: int, one: int, other: int, both: int, logs: Sequence[float]) -> float:
    """Returns the chance that `both` or more of `total` visitors want two sessions, if `one` of
    them want the first and `other` the second, independently. `logs`: the logarithms of 0! to
    `total`!.
    """

    def choose(n: int, k: int) -> float:
        return logs[n] - logs[k] - logs[n - k]

    term = exp(choose(one, both) + choose(total - one, other - both) - choose(total, other))
    chance = term
    for k in range(both, min(one, other)):
        term *= (one - k) * (other - k) / ((k + 1) * (total - one - other + k + 1))
        chance += term
        if term < chance * 1e-17:
            break
    return min(chance, 1.0)


def _who_wants(wishes: Iterable[tuple[int, int]]) -> tuple[dict[int, int], int]:
    """Returns a number by session with a bit for each visitor who wants it, and the visitor count.

    Comparing two of those numbers takes a microsecond, whatever the number of wishes.
    """
    bits: dict[int, int] = {}
    masks: dict[int, bytearray] = {}
    rows = [(bits.setdefault(visitor, len(bits)), session) for visitor, session in wishes]
    for bit, session in rows:
        mask = masks.setdefault(session, bytearray(len(bits) // 8 + 1))
        mask[bit // 8] |= 1 << bit % 8
    who = {session: int.from_bytes(mask, "little") for session, mask in masks.items()}
    return who, len(bits)


def _discoveries(found: list[tuple[float, SessionPair]], tested: int) -> Iterator[SessionPair]:
    """Returns those of `found` that chance does not explain, out of `tested` pairs."""
    found.sort()
    last = 0
    for rank, (chance, _pair) in enumerate(found, 1):
        if chance <= rank / tested * FALSE_DISCOVERY:
            last = rank
    return (pair for _chance, pair in found[:last])


def _wishes(edition: Edition) -> list[tuple[int, int]]:
    booked = select(Booking.ticket_id, Booking.slot_id).where(Booking.cancelled_at.is_(None))
    starred = select(Star.ticket_id, Star.slot_id).where(Star.removed_at.is_(None))
    waits = select(WaitingListEntry.ticket_id, WaitingListEntry.slot_id).where(
        WaitingListEntry.left_at.is_(None)
    )
    wish = union(booked, starred, waits).subquery()
    rows = db.session.execute(
        select(wish.c.ticket_id, Slot.session_id)
        .join(Slot, Slot.id == wish.c.slot_id)
        .join(Session, Session.id == Slot.session_id)
        .join(Ticket, Ticket.id == wish.c.ticket_id)
        .where(
            Session.edition_id == edition.id,
            Slot.is_public,
            Slot.state != "dropped",
            Ticket.released_at.is_(None),
        )
        .distinct()
        .order_by(wish.c.ticket_id)
    )
    return [(visitor, session) for visitor, session in rows]


@transactional
def _keep(edition: Edition, found: Sequence[SessionPair]) -> None:
    # One count at a time.
    db.session.execute(
        select(Edition.id).where(Edition.id == edition.id).with_for_update(key_share=True)
    )
    sessions = select(Session.id).where(Session.edition_id == edition.id).scalar_subquery()
    change_rows(delete(WantedTogether).where(WantedTogether.session_id.in_(sessions)))
    if found:
        db.session.execute(insert(WantedTogether), [pair._asdict() for pair in found])


@click.command("wanted-together")
def command() -> None:
    """Count which sessions visitors want together; the worker does it every hour."""
    edition = current_edition()
    found = count_wanted_together(edition) if edition else []
    click.echo(f"{len(found)} pairs of sessions are wanted together.")
