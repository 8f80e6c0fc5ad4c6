"""The door to Stripe, through the official library, to a simulator that insists as Stripe does."""

import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest

from festival.config import ROOT
from festival.payments.stripe import client
from festival.payments.stripe.client import NewCheckout
from tests.simulator import SECRET


def new(**values):
    return NewCheckout(
        **{
            "order_code": "K7PM4WXQ",
            "attempt": 1,
            "amount_cents": 4500,
            "description": "Bestelling K7PM4WXQ",
            "language": "nl",
            "expires_at": datetime.now(UTC) + timedelta(hours=1),
            "success_url": "http://localhost/terug?sessie={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://localhost/terug",
            **values,
        }
    )


def paid(simulator, **values):
    made = client.create_checkout(new(**values))
    simulator.do("pay", id=made.id, method="wero_of_the_future")
    return client.fetch_checkout(made.id)


def test_a_session_is_made_and_read(stripe_here):
    made = client.create_checkout(new())
    assert made.url.startswith(stripe_here.address)
    assert client.fetch_checkout(made.id) == made
    assert (made.state, made.order_code, made.attempt, made.method) == ("open", "K7PM4WXQ", 1, "")


def test_the_same_attempt_makes_one_session_and_the_next_one_another(stripe_here):
    first = new()
    assert client.create_checkout(first).id == client.create_checkout(first).id
    assert client.create_checkout(replace(first, attempt=2)).id != client.create_checkout(first).id


def test_an_attempt_that_changed_is_refused(stripe_here):
    client.create_checkout(new())
    with pytest.raises(client.Unclear, match="same parameters"):
        client.create_checkout(new(amount_cents=9000))


def test_no_list_of_methods_is_sent_and_slow_ones_are_left_out(stripe_here, monkeypatch):
    sent = []
    call = client.call
    monkeypatch.setattr(client, "call", lambda *args: sent.append(args) or call(*args))
    client.create_checkout(new(without=client.SLOW_METHODS))
    [(_name, params, options)] = sent
    assert "payment_method_types" not in params
    assert "allowed_payment_method_types" not in params
    assert params["excluded_payment_method_types"] == [
        "customer_balance",
        "multibanco",
        "sepa_debit",
    ]
    assert params["adaptive_pricing"] == {"enabled": False}
    assert params["metadata"] == {"order": "K7PM4WXQ", "attempt": "1"}
    assert options == {"idempotency_key": "K7PM4WXQ-1"}
    assert "customer_email" not in params


def test_a_method_nobody_knows_is_told_as_it_is(stripe_here):
    checkout = paid(stripe_here)
    assert (checkout.state, checkout.method) == ("paid", "wero_of_the_future")
    assert client.session_of_payment(checkout.intent_id) == checkout.id
    assert client.session_of_payment("pi_nobody") == ""


def test_money_that_comes_later_or_not(stripe_here):
    made = client.create_checkout(new())
    stripe_here.do("pay_later", id=made.id)
    assert client.fetch_checkout(made.id).state == "processing"
    stripe_here.do("settle_not", id=made.id)
    assert client.fetch_checkout(made.id).state == "failed"


def test_an_open_session_is_ended_once(stripe_here):
    made = client.create_checkout(new())
    client.expire_checkout(made.id)
    assert client.fetch_checkout(made.id).state == "expired"
    with pytest.raises(client.StripeRefused, match="status of expired"):
        client.expire_checkout(made.id)


def test_refunds_go_back_once_and_not_beyond_the_payment(stripe_here):
    checkout = paid(stripe_here)
    client.create_refund("7", checkout.intent_id, 1500)
    client.create_refund("7", checkout.intent_id, 1500)
    with pytest.raises(client.StripeRefused, match="greater than unrefunded"):
        client.create_refund("8", checkout.intent_id, 3001)
    stripe_here.do("refund", id=checkout.intent_id, amount=500)
    back = client.fetch_checkout(checkout.id).refunds
    assert [(each.amount_cents, each.state, each.ours) for each in back] == [
        (1500, "succeeded", "7"),
        (500, "succeeded", ""),
    ]


def test_a_dispute_is_seen(stripe_here):
    checkout = paid(stripe_here)
    stripe_here.do("dispute", id=checkout.intent_id)
    [dispute] = client.fetch_checkout(checkout.id).disputes
    assert (dispute.amount_cents, dispute.state, dispute.has_taken) == (
        4500,
        "needs_response",
        True,
    )


@pytest.mark.parametrize(
    ("state", "has_taken"), [("lost", True), ("won", True), ("warning_needs_response", False)]
)
def test_a_bank_that_only_asks_takes_nothing(state, has_taken):
    assert client.Dispute("du_1", 100, state).has_taken is has_taken


def test_stripe_is_away(stripe_here):
    made = client.create_checkout(new())
    stripe_here.do("away", away="yes")
    with pytest.raises(client.Unclear, match="We are away"):
        client.fetch_checkout(made.id)


def test_nobody_answers_at_all(app, monkeypatch):
    monkeypatch.setattr(client, "RETRIES", 0)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    app.config |= {"STRIPE_SECRET_KEY": "sk_test_x", "STRIPE_SIMULATOR_URL": address}
    with pytest.raises(client.Unclear, match="APIConnectionError"):
        client.fetch_checkout("cs_test_1")


def test_a_key_that_is_not_known_is_unclear_and_a_lost_session_is_refused(stripe_here, app):
    with pytest.raises(client.StripeRefused, match="No such checkout"):
        client.fetch_checkout("cs_test_lost")
    app.config["STRIPE_SECRET_KEY"] = "sk_test_other"
    with pytest.raises(client.Unclear, match="Invalid API Key"):
        client.fetch_checkout("cs_test_lost")


def test_the_account_tells_its_mode_and_its_endpoints(stripe_here):
    assert client.is_live_mode() is False
    [endpoint] = client.endpoints()
    assert endpoint.is_enabled
    assert endpoint.events >= set(client.EVENTS)
    assert endpoint.api_version == client.API_VERSION


def test_an_unknown_parameter_is_refused_as_stripe_does(stripe_here):
    with pytest.raises(client.StripeRefused, match="unknown parameter: payment_method_types"):
        client.call("v1.checkout.sessions.create", {"payment_method_types": ["ideal"]})
    with pytest.raises(client.StripeRefused, match="unknown parameter: line_items"):
        client.call("v1.checkout.sessions.create", {"line_items": [{"colour": "red"}]})


def test_half_an_hour_is_the_shortest_session(stripe_here):
    soon = datetime.now(UTC) + timedelta(minutes=29)
    with pytest.raises(client.StripeRefused, match="30 minutes"):
        client.create_checkout(new(expires_at=soon))


def test_what_stripe_did_not_sign_is_not_read(app):
    app.config["STRIPE_WEBHOOK_SECRET"] = SECRET
    stripe = import_module("stripe")
    body = b'{"id": "evt_1", "type": "x", "livemode": false, "data": {"object": {}}}'
    signed = stripe.WebhookSignature.generate_signature_header(body.decode(), SECRET)
    assert client.read_knock(body, signed).event_id == "evt_1"
    for wrong in ("", "t=1,v1=2", signed + "0", signed.replace("t=", "t=1")):
        with pytest.raises(client.BadSignature):
            client.read_knock(body, wrong)
    with pytest.raises(client.BadSignature):
        client.read_knock(body + b" ", signed)


def test_an_event_without_its_object_is_not_read(app):
    app.config["STRIPE_WEBHOOK_SECRET"] = SECRET
    stripe = import_module("stripe")
    for body in ("[]", "{}", "null", '{"id": "e", "type": "x", "livemode": 1, "data": {}}'):
        signed = stripe.WebhookSignature.generate_signature_header(body, SECRET)
        with pytest.raises(client.BadSignature):
            client.read_knock(body.encode(), signed)


def test_the_program_is_imported_without_loading_stripe():
    program = "import sys, festival; sys.exit('stripe' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=False, cwd=ROOT)
    assert done.returncode == 0
