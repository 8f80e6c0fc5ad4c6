"""Nobody holds all tickets for nothing: how much, for how long, and what the team is told."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from festival import clock
from festival.db import db
from festival.email_addresses import mailbox_of
from festival.mail.models import Letter
from festival.payments import queries
from festival.payments.basket import RequestedPlace
from festival.payments.rules import cancelling, checking_out, recording
from festival.payments.stripe import sweeps
from festival.tickets import holding
from festival.tickets.models import BuyerMailbox, Order, TicketType
from tests import make
from tests.make import NOW
from tests.payments.test_views import filled


@pytest.fixture(autouse=True)
def _at_that_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def paid_type(**values: object) -> TicketType:
    return make.ticket_type(price_cents=4500, max_per_order=40, **values)


def order(of: TicketType, number: int, key: str, email: str = "mia@example.org") -> Order:
    wanted = make.order_request(*[of] * number, form_key=key, email=email)
    return checking_out.check_out(of.edition, wanted, [], now=NOW)


@pytest.mark.parametrize(
    ("email", "mailbox"),
    [
        ("Mia@Example.org ", "mia@example.org"),
        ("mia+feest@example.org", "mia@example.org"),
        ("mia+a+b@example.org", "mia@example.org"),
        ("mia@plus+example.org", "mia@plus+example.org"),
    ],
)
def test_a_tag_is_no_other_mailbox(email: str, mailbox: str) -> None:
    assert mailbox_of(email) == mailbox


def test_a_buyer_who_paid_or_whose_order_ended_may_order_on(app: object) -> None:
    of = paid_type()
    first = order(of, 10, "a")
    with pytest.raises(holding.AddressUnknown):
        order(of, 1, "b", "mia+2@example.org")
    order(of, 10, "c", "ander@example.org")
    cancelling.cancel_order(first, now=NOW)
    second = order(of, 10, "d")
    recording.record_payment(second, 45000, NOW, "geld", now=NOW)
    order(of, 40, "e")
    with pytest.raises(holding.TooManyHeld):
        order(of, 21, "f")


def test_who_orders_much_opens_a_link_and_sends_the_form_again(visitor: FlaskClient) -> None:
    of = paid_type(slug="groep")
    page = visitor.get("/bestellen?n-groep=12").text
    names = {f"kaartje_{n}_name": f"Buur {n}" for n in range(1, 12)}
    data = filled(page, **names)
    refused = visitor.post("/bestellen?n-groep=12", data=data)
    assert refused.status_code == 409
    assert "willen we zeker weten dat mia@example.org jouw adres is" in refused.text
    assert "Buur 11" in refused.text
    assert of.pool.taken == 0
    visitor.post("/bestellen?n-groep=12", data=data)
    [letter] = db.session.query(Letter)
    mailbox = db.session.query(BuyerMailbox).one()
    link = f"/adres/{mailbox.secret}"
    assert link in letter.body_text
    asked = visitor.get(link)
    assert "Is dit jouw adres?" in asked.text
    assert db.session.query(BuyerMailbox).one().confirmed_at is None, "a scanner opened it"
    assert visitor.post(link).status_code == 303
    assert "we kennen je adres" in visitor.get(link).text
    assert visitor.post("/bestellen?n-groep=12", data=data).status_code == 303
    assert db.session.query(Order).one().state == "pending"
    assert visitor.get("/adres/onzin").status_code == 404


def test_places_of_an_unpaid_ticket_are_held_as_long_as_it_and_not_into_the_festival(
    app: object,
) -> None:
    of, slot = paid_type(), make.slot()
    eve = of.edition.moment(of.edition.starts_on, make.NOW.time()) - timedelta(days=1)
    wanted = make.order_request(of)
    order = checking_out.check_out(of.edition, wanted, [RequestedPlace(0, slot.code)], now=eve)
    assert order.due_at
    begins_at = queries.lapses_at(order)
    assert begins_at - order.due_at < timedelta(minutes=2) < queries.GRACE
    assert sweeps.lapse_overdue(lambda: begins_at).done == 0
    assert slot.taken == 1
    assert sweeps.lapse_overdue(lambda: begins_at + timedelta(seconds=1)).done == 1
    assert (slot.taken, of.pool.taken) == (0, 0)


def test_the_team_is_told_when_much_is_held(visitor: FlaskClient) -> None:
    of = paid_type(pool=make.pool(capacity=200))
    order(of, 10, "a")
    make.sign_in(visitor, "finance")
    told = "kaartjes zijn bezet en niet betaald"
    for path in ("/team/", "/team/bestellingen/"):
        assert told not in visitor.get(path).text
    mailbox = db.session.query(BuyerMailbox).one()
    holding.confirm_mailbox(mailbox, now=NOW)
    order(of, 10, "b")
    for path in ("/team/", "/team/bestellingen/"):
        page = visitor.get(path).text
        assert f"20 {told}" in page
        assert "mia@example.org" in page
        assert "state=pending" in page
    make.sign_in(visitor, "checkin")
    page = visitor.get("/team/").text
    assert f"20 {told}" in page
    assert "mia@example.org" not in page


def test_much_of_all_tickets_is_told_too_whoever_holds_them(app: object) -> None:
    of = paid_type(pool=make.pool(capacity=40))
    for number in range(10):
        order(of, 1, str(number), f"mens{number}@example.org")
    assert not queries.unpaid_holds(of.edition, [of.pool]).is_much
    order(of, 1, "nog een", "nogeen@example.org")
    assert queries.unpaid_holds(of.edition, [of.pool]).is_much
