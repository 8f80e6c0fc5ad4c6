"""Paying for a swap online: what comes of the money, whatever became of the swap meanwhile."""

import pytest

from festival import clock
from festival.db import db
from festival.editions.models import Edition
from festival.mail.models import Letter
from festival.payments import queries
from festival.payments.models import Refund
from festival.payments.rules import cancelling, swapping
from festival.payments.stripe import sweeps
from festival.payments.stripe.models import PaymentAttempt
from festival.tickets.models import Order
from festival.tickets.swaps.models import TicketSwap
from tests.make import NOW
from tests.payments.stripe.play import begun, knock
from tests.payments.swaps.asking import AFTER_GRACE, all_is_well, mailed, paid, pay, swap


@pytest.fixture(autouse=True)
def at_the_simulator(monkeypatch, stripe_here):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    stripe_here.do("clock", now=NOW.timestamp())


class Case:
    """A swap in an order of two tickets, with an open payment page."""

    def __init__(self, client, simulator, cheap, dear):
        self.client, self.simulator, self.dear = client, simulator, dear
        self.order = paid(cheap, tickets=2)
        self.swap = swap(self.order, dear)
        self.attempt = begun(self.order)

    def buyer(self, *does):
        for what in does:
            self.simulator.do(what, id=self.attempt.session_id)

    def tell(self, **how):
        knock(self.client, self.simulator, **how)

    def lapse(self):
        """The swap lapses although somebody is paying: what must be mended afterwards."""
        db.session.execute(db.update(PaymentAttempt).values(state="expired"))
        db.session.commit()
        assert swapping.lapse_swap(self.swap, now=AFTER_GRACE)
        db.session.execute(db.update(PaymentAttempt).values(state="open"))
        db.session.commit()

    def fill(self):
        paid(self.dear, tickets=5)

    def call_off(self):
        swapping.call_off_swap(self.swap, now=NOW)

    def cancel(self, *numbers):
        codes = {self.order.tickets[number].code for number in numbers}
        cancelling.cancel_tickets(self.order, codes, now=NOW)

    def call_edition_off(self):
        db.session.execute(db.update(Edition).values(called_off_at=NOW))
        db.session.commit()
        cancelling.cancel_called_off(self.order, now=NOW)

    def outcome(self):
        """The swap's outcome, what is paid once refunds went, and the letters, since it began."""
        db.session.rollback()
        for id in db.session.scalars(db.select(Refund.id)):
            sweeps.send_refund(id)
        self.tell()
        order = db.session.get(Order, self.order.id)
        online = db.session.query(Refund).filter(Refund.method != "bank_transfer")
        assert all(each.state == "done" for each in online)
        names = [name.removeprefix("payments/") for name in mailed()]
        balance = queries.balance(order)
        open_cents = queries.promised_cents(order)
        found = db.session.query(TicketSwap).one().outcome
        return found, balance.total_cents, balance.paid_cents - open_cents, names[1:]


@pytest.fixture
def case(visitor, stripe_here, cheap, dear):
    return Case(visitor, stripe_here, cheap, dear)


CASES = {
    "paid, told twice": (
        lambda c: (c.buyer("pay"), c.tell(times=2)),
        ("done", 9000, 9000, ["swap_done"]),
    ),
    "seen by the page that one comes back to": (
        lambda c: (c.buyer("pay"), c.client.get(f"/bestelling/{c.order.secret}/betaald")),
        ("done", 9000, 9000, ["swap_done"]),
    ),
    "completed, then failed": (
        lambda c: (c.buyer("pay_later", "settle_not"), c.tell()),
        ("", 5000, 5000, ["payment_failed"]),
    ),
    "paid after it lapsed, with a place": (
        lambda c: (c.buyer("pay"), c.lapse(), c.tell(times=2)),
        ("done", 9000, 9000, ["swap_ended", "swap_done"]),
    ),
    "paid after it lapsed, sold out": (
        lambda c: (c.buyer("pay"), c.lapse(), c.fill(), c.tell(times=2)),
        ("late", 5000, 5000, ["swap_ended", "swap_ended"]),
    ),
    "paid after it was called off": (
        lambda c: (c.buyer("pay"), c.call_off(), c.tell(times=2)),
        ("late", 5000, 5000, ["swap_ended", "swap_ended"]),
    ),
    "paid after its ticket was cancelled": (
        lambda c: (c.buyer("pay"), c.cancel(0), c.tell(times=2)),
        ("late", 2500, 2500, ["tickets_cancelled", "swap_ended"]),
    ),
    "paid after another ticket was cancelled": (
        lambda c: (c.buyer("pay"), c.cancel(1), c.tell(times=2)),
        ("done", 6500, 6500, ["tickets_cancelled", "swap_done"]),
    ),
    "paid after the order was cancelled": (
        lambda c: (c.buyer("pay"), c.cancel(0, 1), c.tell(times=2)),
        ("called_off", 0, 0, ["order_cancelled", "paid_after_cancelling"]),
    ),
    "paid after the edition was called off": (
        lambda c: (c.buyer("pay"), c.call_edition_off(), c.tell(times=2)),
        ("called_off", 0, 0, ["called_off", "paid_after_cancelling"]),
    ),
}


@pytest.mark.parametrize(("happens", "outcome"), CASES.values(), ids=CASES.keys())
def test_what_comes_of_it(case, happens, outcome):
    happens(case)
    assert case.outcome() == outcome
    assert all_is_well()


def test_the_letter_says_why_the_money_goes_back_and_nothing_of_a_cancelled_ticket(case):
    case.buyer("pay")
    case.cancel(0)
    case.tell()
    text = db.session.query(Letter).order_by(Letter.id.desc()).first().body_text
    assert "kwam binnen toen daarvan al was afgezien" in text
    assert "was toen al geannuleerd" in text
    assert "blijft gelden" not in text
    assert "Sorry" not in text


def test_what_came_by_bank_is_not_asked_online_again(case):
    pay(case.order, 1500)
    attempt = begun(case.order)
    assert (attempt.number, attempt.amount_cents) == (2, 2500)
