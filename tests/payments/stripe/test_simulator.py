"""The simulator sends signed events in time and once, or as badly as it is asked to."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stripe

from festival.payments.stripe import client
from tests.payments.stripe.test_client import new
from tests.simulator import SECRET


class Ear(ThreadingHTTPServer):
    """Hears events; each is its type, whether Stripe signed it, and when it came."""

    heard: list[tuple[str, bool, float]]
    answers: list[int]  # statuses to give first


class Handler(BaseHTTPRequestHandler):
    server: Ear

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        kind = client.json.loads(body)["type"].rpartition(".")[2]
        try:
            stripe.WebhookSignature.verify_header(body, self.headers["Stripe-Signature"], SECRET)
            is_signed = True
        except stripe.SignatureVerificationError:
            is_signed = False
        self.server.heard.append((kind, is_signed, time.monotonic()))
        self.send_response(self.server.answers.pop() if self.server.answers else 204)
        self.end_headers()

    def log_message(self, *_values: object) -> None:
        """Nothing."""


@pytest.fixture
def ear(stripe_here) -> Iterator[Ear]:
    server = Ear(("127.0.0.1", 0), Handler)
    server.heard, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    stripe_here.do("webhooks", url=f"http://127.0.0.1:{server.server_port}")
    yield server
    stripe_here.do("webhooks", url="")
    server.shutdown()
    thread.join()
    server.server_close()


def pay_later_and_settle(simulator):
    made = client.create_checkout(new())
    simulator.do("pay_later", id=made.id)
    simulator.do("settle", id=made.id)


def heard(simulator, ear):
    assert simulator.do("rest")["all_sent"]
    return [(kind, is_signed) for kind, is_signed, _at in ear.heard]


TWO = [("completed", True), ("async_payment_succeeded", True)]


def test_events_come_in_order_and_signed(stripe_here, ear):
    pay_later_and_settle(stripe_here)
    assert heard(stripe_here, ear) == TWO


def test_they_come_twice(stripe_here, ear):
    stripe_here.do("webhooks", twice="yes")
    pay_later_and_settle(stripe_here)
    assert heard(stripe_here, ear) == [TWO[0], TWO[0], TWO[1], TWO[1]]


def test_they_are_held_back_and_come_in_reverse(stripe_here, ear):
    stripe_here.do("webhooks", hold="yes")
    pay_later_and_settle(stripe_here)
    assert heard(stripe_here, ear) == []
    stripe_here.do("let_go")
    assert heard(stripe_here, ear) == TWO[::-1]


def test_they_are_signed_by_a_stranger(stripe_here, ear):
    stripe_here.do("webhooks", bad_signature="yes")
    pay_later_and_settle(stripe_here)
    assert [is_signed for _kind, is_signed in heard(stripe_here, ear)] == [False, False]


def test_they_come_late(stripe_here, ear):
    stripe_here.do("webhooks", delay="0.3")
    before = time.monotonic()
    pay_later_and_settle(stripe_here)
    assert heard(stripe_here, ear) == TWO
    assert ear.heard[0][2] - before >= 0.3


def test_they_do_not_come_at_all(stripe_here, ear):
    stripe_here.do("webhooks", silent="yes")
    pay_later_and_settle(stripe_here)
    assert heard(stripe_here, ear) == []


def test_one_that_was_not_taken_comes_again(stripe_here, ear):
    ear.answers.append(503)
    pay_later_and_settle(stripe_here)
    assert heard(stripe_here, ear) == [TWO[0], *TWO]
