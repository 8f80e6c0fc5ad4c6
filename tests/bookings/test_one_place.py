"""One place for one ticket: what stands on its page before the tap, and that each way works."""

import re
from datetime import timedelta

import pytest

from festival import clock
from festival.bookings.models import Booking, WaitingListEntry
from festival.db import db
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW

FRIDAY = NOW.replace(day=23, hour=8)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def ticket():
    [ticket] = make.order().tickets
    return ticket


def workshop(title, *, hours=0, session=None, **values):
    of = session or make.session(title=Bilingual(title, ""))
    return make.slot(of, starts=FRIDAY + timedelta(hours=hours), minutes=60, **values)


def part_of(visitor, ticket, slot):
    """The part that the page of the workshop shows."""
    page = visitor.get(f"/kaartje/{ticket.secret}/boeken/{slot.code}")
    assert page.status_code == 200
    return page.text.split("data-plek", 1)[1]


def send(visitor, part):
    """Presses the first button in the part, as a browser would."""
    action = re.search(r'action="([^"]+)"', part).group(1).replace("&amp;", "&")
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', part.split("</form>")[0]))
    answer = visitor.post(action, data=fields)
    assert answer.status_code == 303, answer.text
    return answer


def held(ticket):
    live = db.session.query(Booking).filter_by(ticket_id=ticket.id, cancelled_at=None)
    return {booking.slot.code for booking in live}


def test_a_free_place_is_one_tap(visitor, ticket):
    slot = workshop("Soep")
    part = part_of(visitor, ticket, slot)
    assert "Boek deze plek" in part
    send(visitor, part)
    assert held(ticket) == {slot.code}
    assert "Hier heb je een plek." in part_of(visitor, ticket, slot)


def test_a_clash_is_said_before_the_tap_and_can_be_swapped(visitor, ticket):
    mine, other = workshop("Soep"), workshop("Draad", hours=0.5)
    make.booking(ticket, mine)
    part = part_of(visitor, ticket, other)
    assert "Dan heb je al: Soep, 10.00–11.00 uur" in " ".join(part.split())
    assert "Boek deze plek" not in part
    send(visitor, part)
    assert held(ticket) == {other.code}


def test_a_clash_offers_the_other_moments_at_which_one_is_free(visitor, ticket):
    mine = workshop("Soep")
    make.booking(ticket, mine)
    other = workshop("Draad", hours=0.5)
    later = workshop("", hours=4, session=other.session)
    taken = workshop("", hours=6, session=other.session, places=1, taken=1)
    same_time = workshop("", hours=0.75, session=other.session)
    part = part_of(visitor, ticket, other)
    assert f"/boeken/{later.code}" in part
    for not_free in (taken, same_time):
        assert f"/boeken/{not_free.code}" not in part


def test_two_clashes_lead_to_giving_either_back(visitor, ticket):
    first, second = workshop("Soep"), workshop("Brood", hours=1)
    for slot in (first, second):
        make.booking(ticket, slot)
    part = part_of(visitor, ticket, workshop("Draad", hours=0.5))
    for slot in (first, second):
        assert f"/kaartje/{ticket.secret}/afzeggen/{slot.code}" in part


@pytest.mark.parametrize("clashes", [False, True])
def test_a_full_one_has_its_waiting_list(visitor, ticket, clashes):
    full = workshop("Vol", places=1, taken=1)
    mine = workshop("Soep", hours=0.5)
    if clashes:
        make.booking(ticket, mine)
    send(visitor, part_of(visitor, ticket, full))
    [entry] = db.session.query(WaitingListEntry)
    assert (entry.swap_booking is not None) == clashes
    assert "Je staat op de wachtlijst." in part_of(visitor, ticket, full)


def test_what_cannot_be_booked_with_this_ticket_leads_on(visitor):
    of = make.ticket_type(slug="vrijdag")
    of.days = of.days[1:2]
    [saturday] = make.order(of=of).tickets
    slot = workshop("Soep")
    assert "Dit kaartje geldt niet op vrijdag 23 oktober." in part_of(visitor, saturday, slot)
    saturday.released_at = NOW
    db.session.commit()
    assert f"/kaartjes?plek={slot.code}" in part_of(visitor, saturday, slot)
    over = workshop("Voorbij", hours=-24 * 40)
    [ticket] = make.order().tickets
    part = part_of(visitor, ticket, over)
    assert "Boeken kan niet meer" in part
    assert f"/kaartje/{ticket.secret}/boeken" in part


def test_no_row_of_the_list_is_a_dead_end(visitor, ticket):
    mine = workshop("Soep")
    make.booking(ticket, mine)
    other = workshop("Draad", hours=0.5)
    page = visitor.get(f"/kaartje/{ticket.secret}/boeken").text
    action = f'formaction="/kaartje/{ticket.secret}/ruilen/{mine.code}"'
    assert action in page
    assert f'value="{other.code}" {action}' in page
    make.booking(ticket, workshop("Brood", hours=1))
    page = visitor.get(f"/kaartje/{ticket.secret}/boeken").text
    assert f"/boeken/{other.code}" in page


def test_the_page_is_for_who_has_the_link(visitor, ticket):
    slot = workshop("Soep")
    assert visitor.get(f"/kaartje/raden/boeken/{slot.code}").status_code == 404
    assert visitor.get(f"/kaartje/{ticket.secret}/boeken/raden").status_code == 404
