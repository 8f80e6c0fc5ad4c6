"""The shop window and "send me my tickets again", as a visitor without JavaScript meets them."""

import re
from datetime import timedelta

import pytest

from festival import clock
from festival.db import db
from festival.mail.models import Letter
from festival.tickets import views
from festival.web import same_time
from festival.web.languages import Bilingual
from tests import make
from tests.kept_pages import forget_pages
from tests.make import NOW


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(same_time, "STEP", 0)


def test_the_shop_says_who_each_ticket_is_for_when_and_for_how_much(visitor):
    make.ticket_type(
        slug="weekend",
        name=Bilingual("Weekend", "Weekend"),
        audience=Bilingual("Voor iedereen", "For everyone"),
        price_cents=6500,
        vat_category="standard",
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


def test_the_same_is_said_in_english(visitor):
    make.ticket_type(pool=make.pool(capacity=1, taken=1))
    make.ticket_type(sale_from=NOW + timedelta(days=2))
    for name in ("Friday", "Saturday"):
        make.ticket_type(name=Bilingual("Dag", name), sale_until=NOW)
    page = visitor.get("/en/kaartjes").text
    assert "Sold out" in page
    assert "On sale from Saturday 3 October 2026, 11.00" in page
    assert "No longer on sale: Friday, Saturday." in page


def test_what_costs_nothing_and_what_has_no_vat_speaks_of_no_vat(visitor):
    make.ticket_type(price_cents=0, vat_category="standard")
    make.ticket_type(price_cents=1, vat_category="")
    page = visitor.get("/kaartjes").text.replace("\xa0", " ")
    assert '<p class="offer-price">Gratis</p>' in page
    assert '<p class="offer-price">€ 0,01</p>' in page


def test_few_that_are_left_are_counted_and_the_least_is_where_choosing_begins(visitor):
    make.ticket_type(slug="veel", pool=make.pool(capacity=51))
    make.ticket_type(slug="weinig", pool=make.pool(capacity=50), min_per_order=3, max_per_order=4)
    many, few = visitor.get("/kaartjes").text.split('<li class="offer ')[1:]
    assert "nog " not in many
    assert "Minstens" not in many
    assert "nog 50" in few
    assert "Minstens 3 tegelijk." in few
    assert re.findall(r"<option[^>]*>(\d+)", few) == ["0", "3", "4"]


def test_names_are_no_markup_and_say_which_language_they_are_in(visitor):
    make.ticket_type(name=Bilingual("<b>Vroeg</b>"), audience=Bilingual("Wie <i>wil</i>"))
    page = visitor.get("/en/kaartjes").text
    assert '<span lang="nl">&lt;b&gt;Vroeg&lt;/b&gt;</span>' in page
    assert '<span lang="nl">Wie &lt;i&gt;wil&lt;/i&gt;</span>' in page
    assert "<b>Vroeg" not in page


def test_a_name_of_eighty_letters_stands_in_the_shop_whole(visitor):
    name = "Kindercarnavalsoptochtvoorbereidingswerkzaamhedencomitélidmaatschapsweekendkaart"
    assert len(name) == 80
    make.ticket_type(name=Bilingual(name))
    # Browsers may cut it at soft hyphens, which are no part of the name.
    assert name in visitor.get("/kaartjes").text.replace("\xad", "")


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


def test_a_wrong_code_is_kept_to_be_put_right_and_goes_no_further(visitor):
    make.ticket_type(code="HESJE27")
    page = visitor.get("/kaartjes", query_string={"code": '"><b>' + "x" * 50}).text
    assert f'value="&#34;&gt;&lt;b&gt;{"x" * 35}"' in page
    assert 'type="hidden" name="code"' not in page
    assert "Deze code kennen we niet" in page
    assert "We do not know this code" in visitor.get("/en/kaartjes?code=FOUT").text


def test_wrong_codes_are_counted_and_right_ones_are_not(visitor):
    make.ticket_type(code="HESJE27")
    for _ in range(30):
        forget_pages()
        assert visitor.get("/kaartjes?code=HESJE27").status_code == 200
    answers = [visitor.get(f"/kaartjes?code=FOUT{n}").status_code for n in range(65)]
    assert answers == [200] * 60 + [429] * 5
    assert visitor.get("/bestellen?n-x=1&code=NOGEEN").status_code == 429


def test_without_a_code_nobody_is_stopped_by_the_guesses_of_others(visitor):
    """A school, a company or the festival's own network is one address."""
    make.ticket_type(slug="weekend")
    for number in range(60):
        visitor.get(f"/kaartjes?code=FOUT{number}")
    assert visitor.get("/kaartjes?code=NOGEEN").status_code == 429
    assert visitor.get("/kaartjes").status_code == 200
    assert visitor.get("/bestellen?n-weekend=1").status_code == 200


def test_the_numbers_of_the_address_are_chosen_already(visitor):
    make.ticket_type(slug="weekend")
    assert "<option selected>3</option>" in visitor.get("/kaartjes?n-weekend=3&n-x=y&n-=1").text


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        ("n-weekend=2&n-vrijdag=1", {"weekend": 2, "vrijdag": 1}),
        ("n-weekend=999&n-dag=0010", {"weekend": 999}),
        ("n-weekend=1000&n-vrijdag=0&n-dag=", {}),
        ("n-weekend=-1&n-vrijdag=1.5&n-dag=%2B1", {}),
        ("n-weekend=twee&weekend=2&code=n-3", {}),
        ("n-weekend=2&n-weekend=5", {"weekend": 2}),
        ("n-weekend=²&n-vrijdag=٣", {"vrijdag": 3}),
    ],
)
def test_numbers_are_read_from_the_address_and_nonsense_is_none(texts, asked, chosen):
    with texts.test_request_context(f"/kaartjes?{asked}"):
        assert views.chosen_numbers() == chosen


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


def test_what_is_over_or_of_another_year_is_not_mailed_and_nobody_can_tell(visitor):
    mine = {"email": "mia@example.org", "confirmed_at": None}
    make.order(**mine, lapsed_at=NOW)
    make.order(**mine, cancelled_at=NOW)
    next_year = make.edition(is_current=False)
    theirs = make.ticket_type(edition_id=next_year.id, pool=make.pool(edition_id=next_year.id))
    make.order(of=theirs, email="mia@example.org")
    answer = visitor.post("/kaartjes/opnieuw", data={"email": "mia@example.org"})
    assert answer.location == "/kaartjes/opnieuw/verstuurd"
    assert db.session.query(Letter).count() == 0


def test_a_holder_finds_their_ticket_with_their_own_address(visitor):
    order = make.order(tickets=2, email="mia@example.org")
    order.tickets[1].holder_email = "zoe@example.org"
    db.session.commit()
    visitor.post("/kaartjes/opnieuw", data={"email": " Zoe@Example.org "})
    [letter] = db.session.query(Letter)
    assert letter.to == "zoe@example.org"
    assert order.tickets[1].secret in letter.body_text
    assert order.tickets[0].secret not in letter.body_text


def test_before_there_is_an_edition_the_answer_is_the_same_too(visitor):
    assert visitor.get("/kaartjes/opnieuw").status_code == 200
    answer = visitor.post("/kaartjes/opnieuw", data={"email": "mia@example.org"})
    assert answer.location == "/kaartjes/opnieuw/verstuurd"
    assert visitor.get(answer.location).status_code == 200


def test_both_answers_take_the_same_time(visitor, monkeypatch):
    waited = []
    monkeypatch.setattr(same_time, "STEP", 5)
    monkeypatch.setattr(same_time.time, "sleep", waited.append)
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
    assert db.session.query(Letter).count() == 0


def test_an_address_like_a_well_known_one_may_be_asked_for(visitor):
    make.order(email="mia@gmial.com")
    assert visitor.post("/kaartjes/opnieuw", data={"email": "mia@gmial.com"}).status_code == 303
    assert db.session.query(Letter).count() == 1
