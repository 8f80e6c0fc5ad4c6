"""What the team gives back when it cancels: as much as it says, to the cent."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from festival import codes
from festival.db import db
from festival.errors import Refusal
from festival.payments import queries, terms
from festival.payments.rules import cancelling, lapsing, recording, refunding
from festival.payments.terms import GiveBack
from festival.tickets.rules import ordering
from tests import make
from tests.make import NOW


@pytest.mark.parametrize("cents", [0, 1, 999, 3333, 8999, 9000])
def test_an_amount_goes_back_to_the_cent(app, cents):
    of = make.ticket_type(price_cents=3000, vat_category="standard")
    order = make.order(tickets=3, of=of)
    make.payment(order, 9000)
    cancelling.cancel_tickets(order, None, GiveBack("amount", cents), now=NOW)
    assert queries.promised_cents(order) == cents
    assert queries.balance(order) == queries.Balance(9000 - cents, 9000)


@pytest.mark.parametrize("cents", [0, 500, 1000, 1500, 3000])
def test_an_amount_goes_back_also_after_an_allowance(app, cents):
    """The allowance of 60 hangs over both tickets; cancelling one ends a part of it."""
    of = make.ticket_type(price_cents=4500, vat_category="standard")
    order = make.order(tickets=2, of=of)
    make.payment(order, 9000)
    refunding.request_refund(order, 6000, "Geen soep", "een", now=NOW)
    code = [order.tickets[0].code]
    cancelling.cancel_tickets(order, code, GiveBack("amount", cents), now=NOW)
    assert queries.promised_cents(order) == 6000 + cents
    balance = queries.balance(order)
    assert balance.paid_cents - balance.total_cents == 6000 + cents


def test_what_is_kept_for_an_amount_is_found_in_a_few_steps(app, monkeypatch):
    of = make.ticket_type(price_cents=4500, vat_category="standard")
    order = make.order(tickets=2, of=of)
    make.payment(order, 9000)
    refunding.request_refund(order, 6000, "Geen soep", "een", now=NOW)
    real, steps = terms.settlement, []
    monkeypatch.setattr(terms, "settlement", lambda *args: steps.append(args) or real(*args))
    give, balance = GiveBack("amount", 2999), queries.balance(order)
    fees = terms.fees_giving(order, order.tickets[:1], balance, give, now=NOW)
    assert (sum(fees.values()), len(steps) < 20) == (1501, True)


def test_what_was_paid_too_much_goes_back_whatever_the_team_keeps(app):
    of = make.ticket_type(price_cents=4500, vat_category="standard")
    order = make.order(of=of)
    make.payment(order, 5000)
    for cents in (499, 5001):
        with pytest.raises(terms.NotInReach):
            cancelling.cancel_tickets(order, None, GiveBack("amount", cents), now=NOW)
    cancelling.cancel_tickets(order, None, GiveBack("none"), now=NOW)
    assert queries.promised_cents(order) == 500


def test_a_part_that_was_paid_may_be_kept_of_an_order_that_waits_for_the_rest(app):
    of = make.ticket_type(price_cents=4500, vat_category="standard")
    order = make.order(tickets=2, of=of, confirmed_at=None)
    order.due_at = NOW
    make.payment(order, 2000)
    cancelling.cancel_tickets(order, [order.tickets[0].code], GiveBack("none"), now=NOW)
    assert queries.balance(order) == queries.Balance(4500, 2000)
    cancelling.cancel_tickets(order, None, GiveBack("none"), now=NOW)
    assert (order.state, queries.balance(order)) == ("cancelled", queries.Balance(2000, 2000))
    assert queries.promised_cents(order) == 0


def test_the_note_of_the_team_stays_with_the_ticket(app):
    order = make.order(tickets=2)
    code = order.tickets[1].code
    cancelling.cancel_tickets(order, [code], reason=" Dubbel  besteld ", now=NOW)
    db.session.expire_all()
    assert [ticket.cancel_note for ticket in order.tickets] == ["", "Dubbel besteld"]


def paid_with_gift():
    """A ticket of 20 with a gift of 80 and one of 20, with another VAT; a fee of 5 for each."""
    edition = make.current_edition()
    edition.cancel_fee_cents = 500
    db.session.commit()
    usual = {"price_cents": 2000, "pool": make.pool(capacity=5)}
    own = make.ticket_type(least_cents=500, low_cents=1000, high_cents=10000, **usual)
    fixed = make.ticket_type(vat_category="standard", **usual)
    wanted = make.order_request(own, fixed, amounts={own.slug: 10000}, form_key=codes.secret())
    order = ordering.place_order(edition, wanted, now=NOW)
    recording.record_payment(order, 12000, NOW, codes.secret(), now=NOW)
    return order


def test_a_gift_that_was_paid_is_not_given_back_and_stays(app):
    order = paid_with_gift()
    with pytest.raises(refunding.MoreThanIsThere) as refused:
        refunding.request_refund(order, 9000, "", "een", now=NOW)
    assert "40,00" in str(refused.value)
    refunding.request_refund(order, 3000, "", "een", now=NOW)
    for ticket in order.tickets:
        cancelling.cancel_tickets(order, [ticket.code], now=NOW)
    assert (order.state, queries.balance(order)) == ("cancelled", queries.Balance(8000, 12000))
    assert queries.promised_cents(order) == 4000


def test_a_fee_is_counted_once_after_an_order_came_back(app):
    of = make.ticket_type(price_cents=10000, vat_category="standard")
    order = make.order(tickets=2, of=of, confirmed_at=None, due_at=NOW)
    order.edition.cancel_fee_cents = 2000
    db.session.commit()
    lapsing.lapse_order(order, now=NOW)
    recording.record_payment(order, 20000, NOW, "laat", now=NOW)
    assert order.state == "confirmed"
    refunding.request_refund(order, 15000, "", "een", now=NOW)
    cancelling.cancel_tickets(order, [order.tickets[0].code], GiveBack("terms"), now=NOW)
    assert queries.balance(order) == queries.Balance(0, 20000)
    assert queries.promised_cents(order) == 20000


_GIVEN = st.tuples(st.just("give"), st.integers(1, 5000))
_CANCELLED = st.tuples(
    st.integers(0, 1),
    st.sampled_from(terms.WAYS).flatmap(
        lambda how: st.builds(GiveBack, st.just(how), st.integers(0, 2500))
    ),
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.one_of(_GIVEN, _CANCELLED), max_size=6))
def test_refunds_and_cancellations_leave_no_debt_and_keep_gifts(app, deeds):
    order = paid_with_gift()
    for what, much in [*deeds, (0, terms.ALL_BACK), (1, terms.ALL_BACK)]:
        with suppress(Refusal):
            if what == "give":
                refunding.request_refund(order, much, "", codes.secret(), now=NOW)
            else:
                cancelling.cancel_tickets(order, [order.tickets[what].code], much, now=NOW)
        balance = queries.balance(order)
        assert balance.total_cents >= 8000
        assert queries.promised_cents(order) == balance.paid_cents - balance.total_cents
    assert order.state == "cancelled"
