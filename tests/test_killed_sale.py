"""A sale of three hundred tickets during which web server and worker are killed, again and again.

Real processes, on PostgreSQL, with the payment simulator and a mail server. Buyers do as people do
when a page does not come: they send the same form once more. Some have a payment page open of an
order that lapsed: they get their tickets after all, or an apology and their money back.
"""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select, update

from festival import clock
from festival.config import ROOT
from festival.db import db
from festival.home import consistency_checks, worker
from festival.mail.models import Letter
from festival.mail.rules import LEASE
from festival.payments import queries
from festival.payments.models import Payment, Refund
from festival.payments.rules import lapsing
from festival.payments.stripe import paying, sweeps
from festival.payments.stripe.models import PaymentAttempt
from festival.tickets.ledger import LedgerEntry
from festival.tickets.models import Order, Ticket, TicketType
from tests import make, simulator
from tests.mail import server as mail_server

pytestmark = pytest.mark.xdist_group("killed")

PLACES, PER_ORDER, CENTS = 300, 10, 4500
BUYERS = 38  # more than there are tickets for
FIRST, LAST = 2, 6  # who pay for an order that lapsed, before and after all others
AT_ONCE = 6
KILLS = 6
SECONDS = 240  # after which a buyer gives up, and the test fails


class Program:
    """A process of the festival that can be killed with all its children, and started anew."""

    def __init__(self, arguments, environment):
        self.arguments, self.environment = arguments, environment
        self.process = None
        self.start()

    def start(self):
        with Path(self.environment["INSTANCE_PATH"], "killed.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self):
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)


class Buyer:
    """Somebody who orders and pays, and tries again where no answer came.

    `late`: the secret of an order of theirs that lapsed, and the page on which it can be paid.
    """

    def __init__(self, address, number, late=None):
        self.address, self.number, self.late = address, number, late
        self.session = requests.Session()
        self.until = time.monotonic() + SECONDS

    def ask(self, method, path, **values):
        """An answer that is no fault of the server's."""
        url = path if path.startswith("http") else self.address + path
        while time.monotonic() < self.until:
            with suppress(requests.RequestException):
                answer = self.session.request(
                    method, url, timeout=20, allow_redirects=False, **values
                )
                if answer.status_code < 500:
                    return answer
            time.sleep(0.3)
        raise AssertionError(f"{method} {url}: no answer")

    def buy(self):
        """Order, pay or not, come back or not. Returns what became of it."""
        if self.late:
            secret, page = self.late
            self.ask("POST", page, data={"do": "ideal"})
            if self.number % 2:
                self.ask("GET", f"/bestelling/{secret}/betaald")
            return "paid late"
        shop = f"/bestellen?n-weekend={PER_ORDER}"
        page = self.ask("GET", shop)
        if page.status_code == 409:
            return "sold out"
        form = {name: field(page.text, name) for name in ("csrf_token", "form_key", "shown")}
        form |= {"name": f"Koper {self.number}", "email": f"koper{self.number}@example.org"}
        form |= {f"kaartje-{n}-name": f"Gast {n} van {self.number}" for n in range(1, PER_ORDER)}
        ordered = self.ask("POST", shop, data=form)
        if ordered.status_code == 409:
            return "sold out"
        assert ordered.status_code == 303, ordered.text
        if self.number % 9 == 8:
            return "not paid"
        order = ordered.headers["Location"]
        token = {"csrf_token": field(self.ask("GET", order).text, "csrf_token")}
        away = self.ask("POST", f"{order}/betalen", data=token)
        assert away.status_code == 303, away.text
        back = self.ask("POST", away.headers["Location"], data={"do": "ideal"})
        if self.number % 3:
            self.ask("GET", back.headers["Location"])
        return "paid"


def field(page, name):
    """What the page has in its hidden field `name`."""
    return unescape(re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1])


@contextmanager
def programs(app, post, play_money):
    """The address of a web server, and the two programs to kill."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "INSTANCE_PATH": app.config["INSTANCE_PATH"],
        "SMTP_URL": post.url,
        "PUBLIC_URL": address,
        "STRIPE_SECRET_KEY": "sk_test_simulator",
        "STRIPE_WEBHOOK_SECRET": simulator.SECRET,
        "STRIPE_SIMULATOR_URL": play_money.address,
    }
    web = ["gunicorn", "wsgi:app", "--no-control-socket", f"--bind=127.0.0.1:{port}"]
    with ExitStack() as stack:
        both = []
        for arguments in ([*web, "--workers=2"], ["flask", "--app", "wsgi", "worker"]):
            both.append(Program(arguments, environment))
            stack.callback(both[-1].kill)
        play_money.connect(app)
        play_money.do("webhooks", url=f"{address}/stripe/webhook", twice="yes", tries=30)
        yield address, both


def open_sale():
    today = datetime.now(UTC)
    first = (today + timedelta(days=60)).date()
    make.edition(starts_on=first, ends_on=first + timedelta(days=1), payment_days=7)
    make.ticket_type(
        slug="weekend",
        price_cents=CENTS,
        vat_category="standard",
        pool=make.pool(capacity=PLACES),
        days=[first.isoformat()],
        sale_from=today - timedelta(days=1),
        sale_until=today + timedelta(days=30),
    )
    db.session.commit()


def lapsed_with_a_page(number):
    """An order that lapsed while its payment page was open: its secret, and that page.

    As when Stripe did not answer for days, and the team gave the attempt up.
    """
    of, due_at = db.session.scalars(select(TicketType)).one(), clock.now() + timedelta(days=1)
    email = f"laat{number}@example.org"
    order = make.order(of=of, tickets=PER_ORDER, confirmed_at=None, due_at=due_at, email=email)
    page = paying.start(order, clock.now)
    db.session.execute(update(PaymentAttempt).values(state="expired"))
    db.session.commit()
    assert lapsing.lapse_order(order, now=clock.now())
    return order.secret, page


class Sale:
    """The buyers, six at a time, and how many of them are done."""

    def __init__(self, buyers):
        self.buyers, self.done = buyers, 0
        self._changed = threading.Condition()

    def hold(self):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return Counter(pool.map(self._serve, self.buyers))

    def _serve(self, buyer):
        try:
            return buyer.buy()
        finally:
            with self._changed:
                self.done += 1
                self._changed.notify_all()

    def wait_for(self, done):
        with self._changed:
            self._changed.wait_for(lambda: self.done >= done, SECONDS)


def kill_now_and_then(both, sale):
    """From the first buyer until after the last, when money is on its way back."""
    chance = random.Random(300)
    for number in range(KILLS):
        sale.wait_for(len(sale.buyers) * number // (KILLS - 1))
        time.sleep(chance.uniform(0.2, 1.5))
        victim = both[number % 2]
        victim.kill()
        victim.start()


def settle(app, post):
    """What the worker does afterwards: it asks Stripe, and delivers what was left."""
    app.config["SMTP_URL"] = post.url
    for later in (timedelta(minutes=5), LEASE, timedelta(hours=2)):
        now = clock.now() + later
        sweeps.ask_stripe(lambda now=now: now)  # no job of an app that was made without keys
        worker.run_due(now)
        db.session.rollback()


def test_nobody_loses_a_ticket_money_or_a_letter(postgres_app):
    app = postgres_app
    open_sale()
    db.session.remove()
    # A simulator of its own: others would get the events that found nobody here.
    with mail_server.running() as post, simulator.running() as play_money:
        with programs(app, post, play_money) as (address, both):
            pages = [lapsed_with_a_page(number) for number in range(FIRST + LAST)]
            db.session.remove()
            late = [Buyer(address, number, page) for number, page in enumerate(pages)]
            others = [Buyer(address, number) for number in range(BUYERS)]
            sale = Sale([*late[:FIRST], *others, *late[FIRST:]])
            killer = threading.Thread(target=kill_now_and_then, args=(both, sale))
            killer.start()
            became = sale.hold()
            killer.join()
            play_money.do("rest")
        settle(app, post)
        assert became["sold out"] > 0
        assert became["paid"] > 20
        check_money(play_money, became)
        check_money_back(play_money)
        check_tickets()
        check_letters(post)


def check_money(play_money, became):
    """The ledger equals what Stripe's side says, and each payment is there once."""
    received = [
        each["data"]["object"]
        for each in play_money.events("checkout.session.completed")
        if each["data"]["object"]["payment_status"] == "paid"
    ]
    assert len(received) == became["paid"] + became["paid late"]
    ours = db.session.scalars(select(Payment)).all()
    assert Counter(each["client_reference_id"] for each in received) == Counter(
        each.order.code for each in ours
    )
    taken = sum(each["amount_total"] for each in received)
    assert sum(each.amount_cents for each in ours) == taken
    booked = select(func.sum(LedgerEntry.amount_cents)).where(LedgerEntry.kind == "payment")
    assert abs(db.session.scalar(booked)) == taken
    for order in db.session.scalars(select(Order)):
        balance = queries.balance(order)
        assert balance.due_cents == (PER_ORDER * CENTS if order.state == "pending" else 0)


def check_money_back(play_money):
    """Whoever paid and got no tickets has all of it back, once; nobody else has anything back."""
    ended = db.session.scalars(select(Order).where(Order.lapsed_at.is_not(None))).all()
    assert len(ended) >= LAST // 2
    assert {order.state for order in ended} == {"lapsed"}
    refunds = db.session.scalars(select(Refund)).all()
    assert {each.state for each in refunds} == {"done"}
    gone = Counter({order.id: PER_ORDER * CENTS for order in ended})
    assert Counter({each.order_id: each.amount_cents for each in refunds}) == gone
    assert len(refunds) == len(ended)
    at_stripe = [each["data"]["object"] for each in play_money.events("refund.created")]
    assert sorted(each["metadata"]["refund"] for each in at_stripe) == sorted(
        str(each.id) for each in refunds
    )
    assert sum(each["amount"] for each in at_stripe) == sum(gone.values())
    booked = select(func.sum(LedgerEntry.amount_cents)).where(LedgerEntry.kind == "refund")
    assert db.session.scalar(booked) == sum(gone.values())


def check_tickets():
    """As many as there are, each valid one paid, and whoever paid has theirs."""
    live = select(func.count()).select_from(Ticket).where(Ticket.released_at.is_(None))
    assert db.session.scalar(live) <= PLACES
    for order in db.session.scalars(select(Order)):
        paid = queries.balance(order).paid_cents
        assert paid in {0, PER_ORDER * CENTS}
        assert [each.is_valid for each in order.tickets] == [bool(paid)] * PER_ORDER
    assert consistency_checks.pools() == []


def check_letters(post):
    """One letter each of everything; only what was in the mail server's hands is left unsure."""
    written = Counter((to, name) for to, name in db.session.execute(select(Letter.to, Letter.name)))
    assert set(written.values()) == {1}
    for order in db.session.scalars(select(Order)):
        named = {name.rpartition("/")[2] for to, name in written if to == order.email}
        told = {"order_lapsed" if order.email.startswith("laat") else "pay_by_transfer"}
        told |= {"confirmed": {"payment_received"}, "lapsed": {"paid_too_late"}}.get(
            order.state, set()
        )
        assert named == told, order.state
    delivered = Counter(str(each["Message-ID"]) for each in post.letters)
    assert set(delivered.values()) == {1}
    states = Counter(db.session.scalars(select(Letter.state)))
    assert states.keys() <= {"sent", "unsure"}
    assert states["unsure"] <= KILLS * 4
    assert len(delivered) >= states["sent"]
