"""How orders end and come back: paid, lapsed, cancelled, revived, and what the pools get back."""

from datetime import timedelta

import pytest

from festival.db import db
from festival.tickets.models import Order
from festival.tickets.rules import claiming, ending, ordering
from tests import make
from tests.make import NOW

LATER = NOW + timedelta(days=1)


def place(*types, form_key="formulier"):
    wanted = make.order_request(*types, form_key=form_key)
    return ordering.place_order(types[0].edition, wanted, now=NOW)


def paid_type(**values):
    return make.ticket_type(price_cents=100, **values)


def ended(order, how):
    """The order, brought there by the rules."""
    if how in {"confirmed", "cancelled once paid"}:
        assert ending.confirm_order(order, now=NOW)
    if how == "lapsed":
        assert ending.end_order(order, lapsed=True, now=NOW)
    if how in {"cancelled", "cancelled once paid"}:
        assert ending.end_order(order, lapsed=False, now=NOW)
    return order


def as_it_stands(order):
    db.session.expire_all()
    moments = (order.confirmed_at, order.lapsed_at, order.cancelled_at)
    return (
        moments,
        {ticket.released_at for ticket in order.tickets},
        order.tickets[0].type.pool.taken,
    )


# What may happen to an order from each state: does it become confirmed, lapse, is it cancelled?
MAY_BE = {
    "pending": (True, True, True),
    "confirmed": (False, False, True),
    "lapsed": (False, False, False),
    "cancelled": (False, False, False),
    "cancelled once paid": (False, False, False),
}


@pytest.mark.parametrize("state", MAY_BE)
def test_what_may_become_of_an_order(app, state):
    actions = (
        lambda order: ending.confirm_order(order, now=LATER),
        lambda order: ending.end_order(order, lapsed=True, now=LATER),
        lambda order: ending.end_order(order, lapsed=False, now=LATER),
    )
    for number, (action, may_be) in enumerate(zip(actions, MAY_BE[state], strict=True)):
        order = ended(place(paid_type(), form_key=str(number)), state)
        before = as_it_stands(order)
        assert action(order) is may_be
        assert (as_it_stands(order) != before) is may_be
        # A second time it is not done again, and the moment of the first stays.
        before = as_it_stands(order)
        assert not action(order)
        assert as_it_stands(order) == before


def test_each_deed_notes_its_moment(any_app):
    lapsed = place(paid_type(), form_key="een")
    ending.end_order(lapsed, lapsed=True, now=LATER)
    assert as_it_stands(lapsed) == ((None, LATER, None), {LATER}, 0)
    paid = place(paid_type(), form_key="twee")
    ending.confirm_order(paid, now=LATER)
    assert as_it_stands(paid) == ((LATER, None, None), {None}, 1)
    ending.end_order(paid, lapsed=False, now=LATER + timedelta(days=1))
    assert as_it_stands(paid)[0] == (LATER, None, LATER + timedelta(days=1))


def test_each_pool_gets_back_its_own_and_other_orders_keep_theirs(any_app):
    shared = make.pool(capacity=9)
    adult, child, other = paid_type(pool=shared), paid_type(pool=shared), paid_type()
    order = place(adult, child, other, adult, form_key="een")
    neighbour = place(adult, other, form_key="twee")
    assert (shared.taken, other.pool.taken) == (4, 2)
    ending.end_order(order, lapsed=True, now=LATER)
    assert (shared.taken, other.pool.taken) == (1, 1)
    assert {ticket.released_at for ticket in neighbour.tickets} == {None}


def test_tickets_are_given_back_once(any_app):
    of = make.ticket_type()
    order, _neighbour = place(of, of, of, form_key="een"), place(of, form_key="twee")
    assert ending.release_tickets(order, now=NOW) == 3
    assert ending.release_tickets(order, now=LATER) == 0
    assert {ticket.released_at for ticket in order.tickets} == {NOW}
    assert of.pool.taken == 1


def test_what_was_given_back_before_is_not_given_back_again(any_app):
    of = make.ticket_type()
    order = place(of, of, of)
    order.tickets[0].released_at = NOW
    of.pool.taken -= 1
    db.session.commit()
    assert ending.release_tickets(order, now=LATER) == 2
    assert of.pool.taken == 0
    assert [ticket.released_at for ticket in order.tickets] == [NOW, LATER, LATER]


def test_the_last_ticket_can_be_ordered_again_once_it_is_given_back(any_app):
    of = paid_type(pool=make.pool(capacity=1))
    order = place(of, form_key="een")
    with pytest.raises(claiming.TypeSoldOut):
        place(of, form_key="twee")
    ending.end_order(order, lapsed=True, now=LATER)
    assert place(of, form_key="drie").state == "pending"
    assert of.pool.left == 0


@pytest.mark.parametrize("state", [state for state in MAY_BE if state != "lapsed"])
def test_only_a_lapsed_order_comes_back(app, state):
    order = ended(place(paid_type()), state)
    before = as_it_stands(order)
    assert not ending.revive_order(order, now=LATER)
    assert as_it_stands(order) == before


def test_a_lapsed_order_comes_back_whole_or_not_at_all(any_app):
    roomy, tight = paid_type(), make.ticket_type(pool=make.pool(capacity=1))
    order = place(roomy, tight, form_key="een")
    ending.end_order(order, lapsed=True, now=NOW)
    rival = place(tight, form_key="twee")
    assert not ending.revive_order(order, now=NOW)
    assert (order.state, roomy.pool.taken, tight.pool.taken) == ("lapsed", 0, 1)
    ending.end_order(rival, lapsed=False, now=NOW)
    assert ending.revive_order(order, now=NOW)
    assert (order.state, roomy.pool.taken, tight.pool.taken) == ("confirmed", 1, 1)
    assert all(ticket.is_valid for ticket in order.tickets)
    assert not ending.revive_order(order, now=NOW)


def test_what_comes_back_is_what_people_have_in_their_mail(app):
    of = paid_type(sale_until=NOW + timedelta(hours=1), max_per_order=2)
    order = place(of, of)

    def printed():
        return [(ticket.code, ticket.secret, ticket.pass_id) for ticket in order.tickets]

    before = printed()
    ending.end_order(order, lapsed=True, now=NOW)
    # Late money counts after the sale too: they ordered in time.
    assert ending.revive_order(order, now=LATER)
    assert printed() == before
    assert as_it_stands(order) == ((LATER, None, None), {None}, 2)
    ending.end_order(order, lapsed=False, now=LATER)
    assert as_it_stands(order) == ((LATER, None, LATER), {LATER}, 0)


def test_without_tickets_to_take_back_an_order_stays_lapsed(app):
    order = ended(place(paid_type()), "lapsed")
    order.tickets[0].released_at = None
    order.tickets[0].type.pool.taken = 1
    db.session.commit()
    assert not ending.revive_order(order, now=LATER)
    assert db.session.get(Order, order.id).state == "lapsed"


def test_a_new_agenda_address_changes_nothing_else(any_app):
    of = make.ticket_type()
    mine, theirs = place(of, of).tickets
    before = [(each.secret, each.agenda_secret, each.pass_id) for each in (mine, theirs)]
    ending.renew_agenda_address(mine)
    assert mine.agenda_secret not in {address for _, address, _ in before}
    assert (mine.secret, mine.pass_id) == (before[0][0], before[0][2])
    assert (theirs.secret, theirs.agenda_secret, theirs.pass_id) == before[1]
