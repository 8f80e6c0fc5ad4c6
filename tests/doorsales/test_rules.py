"""Selling at a gate: once per screen, paid at once, undone by the same device; and the till."""

from dataclasses import replace
from datetime import timedelta

import pytest

from festival.checkin import rules as checkin
from festival.checkin.models import Scan
from festival.db import db
from festival.doorsales import queries, rules
from festival.doorsales.models import DoorSale, TillCount
from festival.doorsales.rules import DoorRequest
from festival.mail.models import Letter
from festival.payments import queries as payments
from festival.payments.models import Payment, Refund
from festival.team.models import AuditEntry
from festival.tickets import pools
from festival.tickets.models import Order, Ticket
from festival.tickets.rules import claiming, ordering
from tests import make
from tests.doorsales.conftest import MORNING, door_type

SCREEN = DoorRequest("een scherm", "dag", 1, "Mia", "cash", 4000)


def sell(wanted=SCREEN, *, gate=None, device=None, now=MORNING):
    return rules.sell(gate or make.gate(), device or make.device(), wanted, member_id=None, now=now)


def test_a_sale_is_paid_and_valid_at_once_and_writes_to_nobody(app):
    of = door_type()
    member = make.member("checkin")
    sale = rules.sell(make.gate(), make.device(), SCREEN, member_id=member.id, now=MORNING)
    order = sale.order
    assert (order.state, order.email, order.placed_by) == ("confirmed", "", member)
    assert [ticket.holder_name for ticket in order.tickets] == ["Mia"]
    assert order.tickets[0].is_valid
    payment = db.session.query(Payment).one()
    assert (payment.amount_cents, payment.method) == (4000, "cash")
    assert payment.recorded_by == member
    account = payments.account(order)
    assert (account.balance.due_cents, account.vat_by_rate) == (0, {9: 330})
    assert (of.pool.taken, sale.sold_on.isoformat()) == (1, "2026-10-23")
    assert db.session.query(Letter).count() == 0
    entry = db.session.query(AuditEntry).filter_by(verb="sell_at_door").one()
    assert entry.details["paid_by"] == "cash"


def test_the_night_belongs_to_the_day_before(app):
    door_type()
    night = MORNING + timedelta(hours=18)  # Saturday, twenty to four
    assert sell(now=night).sold_on.isoformat() == "2026-10-23"


@pytest.mark.parametrize("number", [1, 3])
def test_a_screen_that_is_sent_twice_sells_once(app, number):
    of = door_type()
    gate, device = make.gate(), make.device()
    wanted = replace(SCREEN, number=number)
    first = sell(wanted, gate=gate, device=device)
    again = sell(wanted, gate=gate, device=device, now=MORNING + timedelta(minutes=2))
    assert first == again
    assert (of.pool.taken, db.session.query(Payment).count()) == (number, 1)


@pytest.mark.parametrize("changed", [{"name": "Piet"}, {"number": 2}, {"paid_by": "card_terminal"}])
def test_a_screen_that_sold_sells_nothing_else(app, changed):
    """Who lost the connection, changes something and taps again, does not sell twice."""
    of = door_type()
    gate, device = make.gate(), make.device()
    sell(gate=gate, device=device)
    with pytest.raises(rules.ScreenSoldAlready):
        sell(replace(SCREEN, **changed), gate=gate, device=device)
    assert (of.pool.taken, db.session.query(Order).count()) == (1, 1)


@pytest.mark.parametrize(
    ("values", "wanted", "refusal"),
    [
        ({"is_sold_at_door": False}, {}, rules.NotAtTheDoor),
        ({}, {"type_slug": "weg"}, rules.NotAtTheDoor),
        ({}, {"shown_cents": 3500}, rules.PriceIsOther),
        ({}, {"paid_by": "free"}, rules.FreeReasonMissing),
        ({"vat_category": ""}, {}, ordering.NotReady),
        ({"pool": 2}, {"number": 3}, claiming.TooFewLeft),
        ({"pool": 0}, {}, pools.SoldOut),
    ],
)
def test_what_is_refused_sells_nothing(app, values, wanted, refusal):
    make.current_edition()
    if "pool" in values:
        values = {"pool": make.pool(capacity=values["pool"])}
    of = door_type(**values)
    with pytest.raises(refusal):
        sell(replace(SCREEN, **wanted))
    assert (of.pool.taken, db.session.query(Order).count()) == (0, 0)


def test_a_practice_gate_sells_nothing(app):
    door_type()
    with pytest.raises(rules.PracticeGate):
        sell(gate=make.gate(is_practice=True))


@pytest.mark.parametrize("days", [-1, 3])
def test_on_other_days_the_door_sells_as_long_as_the_web_does(app, days):
    of = door_type()
    now = MORNING + timedelta(days=days)
    with pytest.raises(rules.NotSoldToday):
        sell(now=now)
    of.sale_until = now + timedelta(hours=1)
    db.session.commit()
    assert sell(now=now).order.state == "confirmed"


def test_free_of_charge_has_its_reason_and_no_money(app):
    door_type()
    order = sell(replace(SCREEN, paid_by="free", reason="pers")).order
    assert (order.state, order.total_cents, order.free_reason) == ("confirmed", 0, "pers")
    assert db.session.query(Payment).count() == 0


def test_a_type_without_a_price_needs_no_reason(app):
    door_type(price_cents=0)
    order = sell(replace(SCREEN, paid_by="free", shown_cents=0, reason="vergeten")).order
    assert (order.state, order.free_reason) == ("confirmed", "")


def test_all_of_a_sale_go_in_once(app):
    door_type()
    gate, device = make.gate(), make.device()
    sale = sell(replace(SCREEN, number=2), gate=gate, device=device)
    for _ in range(2):
        found = rules.admit(sale, gate, device, "nonce-0001", member_id=None, now=MORNING)
        assert [scan.outcome for scan in found] == ["admitted", "admitted"]
    assert db.session.query(Scan).count() == 2
    [*again] = rules.admit(sale, gate, device, "nonce-0002", member_id=None, now=MORNING)
    assert [scan.outcome for scan in again] == ["already_in", "already_in"]


@pytest.mark.parametrize("method", ["cash", "card_terminal"])
def test_undoing_gives_the_money_back_as_it_came(app, method):
    of = door_type()
    gate, device = make.gate(), make.device()
    sale = sell(replace(SCREEN, paid_by=method), gate=gate, device=device)
    rules.admit(sale, gate, device, "nonce-0001", member_id=None, now=MORNING)
    rules.undo_sale(sale, device, member_id=None, now=MORNING + timedelta(minutes=14))
    refund = db.session.query(Refund).one()
    assert (refund.amount_cents, refund.method, refund.state) == (4000, method, "done")
    assert (sale.order.state, of.pool.taken) == ("cancelled", 0)
    balance = payments.balance(sale.order)
    assert (balance.total_cents, balance.paid_cents) == (0, 0)
    assert db.session.query(Scan).one().undone_at is not None
    assert db.session.query(Letter).count() == 0


def test_undoing_what_was_free_moves_no_money(app):
    door_type()
    device = make.device()
    sale = sell(replace(SCREEN, paid_by="free", reason="pers"), device=device)
    rules.undo_sale(sale, device, member_id=None, now=MORNING)
    assert sale.order.state == "cancelled"
    assert db.session.query(Refund).count() == 0


def test_undoing_is_once_soon_and_on_the_same_device(app):
    door_type()
    device = make.device()
    sale = sell(device=device)
    with pytest.raises(rules.CannotUndoSale):
        rules.undo_sale(sale, make.device(), member_id=None, now=MORNING)
    with pytest.raises(rules.CannotUndoSale):
        rules.undo_sale(sale, device, member_id=None, now=MORNING + rules.UNDO_WITHIN)
    rules.undo_sale(sale, device, member_id=None, now=MORNING)
    with pytest.raises(rules.CannotUndoSale):
        rules.undo_sale(sale, device, member_id=None, now=MORNING)
    assert db.session.query(Refund).count() == 1


def test_an_undone_ticket_opens_no_gate(app):
    door_type()
    gate, device = make.gate(), make.device()
    sale = sell(gate=gate, device=device)
    rules.undo_sale(sale, device, member_id=None, now=MORNING)
    reading = checkin.ScanReading(sale.order.tickets[0].code, "typed", "nonce-0009", MORNING)
    assert checkin.scan(gate, device, reading, member_id=None, now=MORNING).outcome == "released"


def key(number):
    return replace(SCREEN, form_key=f"scherm {number}")


def test_a_till_is_what_its_device_sold_that_day(app):
    door_type()
    one, other = make.device(), make.device()
    saturday = MORNING + timedelta(days=1)
    sell(key(1), device=one)
    sell(replace(key(2), paid_by="card_terminal", number=2), device=one)
    sell(replace(key(3), paid_by="free", reason="pers"), device=one)
    rules.undo_sale(sell(key(4), device=one), one, member_id=None, now=MORNING)
    sell(key(5), device=one, now=saturday)
    sell(key(6), device=other)
    edition = make.current_edition()
    till = queries.till(edition, one, edition.day_of(MORNING))
    assert (till.cash_cents, till.card_cents) == (4000, 8000)
    assert (till.sales, till.tickets, till.free) == (3, 4, 1)
    found = [(each.day.day, each.device, each.cash_cents) for each in queries.tills(edition)]
    assert found == [(24, one, 4000), (23, one, 4000), (23, other, 4000)]
    assert queries.tills(make.edition(is_current=False)) == []


def test_a_till_is_counted_and_says_the_difference(app):
    door_type()
    device = make.device()
    member = make.member("checkin")
    edition = make.current_edition()
    day = edition.day_of(MORNING)

    def count(form_key, cash, card, **values):
        return rules.count_till(
            edition, device, day, form_key, cash_cents=cash, card_cents=card,
            member_id=member.id, now=MORNING, **values,
        )  # fmt: skip

    sell(device=device)
    first = count("een", 3900, 100, note="een munt kwijt")
    assert (first.cash_difference_cents, first.card_difference_cents) == (-100, 100)
    with pytest.raises(rules.CountedAlready):
        count("een", 4000, 0)
    assert not queries.till(edition, device, day).sold_since_count
    sell(key(2), device=device)
    assert queries.till(edition, device, day).sold_since_count
    count("twee", 8000, 0)
    till = queries.till(edition, device, day)
    assert (till.count.cash_difference_cents, till.count.counted_by) == (0, member)
    assert db.session.query(TillCount).count() == 2
    assert db.session.query(AuditEntry).filter_by(verb="count_till").count() == 2


def test_a_till_that_is_counted_without_sales_is_in_the_list(app):
    edition, device = make.edition(), make.device()
    rules.count_till(
        edition, device, edition.starts_on, "een", cash_cents=0, card_cents=0, member_id=None,
        now=MORNING,
    )  # fmt: skip
    [till] = queries.tills(edition)
    assert (till.device, till.sales) == (device, 0)


def test_no_sale_is_without_its_tickets(app):
    door_type()
    sell(replace(SCREEN, number=3))
    assert db.session.query(DoorSale).count() == 1
    assert db.session.query(Ticket).count() == 3
