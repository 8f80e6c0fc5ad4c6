"""The order form and the order's own page, as a visitor without JavaScript meets them."""

import html
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from festival import clock
from festival.bookings.models import Booking
from festival.db import db
from festival.mail.models import Letter
from festival.payments import views
from festival.payments.models import Refund
from festival.payments.rules import cancelling, lapsing, recording
from festival.tickets.models import Order
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def queries():
    """The statements that reach the database, as they come."""
    seen = []
    engine = db.engine

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("PRAGMA", "BEGIN")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def form_key(page):
    return re.search(r'name="form_key"[^>]*value="([^"]+)"', page).group(1)


def shown(page):
    return html.unescape(re.search(r'name="shown"[^>]*value="([^"]*)"', page).group(1))


def filled(page, **fields):
    return {
        "form_key": form_key(page),
        "shown": shown(page),
        "name": "Mia Jansen",
        "email": "mia@example.org",
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }


def order_of(answer):
    assert answer.status_code == 303, answer.text
    secret = answer.location.rpartition("/")[2]
    return db.session.query(Order).filter_by(secret=secret).one()


def test_a_free_ticket_from_form_to_order_page(visitor):
    make.ticket_type(slug="bewoner")
    page = visitor.get("/bestellen?n-bewoner=1").text
    assert "Bestel gratis kaartje" in page
    answer = visitor.post("/bestellen?n-bewoner=1", data=filled(page))
    order = order_of(answer)
    assert order.tickets[0].holder_name == "Mia Jansen"
    page = visitor.get(answer.location).text
    assert "Tot op het festival, Mia Jansen!" in page
    assert "INGESCHREVEN" in page
    assert f"/kaartje/{order.tickets[0].secret}" in page
    assert f"/kaartje/{order.tickets[0].secret}/kaartje.pdf" in page


def test_the_same_in_english(visitor):
    make.ticket_type(slug="weekend", price_cents=6500, vat_category="standard")
    page = visitor.get("/en/bestellen?n-weekend=2").text
    assert "Order and pay by bank transfer" in page
    answer = visitor.post("/en/bestellen?n-weekend=2", data=filled(page, kaartje_1_name="Zoë"))
    order = order_of(answer)
    assert order.language == "en"
    assert answer.location == f"/en/bestelling/{order.secret}"
    page = visitor.get(answer.location).text
    assert "Transfer €130.00" in page
    assert "Thursday 15 October 2026" in page
    [letter] = db.session.query(Letter)
    assert letter.subject.startswith("Pay for your Innovation festival tickets by Thursday")


def test_a_pending_order_says_how_to_pay(visitor):
    of = make.ticket_type(slug="weekend", price_cents=6500, vat_category="standard")
    page = visitor.get("/bestellen?n-weekend=1").text
    order = order_of(visitor.post("/bestellen?n-weekend=1", data=filled(page)))
    page = visitor.get(f"/bestelling/{order.secret}").text.replace("\xa0", " ")
    for words in (
        "€ 65,00",
        "NL91 ABNA 0417 1643 00",
        of.edition.organiser_name,
        order.reference[-4:],
        "donderdag 15 oktober 2026",
        "QR-code om te betalen",
        "waarvan btw 21%",
        "€ 11,28",
        "Dan vervalt je bestelling",
    ):
        assert words in page
    assert "kaartjes.pdf" not in page


def test_without_an_account_there_is_no_code_but_a_page(visitor):
    of = make.ticket_type(slug="weekend", price_cents=6500)
    order = make.order(of=of, confirmed_at=None, due_at=NOW + timedelta(days=14))
    of.edition.organiser_iban = ""
    db.session.commit()
    page = visitor.get(f"/bestelling/{order.secret}").text
    assert "QR-code om te betalen" not in page
    assert "Betalingskenmerk" in page


def test_each_state_has_its_page(visitor):
    of = make.ticket_type(price_cents=6500, vat_category="standard")
    due = {"confirmed_at": None, "due_at": NOW + timedelta(days=14)}
    paid = make.order(of=of, **due)
    recording.record_payment(paid, 7000, NOW, "a", now=NOW)
    partly = make.order(of=of, **due)
    recording.record_payment(partly, 2000, NOW, "b", now=NOW)
    lapsed = make.order(of=of, **due)
    lapsing.lapse_order(lapsed, now=NOW)
    cancelled = make.order(of=of, **due)
    cancelling.cancel_order(cancelled, now=NOW)

    def page(order):
        return visitor.get(f"/bestelling/{order.secret}").text.replace("\xa0", " ")

    assert "BETAALD" in page(paid)
    assert "je betaalde € 5,00 te veel" in page(paid)
    assert "we ontvingen al € 20,00 van € 65,00" in page(partly)
    assert "Maak € 45,00 over" in page(partly)
    assert "VERVALLEN" in page(lapsed)
    assert "GEANNULEERD" in page(cancelled)
    for ended in (lapsed, cancelled):
        assert f"/kaartje/{ended.tickets[0].secret}" not in page(ended)
        assert "Annuleer deze bestelling" not in page(ended)
    assert "Schrijf dan naar" in page(paid)


def test_the_order_page_is_for_who_has_its_link(visitor):
    order = make.order()
    answer = visitor.get(f"/bestelling/{order.secret}")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert visitor.get("/bestelling/raden").status_code == 404
    assert visitor.get(f"/bestelling/{order.code}").status_code == 404


def test_several_tickets_have_names_and_addresses_of_their_own(visitor):
    make.ticket_type(slug="bewoner")
    page = visitor.get("/bestellen?n-bewoner=3").text
    data = filled(
        page, kaartje_1_name="Zoë", kaartje_2_name="Bas", kaartje_1_email="zoe@example.org"
    )
    order = order_of(visitor.post("/bestellen?n-bewoner=3", data=data))
    assert [(each.holder_name, each.email) for each in order.tickets] == [
        ("Mia Jansen", "mia@example.org"),
        ("Zoë", "zoe@example.org"),
        ("Bas", "mia@example.org"),
    ]


def test_an_invalid_form_loses_nothing(visitor):
    make.ticket_type(slug="bewoner")
    slot = make.slot()
    page = visitor.get("/bestellen?n-bewoner=2").text
    data = filled(
        page,
        email="mia@voorbeeld",
        kaartje_0_name="Mia zelf",
        kaartje_1_name="",
        kaartje_1_email="zoe(at)example.org",
        plek_1_slot=slot.code,
    )
    answer = visitor.post("/bestellen?n-bewoner=2", data=data)
    assert answer.status_code == 422
    assert db.session.query(Order).count() == 0
    for words in (
        "Deze 3 dingen kloppen nog niet",
        'href="#kaartje-1-name"',
        "Naam op kaartje 2: Vul in wie er met dit kaartje komt.",
        'value="mia@voorbeeld"',
        'value="Mia zelf"',
        'value="zoe(at)example.org"',
        f'value="{slot.code}" checked',
        f'value="{data["form_key"]}"',
    ):
        assert words in answer.text


def test_a_likely_slip_in_an_address_is_asked_about_once(visitor):
    make.ticket_type(slug="bewoner")
    page = visitor.get("/bestellen?n-bewoner=1").text
    data = filled(page, email="mia@gmial.com")
    answer = visitor.post("/bestellen?n-bewoner=1", data=data)
    assert answer.status_code == 422
    assert "Bedoel je mia@gmail.com?" in answer.text
    sure = re.findall(r'name="zeker" value="([^"]+)"', answer.text)
    assert sure == ["mia@gmial.com"]
    order = order_of(visitor.post("/bestellen?n-bewoner=1", data={**data, "zeker": sure}))
    assert order.email == "mia@gmial.com"


def test_places_are_chosen_in_the_form(visitor):
    make.ticket_type(slug="bewoner")
    slot = make.slot()
    coach = make.slot(
        make.session(kind="coaching"), starts=NOW.replace(day=23, hour=13), minutes=20, places=1
    )
    page = visitor.get("/bestellen?n-bewoner=1").text
    assert slot.code in page
    data = filled(page, plek_0_slot=[slot.code, "", coach.code], plek_0_question="Hoe begin ik?")
    order = order_of(visitor.post("/bestellen?n-bewoner=1", data=data))
    bookings = db.session.query(Booking).all()
    assert {(each.slot.code, each.question) for each in bookings} == {
        (slot.code, ""),
        (coach.code, "Hoe begin ik?"),
    }
    assert slot.session.title.nl in visitor.get(f"/bestelling/{order.secret}").text


def test_a_refused_place_shows_at_its_ticket_with_all_that_was_typed(visitor):
    make.ticket_type(slug="bewoner")
    slot = make.slot(places=1, taken=1)
    page = visitor.get("/bestellen?n-bewoner=2").text
    data = filled(page, kaartje_1_name="Zoë", plek_1_slot=slot.code)
    answer = visitor.post("/bestellen?n-bewoner=2", data=data)
    assert answer.status_code == 409
    assert f"“{slot.session.title.nl}” voor Zoë lukt niet." in answer.text
    assert 'href="#plek-1-error"' in answer.text
    assert 'id="plek-1-error"' in answer.text
    assert 'id="plek-0-error"' not in answer.text
    assert 'value="Zoë"' in answer.text
    assert db.session.query(Order).count() == 0


def test_sold_out_between_page_and_post(visitor):
    of = make.ticket_type(slug="bewoner", pool=make.pool(capacity=2))
    page = visitor.get("/bestellen?n-bewoner=2").text
    make.order(of=of)
    answer = visitor.post("/bestellen?n-bewoner=2", data=filled(page, kaartje_1_name="Zoë"))
    assert answer.status_code == 409
    assert "nog maar 1 vrij." in answer.text
    assert 'value="Zoë"' in answer.text
    assert "/kaartjes?n-bewoner=2" in answer.text


def test_a_second_click_leads_to_the_first_order(visitor):
    make.ticket_type(slug="bewoner", pool=make.pool(capacity=1))
    data = filled(visitor.get("/bestellen?n-bewoner=1").text)
    first = visitor.post("/bestellen?n-bewoner=1", data=data)
    second = visitor.post("/bestellen?n-bewoner=1", data=data)
    assert first.location == second.location
    assert db.session.query(Order).count() == 1
    assert db.session.query(Letter).count() == 1


def test_the_same_form_filled_in_for_somebody_else_is_another_order(visitor):
    make.ticket_type(slug="bewoner")
    slot = make.slot()
    data = filled(visitor.get("/bestellen?n-bewoner=1").text)
    mia = order_of(visitor.post("/bestellen?n-bewoner=1", data=data))
    data |= {"name": "Piet Bakker", "email": "piet@example.org"}
    piet = order_of(visitor.post("/bestellen?n-bewoner=1", data=data))
    assert (piet.name, piet.tickets[0].holder_name, piet.id != mia.id) == ("Piet Bakker",) * 2 + (
        True,
    )
    data |= {"plek-0-slot": slot.code, "nog-een": "1"}
    again = order_of(visitor.post("/bestellen?n-bewoner=1", data=data))
    assert again.id not in {mia.id, piet.id}
    assert db.session.query(Booking).one().ticket.order_id == again.id


def test_one_address_is_written_to_so_often_a_day(visitor, monkeypatch):
    monkeypatch.setattr(views, "_LETTERS", "2 per day")
    make.ticket_type(slug="bewoner")

    def ordered(**fields):
        page = visitor.get("/bestellen?n-bewoner=1").text
        return visitor.post("/bestellen?n-bewoner=1", data=filled(page, nog_een="1", **fields))

    assert [ordered().status_code for _ in range(2)] == [303, 303]
    too_often = ordered(
        email="bo@example.org", kaartje_0_name="Mia", kaartje_0_email="mia+nog@Example.org"
    )
    assert too_often.status_code == 429
    assert "stuurden we vandaag al heel veel brieven" in too_often.text
    assert db.session.query(Order).count() == 2
    assert ordered(email="ali@example.org").status_code == 303


def test_an_order_that_was_cancelled_is_not_shown_for_a_new_one(visitor):
    make.ticket_type(slug="bewoner")
    data = filled(visitor.get("/bestellen?n-bewoner=2").text, kaartje_1_name="Zoë")
    first = order_of(visitor.post("/bestellen?n-bewoner=2", data=data))
    cancelling.cancel_own_tickets(first, now=NOW)
    answer = visitor.post("/bestellen?n-bewoner=2", data=data)
    assert answer.status_code == 409
    assert "Er is niets nieuws besteld." in answer.text
    assert 'value="Zoë"' in answer.text
    new = filled(answer.text, kaartje_1_name="Zoë")
    assert new["form_key"] != data["form_key"]
    second = order_of(visitor.post("/bestellen?n-bewoner=2", data=new))
    assert (second.id != first.id, second.state) == (True, "confirmed")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"price_cents": 9500}, "“Weekend” kost nu € 95,00; eerst was dat € 45,00."),
        ({"price_cents": 0}, "“Weekend” kost nu niets; eerst was dat € 45,00."),
        (
            {"vat_category": "standard"},
            "In de prijs van “Weekend” zit nu 21% btw; eerst was dat 9%.",
        ),
        ({"name": Bilingual("Dagkaart", "Day")}, "“Weekend” heet nu “Dagkaart”."),
        (
            {"days": 1},
            "“Weekend” geldt nu op vrijdag 23 oktober; eerst was dat vrijdag 23, zaterdag 24 en"
            " zondag 25 oktober.",
        ),
        ({"audience": Bilingual("Leden", "")}, "Bij “Weekend” staat nu: “Leden”."),
        (
            {"least_cents": 0, "low_cents": 1000, "high_cents": 9000},
            "Bij “Weekend” kies je nu tussen € 10,00, € 45,00, € 90,00 en een eigen bedrag vanaf"
            " niets.",
        ),
    ],
)
def test_what_changed_since_it_was_shown_is_told_and_asked(visitor, changed, sentence):
    of = make.ticket_type(slug="weekend", price_cents=4500, name=Bilingual("Weekend", "Weekend"))
    url = "/bestellen?n-weekend=2"
    data = filled(visitor.get(url).text, kaartje_1_name="Zoë")
    for name, value in changed.items():
        setattr(of, name, of.days[:value] if name == "days" else value)
    db.session.commit()
    # An invalid form is no moment at which the change is passed over in silence.
    wrong = visitor.post(url, data=data | {"email": "geen adres"})
    assert sentence in wrong.text.replace("\xa0", " ")
    answer = visitor.post(url, data=data)
    assert answer.status_code == 409
    assert sentence in answer.text.replace("\xa0", " ")
    assert "Er is nog niets besteld." in answer.text
    assert 'value="Zoë"' in answer.text
    assert (db.session.query(Order).count(), db.session.query(Letter).count()) == (0, 0)
    agreed = filled(answer.text, kaartje_1_name="Zoë")
    order = order_of(visitor.post(url, data=agreed))
    assert order.total_cents == 2 * of.price_cents


def test_an_earlier_day_to_pay_is_told(visitor):
    of = make.ticket_type(slug="weekend", price_cents=4500)
    data = filled(visitor.get("/bestellen?n-weekend=1").text)
    of.edition.payment_days = 3
    db.session.commit()
    answer = visitor.post("/bestellen?n-weekend=1", data=data)
    words = "Je betaalt nu uiterlijk zondag 4 oktober; eerst was dat donderdag 15 oktober."
    assert words in answer.text


@pytest.mark.parametrize("shown", ["", "{", "[]", '{"types": 3}', "[" * 5000, "null", r'"\ud800"'])
def test_a_form_that_does_not_say_what_it_showed_is_asked_once_more(visitor, shown):
    make.ticket_type(slug="weekend", price_cents=4500, name=Bilingual("Weekend", ""))
    data = filled(visitor.get("/bestellen?n-weekend=1").text)
    answer = visitor.post("/bestellen?n-weekend=1", data=data | {"shown": shown})
    assert answer.status_code == 409
    assert "“Weekend” kost € 45,00." in answer.text.replace("\xa0", " ")
    assert order_of(visitor.post("/bestellen?n-weekend=1", data=filled(answer.text)))


def test_a_second_click_after_a_change_still_leads_to_the_first_order(visitor):
    of = make.ticket_type(slug="weekend", price_cents=4500)
    data = filled(visitor.get("/bestellen?n-weekend=1").text)
    first = order_of(visitor.post("/bestellen?n-weekend=1", data=data))
    of.price_cents = 9500
    db.session.commit()
    again = order_of(visitor.post("/bestellen?n-weekend=1", data=data))
    assert (again.id, again.total_cents) == (first.id, 4500)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Je hebt nog geen kaartjes gekozen"),
        ("?n-bewoner=0", "Je hebt nog geen kaartjes gekozen"),
        ("?n-bewoner=-1", "Je hebt nog geen kaartjes gekozen"),
        ("?n-bewoner=²", "Je hebt nog geen kaartjes gekozen"),
        ("?n-bewoner=999", "Je kunt hoogstens 40 kaartjes tegelijk bestellen"),
        ("?n-bewoner=9999999999", "Je hebt nog geen kaartjes gekozen"),
        ("?n-bewoner=11", "bestel je met hoogstens 10 tegelijk"),
        ("?n-bestaatniet=1", "Een kaartje dat je koos is er niet meer"),
        ("?n-verborgen=1", "Een kaartje dat je koos is er niet meer"),
        ("?n-verborgen=1&code=FOUT", "Een kaartje dat je koos is er niet meer"),
        ("?n-vol=1", "zijn net uitverkocht"),
    ],
)
def test_what_cannot_be_ordered_is_said_before_anything_is_typed(visitor, query, words):
    make.ticket_type(slug="bewoner")
    make.ticket_type(slug="verborgen", code="HESJE27")
    make.ticket_type(slug="vol", pool=make.pool(capacity=1, taken=1))
    for answer in (visitor.get(f"/bestellen{query}"), visitor.get(f"/en/bestellen{query}")):
        assert answer.status_code == 409
        assert 'id="fouten"' in answer.text
    assert words in visitor.get(f"/bestellen{query}").text


def test_a_post_without_its_tickets_is_refused_kindly(visitor):
    make.ticket_type(slug="bewoner")
    assert visitor.post("/bestellen", data={"name": "x"}).status_code == 409
    answer = visitor.post("/bestellen?n-bewoner=1", data={})
    assert answer.status_code == 422
    assert db.session.query(Order).count() == 0


def test_a_hidden_ticket_is_ordered_with_its_code(visitor):
    make.ticket_type(slug="vrijwilliger", code="HESJE27")
    url = "/bestellen?n-vrijwilliger=1&code=hesje27"
    assert order_of(visitor.post(url, data=filled(visitor.get(url).text))).state == "confirmed"


def chosen(order, *numbers):
    return [order.tickets[number].code for number in numbers]


def paid_order(number=4, price_cents=4500, **terms):
    for name, value in {"cancel_until_on": date(2026, 10, 20), **terms}.items():
        setattr(make.current_edition(), name, value)
    of = make.ticket_type(price_cents=price_cents, vat_category="standard")
    order = make.order(tickets=number, of=of)
    make.payment(order, number * price_cents)
    return order


def sent_by(page):
    return {"shown": shown(page), "kaartje": re.findall(r'name="kaartje" value="(\w+)"', page)}


def test_cancelling_asks_which_tickets_and_then_whether(visitor):
    order = make.order(tickets=2)
    url = f"/bestelling/{order.secret}/annuleren"
    page = visitor.get(url).text
    assert "Welke kaartjes wil je annuleren?" in page
    assert all(f'value="{ticket.code}"' in page for ticket in order.tickets)
    page = visitor.get(f"{url}?kaartje={'&kaartje='.join(chosen(order, 0, 1))}").text
    assert "Ja, annuleer 2 kaartjes" in page
    assert order.state == "confirmed"
    for _click in range(2):
        assert visitor.post(url, data=sent_by(page)).location == f"/bestelling/{order.secret}"
    db.session.expire_all()
    assert order.state == "cancelled"
    assert visitor.get(url).status_code == 302


def test_one_of_four_is_cancelled_for_the_sums_that_the_page_showed(visitor):
    order = paid_order(cancel_fee_cents=250, cancel_fee_percent=10)
    url = f"/bestelling/{order.secret}/annuleren"
    page = visitor.get(f"{url}?kaartje={chosen(order, 2)[0]}").text.replace("\xa0", " ")
    assert 'Je krijgt terug</th><td class="number">€ 38,00' in page
    make.current_edition().cancel_fee_cents = 300
    db.session.commit()
    answer = visitor.post(url, data=sent_by(page))
    assert answer.status_code == 409
    assert "veranderde er iets aan de bedragen" in answer.text
    assert visitor.post(url, data=sent_by(answer.text)).status_code == 303
    db.session.expire_all()
    assert [bool(ticket.released_at) for ticket in order.tickets] == [False, False, True, False]
    shown = visitor.get(f"/bestelling/{order.secret}").text.replace("\xa0", " ")
    assert "Je krijgt € 37,50 terug" in shown
    assert "Kosten van annuleren" in shown
    assert shown.count("Dit kaartje geldt niet meer.") == 1


def test_the_buyer_types_an_account_where_we_transfer_the_money(visitor):
    order = paid_order(1)
    url = f"/bestelling/{order.secret}"
    visitor.post(f"{url}/annuleren", data=sent_by(visitor.get(f"{url}/annuleren").text))
    page = visitor.get(url).text
    assert "Op welke rekening mogen we het overmaken?" in page
    wrong = visitor.post(f"{url}/rekening", data={"iban": "NL91ABNA0417164301"})
    assert wrong.status_code == 409
    assert "Dit rekeningnummer klopt niet" in wrong.text
    assert visitor.post(f"{url}/rekening", data={"iban": ""}).status_code == 422
    good = visitor.post(f"{url}/rekening", data={"iban": "nl91 abna 0417 1643 00"})
    assert good.location == f"{url}#terug"
    assert db.session.query(Refund.iban).one() == ("NL91ABNA0417164300",)
    assert "NL91 ABNA 0417 1643 00" in visitor.get(url).text


def test_a_paid_order_is_not_cancelled_without_terms_for_it(visitor):
    order = paid_order(1, cancel_until_on=None)
    url = f"/bestelling/{order.secret}/annuleren"
    assert "Annuleren kan hier niet" in visitor.get(url).text
    assert visitor.post(url, data={"kaartje": chosen(order, 0)}).status_code == 409
    db.session.expire_all()
    assert order.state == "confirmed"


def test_nothing_chosen_cancels_nothing(visitor):
    order = make.order(tickets=2)
    answer = visitor.post(f"/bestelling/{order.secret}/annuleren")
    assert answer.status_code == 409
    assert "Kies eerst welke kaartjes" in answer.text


def test_names_with_markup_are_only_names(visitor):
    make.ticket_type(slug="bewoner")
    page = visitor.get("/bestellen?n-bewoner=1").text
    order = order_of(
        visitor.post("/bestellen?n-bewoner=1", data=filled(page, name="<b>Mia</b> & {{ 7*7 }}"))
    )
    page = visitor.get(f"/bestelling/{order.secret}").text
    assert "&lt;b&gt;Mia&lt;/b&gt; &amp; {{ 7*7 }}" in page
    [letter] = db.session.query(Letter)
    assert "<b>Mia" not in letter.body_html
    assert "<b>Mia</b> & {{ 7*7 }}" in letter.body_text


def test_the_main_pages_ask_the_database_little(visitor, queries):
    of = make.ticket_type(slug="bewoner", name=Bilingual("Bewoner", "Resident"))
    for _ in range(6):
        make.ticket_type()
    slots = [make.slot(starts=NOW.replace(day=23, hour=hour)) for hour in (8, 10, 12)]
    codes = [slot.code for slot in slots]
    secret = make.order(of=of, tickets=5).secret
    db.session.remove()

    def count(call, *arguments, **values):
        queries.clear()
        answer = call(*arguments, **values)
        assert answer.status_code < 400, answer.text
        return answer, len(queries)

    _page, shop = count(visitor.get, "/kaartjes")
    page, form = count(visitor.get, "/bestellen?n-bewoner=3")
    data = filled(page.text, kaartje_1_name="Zoë", kaartje_2_name="Bas")
    data["plek-0-slot"] = codes
    _answer, with_places = count(visitor.post, "/bestellen?n-bewoner=3", data=data)
    page, _ = count(visitor.get, "/bestellen?n-bewoner=1")
    _page, own = count(visitor.get, f"/bestelling/{secret}")
    data = filled(page.text, nog_een="1")
    _answer, free = count(visitor.post, "/bestellen?n-bewoner=1", data=data)
    assert shop <= 5  # two ask whether the organiser charges VAT this year, and who waits
    assert form <= 9  # the scheme for small businesses, hidden types, questions, extras, who waits
    # Two of these are for all tickets together: what can be booked still, and what they wait for.
    # Five ask what is invoiced, what goes back, questions and extras, and five for swaps.
    assert own <= 17
    # One looks who waits, three count what the buyer holds and waits for, and two write the words
    # by which it is found.
    # The letter asks for three: its own sentences, extras, and whether the address had such a
    # ticket.
    assert free <= 24
    # The days of the type are read to compare them with what was shown, and again under its lock.
    assert with_places <= free + 8 + 2 * len(slots)
