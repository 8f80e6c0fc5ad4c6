"""Each recount finds what was planted, as it stands there, and is silent about all that is well."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from festival.bookings import stars
from festival.bookings.models import Booking, Star
from festival.bookings.rules import places, waiting_list
from festival.checkin.models import Scan
from festival.db import db
from festival.home import consistency_checks
from festival.payments import queries
from festival.payments.rules import cancelling, lapsing, recording, refunding
from festival.programme.models.sessions import Slot
from festival.tickets.models import Order, Ticket, TicketType
from tests import make
from tests.make import NOW

LATER = NOW + timedelta(hours=1)
ALL: tuple[Callable[[], list[str]], ...] = (
    consistency_checks.pools,
    consistency_checks.days,
    consistency_checks.slots,
    consistency_checks.bookings,
    consistency_checks.stars,
    consistency_checks.lost_places,
    consistency_checks.totals,
    consistency_checks.funds,
    consistency_checks.extras,
    consistency_checks.movements,
    consistency_checks.endings,
    consistency_checks.payments,
    consistency_checks.money_of_others,
    consistency_checks.entries,
)


def found() -> dict[str, list[str]]:
    """What every recount says, those that say nothing left out."""
    db.session.rollback()
    told = {recount.__name__: sorted(recount()) for recount in ALL}
    return {name: sentences for name, sentences in told.items() if sentences}


def paid_type(**values: Any) -> TicketType:
    return make.ticket_type(price_cents=1000, **values)


def pending(**values: Any) -> Order:
    return make.order(
        **{"of": paid_type(), "confirmed_at": None, "due_at": NOW, "tickets": 2} | values
    )


def pay(order: Order, cents: int) -> None:
    if cents > 0:
        make.payment(order, cents)
    else:
        make.refund(order, -cents)


def book(slot: Slot, ticket: Ticket | None = None, **values: Any) -> Booking:
    """A booking that no rule made: the slot does not know of it."""
    booking = Booking(ticket=ticket or make.ticket(), slot=slot, booked_at=NOW, **values)
    db.session.add(booking)
    db.session.commit()
    return booking


def star(ticket: Ticket, slot: Slot, **values: Any) -> None:
    db.session.add(Star(ticket=ticket, slot=slot, starred_at=NOW, **values))
    db.session.commit()


def let_in(ticket: Ticket, **values: Any) -> None:
    number = db.session.query(Scan).count()
    db.session.add(
        Scan(
            **{
                "gate": make.gate(),
                "device": make.device(),
                "nonce": f"n{number}",
                "ticket": ticket,
                "read": "x",
                "method": "typed",
                "outcome": "admitted",
                "admitted_on": make.FRIDAY,
                "scanned_at": NOW,
                "received_at": NOW,
                **values,
            }
        )
    )
    db.session.commit()


def test_nothing_is_wrong_where_there_is_nothing(any_app: Flask) -> None:
    assert found() == {}


def test_nothing_is_wrong_after_a_life_through_the_rules(any_app: Flask) -> None:
    """Orders of every fate, places that come and go, money that comes and goes back."""
    pool = make.pool()
    types = [paid_type(pool=pool), make.ticket_type(pool=pool), paid_type()]
    slots = [make.slot(places=2), make.slot(starts=NOW + timedelta(days=23), places=1)]
    paid = pending(of=types[0])
    recording.record_payment(paid, 500, NOW, "a", now=NOW)
    recording.record_payment(paid, 1500, NOW, "b", now=NOW)
    places.book_slot(paid.tickets[0], slots[0], now=NOW)
    gone = places.book_slot(paid.tickets[1], slots[0], now=NOW)
    places.cancel_booking(gone, now=LATER)
    stars.sync_stars(paid.tickets[0], add=[slots[1].code], now=NOW)

    cancelled = pending(of=types[2])
    recording.record_payment(cancelled, 2000, NOW, "c", now=NOW)
    places.book_slot(cancelled.tickets[0], slots[1], now=NOW)
    stars.sync_stars(cancelled.tickets[1], add=[slots[0].code], now=NOW)
    stars.sync_stars(cancelled.tickets[1], remove=[slots[0].code], now=LATER)
    waiting = make.order(of=types[1]).tickets[0]
    waiting_list.join_waiting_list(waiting, slots[1], now=NOW)
    cancelling.cancel_order(cancelled, now=LATER)
    [refund] = queries.refunds_of(cancelled)
    refunding.finish_refund(refund, done_at=LATER, now=LATER)
    waiting_list.fill_slot(slots[1].id, now=LATER)

    lapsed = pending(of=types[0])
    places.book_slot(lapsed.tickets[0], slots[0], now=NOW)
    lapsing.lapse_order(lapsed, now=LATER)
    pending(of=types[2])
    let_in(paid.tickets[0])
    assert db.session.query(Booking).filter_by(ticket_id=waiting.id).count() == 1
    assert found() == {}


# -- pools ------------------------------------------------------------------------------------


@pytest.mark.parametrize("drift", [-2, -1, 1, 50])
def test_a_pool_that_says_too_few_or_too_many(any_app: Flask, drift: int) -> None:
    pool = make.pool(slug="zaal")
    make.order(of=make.ticket_type(pool=pool), tickets=2)
    make.order(of=make.ticket_type(pool=pool))
    pool.taken += drift
    db.session.commit()
    assert found() == {"pools": [f"Pool zaal says {3 + drift} taken; 3 tickets are out."]}


def test_a_pool_of_which_nothing_was_sold(app: Flask) -> None:
    make.pool(slug="leeg", taken=1)
    make.order()
    assert found() == {"pools": ["Pool leeg says 1 taken; 0 tickets are out."]}


def test_each_pool_is_counted_by_itself(app: Flask) -> None:
    """One too many here and one too few there is twice wrong, in other editions too."""
    first = make.order(of=make.ticket_type(pool=make.pool(slug="een"))).tickets[0].type.pool
    old = make.edition(is_current=False)
    second = make.pool(slug="twee", edition_id=old.id)
    make.order(of=make.ticket_type(pool=second, edition_id=old.id))
    first.taken, second.taken = 0, 2
    db.session.commit()
    assert found() == {
        "pools": [
            "Pool een says 0 taken; 1 tickets are out.",
            "Pool twee says 2 taken; 1 tickets are out.",
        ]
    }


# -- places -----------------------------------------------------------------------------------


@pytest.mark.parametrize("taken", [0, 2])
def test_a_slot_that_says_too_few_or_too_many(any_app: Flask, taken: int) -> None:
    slot, other = make.slot(taken=taken), make.slot(taken=1)
    book(slot)
    book(slot, cancelled_at=NOW)
    book(other)
    assert found() == {"slots": [f"Slot {slot.code} says {taken} taken; 1 bookings hold a place."]}


def test_a_place_with_a_ticket_that_was_given_back(any_app: Flask) -> None:
    order = make.order(tickets=2)
    slot = make.slot(taken=1)
    booking = book(slot, order.tickets[0])
    book(make.slot(), order.tickets[0], cancelled_at=NOW)
    order.tickets[0].released_at = NOW
    order.tickets[0].type.pool.taken -= 1
    db.session.commit()
    code = order.tickets[0].code
    assert found() == {
        "bookings": [
            f"Ticket {code} was given back but still holds a place (booking {booking.id})."
        ]
    }


@pytest.mark.parametrize(
    ("values", "is_lost"),
    [
        ({"state": "dropped"}, True),
        ({"is_public": False}, True),
        ({"state": "cancelled"}, False),
        ({"state": "scheduled"}, False),
    ],
)
def test_places_in_what_is_off_the_programme(
    any_app: Flask, values: dict[str, Any], is_lost: bool
) -> None:
    slot = make.slot(taken=2, **values)
    for _ in range(2):
        book(slot)
    book(slot, cancelled_at=NOW)
    make.slot(**values)  # nobody has a place there
    sentence = f"Slot {slot.code} is off the programme; 2 people who booked it have not rebooked."
    assert found() == ({"lost_places": [sentence]} if is_lost else {})


def test_stars_of_tickets_that_cannot_have_them(any_app: Flask) -> None:
    order = make.order(tickets=2)
    back, kept = order.tickets
    slot = make.slot()
    old = make.slot(make.session(edition_id=make.edition(is_current=False).id))
    star(kept, slot)
    star(kept, old, removed_at=NOW)
    assert found() == {}
    star(back, slot)
    star(kept, make.slot(old.session))
    back.released_at = NOW
    back.type.pool.taken -= 1
    db.session.commit()
    sentences = found()
    assert list(sentences) == ["stars"]
    assert {sentence.split()[1] for sentence in sentences["stars"]} == {back.code, kept.code}
    assert (
        f"Ticket {back.code} keeps a star at slot {slot.code}, which it cannot have."
        in sentences["stars"]
    )


# -- orders and money -------------------------------------------------------------------------


@pytest.mark.parametrize("cents", [0, 999, 1001])
def test_an_order_that_is_charged_something_else_than_its_tickets_cost(
    any_app: Flask, cents: int
) -> None:
    order = pending()
    order.tickets[0].price_cents = cents
    db.session.commit()
    pending()
    sentence = f"The ledger of order {order.code} charges 2000 cents; its tickets cost"
    assert found() == {"totals": [f"{sentence} {1000 + cents}."]}


@pytest.mark.parametrize("sent", ["payment", "refund"])
def test_money_that_is_not_in_the_ledger_as_it_moved(any_app: Flask, sent: str) -> None:
    order = pending()
    payment = make.payment(order, 2000)
    assert found() == {}
    if sent == "payment":
        payment.amount_cents = 1999
        moved = "payment of 1999 cents"
    else:
        make.refund(order, 500).amount_cents = 300
        moved = "refund of 300 cents"
    db.session.commit()
    assert found() == {"movements": [f"The {moved} for order {order.code} is not in its ledger."]}


@pytest.mark.parametrize("ended", ["lapsed_at", "cancelled_at"])
def test_an_order_that_ended_and_kept_tickets(any_app: Flask, ended: str) -> None:
    order = pending(**{ended: NOW})
    sentence = f"Order {order.code} has ended but still has"
    assert found()["endings"] == [f"{sentence} 2 live tickets."]
    order.tickets[0].released_at = NOW
    order.tickets[0].type.pool.taken -= 1
    db.session.commit()
    assert found()["endings"] == [f"{sentence} 1 live tickets."]


@pytest.mark.parametrize("confirmed_at", [None, NOW])
def test_an_order_that_lost_all_its_tickets_and_did_not_end(
    any_app: Flask, confirmed_at: object
) -> None:
    order = make.order(tickets=2, confirmed_at=confirmed_at)
    for number, ticket in enumerate(order.tickets, start=1):
        ticket.released_at = NOW
        ticket.type.pool.taken -= 1
        db.session.commit()
        sentence = f"Order {order.code} did not end but all of its tickets were given back."
        assert found() == ({"endings": [sentence]} if number == 2 else {})


@pytest.mark.parametrize(
    ("values", "received", "told"),
    [
        ({"confirmed_at": NOW}, [], {"payments": 0}),
        ({"confirmed_at": NOW}, [1500], {"payments": 1500}),
        ({"confirmed_at": NOW}, [2000, -1], {"payments": 1999}),
        ({"confirmed_at": NOW}, [1500, 500], {}),
        ({"confirmed_at": NOW}, [2500], {"money_of_others": 2500}),
        ({"confirmed_at": NOW}, [2500, -500], {}),
        ({}, [], {}),
        ({}, [500], {}),
        ({}, [2001], {"money_of_others": 2001}),
        ({"lapsed_at": NOW}, [], {}),
        ({"lapsed_at": NOW}, [500], {"money_of_others": 500}),
        ({"cancelled_at": NOW, "confirmed_at": NOW}, [2000], {"money_of_others": 2000}),
        ({"cancelled_at": NOW, "confirmed_at": NOW}, [2000, -2000], {}),
        ({"cancelled_at": NOW, "confirmed_at": NOW}, [2000, -500], {"money_of_others": 1500}),
    ],
)
def test_money_that_does_not_fit_its_order(
    app: Flask, values: dict[str, Any], received: list[int], told: dict[str, int]
) -> None:
    order = pending(**values)
    for ticket in order.tickets if order.state in {"lapsed", "cancelled"} else ():
        ticket.released_at = NOW
        ticket.type.pool.taken -= 1
    for cents in received:
        pay(order, cents)
    db.session.commit()
    cost = 2000 if order.state in {"pending", "confirmed"} else 0
    says = {
        "payments": "Order {} is confirmed; of its 2000 cents {} came in.",
        "money_of_others": "Order {} of COST cents has had {} cents that are to be paid back.",
    }
    assert found() == {
        name: [says[name].replace("COST", str(cost)).format(order.code, cents)]
        for name, cents in told.items()
    }


# -- the gate ---------------------------------------------------------------------------------


def test_a_ticket_that_was_let_in_twice_on_a_day(app: Flask) -> None:
    db.session.execute(text("DROP INDEX one_entry_a_day"))  # which forbids it
    db.session.commit()
    twice, once = make.ticket(), make.ticket()
    for values in (
        {},
        {"admitted_on": date(2026, 10, 24)},
        {"undone_at": NOW},
        {"is_practice": True},
        {"outcome": "already_in", "admitted_on": None},
    ):
        let_in(once, **values)
    assert found() == {}
    for _ in range(3):
        let_in(twice)
    assert found() == {"entries": [f"Ticket {twice.code} was let in 3 times on 2026-10-23."]}


def test_counting_changes_nothing(app: Flask) -> None:
    make.pool(taken=4)
    make.slot(taken=3)
    pending(lapsed_at=NOW)
    before = found()
    assert {"pools", "slots", "totals", "endings"} == set(before)
    db.session.commit()
    assert found() == before


def test_days_that_an_edition_does_not_have(any_app: Flask) -> None:
    edition, ticket = make.edition(slug="2026"), make.ticket(of=make.ticket_type(slug="weekend"))
    assert found() == {}
    other = make.edition(slug="2027", is_current=False)
    ticket.type.days = [*edition.day_rows[:1], *other.day_rows[2:]]
    make.ticket_type(slug="nooit", days=[])
    other.ends_on += timedelta(days=1)
    db.session.commit()
    assert found() == {
        "days": [
            "Edition 2027 has 3 days, from 2026-10-23 to 2026-10-25; it says"
            " 2026-10-23 to 2026-10-26.",
            "Ticket type nooit is for no day: its tickets admit nobody.",
            "Ticket type weekend is for 2026-10-25, which is a day of another edition.",
        ]
    }
