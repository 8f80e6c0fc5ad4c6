"""Every event times every state of the order: what comes of it, whoever brings the news.

Who has a ticket, what the ledger says, what the team sees and which letters went, on both
databases. What is more particular stands in test_news.py.
"""

import pytest

from festival.db import db
from festival.home import consistency_checks
from festival.payments.models import Refund
from tests.payments.stripe.case import PAID, UNPAID, Case, outcome
from tests.payments.stripe.play import CENTS


def id_of_refund():
    """The name that Stripe has for the only refund that was made there."""
    return db.session.query(Refund).one().form_key.removeprefix("stripe ")


# What happens in turn, and what is true then.
CASES = {
    # Paid, and how we hear of it
    "paid, told by the webhook": (lambda c: (c.buyer("pay"), c.tell()), PAID),
    "told twice": (lambda c: (c.buyer("pay"), c.tell(times=2)), PAID),
    "told once more, days later": (
        lambda c: (c.buyer("pay"), c.tell(), c.wait(days=3), c.tell()),
        PAID,
    ),
    "seen by the page that one comes back to": (lambda c: (c.buyer("pay"), c.come_back()), PAID),
    "seen there before the webhook": (lambda c: (c.buyer("pay"), c.come_back(), c.tell()), PAID),
    "seen there after the webhook": (lambda c: (c.buyer("pay"), c.tell(), c.come_back()), PAID),
    "tab closed, no webhook: the poller": (lambda c: (c.buyer("pay"), c.poll()), PAID),
    "all three": (lambda c: (c.buyer("pay"), c.poll(), c.come_back(), c.tell(), c.poll()), PAID),
    "signed too long ago, so the poller sees it": (
        lambda c: (c.buyer("pay"), c.tell(age=301), c.poll()),
        PAID,
    ),
    "told of a session of which the answer is not in yet": (
        lambda c: (c.buyer("pay"), c.forget(), c.tell()),
        PAID,
    ),
    "told of a session of which the answer was lost": (
        lambda c: (c.buyer("pay"), c.forget(state="expired"), c.tell(times=2)),
        PAID,
    ),
    "told of a session that a backup forgot": (
        lambda c: (c.buyer("pay"), c.forget_attempt(), c.tell(times=2)),
        PAID,
    ),
    "told that a session which a backup forgot has expired": (
        lambda c: (c.buyer("expire"), c.forget_attempt(), c.tell()),
        UNPAID,
    ),
    "told of a session of another shop": (lambda c: (c.pay_another_shop(), c.tell()), UNPAID),
    "told of another amount than Stripe says": (
        lambda c: (c.buyer("pay"), c.tell(change={"amount_total": 1})),
        PAID,
    ),
    "less was paid than is due": (
        lambda c: (c.buyer("charge_other", amount=100), c.buyer("pay"), c.tell()),
        outcome("pending", 100, team="attention due partial"),
    ),
    "more was paid than is due": (
        lambda c: (c.buyer("charge_other", amount=CENTS + 500), c.buyer("pay"), c.tell()),
        PAID._replace(cents=CENTS + 500, team={"attention", "refund"}),
    ),
    # Not paid, or later
    "nothing happens": (lambda c: (c.come_back(), c.poll()), UNPAID),
    "expired": (lambda c: (c.buyer("expire"), c.tell()), UNPAID),
    "expired, then paid on a new page": (
        lambda c: (c.buyer("expire"), c.tell(), c.again(), c.buyer("pay"), c.tell(reverse=True)),
        PAID,
    ),
    "completed but unpaid": (lambda c: (c.buyer("pay_later"), c.tell()), UNPAID),
    "completed, then succeeded": (lambda c: (c.buyer("pay_later", "settle"), c.tell()), PAID),
    "the same out of order": (
        lambda c: (c.buyer("pay_later", "settle"), c.tell(reverse=True)),
        PAID,
    ),
    "completed, then failed": (
        lambda c: (c.buyer("pay_later", "settle_not"), c.tell(reverse=True, times=2)),
        outcome("pending", 0, "payment_failed", team="due"),
    ),
    "failed, then paid on a new page": (
        lambda c: (
            c.buyer("pay_later", "settle_not"),
            c.tell(),
            c.again(),
            c.buyer("pay"),
            c.tell(),
        ),
        outcome("confirmed", CENTS, "payment_failed", "payment_received", tickets=2),
    ),
    # After the order lapsed
    "paid, and told three weeks later": (
        lambda c: (c.buyer("pay"), c.wait(days=21), c.tell()),
        PAID,
    ),
    "paid, and told weeks later, after the sweep": (
        lambda c: (c.buyer("pay"), c.wait(days=20), c.sweep(), c.tell()),
        PAID,
    ),
    "not paid, and weeks later it lapses": (
        lambda c: (c.poll(hours=2), c.wait(days=20), c.sweep(), c.tell()),
        outcome("lapsed", 0, "order_lapsed"),
    ),
    "paid after it lapsed, with tickets left": (
        lambda c: (c.buyer("pay"), c.lapse(), c.tell()),
        outcome("confirmed", CENTS, "order_lapsed", "payment_received", tickets=2),
    ),
    "paid after it lapsed, sold out": (
        lambda c: (c.buyer("pay"), c.lapse(), c.let_others_order(), c.tell(), c.send_refunds()),
        outcome("lapsed", 0, "order_lapsed", "paid_too_late"),
    ),
    "the same, before the money went back": (
        lambda c: (c.buyer("pay"), c.lapse(), c.let_others_order(), c.tell()),
        outcome(
            "lapsed", CENTS, "order_lapsed", "paid_too_late", team="attention refund refund:online"
        ),
    ),
    "money on its way failed after it lapsed": (
        lambda c: (
            c.buyer("pay_later"),
            c.tell(),
            c.lapse(),
            c.buyer("settle_not"),
            c.tell(times=2),
        ),
        outcome("lapsed", 0, "order_lapsed"),
    ),
    "money on its way came after it lapsed, sold out": (
        lambda c: (
            c.buyer("pay_later"),
            c.tell(),
            c.lapse(),
            c.let_others_order(),
            c.buyer("settle"),
            c.tell(reverse=True),
            c.send_refunds(),
        ),
        outcome("lapsed", 0, "order_lapsed", "paid_too_late"),
    ),
    "given up, lapsed weeks later, and paid at last": (
        lambda c: (*given_up_and_lapsed(c), c.buyer("settle"), c.tell()),
        outcome(
            "confirmed",
            CENTS,
            "order_lapsed",
            "payment_received",
            tickets=2,
            team="letter:payment_stuck",
        ),
    ),
    "the same, sold out": (
        lambda c: (
            *given_up_and_lapsed(c),
            c.let_others_order(),
            c.buyer("settle"),
            c.tell(),
            c.send_refunds(),
        ),
        outcome("lapsed", 0, "order_lapsed", "paid_too_late", team="letter:payment_stuck"),
    ),
    # After it was cancelled
    "paid after it was cancelled": (
        lambda c: (c.buyer("pay"), c.cancel(), c.tell(times=2), c.send_refunds()),
        outcome("cancelled", 0, "order_cancelled", "paid_after_cancelling"),
    ),
    "expired after it was cancelled": (
        lambda c: (c.cancel(), c.buyer("expire"), c.tell()),
        outcome("cancelled", 0, "order_cancelled"),
    ),
    "money on its way failed after it was cancelled": (
        lambda c: (c.buyer("pay_later"), c.tell(), c.cancel(), c.buyer("settle_not"), c.tell()),
        outcome("cancelled", 0, "order_cancelled"),
    ),
    # The edition is called off
    "called off after it was paid unnoticed": (
        lambda c: (c.buyer("pay"), c.call_off(), c.cancel_all(), c.tell(), c.send_refunds()),
        outcome("cancelled", 0, "called_off"),
    ),
    "called off, paid before its turn to be cancelled": (
        lambda c: (c.call_off(), c.buyer("pay"), c.tell()),
        outcome("pending", CENTS, team="attention"),
    ),
    "called off, paid, and its turn comes": (
        lambda c: (c.call_off(), c.buyer("pay"), c.tell(), c.cancel_all(), c.send_refunds()),
        outcome("cancelled", 0, "called_off"),
    ),
    "called off while Stripe was away, and paid afterwards": (
        lambda c: (
            c.call_off(),
            c.away(),
            c.cancel_all(),
            c.away("no"),
            c.buyer("pay"),
            c.tell(),
            c.send_refunds(),
        ),
        outcome("cancelled", 0, "called_off", "paid_after_cancelling", team="letter:payment_stuck"),
    ),
    "lapsed, called off, and paid": (
        lambda c: (c.lapse(), c.call_off(), c.buyer("pay"), c.tell(), c.send_refunds()),
        outcome("lapsed", 0, "order_lapsed", "paid_too_late"),
    ),
    # Money that goes back
    "refunded at Stripe": (
        lambda c: (c.buyer("pay"), c.tell(), c.at_stripe("refund"), c.tell(times=2)),
        PAID._replace(cents=0, team={"due"}),
    ),
    "refunded at Stripe in part, told before the payment": (
        lambda c: (
            c.buyer("pay"),
            c.come_back(),
            c.at_stripe("refund", amount=1000),
            c.tell(reverse=True),
        ),
        PAID._replace(cents=CENTS - 1000, team={"due", "partial"}),
    ),
    "a refund that came back": (
        lambda c: (
            c.buyer("pay"),
            c.tell(),
            c.simulator.do("refund_status", id=c.at_stripe("refund")["id"], status="succeeded"),
            c.tell(),
            c.simulator.do("refund_status", id=id_of_refund(), status="failed"),
            c.tell(times=2),
        ),
        PAID,
    ),
    "given back at Stripe while all of it waits here": (
        lambda c: (
            c.buyer("pay"),
            c.tell(),
            c.pay_back(CENTS),
            c.at_stripe("refund"),
            c.tell(),
            c.send_refunds(),
        ),
        outcome("confirmed", 0, "payment_received", "money_back", tickets=2, team="refund:failed"),
    ),
    "a part given back at Stripe while the same part waits here": (
        lambda c: (
            c.buyer("pay"),
            c.tell(),
            c.pay_back(4000),
            c.at_stripe("refund", amount=4000),
            c.send_refunds(),
            c.tell(),
        ),
        outcome(
            "confirmed",
            CENTS - 4000,
            "payment_received",
            "money_back",
            tickets=2,
            team="refund:failed",
        ),
    ),
    "disputed": (
        lambda c: (c.buyer("pay"), c.tell(), c.at_stripe("dispute"), c.tell(times=2)),
        PAID._replace(cents=0, team={"due", "letter:payment_disputed"}),
    ),
    "disputed and won": (
        lambda c: (
            c.buyer("pay"),
            c.tell(),
            c.simulator.do("won", id=c.at_stripe("dispute")["id"]),
            c.tell(reverse=True, times=2),
        ),
        PAID._replace(team={"letter:payment_disputed"}),
    ),
    "disputed and lost": (
        lambda c: (
            c.buyer("pay"),
            c.tell(),
            c.simulator.do("lost", id=c.at_stripe("dispute")["id"]),
            c.tell(reverse=True, times=2),
        ),
        PAID._replace(cents=0, team={"due", "letter:payment_disputed"}),
    ),
    "disputed after a part was given back": (
        lambda c: (
            c.buyer("pay"),
            c.tell(),
            c.at_stripe("refund", amount=1000),
            c.at_stripe("dispute"),
            c.tell(reverse=True),
        ),
        PAID._replace(cents=0, team={"due", "letter:payment_disputed"}),
    ),
    "disputed after all was given back": (
        lambda c: (
            c.buyer("pay"),
            c.tell(),
            c.at_stripe("refund"),
            c.at_stripe("dispute", amount=CENTS),
            c.tell(),
        ),
        PAID._replace(cents=-CENTS, team={"due", "letter:payment_disputed"}),
    ),
    "disputed after it was cancelled, while our refund waits": (
        lambda c: (
            c.buyer("pay"),
            c.tell(),
            c.cancel(),
            c.at_stripe("dispute"),
            c.tell(),
            c.send_refunds(),
        ),
        outcome(
            "cancelled",
            0,
            "payment_received",
            "order_cancelled",
            team="refund:failed letter:payment_disputed",
        ),
    ),
    "disputed after it was cancelled and given back": (
        lambda c: (
            c.buyer("pay"),
            c.tell(),
            c.cancel(),
            c.send_refunds(),
            c.at_stripe("dispute", amount=CENTS),
            c.tell(),
        ),
        outcome(
            "cancelled",
            -CENTS,
            "payment_received",
            "order_cancelled",
            team="letter:payment_disputed",
        ),
    ),
}


def given_up_and_lapsed(c):
    """Stripe is away for weeks while money is on its way, and the team gives up."""
    return (
        c.buyer("pay_later"),
        c.tell(),
        c.away(),
        c.poll(days=1),
        c.wait(days=4),
        c.give_up(),
        c.wait(days=15),
        c.sweep(),
        c.away("no"),
    )


@pytest.fixture
def case(any_app, play_money, monkeypatch):
    return Case(any_app, play_money, monkeypatch)


@pytest.mark.parametrize(("happens", "expected"), CASES.values(), ids=CASES.keys())
def test_what_comes_of_it(case, happens, expected):
    happens(case)
    assert case.outcome() == expected
    assert case.cents_at_stripe() == expected.cents
    for check in ("pools", "totals", "movements", "endings"):
        assert getattr(consistency_checks, check)() == []
