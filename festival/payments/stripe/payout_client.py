"""What Stripe paid out to the organiser's bank account, asked by way of the only door to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from festival.payments.stripe import client

_AT_A_TIME = 100


@dataclass(frozen=True)
class Payout:
    """Money on its way to the bank account, or there. `state` is a word of Stripe's.

    `amount_cents` is below 0 where Stripe takes money back.
    """

    id: str
    state: str
    amount_cents: int
    arrives_on: date


@dataclass(frozen=True)
class BalanceTransaction:
    """One part of a payout: a payment, what went back, a fee. `kind` is a word of Stripe's.

    `intent_id` is that of the payment that it is about, '' for none. `fee_cents` is what Stripe
    keeps of it.
    """

    id: str
    kind: str
    intent_id: str
    amount_cents: int
    fee_cents: int
    happened_at: datetime


def payouts(*, since: date) -> Iterator[Payout]:
    """Yields the payouts that arrive from this day on, the newest first.

    Raises Unclear or StripeRefused.
    """
    begin = int(datetime.combine(since, time(), UTC).timestamp())
    for each in _all("v1.payouts.list", {"arrival_date": {"gte": begin}}):
        arrives = datetime.fromtimestamp(each["arrival_date"], UTC)
        yield Payout(each["id"], each["status"], int(each["amount"]), arrives.date())


def lines(payout_id: str) -> Iterator[BalanceTransaction]:
    """Yields all that a payout is made of. Raises Unclear or StripeRefused."""
    asked = {"payout": payout_id, "expand": ["data.source"]}
    for each in _all("v1.balance_transactions.list", asked):
        if each["type"] == "payout":  # the payout itself
            continue
        source = each.get("source")
        intent = source.get("payment_intent") if isinstance(source, dict) else ""
        yield BalanceTransaction(
            id=each["id"],
            kind=each.get("reporting_category") or each["type"],
            intent_id=client.id_of(intent),
            amount_cents=int(each["amount"]),
            fee_cents=int(each["fee"]),
            happened_at=datetime.fromtimestamp(each["created"], UTC),
        )


def _all(name: str, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    asked = {**asked, "limit": _AT_A_TIME}
    while True:
        page = client.call(name, asked)
        yield from page["data"]
        if not page["has_more"]:
            return
        asked["starting_after"] = page["data"][-1]["id"]
