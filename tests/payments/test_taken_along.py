"""A workshop goes along from its page into the order, and full ones are waited for in it."""

import re
from datetime import timedelta

import pytest

from festival import clock
from festival.bookings.models import Booking, WaitingListEntry
from festival.db import db
from festival.mail.models import Letter
from festival.tickets.models import Order
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW
from tests.payments.test_views import filled, order_of

FRIDAY = NOW.replace(day=23, hour=8)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def workshop():
    """A workshop on Friday with places left."""
    return make.slot(make.session(title=Bilingual("Stil atelier", "Quiet studio")), starts=FRIDAY)


def checked(page):
    return re.findall(r'name="(plek-\d-\w+)" value="([^"]+)" checked', page)


def test_the_workshop_is_visible_in_each_step_and_booked_at_the_end(visitor, workshop):
    make.ticket_type(slug="bewoner")
    shop = visitor.get(f"/kaartjes?plek={workshop.code}").text
    assert "Je neemt mee:" in shop
    assert f'<input type="hidden" name="plek" value="{workshop.code}">' in shop
    url = f"/bestellen?plek={workshop.code}&n-bewoner=1"
    form = visitor.get(url).text
    assert "Je neemt mee:" in form
    assert checked(form) == [("plek-0-slot", workshop.code)]
    assert f"/kaartjes?plek={workshop.code}&amp;n-bewoner=1" in form
    order = order_of(visitor.post(url, data=filled(form, plek_0_slot=workshop.code)))
    assert "Stil atelier" in visitor.get(f"/bestelling/{order.secret}").text
    assert db.session.query(Booking).one().slot_id == workshop.id


def test_it_stays_behind_when_that_is_asked(visitor, workshop):
    make.ticket_type(slug="bewoner")
    url = f"/bestellen?plek={workshop.code}&n-bewoner=1"
    page = visitor.get(url).text
    assert 'class="along-drop" href="/bestellen?n-bewoner=1"' in page
    # What was unticked in the form is not ticked again when it comes back.
    answer = visitor.post(url, data=filled(page, email="geen adres"))
    assert answer.status_code == 422
    assert checked(answer.text) == []


def test_types_that_are_not_for_that_day_are_said_so(visitor, workshop):
    friday = make.ticket_type(slug="vrijdag")
    saturday = make.ticket_type(slug="zaterdag")
    friday.days, saturday.days = friday.days[:1], saturday.days[1:2]
    db.session.commit()
    shop = visitor.get(f"/kaartjes?plek={workshop.code}").text
    assert shop.count("kun je met dit kaartje niet boeken") == 1
    assert "Niet op vrijdag 23 oktober" in shop
    wrong = visitor.get(f"/bestellen?plek={workshop.code}&n-zaterdag=1").text
    assert "Met deze kaartjes kom je op vrijdag 23 oktober niet binnen." in wrong
    assert checked(wrong) == []
    both = visitor.get(f"/bestellen?plek={workshop.code}&n-vrijdag=1&n-zaterdag=1").text
    [(name, code)] = checked(both)
    held = re.search(rf"<h2 id=\"kaartje-(\d)\">[^<]*(?:<[^h][^<]*)*?{name}", both, re.S)
    assert code == workshop.code
    assert held is not None


@pytest.mark.parametrize("what", ["onzin", "%C3%A9", "coach", "talk", "gone", "over"])
def test_what_nobody_can_book_goes_nowhere(visitor, what):
    make.ticket_type(slug="bewoner")
    slots = {
        "coach": lambda: make.slot(make.session(kind="coaching"), minutes=20, places=1),
        "talk": lambda: make.slot(make.session(kind="talk"), places=None),
        "gone": lambda: make.slot(state="cancelled"),
        "over": lambda: make.slot(starts=NOW - timedelta(hours=3)),
    }
    code = slots[what]().code if what in slots else what
    for url in (f"/kaartjes?plek={code}", f"/bestellen?plek={code}&n-bewoner=1"):
        answer = visitor.get(url)
        assert answer.status_code == 200
        assert "Je neemt mee:" not in answer.text


def test_a_full_one_is_waited_for_within_the_order(visitor):
    make.ticket_type(slug="bewoner")
    full = make.slot(
        make.session(title=Bilingual("Vol atelier", "Full studio")),
        starts=FRIDAY,
        places=1,
        taken=1,
    )
    url = f"/bestellen?plek={full.code}&n-bewoner=1"
    page = visitor.get(url).text
    assert "Vol: je komt op de wachtlijst." in page
    assert checked(page) == [("plek-0-wacht", full.code)]
    order = order_of(visitor.post(url, data=filled(page, plek_0_wacht=full.code)))
    [entry] = db.session.query(WaitingListEntry)
    assert (entry.ticket_id, entry.slot_id) == (order.tickets[0].id, full.id)
    assert db.session.query(Booking).count() == 0
    [letter] = db.session.query(Letter)
    assert "wachtlijst voor Vol atelier, vrijdag 23 oktober" in letter.body_text
    page = visitor.get(f"/bestelling/{order.secret}").text
    assert "Vol atelier" in page.split("Op de wachtlijst")[1]


def test_a_place_that_came_free_meanwhile_is_not_waited_for(visitor):
    make.ticket_type(slug="bewoner")
    full = make.slot(places=1, taken=1)
    url = "/bestellen?n-bewoner=1"
    data = filled(visitor.get(url).text, plek_0_wacht=full.code)
    full.taken = 0
    db.session.commit()
    answer = visitor.post(url, data=data)
    assert answer.status_code == 409
    assert "Er is net een plek vrijgekomen." in answer.text
    assert (db.session.query(Order).count(), db.session.query(WaitingListEntry).count()) == (0, 0)


def test_the_server_says_what_clashes_and_loses_nothing(visitor, workshop):
    make.ticket_type(slug="bewoner")
    beside = make.slot(
        make.session(title=Bilingual("Luid atelier", "Loud studio")),
        starts=FRIDAY + timedelta(minutes=30),
    )
    url = "/bestellen?n-bewoner=1"
    data = filled(visitor.get(url).text, plek_0_slot=[workshop.code, beside.code])
    answer = visitor.post(url, data=data)
    assert answer.status_code == 409
    assert "Dan heb je al een plek: Stil atelier" in answer.text
    assert {code for _name, code in checked(answer.text)} == {workshop.code, beside.code}
    assert db.session.query(Order).count() == 0


def test_the_form_says_what_each_workshop_is(visitor):
    make.ticket_type(slug="bewoner")
    session = make.session(summary=Bilingual("Je maakt een vlag van oude lakens.", ""))
    make.slot(session, starts=FRIDAY, places=3, taken=1)
    page = visitor.get("/bestellen?n-bewoner=1").text
    assert "Je maakt een vlag van oude lakens." in page
    assert "nog 2 plekken" in page
