"""Nobody takes a place at hours that the page did not show: in each form, in both languages."""

import re
from datetime import timedelta
from html import unescape

import pytest

from festival import clock
from festival.bookings import shown_moments
from festival.bookings.models import WaitingListEntry
from festival.db import db
from festival.tickets.models import Order
from festival.web.languages import Bilingual
from tests import make
from tests.bookings.test_moved import LATER, bread, move
from tests.bookings.test_rules import live
from tests.bookings.test_views import read
from tests.payments.test_views import filled

MOVED = "“Brood bakken” is verplaatst. Het is nu vrijdag 23 oktober, 14.00–15.00 uur, De Tafel."


@pytest.fixture(autouse=True)
def three_weeks_before(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATER)


@pytest.fixture
def table(app):
    return make.stage(name=Bilingual("De Tafel", "The Table"))


def moments(page, code):
    """The field of the form that offers this slot."""
    found = re.findall(r'name="moments"[^>]*value="([^"]*)"', page.text)
    [value, *_] = [unescape(each) for each in found if f"{code}:" in each]
    return value


class Form:
    """A form of a ticket's page that takes `slot`, as a browser would send it."""

    def __init__(self, visitor, shown_at, sent_to, offered, **data):
        self.visitor, self.shown_at, self.sent_to = visitor, shown_at, sent_to
        self.code, self.data = offered.code, data

    def shown(self):
        return self.sending(moments(self.visitor.get(self.shown_at), self.code))

    def sending(self, seen):
        return lambda: self.visitor.post(self.sent_to, data={**self.data, "moments": seen})


def test_a_moved_workshop_is_booked_only_after_its_new_hours_were_shown(visitor, table):
    ticket, slot, other = make.ticket(), make.slot(bread()), make.slot()
    address = f"/kaartje/{ticket.secret}/boeken"
    form = Form(visitor, address, address, slot, slot=slot.code)
    send = form.shown()
    move(slot, hours=3, stage=table)
    answer = send()
    assert MOVED in read(answer, 409)
    assert live() == 0
    assert form.sending(moments(answer, slot.code))().status_code == 303
    assert live() == 1
    # What did not change is booked from an old page too.
    old = Form(visitor, address, address, other, slot=other.code).shown()
    move(make.slot(), hours=1)
    assert old().status_code == 303


def test_another_stage_and_other_hours_are_told_in_english(visitor, table):
    ticket, slot = make.ticket(language="en"), make.slot(bread())
    address = f"/en/kaartje/{ticket.secret}/boeken"
    send = Form(visitor, address, address, slot, slot=slot.code).shown()
    move(slot, hours=0, stage=table)
    words = "“Baking bread” was moved. It is now Friday 23 October, 11.00–12.00, The Table."
    assert words in read(send(), 409)
    assert live() == 0


def test_a_longer_or_shorter_moment_is_told_and_a_new_title_is_not(visitor):
    ticket, slot = make.ticket(), make.slot(bread())
    address = f"/kaartje/{ticket.secret}/boeken"
    send = Form(visitor, address, address, slot, slot=slot.code).shown()
    slot.ends_at += timedelta(minutes=30)
    slot.session.title = Bilingual("Broodjes bakken", "")
    db.session.commit()
    assert "11.00–12.30 uur" in read(send(), 409)
    slot.ends_at -= timedelta(minutes=30)
    db.session.commit()
    assert send().status_code == 303


def test_a_coach_whose_hour_moved_while_the_question_was_too_long(visitor, table):
    """The page shows the choice once more; what moved is told even so, and the question stays."""
    ticket = make.ticket()
    slot = make.slot(bread(kind="coaching"), places=1)
    address = f"/kaartje/{ticket.secret}/boeken"
    form = Form(visitor, address, address, slot, slot=slot.code, question="?" * 1001)
    send = form.shown()
    move(slot, hours=3, stage=table)
    answer = send()
    assert answer.status_code == 422
    form.data["question"] = "Hoe nu?"
    answer = form.sending(moments(answer, slot.code))()
    assert MOVED in read(answer, 409)
    assert "Hoe nu?" in answer.text
    assert form.sending(moments(answer, slot.code))().status_code == 303


def test_a_swap(visitor, table):
    ticket, slot = make.ticket(), make.slot(bread())
    booking = make.booking(ticket, make.slot(slot.session, starts=slot.ends_at))
    address = f"/kaartje/{ticket.secret}/ruilen/{booking.slot.code}"
    form = Form(visitor, address, address, slot, slot=slot.code)
    send = form.shown()
    move(slot, hours=3, stage=table)
    answer = send()
    assert MOVED in read(answer, 409)
    assert booking.cancelled_at is None
    assert form.sending(moments(answer, slot.code))().status_code == 303
    assert (live(), booking.cancelled_at) == (1, LATER)


def test_a_waiting_list(visitor, table):
    ticket, slot = make.ticket(), make.slot(bread(), places=1)
    make.booking(make.ticket(), slot)
    page = f"/kaartje/{ticket.secret}/boeken"
    form = Form(visitor, page, f"/kaartje/{ticket.secret}/wachtlijst/{slot.code}", slot)
    send = form.shown()
    move(slot, hours=3, stage=table)
    answer = send()
    assert MOVED in read(answer, 409)
    assert db.session.query(WaitingListEntry).count() == 0
    assert form.sending(moments(answer, slot.code))().status_code == 303
    assert db.session.query(WaitingListEntry).count() == 1


def test_a_place_that_moved_once_more_is_not_kept(visitor, table):
    ticket, slot = make.ticket(), make.slot(bread())
    booking = make.booking(ticket, slot, now=make.NOW)
    move(slot, hours=1)
    page = f"/kaartje/{ticket.secret}"
    address = f"{page}/houden/{slot.code}"
    seen = re.search(rf'value="({slot.code}:\w+)"', visitor.get(page).text)
    assert seen is not None
    move(slot, hours=2, stage=table)
    answer = visitor.post(address, data={"moments": seen[1]})
    assert MOVED in read(answer, 409)
    assert f'href="{page}"' in answer.text
    assert booking.kept_at is None
    [seen] = re.findall(rf'value="({slot.code}:\w+)"', visitor.get(page).text)
    assert visitor.post(address, data={"moments": seen}).status_code == 303
    assert booking.kept_at == LATER


def test_a_place_in_the_order_form(visitor, table):
    """Also when the form came back for something else in between."""
    make.ticket_type(slug="bewoner")
    slot = make.slot(bread())
    address = "/bestellen?n-bewoner=1"
    page = visitor.get(address)
    data = filled(page.text) | {"plek-0-slot": slot.code, "moments": moments(page, slot.code)}
    move(slot, hours=3, stage=table)
    again = visitor.post(address, data=data | {"name": ""})
    assert again.status_code == 422
    data |= {"moments": moments(again, slot.code)}
    answer = visitor.post(address, data=data)
    assert MOVED in read(answer, 409)
    assert db.session.query(Order).count() == 0
    data |= {"moments": moments(answer, slot.code)}
    assert visitor.post(address, data=data).status_code == 303
    assert live() == 1


def test_what_is_sent_may_be_anything():
    assert shown_moments.read(None) == {}
    assert shown_moments.read("a :b c: d:e:f") == {"": "b", "d": "e:f"}
