"""Putting an order into another of the same buyer: nothing lost, nothing charged, one page."""

import threading

import pytest
from sqlalchemy import select

from festival import clock
from festival.corrections.people import Maker
from festival.corrections.rules import merging
from festival.db import db
from festival.home import consistency_checks
from festival.payments import queries
from festival.payments.models import InvoiceRequest
from festival.payments.rules import cancelling, recording, refunding
from festival.payments.stripe import rules
from festival.payments.stripe.client import Checkout
from festival.payments.stripe.models import PaymentAttempt
from festival.questions.models import OrderAnswer
from festival.tickets import finding, ledger
from festival.tickets.changes import OrderMerge
from festival.tickets.models import Order, Ticket
from tests import make
from tests.make import NOW

MIA = {"name": "Mia Jansen", "email": "mia@example.org"}


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def member(any_app):
    make.edition(cancel_until_on=make.FRIDAY)
    return make.member("finance").id


def paid(cents=4500, *, number=1, **values):
    of = make.ticket_type(price_cents=cents)
    order = make.order(of=of, tickets=number, **{**MIA, **values})
    if cents:
        recording.record_payment(order, cents * number, NOW, make.codes.secret(), now=NOW)
    return order


def merge(into, gone, member, *, seen=None, now=NOW):
    by = Maker("team", member, "Twee keer besteld")
    seen = merging.mark(into, gone) if seen is None else seen
    merging.merge_orders(into, gone, seen=seen, by=by, now=now)


def all_is_well():
    return [
        *consistency_checks.totals(), *consistency_checks.movements(),
        *consistency_checks.endings(), *consistency_checks.payments(),
        *consistency_checks.money_of_others(), *consistency_checks.extras(),
    ] == []  # fmt: skip


def test_all_of_it_comes_along(member):
    into, gone = paid(4500, number=2), paid(2500)
    [theirs] = gone.tickets
    kept = (theirs.code, theirs.secret)
    booked = make.booking(theirs, make.slot())
    merge(into, gone, member)
    assert [each.price_cents for each in into.tickets] == [4500, 4500, 2500]
    assert (theirs.code, theirs.secret) == kept
    assert booked.cancelled_at is None
    assert queries.balance(into) == queries.Balance(11500, 11500)
    assert [each.amount_cents for each in queries.payments_of(into)] == [9000, 2500]
    assert (into.total_cents, into.state) == (11500, "confirmed")
    assert (gone.tickets, list(ledger.entries_of(gone)), gone.state) == ([], [], "cancelled")
    assert all_is_well()


def test_what_is_cancelled_afterwards_goes_back_where_it_came_from(member):
    into, gone = paid(4500), paid(2500)
    code = gone.tickets[0].code
    merge(into, gone, member)
    cancelling.cancel_own_tickets(into, [code], now=NOW)
    [refund] = queries.refunds_of(into)
    assert refund.amount_cents == 2500
    assert into.state == "confirmed"


def attempt(order, number=1):
    made = PaymentAttempt(
        order_id=order.id, number=number, state="paid", amount_cents=4500, language="nl",
        excludes_slow=False, begun_at=NOW, expires_at=NOW, session_id=f"cs_{order.code}{number}",
        payment_id=queries.payments_of(order)[0].id if number == 1 else None,
        intent_id=f"pi_{order.code}{number}",
    )  # fmt: skip
    db.session.add(made)
    db.session.commit()
    return made


def test_attempts_to_pay_keep_their_payments_under_new_numbers(member):
    into, gone = paid(), paid()
    attempt(into), attempt(into, 2)
    theirs, again = attempt(gone), attempt(gone, 2)
    payment_id = theirs.payment_id
    merge(into, gone, member)
    assert (theirs.order_id, theirs.number, theirs.payment_id) == (into.id, 3, payment_id)
    assert (again.order_id, again.number) == (into.id, 4)


def test_money_that_stripe_tells_of_by_the_old_code_comes_to_the_order_that_stayed(member):
    into, gone = paid(), paid()
    merge(into, gone, member)
    checkout = Checkout("cs_lost", "paid", "", 4500, gone.code, 1, intent_id="pi_lost")
    assert rules.settle_unknown(checkout, now=NOW)
    assert queries.balance(into).paid_cents == 3 * 4500
    assert list(ledger.entries_of(gone)) == []


@pytest.mark.parametrize("whose", [0, 1])
def test_who_asked_for_an_invoice_keeps_an_order_of_its_own(member, whose):
    orders = paid(), paid()
    of = InvoiceRequest(
        order_id=orders[whose].id, name="Gemeente", street="Markt 1", postal_code="1234 AB",
        city="Tilburg", country="NL", requested_at=NOW,
    )  # fmt: skip
    db.session.add(of)
    db.session.commit()
    with pytest.raises(merging.InvoiceOfItsOwn, match=orders[whose].code):
        merge(*orders, member)


def test_no_row_is_left_with_the_order_that_went(member):
    """Whatever table may come to belong to an order: it goes along, or this says so."""
    into, gone = paid(), paid()
    make.answer(make.question(), "Ja", gone.tickets[0])
    merge(into, gone, member)
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if column.references(Order.__table__.c.id) and table.name not in {"orders_word"}:
                left = db.session.execute(table.select().where(column == gone.id)).all()
                assert len(left) == (column.name == "merged_id"), (table.name, column.name)


def test_tickets_are_found_by_the_order_they_are_in_now(member):
    into, gone = paid(), paid(name="Mia J.")
    theirs = gone.tickets[0]
    merge(into, gone, member)
    theirs.holder_name = "Zwaantje Unieknaam"
    db.session.commit()
    found = db.session.scalars(select(Order).where(finding.orders("unieknaam"))).all()
    assert found == [into]
    of_buyer = db.session.scalars(select(Ticket).where(finding.tickets("jansen"))).all()
    assert theirs in of_buyer


def test_of_two_answers_for_the_whole_order_one_stays(member):
    question = make.question(about="order")
    into, gone = paid(), paid()
    for order, value in ((into, "Van hier"), (gone, "Van daar")):
        db.session.add(
            OrderAnswer(question_id=question.id, order_id=order.id, value=value, answered_at=NOW)
        )
    db.session.commit()
    merge(into, gone, member)
    rows = db.session.query(OrderAnswer).order_by(OrderAnswer.id)
    assert [(each.order_id, each.value) for each in rows] == [(into.id, "Van hier"), (gone.id, "")]


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"email": "bo@example.org"}, merging.NotOfOneBuyer),
        ({"email": ""}, merging.NotOfOneBuyer),
        ({"cancelled_at": NOW}, merging.NotBothGood),
        ({"confirmed_at": None, "due_at": NOW}, merging.NotBothGood),
    ],
)
def test_not_any_two(member, values, refusal):
    into = paid()
    gone = make.order(of=make.ticket_type(), **{**MIA, **values})
    with pytest.raises(refusal):
        merge(into, gone, member)
    with pytest.raises(merging.NotBothGood):
        merge(into, into, member)
    assert db.session.query(OrderMerge).count() == 0


def test_not_while_money_is_on_its_way(member):
    into, gone = paid(), paid()
    recording.record_payment(gone, 500, NOW, "te veel", now=NOW)
    assert merging.candidates(into) == [gone]
    refunding.request_refund(gone, 500, "te veel betaald", "een formulier", now=NOW)
    with pytest.raises(merging.MoneyMoves, match=gone.code):
        merge(into, gone, member)
    assert merging.candidates(into) == []


def test_what_was_shown_is_what_is_merged(member):
    into, gone = paid(), paid(number=2)
    seen = merging.mark(into, gone)
    cancelling.cancel_tickets(gone, [gone.tickets[0].code], now=NOW)
    [refund] = queries.refunds_of(gone)
    refunding.finish_refund(refund, done_at=NOW, now=NOW)
    with pytest.raises(merging.ChangedSinceShown):
        merge(into, gone, member, seen=seen)
    merge(into, gone, member)


def test_a_spelling_of_the_address_is_the_same_buyer(member):
    into, gone = paid(), paid(email="Mia+werk@example.org")
    assert merging.candidates(into) == [gone]


def test_twice_at_once_it_is_merged_once(any_app, member):
    into, gone = paid(), paid()
    ids, seen = (into.id, gone.id), merging.mark(into, gone)
    begin = threading.Barrier(2)
    db.session.commit()
    faults = []

    def one(first, second, mark):
        with any_app.app_context():
            a, b = db.session.get(Order, first), db.session.get(Order, second)
            begin.wait()
            try:
                merge(a, b, member, seen=mark)
            except merging.Refusal as refusal:
                faults.append(refusal)

    # One puts B into A, the other A into B: one wins, and no ticket is lost.
    marks = (seen, merging.mark(gone, into))
    threads = [
        threading.Thread(target=one, args=(*ids, marks[0])),
        threading.Thread(target=one, args=(*reversed(ids), marks[1])),
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    db.session.rollback()
    assert db.session.query(OrderMerge).count() == 1
    assert [type(each) for each in faults] == [merging.NotBothGood]
    assert sorted(len(db.session.get(Order, each).tickets) for each in ids) == [0, 2]
    assert all_is_well()


def test_on_the_page_of_the_team_and_of_the_buyer(app, visitor):
    into, gone, other = paid(), paid(2500), paid(email="bo@example.org")
    make.sign_in(visitor, "finance")
    address = f"/team/bestellingen/{into.code}/samenvoegen"
    assert f'href="{address}"' in visitor.get(f"/team/bestellingen/{into.code}").text
    page = visitor.get(address).text
    assert gone.code in page
    assert other.code not in page
    value = f"{gone.code}.{merging.mark(into, gone)}"
    wrong = visitor.post(address, data={"gone": value, "reason": ""})
    assert (wrong.status_code, "Schrijf op waarom." in wrong.text) == (422, True)
    for _twice in range(2):
        done = visitor.post(address, data={"gone": value, "reason": "Twee keer besteld"})
        assert done.status_code == 303
    page = visitor.get(f"/team/bestellingen/{into.code}").text
    assert f"Bestelling {gone.code} is hierbij gevoegd." in page
    assert "Twee keer besteld" in page
    went = visitor.get(f"/team/bestellingen/{gone.code}").text
    assert "samengevoegd met een andere" in went
    assert f"Deze bestelling is gevoegd bij {into.code}." in went
    assert f'href="/team/bestellingen/{into.code}"' in went
    stranger = app.test_client()
    assert into.code in stranger.get(f"/bestelling/{gone.secret}").text


def test_nobody_else_merges(app, visitor):
    into = paid()
    for role in ("checkin", "programme"):
        make.sign_in(visitor, role)
        assert visitor.get(f"/team/bestellingen/{into.code}/samenvoegen").status_code == 403


def test_a_chain_leads_to_the_last(member, any_app):
    first, second, third = paid(), paid(), paid()
    merge(second, first, member)
    merge(third, second, member)
    page = any_app.test_client().get(f"/bestelling/{first.secret}").text
    assert third.code in page
