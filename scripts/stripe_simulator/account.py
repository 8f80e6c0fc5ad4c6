"""The account that the simulator plays: sessions, payments, refunds and disputes, in memory.

Amounts are in cents, moments in whole seconds since 1970, as Stripe has them.
"""

import json
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from parameters import Refused, rows

Thing = dict[str, Any]

API_VERSION = "2026-10-28.endive"
HALF_AN_HOUR, A_DAY = 1800, 86400
LEAST_CENTS = 50
FEE, DISPUTE_FEE = 29, 2000  # what the account pays for a charge, and for a dispute
_KEPT = ("sessions", "intents", "refunds", "disputes", "payouts")
EMPTY = json.dumps({name: {} for name in _KEPT})
# Its money comes in days after the session was completed, or does not.
_LATE_METHOD = "sepa_debit"


class Account:
    """Everything that was made, and what each button on the hosted page does to it.

    `tell(type, object)` sends an event. Every method holds the lock, so callers need not.
    """

    def __init__(self, address: str, tell: Callable[[str, Thing], None]) -> None:
        self.address = address
        self.tell = tell
        self.lock = threading.RLock()
        self.ahead = 0.0  # of the clock on the wall, in seconds
        self.sessions: dict[str, Thing] = {}
        self.intents: dict[str, Thing] = {}
        self.refunds: dict[str, Thing] = {}
        self.disputes: dict[str, Thing] = {}
        self.payouts: dict[str, Thing] = {}

    def now(self) -> int:
        """Returns the present moment, as the simulator's clock has it."""
        return int(time.time() + self.ahead)

    def dump(self) -> str:
        """Returns all that was made as JSON."""
        with self.lock:
            return json.dumps({name: getattr(self, name) for name in _KEPT})

    def load(self, text: str) -> None:
        """Take over what `dump` returned."""
        for name, things in json.loads(text).items():
            setattr(self, name, things)

    # What the API does

    def create_session(self, params: Thing) -> Thing:
        """Make a Checkout Session. Raises Refused as Stripe does."""
        lines = rows(params.get("line_items"))
        if params.get("mode") != "payment":
            raise Refused("The simulator knows only mode=payment.", param="mode")
        if not lines or "success_url" not in params:
            missing = "line_items" if not lines else "success_url"
            raise Refused(f"Missing required param: {missing}.", param=missing)
        if len(params.get("client_reference_id", "")) > 200:
            raise Refused("client_reference_id is too long.", param="client_reference_id")
        total = sum(_amount(line) for line in lines)
        if total < LEAST_CENTS:
            raise Refused(
                "The Checkout Session's total amount must convert to at least 50 cents.",
                code="amount_too_small",
            )
        now = self.now()
        expires_at = int(params.get("expires_at") or now + A_DAY)
        if not now + HALF_AN_HOUR <= expires_at <= now + A_DAY:
            raise Refused(
                "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout "
                "Session creation.",
                param="expires_at",
            )
        session_id = _id("cs_test")
        session = {
            "id": session_id,
            "object": "checkout.session",
            "created": now,
            "expires_at": expires_at,
            "status": "open",
            "payment_status": "unpaid",
            "mode": "payment",
            "amount_total": total,
            "currency": lines[0]["price_data"]["currency"],
            "client_reference_id": params.get("client_reference_id"),
            "customer_email": params.get("customer_email"),
            "locale": params.get("locale", "auto"),
            "metadata": params.get("metadata", {}),
            "payment_intent": None,
            "success_url": params["success_url"].replace("{CHECKOUT_SESSION_ID}", session_id),
            "cancel_url": params.get("cancel_url"),
            "livemode": False,
            "intent_data": params.get("payment_intent_data", {}),
            "excluded": rows(params.get("excluded_payment_method_types")),
            "lines": [line["price_data"]["product_data"]["name"] for line in lines],
        }
        with self.lock:
            self.sessions[session_id] = session
        return self.shown(session)

    def session(self, session_id: str) -> Thing:
        """Returns the session, expired if its time is over. Raises Refused if there is none."""
        with self.lock:
            session = self.sessions.get(session_id)
            if session is None:
                raise _missing("checkout.session", session_id)
            if session["status"] == "open" and self.now() >= session["expires_at"]:
                self._end(session)
            return session

    def expire_session(self, session_id: str) -> Thing:
        """Expire an open session. Raises Refused if it is not open."""
        with self.lock:
            session = self.session(session_id)
            if session["status"] != "open":
                raise Refused(
                    'Only Checkout Sessions with a status in ["open"] can be expired. This '
                    f"Checkout Session has a status of {session['status']}."
                )
            self._end(session)
            return self.shown(session)

    def sessions_of(self, intent_id: str) -> list[Thing]:
        """Returns the sessions that made this payment intent."""
        with self.lock:
            return [
                self.shown(each)
                for each in self.sessions.values()
                if each["payment_intent"] == intent_id
            ]

    def refund(self, params: Thing) -> Thing:
        """Refund all or a part of a payment. Raises Refused beyond what is left of it."""
        with self.lock:
            intent = self.intents.get(params.get("payment_intent", ""))
            if intent is None:
                raise _missing("payment_intent", params.get("payment_intent", ""))
            charge = intent["latest_charge"]
            if intent["status"] != "succeeded":
                raise Refused(
                    f"This PaymentIntent ({intent['id']}) does not have a successful charge to "
                    "refund."
                )
            if any(
                each["payment_intent"] == intent["id"] and each["status"] != "won"
                for each in self.disputes.values()
            ):
                raise Refused(
                    f"Charge {charge['id']} has been charged back; cannot issue a refund.",
                    code="charge_disputed",
                )
            left = charge["amount"] - charge["amount_refunded"]
            cents = int(params.get("amount") or left)
            if left == 0:
                raise Refused(
                    f"Charge {charge['id']} has already been refunded.",
                    code="charge_already_refunded",
                )
            if not 0 < cents <= left:
                raise Refused(
                    f"Refund amount ({cents}) is greater than unrefunded amount on charge ({left})",
                    param="amount",
                )
            refund = {
                "id": _id("re"),
                "object": "refund",
                "amount": cents,
                "currency": charge["currency"],
                "charge": charge["id"],
                "created": self.now(),
                "metadata": params.get("metadata", {}),
                "payment_intent": intent["id"],
                "reason": params.get("reason"),
                "status": "succeeded",
            }
            self.refunds[refund["id"]] = refund
            charge["amount_refunded"] += cents
            charge["refunded"] = charge["amount_refunded"] == charge["amount"]
            self.tell("refund.created", refund)
            self.tell("charge.refunded", charge)
            return refund

    def shown(self, session: Thing, expand: Any = ()) -> Thing:
        """Returns the session as the API shows it, with its payment if that is expanded."""
        shown = {
            name: value
            for name, value in session.items()
            if name not in {"intent_data", "excluded", "lines"}
        }
        is_open = session["status"] == "open"
        shown["url"] = f"{self.address}/pay/{session['id']}" if is_open else None
        if session["payment_intent"] and any(each.startswith("payment_intent") for each in expand):
            shown["payment_intent"] = self.intents[session["payment_intent"]]
        return shown

    # What people do on the hosted page, and the account's owner in the dashboard

    def pay(self, session_id: str, method: str) -> Thing:
        """Pay at once, by `method`."""
        with self.lock:
            session = self._open(session_id)
            intent = self._intent(session, method)
            intent["status"] = "succeeded"
            session |= {"status": "complete", "payment_status": "paid"}
            self.tell("checkout.session.completed", self.shown(session))
            return session

    def pay_later(self, session_id: str) -> Thing:
        """Complete the session with a method whose money comes in days later, or not."""
        with self.lock:
            session = self._open(session_id)
            self._intent(session, _LATE_METHOD)["status"] = "processing"
            session["status"] = "complete"
            self.tell("checkout.session.completed", self.shown(session))
            return session

    def settle(self, session_id: str, *, succeeded: bool) -> None:
        """Let the money of a late method arrive, or not."""
        with self.lock:
            session = self.session(session_id)
            if session["status"] != "complete" or session["payment_status"] == "paid":
                raise Refused("Nothing of this session is still to come.")
            intent = self.intents[session["payment_intent"]]
            if succeeded:
                intent["status"], session["payment_status"] = "succeeded", "paid"
                self.tell("checkout.session.async_payment_succeeded", self.shown(session))
            else:
                intent["status"] = "requires_payment_method"
                self.tell("checkout.session.async_payment_failed", self.shown(session))

    def charge_other(self, session_id: str, cents: int) -> None:
        """Let a session ask for another amount than it was made for, as no Stripe would."""
        with self.lock:
            self._open(session_id)["amount_total"] = cents

    def dispute(self, intent_id: str, cents: int | None = None) -> Thing:
        """Let the buyer's bank take the money back: what was not refunded, or `cents`."""
        with self.lock:
            charge = self.intents[intent_id]["latest_charge"]
            dispute = {
                "id": _id("du"),
                "object": "dispute",
                "amount": cents or charge["amount"] - charge["amount_refunded"],
                "currency": charge["currency"],
                "charge": charge["id"],
                "created": self.now(),
                "payment_intent": intent_id,
                "reason": "fraudulent",
                "status": "needs_response",
            }
            self.disputes[dispute["id"]] = dispute
            self.tell("charge.dispute.created", dispute)
            return dispute

    def close_dispute(self, dispute_id: str, *, won: bool) -> None:
        """Let the bank decide: `won` gives the money back to the account."""
        with self.lock:
            dispute = self.disputes[dispute_id]
            dispute["status"] = "won" if won else "lost"
            self.tell("charge.dispute.closed", dispute)

    def set_refund(self, refund_id: str, status: str) -> None:
        """Let a refund become `pending`, `succeeded` or `failed`; failed money comes back."""
        with self.lock:
            refund = self.refunds[refund_id]
            charge = self.intents[refund["payment_intent"]]["latest_charge"]
            if status == "failed" and refund["status"] != "failed":
                charge["amount_refunded"] -= refund["amount"]
                charge["refunded"] = False
            refund["status"] = status
            self.tell("refund.failed" if status == "failed" else "refund.updated", refund)

    def pay_out(self) -> Thing:
        """Pay out all that came in and went back since the last time, less the fees."""
        with self.lock:
            moved = [*self._charges(), *self._moved_back()]
            for each in moved:
                each["about"]["is_paid_out"] = True
            payout = {
                "id": _id("po"),
                "object": "payout",
                "amount": sum(each["shown"]["net"] for each in moved),
                "arrival_date": self.now() + A_DAY,
                "automatic": True,
                "created": self.now(),
                "currency": "eur",
                "status": "paid",
                "transactions": [each["shown"] for each in moved],
            }
            self.payouts[payout["id"]] = payout
            return {name: value for name, value in payout.items() if name != "transactions"}

    def _charges(self) -> list[Thing]:
        return [
            self._transaction(intent["latest_charge"], intent["amount"], FEE, "charge")
            for intent in self.intents.values()
            if intent["status"] == "succeeded" and "is_paid_out" not in intent["latest_charge"]
        ]

    def _moved_back(self) -> list[Thing]:
        refunds = [
            self._transaction(each, -each["amount"], 0, "refund")
            for each in self.refunds.values()
            if each["status"] == "succeeded" and "is_paid_out" not in each
        ]
        return refunds + [
            self._transaction(each, -each["amount"], DISPUTE_FEE, "dispute")
            for each in self.disputes.values()
            if each["status"] != "won" and "is_paid_out" not in each
        ]

    def _transaction(self, about: Thing, amount: int, fee: int, category: str) -> Thing:
        shown = {
            "id": _id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "created": self.now(),
            "currency": "eur",
            "fee": fee,
            "net": amount - fee,
            "reporting_category": category,
            "source": json.loads(json.dumps(about)),
            "type": category,
        }
        return {"about": about, "shown": shown}

    def _open(self, session_id: str) -> Thing:
        session = self.session(session_id)
        if session["status"] != "open":
            raise Refused("This page is no longer open.", status=409)
        return session

    def _intent(self, session: Thing, method: str) -> Thing:
        data = session["intent_data"]
        intent_id = _id("pi")
        intent = {
            "id": intent_id,
            "object": "payment_intent",
            "amount": session["amount_total"],
            "currency": session["currency"],
            "description": data.get("description"),
            "metadata": data.get("metadata", {}),
            "status": "processing",
            "latest_charge": {
                "id": _id("ch"),
                "object": "charge",
                "amount": session["amount_total"],
                "amount_refunded": 0,
                "refunded": False,
                "currency": session["currency"],
                "payment_intent": intent_id,
                "payment_method_details": {"type": method},
            },
        }
        self.intents[intent_id] = intent
        session["payment_intent"] = intent_id
        return intent

    def _end(self, session: Thing) -> None:
        session["status"] = "expired"
        self.tell("checkout.session.expired", self.shown(session))


def _amount(line: Thing) -> int:
    try:
        price = line["price_data"]
        price["product_data"]["name"]
        return int(price["unit_amount"]) * int(line.get("quantity", 1))
    except (KeyError, ValueError) as fault:
        raise Refused(f"A line item is not complete: {fault}.", param="line_items") from fault


def _id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_urlsafe(18).replace('-', 'a').replace('_', 'b')}"


def _missing(kind: str, wanted: str) -> Refused:
    return Refused(f"No such {kind}: '{wanted}'", param="id", code="resource_missing", status=404)
