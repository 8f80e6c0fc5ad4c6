"""Whom a mailing is for: each filter, together, and those of other capabilities."""

from datetime import UTC, datetime

import pytest

from festival.bookings.models import WaitingListEntry
from festival.db import db
from festival.mailings import filters, queries, visitors
from festival.mailings.filters import Filter
from festival.questions.models import OrderAnswer
from festival.tickets.extras.models import OrderedExtra
from festival.tickets.models import Order
from tests import make
from tests.make import NOW

FRIDAY_EVENING = datetime(2026, 10, 23, 17, 0, tzinfo=UTC)


@pytest.fixture
def edition(app):
    """An edition with Friday and weekend tickets, and an order of each kind."""
    edition = make.edition()
    friday = make.ticket_type(slug="vrijdag", days=["2026-10-23"])
    weekend = make.ticket_type(slug="weekend", days=["2026-10-24", "2026-10-25"])
    for name, of, values in (
        ("fred", friday, {}),
        ("wies", weekend, {}),
        ("nog-niet", weekend, {"confirmed_at": None, "due_at": NOW}),
        ("te-laat", weekend, {"confirmed_at": None, "lapsed_at": NOW}),
        ("weg", friday, {"cancelled_at": NOW}),
    ):
        make.order(of=of, email=f"{name}@example.org", **values)
    return edition


def chosen(edition, **criteria):
    mailing = make.mailing(edition=edition, criteria=criteria)
    found = queries.next_addresses(mailing, 99)
    assert queries.count(mailing).total == len(found)
    return [address.partition("@")[0] for address in found]


def test_without_a_tick_everybody_with_a_ticket_gets_it(edition):
    assert chosen(edition) == ["fred", "nog-niet", "wies"]
    assert chosen(edition, type=[]) == ["fred", "nog-niet", "wies"]


@pytest.mark.parametrize(
    ("criteria", "names"),
    [
        ({"type": ["vrijdag"]}, ["fred"]),
        ({"type": ["vrijdag", "weekend"]}, ["fred", "nog-niet", "wies"]),
        ({"day": ["2026-10-23"]}, ["fred"]),
        ({"day": ["2026-10-23", "2026-10-25"]}, ["fred", "nog-niet", "wies"]),
        ({"payment": ["paid"]}, ["fred", "wies"]),
        ({"payment": ["unpaid"]}, ["nog-niet"]),
        ({"payment": ["paid", "unpaid"]}, ["fred", "nog-niet", "wies"]),
        ({"payment": ["paid"], "type": ["weekend"]}, ["wies"]),
        ({"type": ["vrijdag"], "day": ["2026-10-25"]}, []),
    ],
)
def test_each_filter_chooses(edition, criteria, names):
    assert chosen(edition, **criteria) == names


@pytest.mark.parametrize(
    "criteria",
    [
        {"type": ["van-vroeger"]},
        {"day": ["2031-01-01"]},
        {"session": ["weg"]},
        {"payment": ["ruil"]},
        {"vragen": ["ja"]},
    ],
)
def test_what_is_not_there_any_more_chooses_nobody(edition, criteria):
    assert chosen(edition, **criteria) == []


def test_a_place_in_a_session_chooses_who_has_it_now(edition):
    soup, saw = make.slot(), make.slot(starts=FRIDAY_EVENING)
    rows = {
        row.email.partition("@")[0]: row.tickets[0]
        for row in db.session.query(Order).filter(Order.confirmed_at.is_not(None))
    }
    make.booking(rows["fred"], soup)
    gone = make.booking(rows["fred"], saw)
    gone.cancelled_at = NOW
    db.session.commit()
    assert chosen(edition, session=[soup.session.slug]) == ["fred"]
    assert chosen(edition, session=[saw.session.slug]) == []
    offered = {each.key: each.choices(edition) for each in filters.all_filters()}
    assert [slug for slug, _title in offered["session"]] == [soup.session.slug]


def test_a_ticket_that_was_given_back_does_not_count(edition):
    order = db.session.query(Order).filter_by(email="fred@example.org").one()
    order.tickets[0].released_at = NOW
    db.session.commit()
    assert chosen(edition) == ["nog-niet", "wies"]


def test_tickets_of_another_edition_do_not_count(edition):
    other = make.edition(is_current=False)
    make.order(of=make.ticket_type(edition_id=other.id), email="elders@example.org")
    assert "elders" not in chosen(edition)
    assert chosen(other) == ["elders"]


def test_a_capability_above_adds_a_filter(app, edition):
    filters.register(
        app,
        Filter(
            "letter",
            "Antwoord",
            lambda _edition: [("f", "Begint met een f")],
            lambda _edition, values: Order.email.startswith(values[0]),
        ),
    )
    assert chosen(edition, letter=["f"]) == ["fred"]
    assert chosen(edition, letter=["f"], type=["weekend"]) == []
    assert filters.in_words("visitors", edition, {"letter": ["f"]}) == [
        ("Antwoord", "Begint met een f")
    ]
    with pytest.raises(ValueError, match="two filters"):
        filters.register(app, visitors.FILTERS[0])


def ticket_of(name):
    return db.session.query(Order).filter_by(email=f"{name}@example.org").one().tickets[0]


def test_in_line_for_a_session(edition):
    slot = make.slot()
    for name, left_at in (("fred", None), ("wies", NOW)):
        db.session.add(
            WaitingListEntry(ticket=ticket_of(name), slot=slot, joined_at=NOW, left_at=left_at)
        )
    db.session.commit()
    assert chosen(edition, waiting=[slot.session.slug]) == ["fred"]
    assert chosen(edition, waiting=[slot.session.slug], type=["weekend"]) == []


def test_an_answer_chooses_who_gave_it(edition):
    question = make.question("Soep", "Taart", kind="several")
    soup, cake = question.options
    make.answer(question, f"{soup.code} {cake.code}", ticket_of("fred"))
    make.answer(question, cake.code, ticket_of("wies"))
    assert chosen(edition, answer=[soup.code]) == ["fred"]
    assert chosen(edition, answer=[cake.code]) == ["fred", "wies"]
    assert chosen(edition, answer=[soup.code[:-1]]) == []
    assert chosen(edition, answer=[f"niets-{question.code}"]) == ["nog-niet"]
    assert chosen(edition, answer=[f"niets-{question.code}", soup.code]) == ["fred", "nog-niet"]


def test_an_answer_for_an_order_is_of_each_ticket_and_an_erased_one_of_nobody(edition):
    of_order = make.question("Ja", about="order")
    order = ticket_of("fred").order
    row = OrderAnswer(question=of_order, order=order, value=of_order.options[0].code,
                      answered_at=NOW)  # fmt: skip
    db.session.add(row)
    db.session.commit()
    assert chosen(edition, answer=[of_order.options[0].code]) == ["fred"]
    row.value, row.erased_at = "", NOW
    db.session.commit()
    assert chosen(edition, answer=[of_order.options[0].code]) == []
    assert chosen(edition, answer=[f"niets-{of_order.code}"]) == ["nog-niet", "wies"]


def test_who_was_not_asked_has_nothing_to_answer(edition):
    weekend = ticket_of("wies").type
    question = make.question("Ja", types=[weekend])
    assert chosen(edition, answer=[f"niets-{question.code}"]) == ["nog-niet", "wies"]


def test_an_extra_of_the_ticket_or_of_its_order(edition):
    lunch, shirt = make.extra(slug="lunch"), make.extra(slug="shirt")
    fred, wies = ticket_of("fred"), ticket_of("wies")
    for extra, of, ticket, released_at in (
        (lunch, fred.order, fred, None),
        (lunch, wies.order, wies, NOW),
        (shirt, wies.order, None, None),
    ):
        db.session.add(
            OrderedExtra(
                extra=extra, order=of, ticket=ticket, price_cents=0, released_at=released_at
            )
        )
    db.session.commit()
    assert chosen(edition, extra=["lunch"]) == ["fred"]
    assert chosen(edition, extra=["shirt"]) == ["wies"]


def test_who_was_let_in_and_who_was_not(edition):
    make.scan(ticket_of("fred"))
    make.scan(ticket_of("wies"), undone_at=NOW)
    assert chosen(edition, inside=["in"]) == ["fred"]
    assert chosen(edition, inside=["not"]) == ["nog-niet", "wies"]
    assert chosen(edition, inside=["not"], day=["2026-10-25"], payment=["paid"]) == ["wies"]


def test_a_filter_of_another_audience_chooses_nobody(edition):
    assert chosen(edition, speaker_kind=["talk"]) == []
