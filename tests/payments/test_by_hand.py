"""Orders that the team places for somebody: what it may do, and nobody without an address hears."""

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from festival import clock
from festival.bookings import letters as bookings
from festival.bookings.rules import places, waiting_list
from festival.db import db
from festival.mail.models import Letter
from festival.payments import queries
from festival.payments.models import Payment
from festival.payments.rules import cancelling, checking_out, lapsing, recording
from festival.payments.rules.ordering_by_hand import ReceivedMoney, order_by_hand
from festival.releases import letters as releases
from festival.releases.rules import on_the_day
from festival.team.models import AuditEntry
from festival.tickets import finding
from festival.tickets.extras.models import OrderedExtra
from festival.tickets.models import BuyerMailbox, Order
from festival.tickets.rules import claiming, ordering
from festival.tickets.rules.ordering import TeamTerms
from festival.web.languages import Bilingual
from tests import make
from tests.kept_pages import forget_pages
from tests.make import NOW

FORM = "/team/bestellingen/nieuw"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def finance(visitor):
    make.current_edition()
    make.sign_in(visitor, "finance")
    return visitor


def by_hand(*types, received=None, free_reason="", email="", member_id=None, **values):
    terms = TeamTerms(member_id, free_reason)
    request = make.order_request(*types, email=email, by_team=terms, **values)
    return order_by_hand(make.current_edition(), request, received, now=NOW)


def letters_to():
    return sorted(letter.to for letter in db.session.query(Letter))


@pytest.mark.parametrize(
    "closed",
    [
        {"sale_until": NOW - timedelta(days=1)},
        {"sale_from": NOW + timedelta(days=1)},
        {"is_hidden": True},
        {"max_per_order": 2},
        {"min_per_order": 7},
    ],
)
def test_the_team_orders_what_the_shop_refuses(app, closed):
    of = make.ticket_type(**closed)
    number = 6 if "min_per_order" not in closed else 1
    request = make.order_request(*[of] * number, form_key="winkel")
    with pytest.raises(ordering.Refusal):
        checking_out.check_out(make.current_edition(), request, [], now=NOW)
    order = by_hand(*[of] * number)
    assert (order.state, len(order.tickets), of.pool.taken) == ("confirmed", number, number)


def test_a_pool_is_never_oversold_and_an_order_holds_forty(app):
    of = make.ticket_type(pool=make.pool(capacity=41))
    with pytest.raises(ordering.TooManyTogether):
        by_hand(*[of] * 41, form_key="te veel")
    by_hand(*[of] * 40, form_key="veertig")
    with pytest.raises(claiming.TooFewLeft):
        by_hand(of, of, form_key="nog twee")
    assert of.pool.taken == 40


def test_free_of_charge_keeps_the_reason_and_enters_nothing(app):
    of = make.ticket_type(price_cents=4500, vat_category="")  # nobody owes VAT on nothing
    member = make.member("finance")
    order = by_hand(of, free_reason="pers", member_id=member.id)
    assert (order.state, order.total_cents, order.free_reason) == ("confirmed", 0, "pers")
    assert order.tickets[0].price_cents == 0
    assert queries.balance(order).total_cents == 0
    assert order.placed_by == member
    entry = db.session.query(AuditEntry).filter_by(verb="order_by_hand").one()
    assert entry.subject == f"order {order.code}"
    assert entry.details == {"tickets": 1, "total_cents": 0, "free_reason": "pers"}


def test_a_price_needs_vat_for_the_team_too(app):
    with pytest.raises(ordering.NotReady):
        by_hand(make.ticket_type(price_cents=4500, vat_category=""))


def test_what_was_paid_already_confirms_the_order_once(app):
    of = make.ticket_type(price_cents=4500)
    for _ in range(2):
        order = by_hand(of, of, received=ReceivedMoney("cash", "aan de balie"))
    assert order.state == "confirmed"
    payment = db.session.query(Payment).one()
    assert (payment.amount_cents, payment.method, payment.note) == (9000, "cash", "aan de balie")
    assert queries.balance(order).due_cents == 0
    assert of.pool.taken == 2


def test_paying_later_waits_for_the_money(app):
    of = make.ticket_type(price_cents=4500)
    order = by_hand(of, email="mia@example.org")
    assert order.state == "pending"
    assert letters_to() == ["mia@example.org"]
    recording.record_payment(order, 4500, NOW, "geld", now=NOW)
    assert order.state == "confirmed"


def test_the_same_form_after_cancelling_is_said(app):
    of = make.ticket_type()
    cancelling.cancel_order(by_hand(of), now=NOW)
    with pytest.raises(checking_out.OrderedBefore):
        by_hand(of)


def test_an_order_without_an_address_writes_to_nobody(app):
    """Through all that an order meets: its money, its places, moving, lapsing, cancelling."""
    of = make.ticket_type(price_cents=4500)
    slot = make.slot()
    order = by_hand(of, form_key="een")
    recording.record_payment(order, 4500, NOW, "geld", now=NOW)
    [ticket] = order.tickets
    booking = places.book_slot(ticket, slot, now=NOW)
    places.cancel_booking(booking, now=NOW)
    assert list(releases.told_of_move(order.edition)) == []
    with pytest.raises(lapsing.NobodyToWriteTo):
        lapsing.send_letters_again(order, now=NOW)
    cancelling.cancel_order(order, now=NOW)

    late = by_hand(of, form_key="twee")
    soon = late.due_at - timedelta(days=1)
    assert queries.orders_to_remind(now=soon) == []
    recording.record_payment(late, 4500, NOW, "laat geld", now=NOW)
    lapsed = by_hand(of, form_key="drie")
    assert lapsing.lapse_order(lapsed, now=soon)
    recording.record_payment(lapsed, 4500, NOW, "te laat", now=NOW)
    assert letters_to() == []


def test_no_letter_goes_about_a_cancelled_slot_or_a_waiting_list(app):
    edition = make.current_edition()
    ticket = by_hand(make.ticket_type()).tickets[0]
    booked, full = make.slot(), make.slot(places=1, starts=NOW + timedelta(days=23))
    places.book_slot(ticket, booked, now=NOW)
    on_the_day.cancel_slots(
        edition, seen={booked.code: booked.version}, reason=Bilingual("ziek", "ill"), now=NOW
    )
    make.booking(make.ticket(), full)
    entry = waiting_list.join_waiting_list(ticket, full, now=NOW)
    bookings.passed_over(entry, ordering.NothingChosen(), now=NOW)
    assert "" not in letters_to()


def test_orders_without_an_address_hold_nothing_together(app):
    of = make.ticket_type(price_cents=4500, pool=make.pool(capacity=200), max_per_order=40)
    for n in range(3):
        by_hand(*[of] * 30, form_key=str(n))
    assert db.session.query(BuyerMailbox).count() == 0
    assert {order.mailbox for order in db.session.query(Order)} == {""}
    assert queries.unpaid_holds(of.edition, [of.pool]).mailboxes == []


def test_no_address_is_found_by_no_address(app):
    order = by_hand(make.ticket_type(), names=["Nadia"])
    assert db.session.query(Order).filter(finding.orders("nadia")).one() == order
    assert db.session.query(Order).filter(finding.orders("@")).all() == []


def test_the_buyers_page_names_no_address(app, visitor):
    order = by_hand(make.ticket_type())
    page = visitor.get(f"/bestelling/{order.secret}").text
    assert "Tot op het festival" in page
    assert "We mailden" not in page


def sent(visitor, **fields):
    page = visitor.get(FORM).text
    key = re.search(r'name="form_key"[^>]*value="([^"]+)"', page).group(1)
    shown = html.unescape(re.search(r'name="shown"[^>]*value="([^"]+)"', page).group(1))
    values = {"form_key": key, "name": "Wim de Wit", "language": "nl", "paying": "later"}
    values["shown"] = shown
    return visitor.post(FORM, data={**values, "method": "cash", **fields})


def test_ordering_on_the_page(finance):
    of = make.ticket_type(price_cents=4500, is_hidden=True)
    response = sent(
        finance,
        **{f"number-{of.slug}": "3"},
        names="Ana\nBo\n",
        paying="received",
        note="aan de balie",
    )
    assert response.status_code == 303
    order = db.session.query(Order).one()
    assert [ticket.holder_name for ticket in order.tickets] == [
        *("Ana", "Bo", "Kaartje 3 van Wim de Wit"),
    ]
    assert [ticket.is_nameless for ticket in order.tickets] == [False, False, True]
    page = finance.get(response.location).text
    assert "Er gaat geen mail" in page
    assert "geen: hier gaat geen mail heen" in page
    assert "contant" in page
    assert "Stuur de mail nog een keer" not in page
    assert "Teamlid" in page
    sheets = finance.get(f"/team/bestellingen/{order.code}/kaartjes.pdf")
    assert sheets.content_type == "application/pdf"
    compact = finance.get(f"/team/bestellingen/{order.code}/vel.pdf")
    assert compact.content_type == "application/pdf"
    assert order.code in finance.get("/team/bestellingen/").text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_price_that_changed_is_said_before_money_is_booked(finance, language):
    of = make.ticket_type(price_cents=4500, name=Bilingual("Dag", "Day"))
    page = finance.get(FORM).text
    values = {
        name: html.unescape(re.search(rf'name="{name}"[^>]*value="([^"]+)"', page).group(1))
        for name in ("form_key", "shown")
    }
    values |= {"name": "Wim", "language": language, "paying": "received", "method": "cash"}
    of.price_cents = 5500
    db.session.commit()
    forget_pages()
    answer = finance.post(FORM, data=values | {f"number-{of.slug}": "2"})
    assert answer.status_code == 409
    text = answer.text.replace("\xa0", " ")
    assert "“Dag” kost nu € 55; eerst was dat € 45" in text.replace(",00", "")
    assert db.session.query(Order).count() == db.session.query(Payment).count() == 0
    values["shown"] = html.unescape(
        re.search(r'name="shown"[^>]*value="([^"]+)"', answer.text).group(1)
    )
    assert finance.post(FORM, data=values | {f"number-{of.slug}": "2"}).status_code == 303
    assert db.session.query(Payment).one().amount_cents == 11000


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"paying": "free"}, "Schrijf op waarom"),
        ({"names": "Ana\nBo\nCo"}, "3 namen voor 2 kaartjes"),
        ({"names": "x" * 81}, "onder de 80 tekens"),
        ({"name": ""}, "Vul een naam in"),
        ({"email": "mia@gmial.com"}, "Bedoel je mia@gmail.com"),
    ],
)
def test_what_the_form_refuses(finance, fields, said):
    of = make.ticket_type()
    response = sent(finance, **{f"number-{of.slug}": "2"} | fields)
    assert response.status_code == 422
    assert said in response.text
    assert 'value="2"' in response.text  # what was typed is still there
    assert db.session.query(Order).count() == 0


def test_an_address_that_looks_wrong_is_accepted_the_second_time(finance):
    of = make.ticket_type()
    fields = {f"number-{of.slug}": "1", "email": "mia@gmial.com", "zeker": "mia@gmial.com"}
    assert sent(finance, **fields).status_code == 303
    assert letters_to() == ["mia@gmial.com"]


def test_nothing_chosen_is_said(finance):
    make.ticket_type()
    response = sent(finance)
    assert response.status_code == 409
    assert "nog geen kaartjes gekozen" in response.text


@pytest.mark.parametrize("role", ["programme", "editor", "checkin"])
def test_others_of_the_team_order_nothing(visitor, role):
    order = make.order()
    make.sign_in(visitor, role)
    assert visitor.get(FORM).status_code == 403
    assert visitor.post(FORM).status_code == 403
    assert visitor.get(f"/team/bestellingen/{order.code}/kaartjes.pdf").status_code == 403


def test_a_request_of_a_visitor_without_terms_is_no_order_by_hand(app):
    request = replace(make.order_request(make.ticket_type()), by_team=None)
    with pytest.raises(AssertionError):
        order_by_hand(make.current_edition(), request, None, now=NOW)


def test_the_form_orders_in_the_edition_that_it_showed(finance):
    make.ticket_type()
    slug = make.current_edition().slug
    assert f'action="{FORM}?editie={slug}"' in finance.get(FORM).text


def test_extras_are_ordered_by_hand_too(finance):
    of = make.ticket_type(slug="dag", price_cents=4000)
    make.extra(slug="lunch", name=Bilingual("Lunch", "Lunch"), price_cents=1250)
    make.extra(
        slug="shirt", name=Bilingual("Trui M", "Shirt M"), price_cents=1900, is_per_ticket=False
    )
    page = finance.get(FORM).text
    assert "Trui M" in page
    sent = {
        "form_key": "a form",
        "shown": html.unescape(re.search(r'name="shown"[^>]*value="([^"]+)"', page)[1]),
        "name": "Mia",
        "email": "",
        "language": "nl",
        "paying": "received",
        "method": "cash",
        f"number-{of.slug}": "2",
        "extra-lunch": "3",
        "extra-shirt": "1",
    }
    many = finance.post(FORM, data=sent)
    assert many.status_code == 422
    assert "Kies er hooguit een bij elk kaartje." in many.text
    assert finance.post(FORM, data=sent | {"extra-lunch": "2"}).status_code == 303
    order = db.session.query(Order).one()
    assert (order.total_cents, order.state) == (2 * 4000 + 2 * 1250 + 1900, "confirmed")
    ordered = db.session.query(OrderedExtra).order_by(OrderedExtra.id).all()
    assert [each.ticket_id for each in ordered] == [*(each.id for each in order.tickets), None]
    free = sent | {"form_key": "b", "paying": "free", "free_reason": "pers", "extra-lunch": "1"}
    assert finance.post(FORM, data=free).status_code == 303
    given = db.session.query(Order).filter(Order.id != order.id).one()
    assert (given.total_cents, given.state) == (0, "confirmed")
    assert db.session.query(OrderedExtra).filter_by(order_id=given.id).count() == 2
