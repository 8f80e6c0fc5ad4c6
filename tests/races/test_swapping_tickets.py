"""Tickets that are swapped at the same instant: for the last place, and against money and time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from festival import codes
from festival.db import db
from festival.editions.models import Edition
from festival.home import consistency_checks
from festival.mail.models import Letter
from festival.payments import queries
from festival.payments.models import Refund
from festival.payments.rules import recording, swapping
from festival.payments.rules.swapping import SwapRequest
from festival.tickets.extras import handing_out, taking
from festival.tickets.extras.models import OrderedExtra
from festival.tickets.extras.taking import WantedExtra
from festival.tickets.models import Order, Pool
from festival.tickets.rules import ordering
from festival.tickets.swaps.models import TicketSwap
from tests import make
from tests.make import NOW
from tests.races.at_once import answer, at_once

LATER = NOW + timedelta(days=20)


def two_types(places):
    cheap = make.ticket_type(price_cents=2500, pool=make.pool(capacity=50))
    return cheap, make.ticket_type(price_cents=6500, pool=make.pool(capacity=places))


def paid(of):
    order = make.order(of=of)
    make.payment(order, of.price_cents)
    return order


def swap(order_id, to_slug, form_key=""):
    order = db.session.get(Order, order_id)
    wanted = SwapRequest(order.tickets[0].code, to_slug, form_key or codes.secret())
    return answer(swapping.request_swap, order, wanted, now=NOW)


def test_swaps_and_orders_for_the_last_places(any_app):
    cheap, dear = two_types(places=3)
    ids, slug, pool_id = [paid(cheap).id for _ in range(6)], dear.slug, dear.pool_id
    requests = [
        make.order_request(dear, form_key=f"kaartje {n}", email=f"mia{n}@example.org")
        for n in range(6)
    ]
    edition_id = dear.edition_id

    def act(n):
        if n % 2:
            return swap(ids[n // 2], slug)
        edition = db.session.get(Edition, edition_id)
        return answer(ordering.place_order, edition, requests[n // 2], now=NOW)

    answers = at_once(any_app, act, 12)
    assert answers.count("yes") == 3
    assert set(answers) == {"yes", "TypeSoldOut"}
    assert db.session.get(Pool, pool_id).taken == 3
    assert consistency_checks.pools() == []


def test_a_ticket_is_swapped_once(any_app):
    for one_form in ("een", ""):
        cheap, dear = two_types(places=9)
        order_id, slug, pool_id = paid(cheap).id, dear.slug, dear.pool_id
        key = one_form and codes.secret()
        answers = at_once(any_app, lambda _, a=order_id, b=slug, c=key: swap(a, b, c), 8)
        assert answers.count("yes") == (8 if one_form else 1)
        assert set(answers) <= {"yes", "SwapWaits"}
        assert db.session.query(TicketSwap).filter_by(order_id=order_id).count() == 1
        assert db.session.get(Pool, pool_id).taken == 1


def test_money_and_lapse_of_a_swap_at_once(any_app):
    """Whoever is first, the ticket that was paid is the new one: there was a place left for it."""
    for _ in range(4):
        cheap, dear = two_types(places=1)
        order_id, cheap_id, dear_id = paid(cheap).id, cheap.pool_id, dear.pool_id
        swap(order_id, dear.slug)

        def act(n, order_id=order_id):
            order = db.session.get(Order, order_id)
            if n % 2:
                row = db.session.query(TicketSwap).filter_by(order_id=order_id).one()
                return swapping.lapse_swap(row, now=LATER)
            key = f"betaling {order_id}"
            return bool(recording.record_payment(order, 4000, LATER, key, now=LATER)) and None

        answers = at_once(any_app, act, 8)
        assert answers.count(True) in {0, 1}
        order = db.session.get(Order, order_id)
        assert order.tickets[0].price_cents == 6500
        assert queries.balance(order) == queries.Balance(6500, 6500)
        assert db.session.get(Pool, cheap_id).taken == 0
        assert db.session.get(Pool, dear_id).taken == 1
        assert db.session.query(Refund).filter_by(order_id=order_id).count() == 0
        done = db.session.query(Letter).filter_by(name="payments/swap_done", to=order.email)
        assert done.count() == 1
    assert consistency_checks.pools() == consistency_checks.totals() == []


def test_eight_lapses_and_callings_off_give_one_place_back(any_app):
    for _ in range(3):
        cheap, dear = two_types(places=5)
        order_id, dear_id = paid(cheap).id, dear.pool_id
        swap(order_id, dear.slug)

        def act(n, order_id=order_id):
            row = db.session.query(TicketSwap).filter_by(order_id=order_id).one()
            if n % 2:
                return "yes" if swapping.lapse_swap(row, now=LATER) else "no"
            return answer(swapping.call_off_swap, row, now=LATER)

        answers = at_once(any_app, act, 8)
        assert answers.count("yes") == 1
        assert db.session.get(Pool, dear_id).taken == 0


def test_late_money_and_an_order_want_the_same_place(any_app):
    """One gets it; the money of the other swap goes back, and nobody pays for nothing."""
    for _ in range(4):
        cheap, dear = two_types(places=1)
        order_id, edition_id, dear_id = paid(cheap).id, cheap.edition_id, dear.pool_id
        swap(order_id, dear.slug)
        row = db.session.query(TicketSwap).filter_by(order_id=order_id).one()
        swapping.lapse_swap(row, now=LATER)
        request = make.order_request(dear, form_key=codes.secret(), email=f"x{dear_id}@example.org")

        def act(n, order_id=order_id, edition_id=edition_id, request=request):
            if n % 2:
                edition = db.session.get(Edition, edition_id)
                return answer(ordering.place_order, edition, request, now=NOW)
            order = db.session.get(Order, order_id)
            key = f"laat {order_id}"
            return answer(recording.record_payment, order, 4000, LATER, key, now=LATER)

        answers = at_once(any_app, act, 4)
        order = db.session.get(Order, order_id)
        is_swapped = order.tickets[0].price_cents == 6500
        assert is_swapped == ("TypeSoldOut" in answers)
        refunds = [r.amount_cents for r in db.session.query(Refund).filter_by(order_id=order_id)]
        assert refunds == ([] if is_swapped else [4000])
        assert db.session.get(Pool, dear_id).taken == 1


def test_a_lunch_that_is_handed_out_meanwhile_is_not_given_back(postgres_app, monkeypatch):
    """A swap takes the day of a lunch, and has seen it when somebody hands it out."""
    make.edition(cancel_until_on=make.FRIDAY)
    lunch = make.extra(day=make.days("2026-10-24")[0])
    day = make.ticket_type(price_cents=2500, days=["2026-10-23"])
    order = make.order(of=make.ticket_type(price_cents=6500))
    taking.take(order, [WantedExtra(lunch, 0, 1250)], now=NOW)
    db.session.commit()
    make.payment(order, 7750)
    order_id, ordered_id = order.id, db.session.query(OrderedExtra.id).scalar()
    seen, looked = taking.of_other_days, []

    def hand_out():
        with postgres_app.app_context():
            row = db.session.get(OrderedExtra, ordered_id)
            return answer(handing_out.hand_out, row, "knop", member_id=None, now=NOW)

    def look(ticket, days):
        found = seen(ticket, days)
        if ticket.type is day and not looked:  # it is swapped by now, and not committed
            with ThreadPoolExecutor(1) as pool:
                looked.append(pool.submit(hand_out).result(timeout=30))
        return found

    monkeypatch.setattr(taking, "of_other_days", look)
    assert swap(order_id, day.slug) == "yes"
    assert looked == ["yes"]
    row = db.session.get(OrderedExtra, ordered_id)
    assert (row.handed_out_at, row.released_at) == (NOW, None)
    assert [r.amount_cents for r in db.session.query(Refund)] == [4000]
    assert consistency_checks.extras() == []
