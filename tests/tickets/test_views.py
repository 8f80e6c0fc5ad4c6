"""The shop window and "send me my tickets again", as a visitor without JavaScript meets them."""

from datetime import timedelta

import pytest

from festival import clock, create_app
from festival.db import db
from festival.mail.models import Letter
from festival.tickets import views
from festival.web.languages import Bilingual
from festival.web.limits import limiter
from tests import make
from tests.make import NOW


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(views, "_SAME_TIME", 0)


@pytest.fixture
def limited_visitor(app):
    """A visitor of an app that counts, on the same database."""
    settings = {name: value for name, value in app.config.items() if name.isupper()}
    strict = create_app({**settings, "RATELIMIT_ENABLED": True})
    limiter.reset()
    yield strict.test_client()
    limiter.reset()


def test_the_shop_says_who_each_ticket_is_for_when_and_for_how_much(visitor):
    make.ticket_type(
        slug="weekend",
        name=Bilingual("Weekend", "Weekend"),
        audience=Bilingual("Voor iedereen", "For everyone"),
        price_cents=6500,
        vat_percent=21,
        pool=make.pool(capacity=12),
        max_per_order=4,
    )
    page = visitor.get("/kaartjes").text.replace("\xa0", " ")
    for words in (
        "Voor iedereen",
        "vrijdag 23, zaterdag 24 en zondag 25 oktober",
        "€ 65,00",
        "met 21% btw",
        "nog 12",
        'name="n-weekend"',
        "<option>4</option>",
    ):
        assert words in page
    assert "<option>5</option>" not in page
    english = visitor.get("/en/kaartjes").text.replace("\xa0", " ")
    for words in ("For everyone", "€65.00", "incl. 21% VAT", "12 left", "Choose your tickets"):
        assert words in english


def test_what_is_sold_out_soon_or_closed_cannot_be_chosen(visitor):
    make.ticket_type(name=Bilingual("Vol"), slug="vol", pool=make.pool(capacity=1, taken=1))
    make.ticket_type(name=Bilingual("Straks"), slug="straks", sale_from=NOW + timedelta(days=2))
    make.ticket_type(name=Bilingual("Voorbij"), slug="voorbij", sale_until=NOW)
    page = visitor.get("/kaartjes").text
    assert "Uitverkocht" in page
    assert "Te koop vanaf zaterdag 3 oktober 2026, 11.00 uur" in page
    assert "Niet meer te koop: Voorbij." in page
    assert "<select" not in page


def test_a_type_that_is_sold_in_pairs_is_sold_out_when_one_is_left(visitor):
    make.ticket_type(min_per_order=2, pool=make.pool(capacity=1))
    assert "Uitverkocht" in visitor.get("/kaartjes").text


def test_without_types_the_page_says_what_to_do(visitor):
    make.edition()
    assert "Er zijn nu geen kaartjes te koop" in visitor.get("/kaartjes").text


def test_what_was_not_filled_in_leaves_no_trace(visitor):
    make.edition(organiser_email="")
    assert "<p>Kijk later nog eens.</p>" in visitor.get("/kaartjes").text
    make.ticket_type(audience=Bilingual(), description=Bilingual())
    page = visitor.get("/kaartjes").text
    assert "<strong>" not in page.partition('<div class="offer-main">')[2].partition("</div>")[0]


def test_without_an_edition_there_is_no_shop(visitor):
    assert visitor.get("/kaartjes").status_code == 302


def test_a_hidden_type_shows_with_its_code_alone(visitor):
    make.ticket_type(name=Bilingual("Iedereen"))
    make.ticket_type(name=Bilingual("Vrijwilliger"), slug="vrijwilliger", code="HESJE27")
    assert "Vrijwilliger" not in visitor.get("/kaartjes").text
    wrong = visitor.get("/kaartjes?code=HESJE28").text
    assert "Vrijwilliger" not in wrong
    assert "Deze code kennen we niet" in wrong
    right = visitor.get("/kaartjes?code=hesje%2027").text
    assert "Vrijwilliger" in right
    assert '<input type="hidden" name="code" value="hesje 27">' in right


def test_wrong_codes_are_counted_and_right_ones_are_not(limited_visitor):
    make.ticket_type(code="HESJE27")
    for _ in range(30):
        assert limited_visitor.get("/kaartjes?code=HESJE27").status_code == 200
    answers = [limited_visitor.get(f"/kaartjes?code=FOUT{n}").status_code for n in range(25)]
    assert answers == [200] * 20 + [429] * 5
    assert limited_visitor.get("/bestellen?n-x=1&code=NOGEEN").status_code == 429


def test_the_numbers_of_the_address_are_chosen_already(visitor):
    make.ticket_type(slug="weekend")
    assert "<option selected>3</option>" in visitor.get("/kaartjes?n-weekend=3&n-x=y&n-=1").text


def test_the_page_is_the_same_for_all_and_asks_no_cookie(visitor):
    make.ticket_type()
    answer = visitor.get("/kaartjes")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["ETag"]


def test_an_unknown_address_gets_the_same_answer_as_a_known_one(visitor):
    order = make.order(email="mia@example.org")
    known = visitor.post("/kaartjes/opnieuw", data={"email": "Mia@example.org"})
    unknown = visitor.post("/kaartjes/opnieuw", data={"email": "niemand@example.org"})
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert known.text == unknown.text
    assert "Kennen we je adres?" in visitor.get(known.location).text
    [letter] = db.session.query(Letter)
    assert letter.to == "mia@example.org"
    assert order.secret in letter.body_text


def test_both_answers_take_the_same_time(visitor, monkeypatch):
    waited = []
    monkeypatch.setattr(views, "_SAME_TIME", 5)
    monkeypatch.setattr(views.time, "sleep", waited.append)
    make.order(email="mia@example.org")
    for email in ("mia@example.org", "niemand@example.org"):
        visitor.post("/kaartjes/opnieuw", data={"email": email})
    assert all(4 < seconds <= 5 for seconds in waited)
    assert len(waited) == 2


def test_the_english_page_mails_in_english(visitor):
    make.order(email="mia@example.org", language="nl")
    answer = visitor.post("/en/kaartjes/opnieuw", data={"email": "mia@example.org"})
    assert answer.location == "/en/kaartjes/opnieuw/verstuurd"
    [letter] = db.session.query(Letter)
    assert letter.subject.startswith("Your tickets for")


@pytest.mark.parametrize("email", ["", "geen adres", "mia@", "a@b@c", "x" * 300 + "@example.org"])
def test_an_address_that_is_none_is_asked_for_again_and_kept(visitor, email):
    make.edition()
    answer = visitor.post("/kaartjes/opnieuw", data={"email": email})
    assert answer.status_code == 422
    assert 'id="fouten"' in answer.text
    assert f'value="{email}"' in answer.text


def test_an_address_like_a_well_known_one_may_be_asked_for(visitor):
    make.order(email="mia@gmial.com")
    assert visitor.post("/kaartjes/opnieuw", data={"email": "mia@gmial.com"}).status_code == 303
    assert db.session.query(Letter).count() == 1


def test_asking_again_and_again_is_limited(limited_visitor):
    make.edition()
    data = {"email": "mia@example.org"}
    answers = [limited_visitor.post("/kaartjes/opnieuw", data=data).status_code for _ in range(7)]
    assert answers == [303] * 5 + [429] * 2
