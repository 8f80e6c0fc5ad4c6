"""The only door to Stripe: asks and tells it things, and gives plain values back.

The official library is loaded at the first call, so that a server starts without it. No call may
happen inside a transaction: Stripe may take its time. `Unclear` means that nobody knows whether a
call was done; it may be made again, because each one that changes something has a key of its own.
What a page asks goes through a lane, once and not for long, so that a Stripe that hangs does not
take all threads of a server; the worker is patient.
"""

import json
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from typing import Any

from flask import current_app, has_request_context

from festival import lanes

# One version of the API for what we ask and for the webhook endpoint. It changes with the library.
API_VERSION = "2026-10-28.endive"
CONNECT_SECONDS, ANSWER_SECONDS = 3, 10
RETRIES = 2  # the library waits between them, up to two seconds
VISITOR_SECONDS = 4  # for each of both, in a page, without another try
SIGNATURE_SECONDS = 300
# Methods of which the money comes in days later.
SLOW_METHODS = ("customer_balance", "multibanco", "sepa_debit")
# What the webhook endpoint must send; see KINDS below.
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
_CURRENCY = "eur"
LEAST_CENTS = 50  # Stripe takes no payment of less euros
_AT_MOST = 100  # refunds or disputes of one payment


class Unclear(Exception):
    """Stripe did not answer, or not so that we know what is true. The message is for the team."""


class Busy(Unclear):
    """Others are asking already, so Stripe was not asked. The worker asks soon."""


class StripeRefused(Exception):
    """Stripe says that this cannot be done; the message says why, for the team."""


class BadSignature(Exception):
    """What claims to come from Stripe was not signed by it, or long ago."""


@dataclass(frozen=True)
class NewCheckout:
    """What a Checkout Session is made of. It names an order by its code, and no person."""

    order_code: str
    attempt: int
    amount_cents: int
    description: str
    language: str
    expires_at: datetime
    success_url: str  # {CHECKOUT_SESSION_ID} in it is replaced by Stripe
    cancel_url: str
    without: tuple[str, ...] = ()  # methods that are not offered


@dataclass(frozen=True)
class MoneyBack:
    """A refund as Stripe has it. `state`: pending, succeeded, failed, canceled, requires_action."""

    id: str
    amount_cents: int
    state: str
    ours: str  # the refund of ours that asked for it; '' for one made at Stripe


@dataclass(frozen=True)
class Dispute:
    """A payment that the buyer's bank took back, or asks about (`warning_…`)."""

    id: str
    amount_cents: int
    state: str

    @property
    def has_taken(self) -> bool:
        """Whether the money is, or was, taken from the account."""
        return not self.state.startswith("warning") and self.state != "prevented"


@dataclass(frozen=True)
class Checkout:
    """A Checkout Session as Stripe has it now, with all that happened to its payment.

    `state`: open, processing (completed, the money comes later), paid, failed or expired.
    """

    id: str
    state: str
    url: str
    amount_cents: int
    order_code: str
    attempt: int
    intent_id: str = ""
    method: str = ""
    refunds: tuple[MoneyBack, ...] = ()
    disputes: tuple[Dispute, ...] = ()


@dataclass(frozen=True)
class Knock:
    """An event that Stripe sent: about which session or payment there is news."""

    event_id: str
    kind: str
    is_live: bool
    session_id: str
    intent_id: str


@dataclass(frozen=True)
class Endpoint:
    """A webhook endpoint of the account."""

    url: str
    is_enabled: bool
    events: frozenset[str]
    api_version: str


def is_on() -> bool:
    """Returns whether orders can be paid by Stripe."""
    return bool(current_app.config["STRIPE_SECRET_KEY"])


def takes(cents: int) -> bool:
    """Returns whether so much can be paid by Stripe."""
    return is_on() and cents >= LEAST_CENTS


def is_play_money() -> bool:
    """Returns whether what is paid here is no real money."""
    return "_live_" not in current_app.config["STRIPE_SECRET_KEY"]


def create_checkout(new: NewCheckout) -> Checkout:
    """Make a Checkout Session; for the same order and attempt, return the first one.

    Raises Unclear or StripeRefused.
    """
    names = {"order": new.order_code, "attempt": str(new.attempt)}
    price = {
        "currency": _CURRENCY,
        "unit_amount": new.amount_cents,
        "tax_behavior": "inclusive",
        "product_data": {"name": new.description},
    }
    params: dict[str, Any] = {
        "mode": "payment",
        "submit_type": "book",
        "locale": new.language,
        "adaptive_pricing": {"enabled": False},  # the price is in euros for everybody
        "client_reference_id": new.order_code,
        "metadata": names,
        "payment_intent_data": {"metadata": names, "description": new.description},
        "line_items": [{"quantity": 1, "price_data": price}],
        "expires_at": int(new.expires_at.timestamp()),
        "success_url": new.success_url,
        "cancel_url": new.cancel_url,
    }
    if new.without:
        params["excluded_payment_method_types"] = list(new.without)
    key = f"{new.order_code}-{new.attempt}"
    return _checkout(call("v1.checkout.sessions.create", params, {"idempotency_key": key}))


def fetch_checkout(session_id: str) -> Checkout:
    """Returns the session with its payment, refunds and disputes. Raises Unclear, StripeRefused."""
    expand = {"expand": ["payment_intent.latest_charge"]}
    session = call("v1.checkout.sessions.retrieve", session_id, expand)
    intent = session.get("payment_intent") or {}
    if intent.get("status") != "succeeded":
        return _checkout(session)
    asked = {"payment_intent": intent["id"], "limit": _AT_MOST}
    refunds = call("v1.refunds.list", asked)["data"]
    disputes = call("v1.disputes.list", asked)["data"]
    return _checkout(session, refunds, disputes)


def session_of_payment(intent_id: str) -> str:
    """Returns the id of the session that made this payment; '' if none did. Raises Unclear."""
    found = call("v1.checkout.sessions.list", {"payment_intent": intent_id, "limit": 1})["data"]
    return str(found[0]["id"]) if found else ""


def expire_checkout(session_id: str) -> None:
    """End a session, so that nobody can pay it any more.

    Raises StripeRefused if it is not open any more: fetch it to see what it is. Raises Unclear.
    """
    call("v1.checkout.sessions.expire", session_id)


def create_refund(refund_key: str, intent_id: str, amount_cents: int) -> None:
    """Send money of a payment back; the same `refund_key` sends it once.

    Raises StripeRefused if that is more than is left of it. Raises Unclear.
    """
    params = {
        "payment_intent": intent_id,
        "amount": amount_cents,
        "metadata": {"refund": refund_key},
    }
    call("v1.refunds.create", params, {"idempotency_key": f"refund-{refund_key}"})


def read_knock(body: bytes, signature: str) -> Knock:
    """Returns what an event is about. Its content is not believed. Raises BadSignature."""
    stripe = _library()
    secret = current_app.config["STRIPE_WEBHOOK_SECRET"]
    try:
        text = body.decode()
        stripe.WebhookSignature.verify_header(text, signature, secret, SIGNATURE_SECONDS)
        event = json.loads(text)
        about = event["data"]["object"]
        is_session = about.get("object") == "checkout.session"
        return Knock(
            event_id=event["id"],
            kind=event["type"],
            is_live=bool(event["livemode"]),
            session_id=about["id"] if is_session else "",
            intent_id=id_of(about.get("payment_intent")),
        )
    except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError) as fault:
        raise BadSignature(str(fault)) from fault


def is_live_mode() -> bool:
    """Returns whether the key moves real money. Raises Unclear or StripeRefused."""
    return bool(call("v1.balance.retrieve")["livemode"])


def endpoints() -> list[Endpoint]:
    """Returns the webhook endpoints of the account. Raises Unclear or StripeRefused."""
    return [
        Endpoint(
            url=each["url"],
            is_enabled=each["status"] == "enabled",
            events=frozenset(each["enabled_events"]),
            api_version=each.get("api_version") or "",
        )
        for each in call("v1.webhook_endpoints.list", {"limit": _AT_MOST})["data"]
    ]


def call(name: str, *arguments: Any) -> dict[str, Any]:
    """Call one method of the library and return what it answers as plain values."""
    stripe = _library()
    settings, is_page = current_app.config, has_request_context()
    method: Any = _client(settings["STRIPE_SECRET_KEY"], settings["STRIPE_SIMULATOR_URL"], is_page)
    for part in name.split("."):
        method = getattr(method, part)
    try:
        with lanes.FOR_CALLS.turn() if is_page else nullcontext():
            answer: dict[str, Any] = method(*arguments).to_dict()
    except lanes.TooBusy as fault:
        raise Busy("Others are asking Stripe already.") from fault
    except stripe.InvalidRequestError as fault:
        raise StripeRefused(_words(fault)) from fault
    except stripe.StripeError as fault:
        raise Unclear(_words(fault)) from fault
    return answer


def _library() -> Any:
    return import_module("stripe")


@lru_cache(maxsize=4)
def _client(key: str, simulator: str, is_page: bool) -> Any:
    stripe = _library()
    stripe.enable_telemetry = False  # how long our calls took is told to nobody
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        max_network_retries=0 if is_page else RETRIES,
        http_client=stripe.RequestsClient(
            timeout=VISITOR_SECONDS if is_page else (CONNECT_SECONDS, ANSWER_SECONDS)
        ),
        base_addresses={"api": simulator} if simulator else None,
    )


def _checkout(
    session: Mapping[str, Any],
    refunds: list[dict[str, Any]] | None = None,
    disputes: list[dict[str, Any]] | None = None,
) -> Checkout:
    intent = session.get("payment_intent") or {}
    charge = (intent.get("latest_charge") if isinstance(intent, dict) else None) or {}
    details = charge.get("payment_method_details") if isinstance(charge, dict) else None
    names = session.get("metadata") or {}
    return Checkout(
        id=session["id"],
        state=_state(session, intent),
        url=session.get("url") or "",
        amount_cents=int(session["amount_total"]),
        order_code=names.get("order", ""),
        attempt=int(names.get("attempt") or 0),
        intent_id=id_of(intent),
        method=str((details or {}).get("type") or ""),
        refunds=tuple(
            MoneyBack(
                id=each["id"],
                amount_cents=int(each["amount"]),
                state=each["status"] or "",
                ours=(each.get("metadata") or {}).get("refund", ""),
            )
            for each in sorted(refunds or [], key=lambda each: each["created"])
        ),
        disputes=tuple(
            Dispute(each["id"], int(each["amount"]), each["status"]) for each in disputes or []
        ),
    )


def _state(session: Mapping[str, Any], intent: Any) -> str:
    if session["status"] != "complete":
        return str(session["status"])
    if session["payment_status"] in {"paid", "no_payment_required"}:
        return "paid"
    ended = {"requires_payment_method", "canceled"}
    is_over = isinstance(intent, dict) and intent.get("status") in ended
    return "failed" if is_over else "processing"


def id_of(thing: Any) -> str:
    """Returns the id of an object, which stands for itself where it is not expanded."""
    return str(thing.get("id") or "") if isinstance(thing, dict) else str(thing or "")


def _words(fault: Any) -> str:
    return f"{type(fault).__name__}: {fault.user_message or fault}"
