"""The Stripe simulator as a process of its own, and what tests do with it."""

import json
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import stripe
from flask import Flask
from werkzeug.test import Client, TestResponse

from festival.config import ROOT

SECRET = "whsec_simulator"


class Simulator:
    """The simulator at `address`."""

    def __init__(self, address: str) -> None:
        self.address = address

    def do(self, what: str, **values: object) -> dict[str, Any]:
        """Let a buyer, a bank or the account's owner do something; see its Handler._play."""
        body = urllib.parse.urlencode(values).encode()
        with urllib.request.urlopen(f"{self.address}/simulator/{what}", body, timeout=30) as answer:
            return json.load(answer)

    def connect(self, app: Flask, *, now: datetime | None = None) -> None:
        """Let `app` pay here, from nothing; `now`: what its clock says."""
        app.config |= {
            "STRIPE_SECRET_KEY": "sk_test_simulator",
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "STRIPE_SIMULATOR_URL": self.address,
            "STRIPE_CHECKOUT_URL": self.address,
        }
        self.do("reset")
        if now:
            self.do("clock", now=now.timestamp())

    def events(self, *kinds: str) -> list[dict[str, Any]]:
        """The events so far, of these kinds or of all."""
        return [each for each in self.do("events")["events"] if not kinds or each["type"] in kinds]


def post_event(
    client: Client, event: dict[str, Any], *, secret: str = SECRET, age: int = 0
) -> TestResponse:
    """Send an event to our webhook as Stripe does, signed with `secret`, `age` seconds ago."""
    body, signed_at = json.dumps(event), int(time.time()) - age
    header = {
        "Stripe-Signature": stripe.WebhookSignature.generate_signature_header(
            body, secret, signed_at
        ),
        "Content-Type": "application/json",
    }
    return client.post("/stripe/webhook", data=body, headers=header, token=False)


@contextmanager
def running() -> Iterator[Simulator]:
    """A simulator on a free port."""
    command = [sys.executable, str(ROOT / "scripts" / "stripe_simulator"), "--port=0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            said = process.stdout.readline()
            yield Simulator(said.split(" at ")[1].split(",")[0])
        finally:
            process.terminate()
            process.stdout.read()
