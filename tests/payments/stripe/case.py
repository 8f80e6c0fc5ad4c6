"""An order that somebody is paying: what can happen to it, and what is true afterwards."""

from datetime import timedelta
from typing import NamedTuple

import stripe

from festival import clock
from festival.db import db
from festival.mail.models import Letter
from festival.payments import queries
from festival.payments.calling_off import queries as forecasts
from festival.payments.models import Refund
from festival.payments.refunds import queries as refunds
from festival.payments.rules import calling_off, cancelling, lapsing, refunding
from festival.payments.stripe import client, paying, sweeps
from festival.payments.stripe import queries as attempts
from festival.payments.stripe.models import PaymentAttempt
from festival.tickets.models import Order
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW
from tests.payments.stripe.play import CENTS, begun, knock, state_of, unpaid_order
from tests.payments.stripe.test_client import new


class Outcome(NamedTuple):
    """What is true at the end. `team`: what it sees, in words of Case.seen_by_team."""

    state: str
    tickets: int  # that open a gate
    cents: int  # in the ledger, and at Stripe
    letters: list[str]  # to the buyer
    team: set[str]


def outcome(state, cents, *letters, tickets=0, team=""):
    """An Outcome; `team` is its words with blanks between."""
    return Outcome(state, tickets, cents, list(letters), set(team.split()))


PAID = outcome("confirmed", CENTS, "payment_received", tickets=2)
UNPAID = outcome("pending", 0, team="due")


class Case:
    """An order of two tickets with an open payment page."""

    def __init__(self, app, simulator, monkeypatch):
        self.now, self.simulator = NOW, simulator
        monkeypatch.setattr(clock, "now", lambda: self.now)
        # While Stripe is away, the library does not wait before it tries again.
        monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0)
        simulator.connect(app, now=NOW)
        self.client = app.test_client()
        self.order = unpaid_order(capacity=2)
        self.type = self.order.tickets[0].type
        self.attempt = begun(self.order)

    # Whoever pays, their bank, and the account's owner

    def buyer(self, *does, **values):
        for what in does:
            self.simulator.do(what, id=self.attempt.session_id, **values)

    def at_stripe(self, what, **values):
        intent_id = db.session.get(PaymentAttempt, self.attempt.id).intent_id
        return self.simulator.do(what, id=intent_id, **values)

    def again(self):
        """The buyer opens another payment page."""
        self.attempt = begun(self.order, self.now)

    def come_back(self):
        return self.client.get(f"/bestelling/{self.order.secret}/betaald")

    def pay_another_shop(self):
        made = client.create_checkout(new(expires_at=self.now + timedelta(hours=1)))
        self.simulator.do("pay", id=made.id)

    # Time, and what comes with it

    def wait(self, **time):
        self.now += timedelta(**time)
        self.simulator.do("clock", now=self.now.timestamp())

    def tell(self, *kinds, **how):
        return knock(self.client, self.simulator, *kinds, **how)

    def poll(self, **later):
        db.session.rollback()
        self.wait(**later or {"minutes": 11})
        return sweeps.ask_stripe(clock.now)

    def sweep(self):
        """The worker looks which orders are overdue."""
        return sweeps.lapse_overdue(clock.now)

    def away(self, away="yes"):
        self.simulator.do("away", away=away)

    # What we have forgotten

    def forget(self, **values):
        """The answer in which Stripe named the session is not in yet, or was lost."""
        values = {"state": "begun", "session_id": None, "url": "", **values}
        db.session.execute(db.update(PaymentAttempt).values(values))
        db.session.commit()

    def forget_attempt(self):
        """As after a backup that is older than the attempt."""
        db.session.execute(db.delete(PaymentAttempt))
        db.session.commit()

    # The team

    def lapse(self):
        """The order lapses although somebody is paying: what must be mended afterwards."""
        before = db.session.scalar(db.select(PaymentAttempt.state))
        db.session.execute(db.update(PaymentAttempt).values(state="expired"))
        db.session.commit()
        assert lapsing.lapse_order(self.order, now=self.now)
        db.session.execute(db.update(PaymentAttempt).values(state=before))
        db.session.commit()

    def give_up(self):
        assert paying.give_up(self.attempt, "Stripe zegt niets", clock.now)

    def cancel(self):
        cancelling.cancel_order(self.order, now=self.now)

    def call_off(self):
        edition = self.order.edition
        calling_off.call_off(
            edition,
            Bilingual("De tent is weggewaaid.", "The tent blew away."),
            typed_name=edition.name.nl,
            shown=forecasts.forecast(edition).mark,
            now=self.now,
        )

    def cancel_all(self):
        """The turn of each order of an edition that was called off."""
        calling_off.cancel_called_off(clock.now)

    def let_others_order(self):
        make.order(of=self.type)

    def pay_back(self, cents):
        refunding.request_refund(self.order, cents, "", f"form {cents}", now=self.now)

    def send_refunds(self):
        for id in db.session.scalars(db.select(Refund.id).order_by(Refund.id)):
            sweeps.send_refund(id)

    # What is true

    def outcome(self):
        state, cents, letters = state_of(self.order)
        valid = sum(ticket.is_valid for ticket in db.session.get(Order, self.order.id).tickets)
        return Outcome(state, valid, cents, letters, self.seen_by_team())

    def seen_by_team(self):
        """The lists on which the order stands, refunds that wait, and letters to the organiser."""
        edition = self.order.edition
        seen = set()
        for state in ("attention", "due", "partial", "refund"):
            if self.order in db.session.scalars(queries.orders(edition, state=state)).all():
                seen.add(state)
        for state in ("online", "failed"):
            if refunds.refund_sum(edition, state).number:
                seen.add(f"refund:{state}")
        if attempts.stuck(edition):
            seen.add("stuck")
        to_organiser = db.select(Letter.name).where(Letter.to == edition.organiser_email)
        letters = db.session.scalars(to_organiser).all()
        assert len(letters) == len(set(letters)), "the team hears each thing once"
        return seen | {f"letter:{name.removeprefix('payments/')}" for name in letters}

    def cents_at_stripe(self):
        """What Stripe has of this order, after all that went back."""
        cents = 0
        for attempt in attempts.attempts_of(self.order):
            checkout = client.fetch_checkout(attempt.session_id)
            if checkout.state == "paid":
                cents += checkout.amount_cents
            cents -= sum(each.amount_cents for each in checkout.refunds if each.state != "failed")
            cents -= sum(each.amount_cents for each in checkout.disputes if each.state != "won")
        return cents
