"""The team corrects, hands on and remarks; and the history of an order in words."""

from datetime import timedelta

import pytest

from festival import clock
from festival.checkin import rules as checkin
from festival.corrections.models import OrderComment
from festival.db import db
from festival.mail.models import Letter
from festival.payments.rules import cancelling, recording
from festival.team.models import AuditEntry
from festival.tickets import ticket_qr
from festival.tickets.history import history_of
from festival.tickets.models import Order
from festival.web import languages
from tests import make
from tests.corrections.test_views import filled
from tests.make import FRIDAY, NOW


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def finance(visitor):
    make.current_edition()
    make.sign_in(visitor, make.member("finance", name="Fien van de Kas"))
    return visitor


def letters():
    rows = db.session.query(Letter).order_by(Letter.id)
    return [(each.name, each.to) for each in rows]


def sentences(order, language="nl"):
    with languages.speaking(language):
        return [line.sentence.replace("\xa0", " ") for line in history_of(order)]


def test_the_team_corrects_everybody_also_when_it_is_too_late(finance, monkeypatch):
    order = make.order(tickets=2, email="mia@example.org")
    first, second = order.tickets
    second.holder_email = "noor@example.org"
    db.session.commit()
    monkeypatch.setattr(clock, "now", lambda: order.edition.day_begins(FRIDAY))
    path = f"/team/bestellingen/{order.code}"
    assert f"{path}/gegevens" in finance.get(path).text
    page = finance.get(f"{path}/gegevens").text
    for secret in (order.secret, first.secret, second.secret):
        assert secret not in page
    sent = filled(page, **{
        "koper-email": "mia.nieuw@example.org",
        f"{second.code}-name": "Noortje",
    })  # fmt: skip
    sent.pop("resend", None)
    answer = finance.post(f"{path}/gegevens", data=sent)
    assert (answer.status_code, "Schrijf op waarom." in answer.text) == (422, True)
    assert 'value="mia.nieuw@example.org"' in answer.text
    answer = finance.post(f"{path}/gegevens", data=sent | {"reason": "Typefout, belde ons"})
    assert (answer.status_code, answer.location) == (303, path)
    order = db.session.query(Order).one()
    assert order.email == "mia.nieuw@example.org"
    assert order.tickets[1].holder_name == "Noortje"
    assert letters() == [
        ("corrections/new_address", "mia.nieuw@example.org"),
        ("corrections/old_address", "mia@example.org"),
    ]
    [entry] = db.session.query(AuditEntry).filter_by(verb="correct_order")
    assert entry.details == {"tickets": sorted([first.code, second.code]), "reason": sent_reason()}
    text = finance.get(path).text
    assert "Koper gewijzigd: eerst" in text
    assert "Door Fien van de Kas." in text
    assert "Typefout, belde ons" in text


def sent_reason():
    return "Typefout, belde ons"


def test_all_mail_goes_again_in_the_same_step(finance):
    order = make.order(tickets=2, email="mia@example.org")
    order.tickets[1].holder_email = "noor@example.org"
    db.session.commit()
    path = f"/team/bestellingen/{order.code}/gegevens"
    sent = filled(finance.get(path).text, **{"koper-email": "mia.nieuw@example.org"})
    finance.post(path, data=sent | {"reason": "Belde", "resend": "y"})
    assert letters() == [
        ("corrections/old_address", "mia@example.org"),
        ("tickets/order_confirmed", "mia.nieuw@example.org"),
        ("tickets/your_tickets", "noor@example.org"),
    ]
    order = db.session.query(Order).one()
    first = db.session.query(Letter).filter_by(name="tickets/order_confirmed").one()
    assert order.secret in first.body_text


def test_the_same_form_sends_all_mail_once(finance):
    order = make.order(email="mia@example.org")
    path = f"/team/bestellingen/{order.code}/gegevens"
    sent = filled(finance.get(path).text) | {"reason": "Belde", "resend": "y"}
    assert finance.post(path, data=sent).status_code == 303
    again = finance.post(path, data=sent)
    assert (again.status_code, "ging er al mail weg" in again.text) == (409, True)
    assert letters() == [("tickets/order_confirmed", "mia@example.org")]
    # The page that says so may be sent: who read it wants it again.
    sent = filled(again.text) | {"reason": "Nog niets", "resend": "y"}
    assert finance.post(path, data=sent).status_code == 303
    assert len(letters()) == 2


def test_the_team_hands_on_with_a_reason(finance, monkeypatch):
    ticket = make.ticket()
    order = ticket.order
    monkeypatch.setattr(clock, "now", lambda: order.edition.day_begins(FRIDAY))
    path = f"/team/bestellingen/{order.code}/doorgeven/{ticket.code}"
    assert path in finance.get(f"/team/bestellingen/{order.code}").text
    page = finance.get(path).text
    assert ticket.secret not in page
    sent = filled(page) | {"name": "Bo de Wit", "email": "bo@example.org", "reason": ""}
    assert "Schrijf op waarom." in finance.post(path, data=sent).text
    answer = finance.post(path, data=sent | {"reason": "Ziek"})
    assert answer.status_code == 303
    ticket = db.session.query(Order).one().tickets[0]
    assert (ticket.holder_name, ticket.email) == ("Bo de Wit", "bo@example.org")
    # A second click hears that it was done; whoever wants it for another, that it was too late.
    again = finance.post(path, data=sent | {"reason": "Ziek"})
    assert (again.status_code, again.location) == (303, f"/team/bestellingen/{order.code}")
    other = finance.post(path, data=sent | {"name": "Noor", "reason": "Ziek"})
    assert (other.status_code, "veranderde er al iets" in other.text) == (409, True)
    assert db.session.query(Letter).filter_by(to="bo@example.org").count() == 1
    assert finance.get(path).status_code == 200
    elsewhere = path.replace(order.code, make.order().code)
    assert finance.post(elsewhere, data=sent | {"reason": "Ziek"}).status_code == 404
    assert "Kaartje doorgegeven: van" in finance.get(f"/team/bestellingen/{order.code}").text


@pytest.mark.parametrize("role", ["checkin", "programme", "editor"])
def test_others_of_the_team_change_nothing(visitor, role):
    ticket = make.ticket()
    make.sign_in(visitor, role)
    path = f"/team/bestellingen/{ticket.order.code}"
    for address in (f"{path}/gegevens", f"{path}/doorgeven/{ticket.code}"):
        assert visitor.get(address).status_code == 403
        assert visitor.post(address).status_code == 403
    assert visitor.post(f"{path}/opmerking", data={"words": "x"}).status_code == 403


def test_a_remark_is_kept_once_and_is_for_the_team_alone(finance):
    order = make.order()
    path = f"/team/bestellingen/{order.code}"
    sent = {"words": "Belt morgen terug.\nVraagt om een rolstoelplek.", "form_key": "een-formulier"}
    answers = [finance.post(f"{path}/opmerking", data=sent) for _click in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert answers[0].location == f"{path}#geschiedenis"
    assert db.session.query(OrderComment).count() == 1
    # Back in the browser, the form has the same key: what is new in it is another remark.
    finance.post(f"{path}/opmerking", data=sent | {"words": "Is geregeld."})
    assert db.session.query(OrderComment).count() == 2
    assert "Vraagt om een rolstoelplek." in finance.get(path).text
    for page in (f"/bestelling/{order.secret}", f"/kaartje/{order.tickets[0].secret}"):
        assert "rolstoelplek" not in finance.get(page).text
    answer = finance.post(f"{path}/opmerking", data={"words": " ", "form_key": "nog een"})
    assert (answer.status_code, "Schrijf eerst iets op." in answer.text) == (422, True)


def test_the_history_is_in_order_and_in_words(finance):
    of = make.ticket_type(price_cents=4500)
    order = make.order(
        of=of, tickets=2, confirmed_at=None, due_at=NOW + timedelta(days=9), email="mia@example.org"
    )
    first, second = order.tickets
    first.holder_name, second.holder_name = "Mia", "Noor"
    db.session.commit()
    at = NOW + timedelta(minutes=1)
    recording.record_payment(order, 9000, at, "geld", note="Kenmerk ontbrak", now=at)
    cancelling.cancel_tickets(order, [second.code], reason="Ziek", now=NOW + timedelta(minutes=2))
    ticket = make.handed_on(first, name="Bo", now=NOW + timedelta(minutes=3))
    day = order.edition.moment(FRIDAY, NOW.time())
    reading = checkin.ScanReading(ticket_qr.address(ticket), "camera", "nonce-1234", day)
    gate = make.gate(name="Ingang Zuid")
    checkin.scan(gate, make.device(), reading, member_id=None, now=day)
    told = [each for each in sentences(order) if not each.startswith("Mail naar")]
    assert told == [
        "Besteld: 2 kaartjes voor € 90,00.",
        "De bestelling is rond: de kaartjes gelden.",
        "Er kwam € 90,00 binnen (overschrijving).",
        "Het kaartje van Noor werd geannuleerd.",
        "Er moet € 45,00 terug naar de koper.",
        f"Kaartje doorgegeven: van Mia aan Bo <{ticket.email}>. De oude code"
        f" {db.session.scalar(db.text('SELECT void_code FROM order_change'))} is ongeldig.",
        "Kaartje van Bo gescand bij Ingang Zuid: binnengelaten.",
    ]
    mails = [each for each in sentences(order) if each.startswith("Mail naar")]
    assert any("mia@example.org" in each for each in mails)
    assert any(ticket.email in each for each in mails)
    english = sentences(order, "en")
    assert english[0] == "Ordered: 2 tickets for €90.00."
    assert "Ticket of Bo scanned at Ingang Zuid: let in." in english
    moments = [line.at for line in history_of(order)]
    assert moments == sorted(moments)
    assert [line.note for line in history_of(order) if line.note] == [
        "Kenmerk ontbrak",
        "Ziek",
        "Ziek",
    ]


def test_the_history_of_another_order_is_not_told(finance):
    mine, other = make.ticket(), make.ticket()
    make.handed_on(other, name="Bo")
    make.scan(other)
    assert sentences(mine.order) == [
        "Besteld: 1 kaartje voor € 0,00.",
        "De bestelling is rond: de kaartjes gelden.",
    ]
