"""A whole edition does not go on: what was shown happens, once, also when the worker is killed."""

from datetime import timedelta

import pytest

from festival import clock
from festival.bookings.models import Booking, WaitingListEntry
from festival.bookings.rules import waiting_list
from festival.db import db
from festival.home import worker
from festival.mail.models import Letter
from festival.payments import queries
from festival.payments.calling_off import queries as forecasts
from festival.payments.models import Payment, Refund
from festival.payments.rules import calling_off, cancelling, recording, refunding
from festival.payments.stripe import rules as stripe
from festival.payments.stripe.models import PaymentAttempt
from festival.tickets.extras import taking
from festival.tickets.models import Order, Pool
from festival.tickets.rules import ordering
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW

REASON = Bilingual("De tent is weggewaaid.", "The tent blew away.")
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def paid(number=2, *, of=None, online=False, **values):
    of = of or make.ticket_type(price_cents=4500, vat_category="standard")
    order = make.order(tickets=number, of=of, **values)
    payment = make.payment(order, number * 4500)
    if online:
        attempt = PaymentAttempt(
            order=order,
            number=1,
            state="paid",
            amount_cents=number * 4500,
            language="nl",
            excludes_slow=False,
            begun_at=NOW,
            expires_at=NOW,
            session_id=f"cs_{order.id}",
            payment=payment,
        )
        db.session.add(attempt)
        db.session.commit()
    return order


def festival_full_of_orders():
    """Paid by bank, online, half, with a fee, an allowance; unpaid; free; lapsed."""
    of = make.ticket_type(price_cents=4500, vat_category="standard")
    bank, online, feed, allowed = (
        paid(of=of), paid(of=of, online=True), paid(of=of), paid(of=of),
    )  # fmt: skip
    bank.tickets[1].holder_email = "eva@example.org"
    feed.edition.cancel_fee_cents = 500
    db.session.commit()
    give = cancelling.terms.GiveBack("terms")
    cancelling.cancel_tickets(feed, [feed.tickets[0].code], give, now=NOW)
    refunding.request_refund(allowed, 1000, "Geen soep", "een", now=NOW)
    unpaid = make.order(of=of, confirmed_at=None, due_at=NOW + timedelta(days=9))
    half = make.order(of=of, confirmed_at=None, due_at=NOW + timedelta(days=9))
    make.payment(half, 2000)
    free = make.order(of=make.ticket_type(price_cents=0), email="")
    make.scan(free.tickets[0])  # tried the scanner
    return bank, online, feed, allowed, unpaid, half, free


def paid_with_extra(of):
    """An order with a lunch of 12.50 on one of its two tickets."""
    order = make.order(tickets=2, of=of)
    lunch = make.extra(vat_category="standard")
    taking.take(order, [taking.WantedExtra(lunch, 0, 1250)], now=NOW)
    db.session.commit()
    make.payment(order, 10250)
    return order


def off(edition=None, **values):
    edition = edition or make.current_edition()
    shown = values.pop("shown", None) or forecasts.forecast(edition).mark
    given = {"typed_name": edition.name.nl, "shown": shown, "now": NOW, **values}
    calling_off.call_off(edition, REASON, **given)


def finish():
    return calling_off.cancel_called_off(lambda: LATER)


def letters(name):
    return db.session.query(Letter).filter_by(name=f"payments/{name}").count()


def test_what_was_shown_happens(any_app):
    paid_with_extra(festival_full_of_orders()[0].tickets[0].type)
    shown = forecasts.forecast(make.current_edition())
    promised = sum(cents for (cents,) in db.session.query(Refund.amount_cents))
    assert (shown.paid, shown.unpaid, shown.free) == (6, 1, 1)
    assert shown.tickets == 12
    assert shown.online_cents == 9000
    off()
    tally = finish()
    assert (tally.done, tally.failed) == (8, 0)
    assert {order.state for order in db.session.query(Order)} == {"cancelled"}
    back = sum(cents for (cents,) in db.session.query(Refund.amount_cents)) - promised
    assert back == shown.back_cents
    online = db.session.query(Refund).join(
        PaymentAttempt, PaymentAttempt.payment_id == Refund.payment_id
    )
    assert sum(refund.amount_cents for refund in online) == shown.online_cents
    assert letters("called_off") + letters("called_off_holder") == shown.letters
    assert letters("called_off_holder") == 1
    assert letters("order_cancelled") == 0
    assert {pool.taken for pool in db.session.query(Pool)} == {0}
    for order in db.session.query(Order):
        balance = queries.balance(order)
        assert balance.paid_cents - queries.promised_cents(order) == balance.total_cents
    [rate] = shown.by_vat
    assert (rate.percent, rate.gross_cents) == (21, 11 * 4500 + 1250 - 1000)
    progress = forecasts.progress(make.current_edition())
    assert (progress.done, progress.left, progress.is_done) == (8, 0, True)


def test_a_worker_that_was_killed_is_followed_by_another(any_app, monkeypatch):
    orders = [paid(1) for _ in range(4)]
    off()
    real, seen = cancelling.invoicing.settle_invoices, []

    class Killed(BaseException):
        """As kill -9: nothing after it runs."""

    def die(order, *, now):
        seen.append(order.id)
        if len(seen) == 3:
            raise Killed
        return real(order, now=now)

    monkeypatch.setattr(cancelling.invoicing, "settle_invoices", die)
    with pytest.raises(Killed):
        finish()
    db.session.rollback()
    assert forecasts.progress(make.current_edition()).left == 2
    monkeypatch.setattr(cancelling.invoicing, "settle_invoices", real)
    assert finish().done == 2
    assert finish().done == 0
    assert letters("called_off") == len(orders)
    assert db.session.query(Refund).count() == len(orders)


def test_a_turn_has_an_end(any_app, monkeypatch):
    monkeypatch.setattr(calling_off, "TURN", 2)
    for _ in range(3):
        paid(1)
    off()
    assert (finish().done, finish().done, finish().done) == (2, 1, 0)


def test_one_bad_order_does_not_stop_the_others(any_app, monkeypatch):
    first, _second = paid(1), paid(1)
    off()
    real, bad = cancelling.terms.fees_of, first.id

    def fees(order, *args, **values):
        if order.id == bad:
            raise RuntimeError("broken")
        return real(order, *args, **values)

    monkeypatch.setattr(cancelling.terms, "fees_of", fees)
    tally = finish()
    assert (tally.done, tally.failed) == (1, 1)


def test_the_worker_does_it_by_itself(any_app):
    paid(1)
    off()
    worker.run_due(NOW + timedelta(minutes=1))
    assert db.session.query(Order).one().state == "cancelled"


def test_nothing_is_sold_and_nobody_comes_back(any_app):
    of = make.ticket_type(price_cents=4500, vat_category="standard")
    order = make.order(of=of, confirmed_at=None, due_at=NOW, lapsed_at=NOW)
    order.tickets[0].released_at = NOW
    of.pool.taken -= 1
    db.session.commit()
    off()
    request = ordering.OrderRequest(
        form_key="a",
        name="Mia",
        email="mia@example.org",
        tickets=[ordering.TicketRequest(of.slug, "Mia")],
    )
    with pytest.raises(ordering.EditionCalledOff):
        ordering.place_order(of.edition, request, now=NOW)
    recording.record_payment(order, 4500, NOW, "laat", now=NOW)
    assert order.state == "lapsed"
    assert letters("paid_too_late") == 1


def test_nobody_in_line_gets_a_place_any_more(any_app):
    slot = make.slot(places=1)
    holder, waiting = make.ticket(), make.ticket()
    make.booking(holder, slot)
    waiting_list.join_waiting_list(waiting, slot, now=NOW)
    off()
    cancelling.cancel_called_off(holder.order, now=NOW)
    assert waiting_list.fill_slot(slot.id, now=NOW) == []
    assert db.session.query(Booking).filter_by(ticket_id=waiting.id).count() == 0
    assert db.session.query(WaitingListEntry).count() == 1


def test_until_the_worker_comes_nobody_pays_a_fee_or_is_asked_to_pay(any_app):
    order = paid(2)
    order.edition.cancel_fee_cents = 500
    order.edition.cancel_until_on = order.edition.starts_on - timedelta(days=1)
    of = make.ticket_type(price_cents=4500, vat_category="standard")
    unpaid = make.order(
        of=of,
        confirmed_at=None,
        placed_at=NOW - timedelta(days=5),
        due_at=NOW + timedelta(days=2),
    )
    db.session.commit()
    assert queries.orders_to_remind(now=NOW) == [unpaid.id]
    off()
    assert queries.orders_to_remind(now=NOW) == []
    with pytest.raises(stripe.CalledOff):
        stripe.begin_attempt(unpaid, now=NOW)
    cancelling.cancel_own_tickets(order, now=NOW)
    assert queries.promised_cents(order) == 9000


def test_calling_off_is_refused(any_app):
    edition = make.current_edition()
    mark = forecasts.forecast(edition).mark
    with pytest.raises(calling_off.AnotherName):
        off(typed_name="iets anders")
    with pytest.raises(calling_off.BegunAlready):
        off(now=edition.moment(edition.starts_on, NOW.time()))
    paid(1)
    with pytest.raises(calling_off.NumbersChanged):
        off(shown=mark)
    assert edition.called_off_at is None
    off(typed_name=f"  {edition.name.nl.upper()} ")
    with pytest.raises(calling_off.AlreadyCalledOff):
        off()


def test_of_an_order_that_was_paid_both_ways_each_part_goes_its_way(any_app):
    order = paid(1, online=True)
    make.payment(order, 1000)
    shown = forecasts.forecast(order.edition)
    assert (shown.online_cents, shown.by_hand_cents, shown.by_hand) == (4500, 1000, 1)
    assert db.session.query(Payment).count() == 2
