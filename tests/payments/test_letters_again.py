"""Which letter goes out again, and what letters about paying say: only what is true now."""

from datetime import timedelta

import pytest

from festival import codes
from festival.db import db
from festival.mail.models import Letter
from festival.payments import queries
from festival.payments.rules import cancelling, lapsing, recording, swapping
from festival.payments.rules.swapping import SwapRequest
from festival.payments.stripe.models import PaymentAttempt
from tests import make
from tests.make import NOW

ONLINE = "kun je ook online betalen"


@pytest.fixture
def online(app):
    """The app takes money by Stripe."""
    app.config["STRIPE_SECRET_KEY"] = "sk_test_letters"
    return app


def unpaid(cents=4500, **values):
    of = make.ticket_type(price_cents=cents, vat_category="standard")
    return make.order(of=of, confirmed_at=None, due_at=NOW + timedelta(days=14), **values)


def under_way(order):
    attempt = PaymentAttempt(
        order_id=order.id,
        number=1,
        state="processing",
        amount_cents=4500,
        language="nl",
        excludes_slow=False,
        begun_at=NOW,
        expires_at=NOW,
        session_id=f"cs_{order.id}",
    )
    db.session.add(attempt)
    db.session.commit()


def sent(order):
    """The letters to the buyer of the order, by name without capability, and their texts."""
    rows = db.session.query(Letter).filter_by(to=order.email).order_by(Letter.id)
    return {row.name.rpartition("/")[2]: row.body_text.replace("\xa0", " ") for row in rows}


def test_nobody_is_asked_to_pay_while_their_money_is_on_its_way(online):
    order = unpaid()
    under_way(order)
    lapsing.send_letters_again(order, now=NOW)
    assert sent(order).keys() == {"payment_under_way"}
    assert "Betaal niet nog een keer" in sent(order)["payment_under_way"]


def test_who_has_to_pay_is_asked_to(online):
    order = unpaid()
    lapsing.send_letters_again(order, now=NOW)
    assert sent(order).keys() == {"pay_by_transfer"}
    assert ONLINE in sent(order)["pay_by_transfer"]


def swapped():
    """A paid order of which a ticket is to become one that costs 40 euros more."""
    order = make.order(of=make.ticket_type(price_cents=2500, vat_category="standard"))
    make.payment(order, 2500)
    dear = make.ticket_type(price_cents=6500, vat_category="standard")
    wanted = SwapRequest(order.tickets[0].code, dear.slug, codes.secret())
    swapping.request_swap(order, wanted, now=NOW)
    db.session.query(Letter).delete()
    db.session.commit()
    return order


def test_who_waits_for_a_swap_gets_the_ticket_that_is_good_and_what_is_to_be_paid(online):
    order = swapped()
    lapsing.send_letters_again(order, now=NOW)
    assert sent(order).keys() == {"order_confirmed", "swap_requested"}
    assert "€ 40,00" in sent(order)["swap_requested"]


def test_who_paid_the_swap_and_waits_for_the_bank_is_told_that(online):
    order = swapped()
    under_way(order)
    lapsing.send_letters_again(order, now=NOW)
    assert sent(order).keys() == {"order_confirmed", "payment_under_way"}


@pytest.mark.parametrize("confirmed_at", [None, NOW])
def test_an_edition_that_was_called_off_sends_nothing_again(app, confirmed_at):
    order = unpaid() if confirmed_at is None else make.order()
    order.edition.called_off_at = NOW
    db.session.commit()
    with pytest.raises(cancelling.AlreadyEnded):
        lapsing.send_letters_again(order, now=NOW)
    assert sent(order) == {}


@pytest.mark.parametrize(("cents", "is_offered"), [(49, False), (50, True)])
def test_what_stripe_does_not_take_is_not_offered_online(online, cents, is_offered):
    """Of a small price, and of a price of which a little is left to pay."""
    small, rest = unpaid(cents), unpaid()
    recording.record_payment(rest, 4500 - cents, NOW, "bijna alles", now=NOW)
    for order in (small, rest):
        lapsing.send_letters_again(order, now=NOW)
        assert (ONLINE in sent(order)["pay_by_transfer"]) is is_offered
        assert ("Betaal met de QR-code" in html_of(order)) is not is_offered


def html_of(order):
    return db.session.query(Letter).filter_by(to=order.email).one().body_html


@pytest.mark.parametrize(("cents", "is_offered"), [(49, False), (50, True)])
def test_a_swap_of_a_few_cents_is_paid_by_transfer(online, cents, is_offered):
    order = make.order(of=make.ticket_type(price_cents=2500, vat_category="standard"))
    make.payment(order, 2500)
    dear = make.ticket_type(price_cents=2500 + cents, vat_category="standard")
    swapping.request_swap(
        order, SwapRequest(order.tickets[0].code, dear.slug, codes.secret()), now=NOW
    )
    assert ("betaal je online" in sent(order)["swap_requested"]) is is_offered


@pytest.mark.parametrize("is_called_off", [False, True])
def test_money_that_came_too_late_hears_the_true_reason(app, is_called_off):
    order = unpaid()
    lapsing.lapse_order(order, now=NOW)
    order.tickets[0].type.pool.taken = order.tickets[0].type.pool.capacity
    if is_called_off:
        order.edition.called_off_at = NOW
    db.session.commit()
    recording.record_payment(order, 4500, NOW, "laat", now=NOW)
    assert queries.balance(order).paid_cents == 4500
    said = sent(order)["paid_too_late"]
    assert ("gaat niet door" in said) is is_called_off
    assert ("niet genoeg kaartjes" in said) is not is_called_off


def test_money_for_an_edition_that_was_called_off_sends_no_tickets(app):
    """Its order is cancelled in its turn, and then all goes back with one letter."""
    order = unpaid()
    order.edition.called_off_at = NOW
    db.session.commit()
    recording.record_payment(order, 4500, NOW, "toch", now=NOW)
    assert (order.state, sent(order)) == ("pending", {})
    cancelling.cancel_called_off(order, now=NOW)
    assert (order.state, queries.promised_cents(order)) == ("cancelled", 4500)
    assert sent(order).keys() == {"called_off"}
