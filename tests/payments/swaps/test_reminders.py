"""The reminder of a swap that waits for money."""

from datetime import timedelta

from festival.db import db
from festival.mail.models import Letter
from festival.payments import queries
from festival.payments.rules import lapsing, swapping
from festival.payments.stripe.models import PaymentAttempt
from tests.make import NOW
from tests.payments.swaps.asking import mailed, paid, pay, swap


def test_one_reminder_some_days_before_a_swap_is_due(cheap, dear):
    order = paid(cheap)
    asked = swap(order, dear)
    remind = lapsing.remind_unpaid
    assert remind(lambda: asked.due_at - timedelta(days=4)).done == 0
    pay(order, 1000)
    assert remind(lambda: asked.due_at - timedelta(days=2)).done == 1
    assert remind(lambda: asked.due_at - timedelta(days=1)).done == 0
    assert not lapsing.remind_swap(asked, now=asked.due_at)
    assert mailed() == ["payments/swap_requested", "payments/swap_reminder"]
    letter = db.session.query(Letter).order_by(Letter.id.desc()).first()
    text = letter.body_text.replace("\xa0", " ")
    assert "We ontvingen € 10,00 voor je wissel. Er moet nog € 30,00 bij." in text
    assert "Bedrag: € 30,00" in text


def test_nobody_is_reminded_of_a_swap_that_is_over_new_or_being_paid(edition, cheap, dear):
    done, over, waits = (paid(cheap) for _ in range(3))
    swaps_asked = [swap(each, dear) for each in (done, over, waits)]
    soon = swaps_asked[0].due_at - timedelta(days=2)
    pay(done, 4000)
    swapping.call_off_swap(swaps_asked[1], now=NOW)
    attempt = PaymentAttempt(
        order_id=waits.id, number=1, state="processing", amount_cents=4000,
        language="nl", excludes_slow=False, begun_at=NOW, expires_at=NOW, session_id="cs_1",
    )  # fmt: skip
    db.session.add(attempt)
    edition.payment_days = 1
    db.session.commit()
    new = swap(paid(cheap), dear, now=soon)
    assert new.due_at <= soon + queries.REMIND_BEFORE
    assert lapsing.remind_unpaid(lambda: soon).done == 0
    assert not any(lapsing.remind_swap(each, now=soon) for each in swaps_asked)
    attempt.state, edition.called_off_at = "failed", soon
    db.session.commit()
    assert lapsing.remind_unpaid(lambda: soon).done == 0
    edition.called_off_at = None
    db.session.commit()
    assert lapsing.remind_unpaid(lambda: soon).done == 1
