"""What a type, an order and a ticket say of themselves, and what their tables refuse to hold."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from festival.db import db
from festival.tickets.models import Order, Pool, Ticket, TicketType
from tests import make
from tests.make import FRIDAY, NOW


@pytest.mark.parametrize(
    ("moments", "state"),
    [
        ([], "pending"),
        (["confirmed_at"], "confirmed"),
        (["lapsed_at"], "lapsed"),
        (["cancelled_at"], "cancelled"),
        (["confirmed_at", "cancelled_at"], "cancelled"),
        (["lapsed_at", "cancelled_at"], "cancelled"),
    ],
)
def test_an_order_stands_where_its_moments_say(moments, state):
    order = Order(**dict.fromkeys(moments, NOW))
    assert order.state == state
    # What is given back opens nothing, whatever became of its order.
    kept, given_back = Ticket(order=order), Ticket(order=order, released_at=NOW)
    assert kept.is_valid is (state == "confirmed")
    assert not given_back.is_valid


def test_letters_about_a_ticket_go_to_its_holder_or_else_to_who_ordered():
    order = Order(email="mia@example.org")
    assert Ticket(order=order, holder_email="").email == "mia@example.org"
    assert Ticket(order=order, holder_email="zoe@example.org").email == "zoe@example.org"


def test_a_ticket_is_for_the_days_of_its_type_and_the_night_after_them(app):
    ticket = make.ticket(of=make.ticket_type(days=["2026-10-23", "2026-10-25"]))
    hours = {
        datetime(2026, 10, 23, 9, tzinfo=UTC): True,
        datetime(2026, 10, 24, 3, 59, tzinfo=UTC): True,  # one minute to six, Friday's night
        datetime(2026, 10, 24, 4, 0, tzinfo=UTC): False,  # six, in summer time
        datetime(2026, 10, 25, 4, 59, tzinfo=UTC): False,  # one minute to six, in winter time
        datetime(2026, 10, 25, 5, 0, tzinfo=UTC): True,
    }
    admitted = {starts: ticket.admits(make.slot(starts=starts)) for starts in hours}
    assert admitted == hours


def refused(model, row, **values):
    """The refusal of the database to write `values`; the row stays as it was."""
    with pytest.raises(IntegrityError) as clash, db.session.begin_nested():
        db.session.execute(update(model).where(model.id == row.id).values(values))
    return str(clash.value.orig)


def test_the_tables_hold_nothing_that_the_rules_forbid(any_app):
    of = make.ticket_type(pool=make.pool(capacity=3))
    pool, order = of.pool, make.order(of=of, tickets=2)
    for taken in (-1, 4):
        assert "never_oversold" in refused(Pool, pool, taken=taken)
    assert "never_oversold" in refused(Pool, pool, capacity=1)
    assert "price_not_negative" in refused(TicketType, of, price_cents=-1)
    assert "next_vat_has_a_day" in refused(TicketType, of, next_vat_category="standard")
    assert "next_vat_has_a_day" in refused(TicketType, of, next_vat_from_on=FRIDAY)
    for least, most in ((0, 1), (3, 2)):
        assert "min_max" in refused(TicketType, of, min_per_order=least, max_per_order=most)
    assert "sale_ends_after_start" in refused(TicketType, of, sale_from=NOW, sale_until=NOW)
    assert "total_not_negative" in refused(Order, order, total_cents=-1)
    db.session.expire_all()
    assert (pool.taken, pool.capacity, of.price_cents, order.total_cents) == (2, 3, 0, 0)


def test_what_opens_or_finds_something_is_there_once(any_app):
    one, other = make.order(), make.order()
    for column in ("code", "secret", "form_key", "reference"):
        assert column in refused(Order, other, **{column: getattr(one, column)})
    mine, theirs = one.tickets[0], other.tickets[0]
    for column in ("code", "secret", "pass_id", "agenda_secret"):
        assert column in refused(Ticket, theirs, **{column: getattr(mine, column)})
    assert "slug" in refused(TicketType, theirs.type, slug=mine.type.slug)
    assert "slug" in refused(Pool, theirs.type.pool, slug=mine.type.pool.slug)


def test_another_year_may_use_the_same_addresses_again(any_app):
    of = make.ticket_type(slug="weekend", pool=make.pool(slug="allen"))
    next_year = make.edition(is_current=False)
    pool = make.pool(slug="allen", edition_id=next_year.id)
    assert make.ticket_type(slug="weekend", pool=pool, edition_id=next_year.id).id != of.id


def test_moments_come_back_in_utc_whatever_zone_they_were_written_in(any_app):
    edition = make.current_edition()
    local = edition.local(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))  # the second half past two
    of = make.ticket_type(sale_from=local, sale_until=local + timedelta(hours=1))
    db.session.expire_all()
    assert of.sale_from.isoformat() == "2026-10-25T01:30:00+00:00"
