"""Sends signed events to the festival, in time and once, or as badly as a test wants."""

import hashlib
import hmac
import json
import queue
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any

EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.closed",
)
LONGEST_PAUSE = 1.0  # before another try, in seconds; Stripe goes on for days


@dataclass
class Manners:
    """How events are sent from now on. Hold keeps them back, until they are let go reversed."""

    delay: float = 0.0
    twice: bool = False
    bad_signature: bool = False
    hold: bool = False
    silent: bool = False
    tries: int = 3

    def change(self, values: dict[str, str]) -> None:
        """Take over the fields that are named in `values`."""
        for field in fields(self):
            if field.name in values:
                text, before = values[field.name], getattr(self, field.name)
                value = text == "yes" if isinstance(before, bool) else type(before)(text)
                setattr(self, field.name, value)


class Webhooks:
    """The events of one account, the endpoint that hears them, and the thread that sends them."""

    def __init__(self, endpoint: str, secret: str) -> None:
        self.endpoint = self._usual_endpoint = endpoint
        self.secret = secret
        self.manners = Manners()
        self.events: list[dict[str, Any]] = []
        self._held: list[dict[str, Any]] = []
        self._waiting: queue.Queue[tuple[dict[str, Any], Manners]] = queue.Queue()
        threading.Thread(target=self._deliver, daemon=True).start()

    def tell(self, event: dict[str, Any]) -> None:
        """Send `event` as the manners say."""
        event = json.loads(json.dumps(event))  # what is true now, whatever happens later
        self.events.append(event)
        if self.manners.silent or not self.endpoint:
            return
        if self.manners.hold:
            self._held.append(event)
            return
        self._put(event)

    def let_go(self) -> None:
        """Send what was held back, the last first."""
        held, self._held = self._held[::-1], []
        for event in held:
            self._put(event)

    def reset(self) -> None:
        """Forget all events, also those not sent yet, and begin as at the start."""
        self.endpoint, self.manners = self._usual_endpoint, Manners()
        self.events.clear()
        self._held.clear()
        with suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()
                self._waiting.task_done()

    def rest(self, seconds: float) -> bool:
        """Wait until everything was sent. Returns whether it was, within `seconds`."""
        until = time.monotonic() + seconds
        while self._waiting.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.02)
        return not self._waiting.unfinished_tasks

    def _put(self, event: dict[str, Any]) -> None:
        manners = Manners(**vars(self.manners))
        for _ in range(2 if manners.twice else 1):
            self._waiting.put((event, manners))

    def _deliver(self) -> None:
        while True:
            event, manners = self._waiting.get()
            time.sleep(manners.delay)
            try:
                self._send(event, manners)
            finally:
                self._waiting.task_done()

    def _send(self, event: dict[str, Any], manners: Manners) -> None:
        body = json.dumps(event).encode()
        secret = "whsec_of_a_stranger" if manners.bad_signature else self.secret
        for again in range(manners.tries):
            headers = {
                "Content-Type": "application/json",
                "Stripe-Signature": signature(body, secret, int(time.time())),
            }
            request = urllib.request.Request(self.endpoint, body, headers)  # noqa: S310 (ours)
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                    print(f"{event['type']} → {answer.status}", flush=True)
                    return
            except urllib.error.HTTPError as fault:
                print(f"{event['type']} → {fault.code}", flush=True)
                if fault.code < 500:
                    return
            except OSError as fault:
                print(f"{event['type']} → {fault}", flush=True)
            time.sleep(min(0.2 * 2**again, LONGEST_PAUSE))


def signature(body: bytes, secret: str, at: int) -> str:
    """Returns the header with which Stripe signs an event."""
    sum_ = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={sum_}"
