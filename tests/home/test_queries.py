"""The numbers of the front page and the dashboard: what counts, what does not, of which edition."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from festival.db import db
from festival.editions.models import Edition, Partner, Question
from festival.home import queries
from festival.payments import queries as payments
from festival.programme.models.sessions import Speaker
from festival.tickets.models import Order
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW

FRIDAY, SATURDAY, SUNDAY = (date(2026, 10, day) for day in (23, 24, 25))


def order(of_edition: Edition | None = None, **values: Any) -> Order:
    """An order of two tickets of ten euros."""
    edition = of_edition or make.current_edition()
    of = values.pop("of", None) or make.ticket_type(price_cents=1000, edition_id=edition.id)
    return make.order(**{"of": of, "tickets": 2} | values)


def pay(for_order: Order, cents: int) -> None:
    if cents > 0:
        make.payment(for_order, cents)
    else:
        make.refund(for_order, -cents)


@pytest.fixture
def edition(any_app: Flask) -> Edition:
    """The current edition, on each of the two databases."""
    return make.edition()


@pytest.fixture
def other(edition: Edition) -> Edition:
    """Last year's."""
    return make.edition(is_current=False)


FATES: dict[str, dict[str, Any]] = {
    "confirmed": {},
    "pending": {"confirmed_at": None},
    "lapsed": {"confirmed_at": None, "lapsed_at": NOW},
    "cancelled": {"cancelled_at": NOW},
}


# -- orders, tickets and money ----------------------------------------------------------------


def test_without_orders_every_state_is_there_with_a_zero(edition: Edition) -> None:
    assert queries.orders_by_state(edition) == dict.fromkeys(FATES, 0)
    assert queries.ticket_counts(edition) == {"confirmed": 0, "pending": 0}
    for state in ("due", "refund", "partial"):
        assert payments.owed(edition, state) == payments.OwedMoney(0, 0)
    assert queries.valid_tickets_by_day(edition) == {}
    assert queries.places_by_session(edition) == []
    assert queries.pools(edition) == []


def test_orders_are_counted_by_what_became_of_them(edition: Edition, other: Edition) -> None:
    for number, (state, values) in enumerate(FATES.items(), start=1):
        for _ in range(number):
            assert order(**values).state == state
    order(confirmed_at=None, lapsed_at=NOW, cancelled_at=NOW)  # a lapsed one that was cancelled
    order(other)
    assert queries.orders_by_state(edition) == {
        "confirmed": 1,
        "pending": 2,
        "lapsed": 3,
        "cancelled": 5,
    }
    assert queries.orders_by_state(other)["confirmed"] == 1


def test_live_tickets_are_counted(edition: Edition, other: Edition) -> None:
    for values in FATES.values():
        order(**values)
    order(tickets=3, **FATES["pending"])
    given_back = order(tickets=2)
    given_back.tickets[0].released_at = NOW
    db.session.commit()
    order(other)
    assert queries.ticket_counts(edition) == {"confirmed": 3, "pending": 5}


def test_what_is_still_to_come_in(edition: Edition, other: Edition) -> None:
    waits = order(**FATES["pending"])
    pay(waits, 500)
    paid = order()
    pay(paid, 2500)
    pay(paid, -500)
    for fate in ("lapsed", "cancelled"):
        ended = order(**FATES[fate])
        pay(ended, 700)
    order(other)
    too_much = order()
    pay(too_much, 2300)
    assert payments.owed(edition, "due") == payments.OwedMoney(1, 1500)
    assert payments.owed(edition, "partial") == payments.OwedMoney(1, 1500)
    # Nobody's debt hides what others get back.
    assert payments.owed(edition, "refund") == payments.OwedMoney(3, 300 + 700 + 700)
    assert payments.owed(other, "due") == payments.OwedMoney(1, 2000)


def test_tickets_of_each_day(edition: Edition, other: Edition) -> None:
    weekend = make.ticket_type()
    saturday = make.ticket_type(days=[str(SATURDAY)])
    order(of=weekend, tickets=2)
    order(of=saturday, tickets=3)
    for fate in ("pending", "lapsed", "cancelled"):
        order(of=saturday, **FATES[fate])
    given_back = order(of=weekend, tickets=2)
    given_back.tickets[0].released_at = NOW
    db.session.commit()
    order(other)
    assert queries.valid_tickets_by_day(edition) == {
        FRIDAY: (3, 2),
        SATURDAY: (6, 3),
        SUNDAY: (3, 2),
    }


def test_types_with_the_same_days_are_counted_together(edition: Edition) -> None:
    for _ in range(2):
        order(of=make.ticket_type(days=[str(FRIDAY)]), tickets=2)
    assert queries.valid_tickets_by_day(edition) == {FRIDAY: (4, 2)}


def test_pools_of_this_edition_in_the_order_in_which_they_were_made(
    edition: Edition, other: Edition
) -> None:
    made = [make.pool(name=name) for name in ("Zaal", "Avond")]
    make.pool(edition_id=other.id)
    order(of=make.ticket_type(pool=made[1]))
    assert [(each.pool, each.orders) for each in queries.pools(edition)] == [
        (made[0], 0),
        (made[1], 1),
    ]


# -- places -----------------------------------------------------------------------------------


def test_sessions_are_listed_the_fullest_first(edition: Edition, other: Edition) -> None:
    for slug, taken, places in (("half", 10, 20), ("vol", 3, 3), ("leeg", 0, 5), ("bijna", 9, 10)):
        make.slot(make.session(slug=slug), taken=taken, places=places)
    make.slot(make.session(edition_id=other.id), taken=1)
    found = [(each.slug, each.taken, each.places) for each in queries.places_by_session(edition)]
    assert found == [("vol", 3, 3), ("bijna", 9, 10), ("half", 10, 20), ("leeg", 0, 5)]


def test_moments_of_one_session_are_taken_together(edition: Edition) -> None:
    session = make.session(slug="brood", title=Bilingual("Brood", "Bread"), kind="coaching")
    for taken in (1, 20, 0):
        make.slot(session, taken=taken)
    assert queries.places_by_session(edition) == [
        queries.SessionFill("brood", Bilingual("Brood", "Bread"), "coaching", 21, 60)
    ]


def test_what_one_walks_into_has_no_places_to_fill(edition: Edition) -> None:
    session = make.session(slug="half-half")
    make.slot(session, places=None)
    assert queries.places_by_session(edition) == []
    make.slot(session, places=4, taken=1)
    assert [(each.taken, each.places) for each in queries.places_by_session(edition)] == [(1, 4)]


def test_equally_full_ones_are_in_order_and_no_places_are_no_fault(edition: Edition) -> None:
    for slug in ("b", "a", "c"):
        make.slot(make.session(slug=slug), places=0 if slug == "c" else 5)
    assert [each.slug for each in queries.places_by_session(edition)] == ["a", "b", "c"]


# -- the front page ---------------------------------------------------------------------------


def speaker(edition: Edition, **values: Any) -> None:
    number = db.session.query(Speaker).count()
    db.session.add(
        Speaker(
            **{
                "edition_id": edition.id,
                "slug": f"mens-{number}",
                "name": f"Mens {number}",
                "is_public": True,
                **values,
            }
        )
    )
    db.session.commit()


def test_what_there_is_to_do_is_counted_by_kind(edition: Edition, other: Edition) -> None:
    talk = make.session(kind="talk")
    make.slot(talk)
    make.slot(talk)
    make.slot(make.session(kind="talk"))
    make.slot(make.session(kind="music"))
    make.session(kind="game")  # without a moment
    make.slot(make.session(kind="story", is_public=False))
    make.slot(make.session(kind="workshop", edition_id=other.id))
    for of, values in ((edition, {}), (edition, {"is_public": False}), (other, {}), (edition, {})):
        speaker(of, **values)
    assert queries.programme_counts(edition) == {"talk": 2, "music": 1, "speakers": 2}
    assert queries.programme_counts(other) == {"workshop": 1, "speakers": 1}


@pytest.mark.parametrize("kind", [Partner, Question])
def test_partners_and_questions_are_in_the_order_of_the_team(
    edition: Edition, other: Edition, kind: type[Partner] | type[Question]
) -> None:
    for of, position, name in (
        (edition, 2, "twee"),
        (edition, 1, "een"),
        (edition, 2, "ook twee"),
        (other, 0, "vorig jaar"),
    ):
        text = {"name": name} if kind is Partner else {"question": Bilingual(name)}
        row: Any = kind(edition_id=of.id, position=position, **text)
        db.session.add(row)
        db.session.commit()
    read = queries.partners if kind is Partner else queries.questions
    found = [row.name if isinstance(row, Partner) else row.question.nl for row in read(edition)]
    assert found == ["een", "twee", "ook twee"]
