"""The list of what must go back: who, how much, where to, and ticking it off."""

import csv
import io
import re

import pytest

from festival import clock
from festival.db import db
from festival.payments import queries
from festival.payments.models import Refund
from festival.payments.refunds import queries as refunds
from festival.payments.rules import cancelling, recording, refunding
from festival.payments.stripe.models import PaymentAttempt
from tests import make
from tests.make import NOW

LIST = "/team/bestellingen/terug"
IBAN = "NL91ABNA0417164300"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def finance(visitor):
    make.current_edition()
    make.sign_in(visitor, "finance")
    return visitor


def cancelled(name, *, account="", cents=4500):
    of = make.ticket_type(price_cents=cents, vat_category="standard")
    order = make.order(of=of, name=name)
    make.payment(order, cents)
    cancelling.cancel_order(order, now=NOW)
    if account:
        refunding.set_account(order, account)
    return order


def names(answer):
    return re.findall(r'name="terug" value="([^"]+)"', answer.text)


def tick(client, *chosen, **fields):
    data = {"terug": list(chosen), "done_on": "2026-10-01", "method": "bank_transfer", **fields}
    return client.post(LIST, data=data)


@pytest.mark.parametrize("role", ["programme", "editor", "checkin"])
def test_only_finance_sees_and_ticks_off(visitor, role):
    make.sign_in(visitor, role)
    for path in (LIST, f"{LIST}/csv"):
        assert visitor.get(path).status_code == 403
    assert visitor.post(LIST).status_code == 403


def test_nothing_has_to_go_back(finance):
    assert "Er hoeft niets terug" in finance.get(LIST).text
    assert "Niets gevonden" in finance.get(f"{LIST}?state=failed").text
    assert tick(finance).status_code == 409


def test_each_number_leads_to_its_rows(finance):
    ready, asks, failed, done = (
        cancelled("Mia", account=IBAN), cancelled("Bas"), cancelled("Eva"), cancelled("Zoë"),
    )  # fmt: skip
    refunding.fail_refund(queries.refunds_of(failed)[0], now=NOW)
    refunding.finish_refund(queries.refunds_of(done)[0], done_at=NOW, now=NOW)
    orders = {ready, asks, failed, done}
    for state, expected in {
        "": {ready, asks, failed},
        "unknown": {ready, asks, failed},
        "transfer": {ready},
        "account": {asks},
        "failed": {failed},
        "online": set(),
        "done": {done},
    }.items():
        page = finance.get(LIST, query_string={"state": state}).text
        assert {order for order in orders if order.code in page} == expected, state
        if state in refunds.STATES:
            found = refunds.refund_sum(ready.edition, state)
            assert (found.number, found.cents) == (len(expected), 4500 * len(expected))
    page = finance.get(LIST).text
    assert "NL91 ABNA 0417 1643 00" in page
    assert len(names(finance.get(LIST))) == 2  # the failed one is not ticked off, but paid again
    assert "terugbetalingen die openstaan" in finance.get("/team/").text
    for text in ("mia", "0417", ready.code.lower()):
        assert ready.code in finance.get(LIST, query_string={"q": text}).text
    assert asks.code not in finance.get(LIST, query_string={"q": "mia"}).text


def test_what_goes_through_stripe_is_not_ticked_off_by_hand(finance):
    order = cancelled("Mia")
    attempt = PaymentAttempt(
        order=order,
        number=1,
        state="paid",
        amount_cents=4500,
        language="nl",
        excludes_slow=False,
        begun_at=NOW,
        expires_at=NOW,
        session_id="cs_1",
        payment=queries.payments_of(order)[0],
    )
    db.session.add(attempt)
    db.session.commit()
    page = finance.get(LIST)
    assert names(page) == []
    assert "gaat vanzelf via Stripe" in page.text
    assert refunds.refund_sum(order.edition, "online").number == 1
    assert tick(finance, f"{order.code}-1").status_code == 409


def test_several_are_ticked_off_at_once(finance):
    first, second, third = cancelled("Mia"), cancelled("Bas"), cancelled("Eva")
    wanted = (f"{first.code}-1", f"{second.code}-1")
    assert set(wanted) < set(names(finance.get(LIST)))
    answer = tick(finance, *wanted, method="cash", done_on="2026-09-30")
    assert answer.location == LIST
    db.session.expire_all()
    rows = {row.order_id: row for row in db.session.query(Refund)}
    assert [rows[each.id].state for each in (first, second, third)] == ["done", "done", "requested"]
    done = rows[first.id]
    assert done.method == "cash"
    assert first.edition.local(done.done_at).date().isoformat() == "2026-09-30"
    assert queries.balance(first) == queries.Balance(0, 0)


def test_one_that_moved_keeps_the_others_waiting(finance):
    first, second = cancelled("Mia"), cancelled("Bas")
    refunding.finish_refund(queries.refunds_of(second)[0], done_at=NOW, now=NOW)
    answer = tick(finance, f"{first.code}-1", f"{second.code}-1")
    assert answer.status_code == 409
    assert f"De terugbetaling van bestelling {second.code} staat er al anders voor" in answer.text
    assert re.search(rf'value="{first.code}-1" checked', answer.text)
    assert queries.refunds_of(first)[0].state == "requested"
    assert tick(finance, f"{first.code}-1").location == LIST


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"done_on": "2026-10-02"}, 409),  # tomorrow
        ({"done_on": "gisteren"}, 422),
        ({"done_on": ""}, 422),
        ({"method": "duif"}, 422),
        ({"terug": "BESTAATNIET-1"}, 409),
        ({"terug": "x"}, 409),
    ],
)
def test_what_is_not_clear_is_not_ticked_off(finance, fields, status):
    order = cancelled("Mia")
    fields = {"terug": f"{order.code}-1", **fields}
    data = {"done_on": "2026-10-01", "method": "bank_transfer", **fields}
    assert finance.post(LIST, data=data).status_code == status
    assert queries.refunds_of(order)[0].state == "requested"


def test_refunds_of_another_edition_are_not_touched(finance):
    order = cancelled("Mia")
    other = make.edition(slug="2025", is_current=False)
    db.session.commit()
    assert refunds.refunds_by_names(other, [f"{order.code}-1"]) == []


def test_the_spreadsheet_runs_no_formula(finance):
    order = cancelled("=1+1", account=IBAN)
    recording.record_payment(order, 1050, NOW, "a", now=NOW)
    refunding.request_refund(order, 1050, "@SUM(A1)", "b", now=NOW)
    text = finance.get(f"{LIST}/csv?q={order.code}").data.decode("utf-8-sig")
    heads, *rows = csv.reader(io.StringIO(text), delimiter=";")
    found = [dict(zip(heads, row, strict=True)) for row in rows]
    assert [each["amount"] for each in found] == ["45,0", "10,5"]
    assert found[0]["name"] == "'=1+1"
    assert (found[0]["iban"], found[1]["reason"]) == (IBAN, "'@SUM(A1)")
    assert found[0]["since"] == "2026-10-01"
