"""A whole edition does not go on: its orders are cancelled one by one, and money goes back.

Calling it off is one short transaction that closes the sale. The worker then cancels the orders,
each in a transaction of its own, so that no lock is held long and whoever is killed lost nothing:
what is left is exactly the live orders of an edition that is called off.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import update

from festival import clock, jobs
from festival.db import change_one, db, transactional
from festival.editions.models import Edition
from festival.editions.rules import raise_programme_version
from festival.errors import Refusal
from festival.payments.calling_off import queries
from festival.payments.rules import cancelling
from festival.payments.stripe import paying
from festival.team import audit
from festival.tickets.models import Order
from festival.web.languages import Bilingual

# Orders in one turn of the worker: a turn ends well before the next one begins.
TURN = 500


class AlreadyCalledOff(Refusal):
    """Deze editie is al afgelast."""


class BegunAlready(Refusal):
    """Deze editie is al begonnen. Laat onder „Vandaag” vervallen wat niet doorgaat."""


class AnotherName(Refusal):
    """Dit is niet de naam van de editie. Typ hem precies zoals hij er staat."""


class NumbersChanged(Refusal):
    """Terwijl je keek, kwamen er bestellingen of betalingen bij. Er is nog niets afgelast. Kijk de
    aantallen nog eens na."""


@transactional
def call_off(
    edition: Edition,
    reason: Bilingual,
    *,
    typed_name: str,
    shown: str,
    now: datetime,
) -> None:
    """Say that `edition` does not go on. Nothing is sold from now on; the worker does the rest.

    `typed_name` is what somebody typed to be sure, `shown` the mark of the numbers that the page
    showed. Refuses with AlreadyCalledOff, BegunAlready, AnotherName or NumbersChanged.
    """
    if edition.called_off_at is not None:
        raise AlreadyCalledOff
    if edition.local(now).date() >= edition.starts_on:
        raise BegunAlready
    names = {name.casefold() for name in (edition.name.nl, edition.name.en) if name}
    if typed_name.strip().casefold() not in names:
        raise AnotherName
    if shown != queries.forecast(edition).mark:
        raise NumbersChanged
    if not change_one(
        update(Edition)
        .where(Edition.id == edition.id, Edition.called_off_at.is_(None))
        .values(called_off_at=now, called_off_reason_nl=reason.nl, called_off_reason_en=reason.en)
    ):
        raise AlreadyCalledOff
    db.session.expire(edition)
    raise_programme_version(edition.id)  # kept pages say it from now on
    audit.record("call_off", f"edition {edition.slug}", now=now)
    jobs.after_commit("cancel_called_off_now", edition)


def cancel_queued(edition_id: int) -> None:
    """Cancel the first orders of an edition that was called off just now."""
    _take_turn(edition_id, clock.now)


def cancel_called_off(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """Cancel what is left of the orders of editions that were called off, TURN of each."""
    tally = jobs.Tally()
    for edition_id in queries.editions_to_cancel():
        _take_turn(edition_id, read_clock, tally)
    return tally


def _take_turn(
    edition_id: int, read_clock: Callable[[], datetime], tally: jobs.Tally | None = None
) -> jobs.Tally:
    left = queries.orders_left(edition_id, at_most=TURN)
    return jobs.for_each("order", left, lambda id: _cancel(id, read_clock), tally=tally)


def _cancel(order_id: int, read_clock: Callable[[], datetime]) -> bool:
    order = db.session.get_one(Order, order_id)
    paying.close_all(order, read_clock)  # asks Stripe, so outside the rule
    with suppress(cancelling.AlreadyEnded):  # another worker, or its buyer, was first
        cancelling.cancel_called_off(order, now=read_clock())
        return True
    return False
