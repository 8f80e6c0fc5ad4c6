"""A form whose session ended while it was filled in: nothing typed is lost, and nothing happens."""

import io
import re

import pytest

from festival.db import db
from festival.feedback.models import Feedback
from festival.mail.models import Letter
from festival.programme.models.sessions import Session
from festival.tickets.models import Order
from tests import make
from tests.accounts.test_signing_in import is_in
from tests.known_rows import KnownRows
from tests.payments.test_views import filled

SENTENCE = "Meestal stond de pagina te lang open. Er is nog niets bewaard."


NO_CHANGE = {"csrf_token"}


@pytest.fixture
def on_sale(monkeypatch):
    """A day on which tickets are sold."""
    monkeypatch.setattr("festival.clock.now", lambda: make.NOW)


def token_in(page):
    return re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)[1]


def test_an_order_is_shown_again_with_all_names_and_then_placed(visitor, app, on_sale):
    make.ticket_type(slug="bewoner")
    slot = make.slot()
    url = "/bestellen?n-bewoner=3"
    data = filled(
        visitor.get(url).text,
        kaartje_1_name="Zoë",
        kaartje_2_name="Bas",
        kaartje_1_email="zoe@example.org",
        plek_1_slot=slot.code,
    )
    later = app.test_client()  # the cookie is gone
    answer = later.post(url, data=data | {"csrf_token": "old"}, token=False)
    assert answer.status_code == 400
    assert SENTENCE in answer.text
    for words in (
        'value="Mia Jansen"',
        'value="mia@example.org"',
        'value="Zoë"',
        'value="Bas"',
        'value="zoe@example.org"',
        f'value="{slot.code}" checked',
    ):
        assert words in answer.text
    assert db.session.query(Order).count() == 0
    again = data | {"csrf_token": token_in(answer.text)}
    assert later.post(url, data=again, token=False).status_code == 303
    assert db.session.query(Order).one().tickets[1].holder_name == "Zoë"


def test_in_english_too(visitor, on_sale):
    make.ticket_type(slug="bewoner")
    data = filled(visitor.get("/en/bestellen?n-bewoner=1").text)
    answer = visitor.post("/en/bestellen?n-bewoner=1", data=data, token=False)
    assert "Usually the page was open for too long. Nothing has been saved yet." in answer.text


def test_a_long_form_of_the_team_is_shown_again(maker, base):
    text = "Lang en breed verteld. " * 300
    data = {"title_nl": "Een nieuwe titel", "description_nl": text, "kind": "talk"}
    answer = maker.post(f"{base}/onderdelen/nieuw", data=data, token=False)
    assert (answer.status_code, SENTENCE in answer.text) == (400, True)
    assert "Een nieuwe titel" in answer.text
    assert text.strip() in answer.text
    assert db.session.query(Session).count() == 3


def test_a_file_cannot_be_held_and_that_is_said(maker, base):
    data = {"title_nl": "Met foto", "photo_file": (io.BytesIO(b"x" * 100), "foto.jpg")}
    answer = maker.post(f"{base}/onderdelen/nieuw", data=data, token=False)
    assert "kies het opnieuw" in answer.text
    assert "Met foto" in answer.text


def test_a_form_that_its_view_does_not_show_again_is_held_by_a_page_of_its_own(visitor):
    make.sign_in(visitor, "checkin")
    gate, device = make.gate(), make.device()
    visitor.set_cookie("festival-device", device.token)
    code = make.ticket().code
    data = {"text": code, "method": "typed", "nonce": "n" * 12}
    answer = visitor.post(f"/team/deur/{gate.slug}", data=data, token=False)
    assert answer.status_code == 400
    assert SENTENCE in answer.text
    held = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    assert held.items() >= data.items()
    again = visitor.post(f"/team/deur/{gate.slug}", data=held, token=False)
    assert again.status_code == 302


def test_the_sign_out_without_a_token_signs_nobody_out(visitor):
    make.sign_in(visitor, "organiser")
    answer = visitor.post("/team/uitloggen", data={"knop": "x"}, token=False)
    assert (answer.status_code, SENTENCE in answer.text) == (400, True)
    assert is_in(visitor)


def test_passwords_do_not_come_back_in_a_page(visitor):
    member = make.member("editor")
    data = {"email": member.email, "password": make.PASSWORD}
    answer = visitor.post("/team/inloggen", data=data, token=False)
    assert SENTENCE in answer.text
    assert make.PASSWORD not in answer.text
    assert member.email in answer.text


def test_a_member_whose_session_ended_loses_nothing(visitor, app, world, base):
    make.sign_in(visitor, "programme")
    data = {"title_nl": "Een nieuwe titel", "description_nl": "Wat ik typte", "kind": "talk"}
    with visitor.session_transaction() as kept:
        kept["fs_paa"] = kept["in_use_at"] = 0  # idle for longer than a session lasts
    for token in (True, False):
        answer = visitor.post(f"{base}/onderdelen/nieuw", data=data, token=token)
        assert answer.status_code in (400, 401)
        assert "Je bent uitgelogd" in answer.text
        assert 'value="Wat ik typte"' in answer.text
    assert f'action="{base}/onderdelen/nieuw"' in answer.text
    assert visitor.get(f"{base}/onderdelen/nieuw").status_code == 302
    make.sign_in(visitor, "programme")
    assert visitor.post(f"{base}/onderdelen/nieuw", data=data).status_code in (302, 303, 422)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://["},
    ],
)
def test_another_site_cannot_have_its_form_shown_as_ours(visitor, headers):
    make.ticket_type(slug="bewoner")
    answer = visitor.post(
        "/bestellen?n-bewoner=1", data={"name": "Zin van hen"}, token=False, headers=headers
    )
    assert answer.status_code == 400
    assert "Zin van hen" not in answer.text


def test_a_browser_that_sends_no_referer_can_send_forms(visitor, on_sale):
    make.ticket_type(slug="bewoner")
    data = filled(visitor.get("/bestellen?n-bewoner=1", base_url="https://localhost").text)
    answer = visitor.post("/bestellen?n-bewoner=1", base_url="https://localhost", data=data)
    assert answer.status_code == 303


def test_nothing_changes_whatever_form_comes_without_its_token(app, visitor, world):
    """Also where a view changes something before it looks at its form."""
    ticket = make.ticket()
    visitor.set_cookie("festival-device", make.device().token)
    rows = KnownRows(world, ticket)
    make.sign_in(visitor, make.member("organiser", "finance", "checkin", "programme", "editor"))
    before = [letter.id for letter in db.session.query(Letter)], everything()
    addresses = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or app.view_functions[rule.endpoint] is None:
            continue
        if rule.endpoint in UNGUARDED:
            continue
        address = addresses.build(rule.endpoint, rows.values(rule), method="POST")
        with visitor.session_transaction() as kept:
            session = {name: value for name, value in kept.items() if name not in NO_CHANGE}
        answer = visitor.post(address, data={"name": "x"}, token=False)
        assert answer.status_code in (400, 401), address
        with visitor.session_transaction() as kept:
            assert {k: v for k, v in kept.items() if k not in NO_CHANGE} == session, address
    assert ([letter.id for letter in db.session.query(Letter)], everything()) == before


# The secret in their address is their key; see tests/architecture/test_csrf.py.
UNGUARDED = {
    "mailings.one_click",
    "stripe.receive",
    "tickets.hold",
    "bookings.change_stars",
    "bookings.keep",
    "bookings.leave_waiting_list",
    "bookings.renew_agenda_address",
}


def everything():
    """All rows of the database."""
    db.session.rollback()
    return {
        table.name: sorted(map(str, db.session.execute(table.select())))
        for table in db.metadata.sorted_tables
    }


def test_the_opinion_is_shown_again(world, visitor, monkeypatch):
    monkeypatch.setattr("festival.clock.now", lambda: world.workshop.slots[0].starts_at)
    data = {"form_key": "k", "useful": "4", "words": "Het was fijn"}
    answer = visitor.post("/programma/zagen/mening", data=data, token=False)
    assert (SENTENCE in answer.text, "Het was fijn" in answer.text) == (True, True)
    assert db.session.query(Feedback).count() == 0
