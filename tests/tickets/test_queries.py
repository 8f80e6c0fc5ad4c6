"""What is read of types, orders and tickets: how a type stands, whose orders, and in one go."""

from datetime import timedelta

import pytest

from festival.db import db
from festival.editions.models import Edition
from festival.tickets import queries
from festival.tickets.models import Pool, TicketType
from festival.tickets.rules import ending
from tests import make
from tests.make import NOW

MOMENT = timedelta(microseconds=1)
BEGIN, END = NOW - timedelta(days=1), NOW + timedelta(days=1)


def offer(now=NOW, *, left=100, least=1, most=10):
    """A type that was never in a database, as it stands at `now`."""
    of = TicketType(
        edition=Edition(),
        pool=Pool(capacity=1000, taken=1000 - left),
        sale_from=BEGIN,
        sale_until=END,
        min_per_order=least,
        max_per_order=most,
    )
    [found] = queries.offers([of], now=now)
    assert found.type is of
    return found


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (BEGIN - MOMENT, "soon"),
        (BEGIN, "on_sale"),
        (END - MOMENT, "on_sale"),
        (END, "closed"),
    ],
)
def test_a_sale_opens_and_closes_to_the_moment(now, state):
    assert offer(now).state == state


@pytest.mark.parametrize(
    ("now", "state"), [(BEGIN - MOMENT, "soon"), (NOW, "sold_out"), (END, "closed")]
)
def test_without_tickets_left_it_is_sold_out_only_while_it_is_on_sale(now, state):
    assert offer(now, left=0).state == state


@pytest.mark.parametrize(
    ("left", "least", "most", "state", "numbers"),
    [
        (100, 1, 10, "on_sale", list(range(1, 11))),
        (10, 1, 10, "on_sale", list(range(1, 11))),
        (9, 1, 10, "on_sale", list(range(1, 10))),
        (1, 1, 10, "on_sale", [1]),
        (0, 1, 10, "sold_out", []),
        (4, 4, 4, "on_sale", [4]),
        (3, 4, 6, "sold_out", []),
        (5, 4, 6, "on_sale", [4, 5]),
    ],
)
def test_nobody_may_choose_more_than_there_are_nor_fewer_than_the_least(
    left, least, most, state, numbers
):
    found = offer(left=left, least=least, most=most)
    assert (found.state, found.left, list(found.numbers)) == (state, left, numbers)


@pytest.fixture
def queries_of(queries):
    """What each read returns and how many statements it took, its readers' looks included."""

    def run(*reads):
        answers = []
        for read in reads:
            db.session.rollback()
            db.session.expire_all()
            db.session.query(Edition).all()  # known before the read, as on a page
            with queries() as statements:
                answers.append((read(), len(statements)))
        return answers

    return run


def two_editions():
    """This edition, and another one."""
    return make.edition(), make.edition(is_current=False)


def test_types_stand_in_the_order_of_the_organiser_with_their_pools(app, queries_of):
    this, other = two_editions()
    last = make.ticket_type(position=200)
    first = make.ticket_type(position=1)
    second = make.ticket_type(position=1)
    make.ticket_type(edition_id=other.id, pool=make.pool(edition_id=other.id))
    slugs = [last.slug, first.slug]
    names = [each.pool.name for each in (first, second, last)]
    assert queries_of(
        lambda: [each.pool.name for each in queries.ticket_types(this)],
        lambda: [each.pool.name for each in queries.types_by_slugs(this, slugs)],
    ) == [(names, 2), ([names[0], names[2]], 1)]  # with their pools; all types with their days too


def test_types_and_pools_of_another_edition_are_not_found(app):
    this, other = two_editions()
    of = make.ticket_type(slug="weekend", pool=make.pool(slug="allen"))
    theirs = make.ticket_type(
        slug="weekend", edition_id=other.id, pool=make.pool(slug="allen", edition_id=other.id)
    )
    assert queries.type_by_slug(this, "weekend") == of
    assert queries.type_by_slug(other, "weekend") == theirs
    assert queries.pool_by_slug(this, "allen") == of.pool
    assert queries.pool_by_slug(other, "allen") == theirs.pool
    assert queries.types_by_slugs(this, ["weekend", "weekend", "geen"]) == [of]
    assert queries.types_by_slugs(this, []) == []
    assert queries.type_by_slug(this, "Weekend") is None
    assert queries.pool_by_slug(this, "") is None


def test_pools_stand_by_name(any_app):
    this, other = two_editions()
    names = ["Vrijwilligers", "Bezoekers", "Partners", "Bezoekers"]
    pools = [make.pool(name=name) for name in names]
    make.pool(name="Anderen", edition_id=other.id)
    assert queries.pools(this) == [pools[1], pools[3], pools[2], pools[0]]


def test_an_order_is_found_by_its_form_its_link_and_its_code(app, queries_of):
    this, _other = two_editions()
    order = make.order(tickets=3, form_key="formulier")
    order_id, secret, code = order.id, order.secret, order.code

    def looked_at(found):
        """All that its page shows of it."""
        types = {str(ticket.type.name) for ticket in found.tickets}
        return (found.id, found.edition.slug, len(found.tickets), len(types))

    assert queries.order_of_form("formulier", "").id == order_id
    # The order with its edition, its tickets with their types, and the days of those.
    expected = ((order_id, this.slug, 3, 1), 3)
    assert (
        queries_of(
            lambda: looked_at(queries.order_by_secret(secret)),
            lambda: looked_at(queries.order_by_code(code)),
        )
        == [expected] * 2
    )

    for wrong in ("", code, secret[:-1], secret.swapcase()):
        assert queries.order_by_secret(wrong) is None
    for wrong in ("", code.lower(), secret):
        assert queries.order_by_code(wrong) is None
    assert queries.order_of_form("", "") is None


def test_live_orders_are_those_that_an_address_made_or_has_a_ticket_in(any_app):
    of = make.ticket_type(price_cents=100)
    mine = make.order(of=of, email="mia@example.org")
    pending = make.order(of=of, email="mia@example.org", confirmed_at=None)
    for_me = make.order(of=of, tickets=2)
    for_me.tickets[0].holder_email = "mia@example.org"
    for_me.tickets[1].holder_email = "zoe@example.org"
    db.session.commit()
    make.order(of=of)  # somebody else's
    make.order(of=of, email="xmia@example.org")
    for lapsed in (True, False):
        gone = make.order(of=of, email="mia@example.org", confirmed_at=None)
        assert ending.end_order(gone, lapsed=lapsed, now=NOW)

    def found(address, edition=of.edition):
        return queries.live_orders_of(edition, address)

    assert found("mia@example.org") == [mine, pending, for_me]
    assert found("  MIA@Example.ORG ") == [mine, pending, for_me]
    assert found("zoe@example.org") == [for_me]
    assert found("niemand@example.org") == []
    assert found("mia@example.org", make.edition(is_current=False)) == []


def test_a_ticket_that_was_given_back_is_nobodys_part_in_a_live_order(app):
    order = make.order(tickets=2)
    for ticket, name in zip(order.tickets, ("zoe", "bas"), strict=True):
        ticket.holder_email = f"{name}@example.org"
    order.tickets[0].released_at = NOW
    db.session.commit()
    assert queries.live_orders_of(order.edition, "zoe@example.org") == []
    assert queries.live_orders_of(order.edition, "bas@example.org") == [order]


def test_a_large_family_costs_no_more_reads_than_a_small_one(app, queries_of):
    of = make.ticket_type()
    edition = of.edition
    for _ in range(3):
        make.order(of=of, tickets=5, email="mia@example.org")

    def names():
        orders = queries.live_orders_of(edition, "mia@example.org")
        return [str(ticket.type.name) for order in orders for ticket in order.tickets]

    assert queries_of(names) == [([of.name.nl] * 15, 3)]
