"""The team's screens of letters to many, and the page that stops invitations."""

import re

import pytest

from festival.db import db
from festival.mail.models import Letter
from festival.mailings import sending
from festival.mailings.models import InvitationChoice, Mailing
from festival.web.languages import Bilingual
from tests import make
from tests.mailings.conftest import send
from tests.make import NOW

TEXTS = {
    "subject_nl": "Tot zaterdag",
    "body_nl": "Dag {voornaam}",
    "subject_en": "See you",
    "body_en": "Hello {voornaam}",
}


@pytest.fixture
def team(visitor):
    """An organiser's browser, and two people with a ticket."""
    of = make.ticket_type(slug="weekend")
    make.order(of=of, email="bas@example.org", name="Bas Bakker")
    make.order(of=of, email="mia@example.org", name="Mia Jansen", language="en")
    make.sign_in(visitor, "organiser")
    return visitor


def only():
    return db.session.query(Mailing).one()


def after(client, address, **sent):
    """The page that a form leads to."""
    return client.get(client.post(address, **sent).headers["Location"]).text


def test_from_an_empty_list_to_a_letter_that_is_sent(team):
    assert "Nog geen brieven" in team.get("/team/brieven/").text
    slug = make.current_edition().slug
    answer = team.post(
        "/team/brieven/nieuw", data={"kind": "service", "whom": "visitors", "audience": slug}
    )
    code = only().code
    assert answer.headers["Location"] == f"/team/brieven/{code}/wijzig"
    assert only().criteria == {"payment": ["paid"]}
    page = team.get(f"/team/brieven/{code}/wijzig").text
    assert re.search(r'name="filter-payment" value="paid" checked', page)
    # Not finished: it can be looked at, not sent.
    assert "Verstuur aan" not in team.get(f"/team/brieven/{code}").text
    data = {**TEXTS, "version": "1", "filter-type": "weekend", "filter-payment": "paid"}
    assert team.post(f"/team/brieven/{code}/wijzig", data=data).status_code == 303
    page = team.get(f"/team/brieven/{code}").text
    assert "Dit gaat naar 2 adressen" in page
    assert "In het Nederlands 1, in het Engels 1." in page
    assert "Ja, verstuur aan 2 adressen" in page
    version = re.search(r'name="version" type="hidden" value="(\d+)"', page)[1]
    counted = re.search(r'name="counted" type="hidden" value="(\d+)"', page)[1]
    assert (version, counted) == ("2", "2")
    sent = team.post(
        f"/team/brieven/{code}/verstuur", data={"version": version, "counted": counted}
    )
    assert sent.status_code == 302
    page = team.get(f"/team/brieven/{code}").text
    assert "0 van 2 geschreven" in page
    assert "Stop met versturen" in page
    assert "Verstuur aan" not in page
    sending.write_piece(only().id, at_most=9, now=NOW)
    sending.write_piece(only().id, at_most=9, now=NOW)
    page = team.get(f"/team/brieven/{code}").text
    assert "2 van 2 geschreven" in page
    assert "Stop met versturen" not in page
    assert {row.to for row in db.session.query(Letter)} == {"bas@example.org", "mia@example.org"}


def test_a_second_click_on_send_says_so(team):
    mailing = make.mailing()
    address = f"/team/brieven/{mailing.code}/verstuur"
    data = {"version": mailing.version, "counted": 2}
    assert "De brief gaat weg" in after(team, address, data=data)
    assert "al gestart" in after(team, address, data=data)


def test_what_was_typed_stays_when_a_field_is_unknown(team):
    mailing = make.mailing()
    data = {**TEXTS, "version": 1, "body_nl": "Dag {wachtwoord}", "filter-type": "weekend"}
    answer = team.post(f"/team/brieven/{mailing.code}/wijzig", data=data)
    assert answer.status_code == 409
    assert "Het veld {wachtwoord} kennen we hier niet" in answer.text
    assert "Dag {wachtwoord}</textarea>" in answer.text
    assert re.search(r'value="weekend" checked', answer.text)
    assert only().criteria == {}


def test_the_preview_shows_real_people_and_no_secrets(team):
    mailing = make.mailing()
    page = team.get(f"/team/brieven/{mailing.code}").text
    assert "Dit is de brief voor Bas Bakker." in page
    assert "/voorbeeld/nl" in page
    page = team.get(f"/team/brieven/{mailing.code}?na=1").text
    assert "Dit is de brief voor Mia Jansen." in page
    for language, hello in (("nl", "Dag Mia"), ("en", "Hello Mia")):
        answer = team.get(f"/team/brieven/{mailing.code}/voorbeeld/{language}?na=1")
        assert hello in answer.text
        assert "/kaartje/…" in answer.text
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert team.get(f"/team/brieven/{mailing.code}/voorbeeld/nl?na=9").status_code == 404
    assert db.session.query(Letter).count() == 0


def test_a_test_goes_to_whoever_asks(team):
    mailing = make.mailing()
    page = after(team, f"/team/brieven/{mailing.code}/proef")
    assert "De proef gaat naar team" in page
    letters = db.session.query(Letter).all()
    assert len(letters) == 2
    assert all(letter.to.startswith("team") for letter in letters)


def test_stopping_going_on_and_deleting(team):
    mailing = make.mailing(state="sending", next_turn_at=NOW, counted=2)
    here = f"/team/brieven/{mailing.code}"
    assert "Gestopt." in after(team, f"{here}/stop")
    assert "Ga verder met versturen" in team.get(here).text
    assert "gaat verder" in after(team, f"{here}/verder")
    assert team.get(f"{here}/wijzig").status_code == 303
    assert "niet meer wijzigen of wissen" in after(team, f"{here}/weg")
    draft = make.mailing()
    assert "Het concept is weg." in after(team, f"/team/brieven/{draft.code}/weg")


def test_the_outbox_leads_back_to_the_letter_to_many(team):
    mailing = make.mailing()
    send(mailing)
    page = team.get(f"/team/post/?over=mailing-{mailing.id}").text
    assert "de brief aan velen “Tot zaterdag”" in page
    assert "2 brieven" in page


def test_who_looks_after_the_money_writes_only_about_money(app, team):
    everybody, unpaid = make.mailing(), make.mailing(criteria={"payment": ["unpaid"]})
    finance = app.test_client()
    make.sign_in(finance, "finance")
    page = finance.get("/team/brieven/").text
    assert unpaid.code in page
    assert everybody.code not in page
    assert finance.get(f"/team/brieven/{everybody.code}").status_code == 403
    assert finance.post(f"/team/brieven/{everybody.code}/verstuur").status_code == 403
    page = finance.get(f"/team/brieven/{unpaid.code}/wijzig").text
    assert "filter-payment" not in page
    data = {**TEXTS, "version": 1, "filter-payment": ["paid", "unpaid"], "filter-type": "weekend"}
    finance.post(f"/team/brieven/{unpaid.code}/wijzig", data=data)
    assert db.session.get(Mailing, unpaid.id).criteria == {
        "type": ["weekend"],
        "payment": ["unpaid"],
    }
    invitation = {"kind": "invitation", "whom": "visitors", "audience": make.current_edition().slug}
    assert finance.post("/team/brieven/nieuw", data=invitation).status_code == 422
    checkin = app.test_client()
    make.sign_in(checkin, "checkin")
    assert checkin.get("/team/brieven/").status_code == 403


def test_an_invitation_for_the_visitors_of_last_year(team):
    before = make.edition(is_current=False, name=Bilingual("Pluk 2025", "Pluk 2025"))
    make.order(of=make.ticket_type(edition_id=before.id), email="vroeger@example.org")
    data = {"kind": "invitation", "whom": "visitors", "audience": before.slug}
    team.post(f"/team/brieven/nieuw?editie={make.current_edition().slug}", data=data)
    mailing = only()
    mailing.subject = mailing.body = Bilingual("Kom weer naar {festival}", "Come to {festival}")
    db.session.commit()
    assert "Dit gaat naar 1 adres<" in team.get(f"/team/brieven/{mailing.code}").text
    [letter] = send(mailing).values()
    assert letter.to == "vroeger@example.org"
    assert letter.subject == "Kom weer naar Innovatiefestival"
    assert "kaartjes voor Pluk 2025 staan of stonden" in letter.body_text


@pytest.fixture
def choice(app):
    row = InvitationChoice(address="mia@example.org", secret="geheim-van-mia-0001")
    db.session.add(row)
    db.session.commit()
    return row


@pytest.mark.parametrize("base", ["", "/en"])
def test_one_click_in_a_mail_program_stops_invitations(visitor, choice, base):
    address = f"{base}/afmelden/{choice.secret}"
    data = {"List-Unsubscribe": "One-Click"}
    assert visitor.post(address, data=data, token=False).status_code == 204
    assert choice.unsubscribed_at is not None
    assert visitor.post(address, data=data, token=False).status_code == 204


def test_anything_else_that_is_posted_there_stops_nothing(visitor, choice):
    assert visitor.post(f"/afmelden/{choice.secret}", token=False).status_code == 400
    assert choice.unsubscribed_at is None
    data = {"List-Unsubscribe": "One-Click"}
    assert visitor.post("/afmelden/verzonnen", data=data, token=False).status_code == 404


def test_the_page_says_what_was_done_and_undoes_it(visitor, choice):
    here = f"/afmelden/{choice.secret}"
    assert "Geen uitnodigingen meer?" in visitor.get(here).text
    assert choice.unsubscribed_at is None, "opening the page changes nothing"
    page = after(visitor, f"{here}/keuze")
    assert "Je bent afgemeld" in page
    assert "mia@example.org" in page
    page = after(visitor, f"{here}/keuze", data={"wants": "yes"})
    assert "Geen uitnodigingen meer?" in page
    assert choice.unsubscribed_at is None
    assert "You are unsubscribed" in after(visitor, f"/en{here}/keuze")


def test_finance_neither_chooses_by_a_private_answer_nor_sees_who_gave_it(app, team):
    diet = make.question("Vegetarisch", sensitivity="diet")
    plain = make.question("Met de trein")
    unpaid = {"payment": ["unpaid"]}
    about_diet = make.mailing(criteria={**unpaid, "answer": [diet.options[0].code]})
    about_train = make.mailing(criteria={**unpaid, "answer": [plain.options[0].code]})
    page = team.get(f"/team/brieven/{about_diet.code}").text
    assert "Je koos mensen om wat ze antwoordden" in page
    assert (
        f'value="{diet.options[0].code}"'
        in team.get(f"/team/brieven/{about_diet.code}/wijzig").text
    )
    finance = app.test_client()
    make.sign_in(finance, "finance")
    for address in ("", "/wijzig", "/voorbeeld/nl"):
        assert finance.get(f"/team/brieven/{about_diet.code}{address}").status_code == 403
    assert about_diet.code not in finance.get("/team/brieven/").text
    here = f"/team/brieven/{about_train.code}/wijzig"
    page = finance.get(here).text
    assert plain.options[0].code in page
    assert diet.options[0].code not in page
    ticked = [plain.options[0].code, diet.options[0].code]
    finance.post(here, data={**TEXTS, "version": "1", "filter-answer": ticked})
    db.session.expire_all()
    kept = db.session.query(Mailing).filter_by(code=about_train.code).one()
    assert kept.criteria == {"answer": [plain.options[0].code], "payment": ["unpaid"]}


def test_only_organisers_write_to_speakers_and_to_the_line(app, team):
    slug = make.current_edition().slug
    to_speakers = {"kind": "service", "whom": "speakers", "audience": slug}
    code = team.post("/team/brieven/nieuw", data=to_speakers).headers["Location"].split("/")[3]
    assert only().criteria == {"speaker_answer": ["yes", "open"]}
    page = team.get(f"/team/brieven/{code}/wijzig").text
    assert "Sprekers, makers en coaches van" in page
    assert 'name="filter-type"' not in page
    assert "{pagina}" in page
    assert "{kaartjes}" not in page
    finance = app.test_client()
    make.sign_in(finance, "finance")
    assert finance.post("/team/brieven/nieuw", data=to_speakers).status_code == 422
    assert finance.get(f"/team/brieven/{code}").status_code == 403
