"""Moving an edition to other days takes along all that is on them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.checkin import rules as checkin
from festival.checkin.rules import ScanReading
from festival.db import db
from festival.home import consistency_checks
from festival.mail.models import Letter
from festival.programme import draft
from festival.programme.models.places import StageHours
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Availability, Slot
from festival.programme.models.timetable import Block
from festival.programme.rules import people, slots
from festival.questions import queries as questions
from festival.releases.rules import moving
from festival.team.editing import ChangedMeanwhile
from festival.tickets import ticket_qr
from festival.web.languages import Bilingual
from tests import make
from tests.make import FRIDAY, NOW, SUNDAY
from tests.world import World

DAY = timedelta(days=1)
# After the night in which the clocks change: ten in the morning is another moment of UTC there.
NEXT_YEAR = date(2027, 11, 5)
BY = NEXT_YEAR - FRIDAY


def moved(world: World, to: date = NEXT_YEAR, now: datetime = NOW) -> Release:
    return moving.move_edition(world.edition, to, seen=world.edition.version, now=now)


def test_every_ticket_still_admits(any_world: World) -> None:
    edition = any_world.edition
    weekend = make.ticket()
    saturday = make.ticket(of=make.ticket_type(days=[str(FRIDAY + DAY)]))
    gate, device = make.gate(), make.device()
    moved(any_world)

    def outcome(ticket: object, day: date) -> str:
        at = edition.moment(day, time(12))
        reading = ScanReading(ticket_qr.address(ticket), "camera", f"{ticket.id}-{day}", at)
        return checkin.scan(gate, device, reading, member_id=None, now=at).outcome

    assert [outcome(weekend, SUNDAY + BY - n * DAY) for n in range(3)] == ["admitted"] * 3
    assert outcome(saturday, NEXT_YEAR) == "wrong_day"
    assert outcome(saturday, NEXT_YEAR + DAY) == "admitted"
    assert outcome(weekend, FRIDAY) == "wrong_day"
    assert consistency_checks.days() == []


@pytest.mark.parametrize("by", [BY, DAY, -DAY, -BY / BY.days * 2])
def test_all_that_is_on_its_days_moves_as_many_days(any_world: World, by: timedelta) -> None:
    edition, ria, hall = any_world.edition, any_world.ria, any_world.hall
    nine, five = edition.moment(FRIDAY, time(9)), edition.moment(FRIDAY, time(17))
    db.session.add_all(
        [
            StageHours(stage_id=hall.id, starts_at=nine, ends_at=five),
            Availability(speaker_id=ria.id, starts_at=nine, ends_at=five),
            Block(edition_id=edition.id, kind="break", starts_at=nine, ends_at=five),
        ]
    )
    db.session.commit()
    [slot, *_others] = any_world.talk.all_slots
    for waiting in (slot, db.session.query(Block).one()):
        waiting.is_public = True
    db.session.commit()
    slots.move_slot(
        slot, stage=hall, starts_at=slot.starts_at + DAY, ends_at=slot.ends_at + DAY,
        seen=slot.version, now=NOW,
    )  # fmt: skip
    of = make.ticket_type(sale_until=edition.moment(FRIDAY, time(8)))
    closed = make.ticket_type(sale_until=NOW)
    ended = closed.sale_until
    before = {each.code: (each.sequence, edition.local(each.starts_at)) for each in all_slots()}
    moved(any_world, FRIDAY + by)
    db.session.expire_all()
    assert edition.days == [row.held_on for row in edition.day_rows]
    assert (edition.starts_on, edition.ends_on) == (FRIDAY + by, SUNDAY + by)
    for each in all_slots():
        sequence, local = before[each.code]
        now_local = edition.local(each.starts_at)
        assert (now_local.date(), now_local.time()) == (local.date() + by, local.time())
        assert each.sequence > sequence
    assert edition.local(draft.value(slot, "starts_at")).date() == FRIDAY + by + DAY
    spans = (db.session.query(Block).one(), ria.availability[0], hall.hours[0])
    expected = (edition.moment(FRIDAY + by, time(9)), edition.moment(FRIDAY + by, time(17)))
    assert {(each.starts_at, each.ends_at) for each in spans} == {expected}
    assert of.sale_until == edition.moment(FRIDAY + by, time(8))
    assert closed.sale_until == ended


def test_answers_are_kept_as_long_after_the_festival(any_world: World) -> None:
    diet = make.question()
    make.answer(diet, "geen noten", make.ticket())
    seen, erased_after = diet.version, diet.erase_on
    moved(any_world)
    assert diet.erase_on == erased_after + BY
    assert diet.version > seen, "a form that shows the former day would put it back"
    assert questions.overdue(today=erased_after + DAY) == []
    assert len(questions.overdue(today=erased_after + BY + DAY)) == 1


def test_codes_and_sales_that_are_not_over_move_along(any_world: World) -> None:
    began, ends, ended = NOW - 9 * DAY, NOW + 9 * DAY, NOW - DAY
    open_code = make.voucher(valid_from=began, valid_until=ends)
    to_come = make.voucher(valid_from=NOW + DAY, valid_until=ends)
    endless = make.voucher(valid_from=NOW + DAY)
    over = make.voucher(valid_from=began, valid_until=ended)
    last_minute = make.ticket_type(sale_from=NOW + DAY, sale_until=ends)
    on_sale = make.ticket_type(sale_from=began, sale_until=ends)
    moved(any_world)

    def later(at: datetime) -> datetime:
        local = any_world.edition.local(at)
        return any_world.edition.moment(local.date() + BY, local.time())

    assert (open_code.valid_from, open_code.valid_until) == (began, later(ends))
    assert (to_come.valid_from, to_come.valid_until) == (later(NOW + DAY), later(ends))
    assert (endless.valid_from, endless.valid_until) == (later(NOW + DAY), None)
    assert (over.valid_from, over.valid_until) == (began, ended)
    assert (last_minute.sale_from, last_minute.sale_until) == (later(NOW + DAY), later(ends))
    assert (on_sale.sale_from, on_sale.sale_until) == (began, later(ends))
    changed = (open_code, to_come, endless, last_minute, on_sale)
    assert {each.version for each in changed} == {2}, "older forms would put the old dates back"
    assert over.version == 1


def test_a_code_that_would_end_before_it_begins_begins_earlier_too(any_world: World) -> None:
    edition = any_world.edition
    began, ends = NOW - DAY, NOW + DAY
    code = make.voucher(valid_from=began, valid_until=ends)
    moved(any_world, FRIDAY - 3 * DAY)
    assert edition.local(code.valid_until) == edition.local(ends) - 3 * DAY
    assert edition.local(code.valid_from) == edition.local(began) - 3 * DAY


def all_slots() -> list[Slot]:
    return db.session.query(Slot).order_by(Slot.id).all()


def test_everybody_it_concerns_gets_one_letter(any_world: World) -> None:
    people.save_speaker(
        any_world.edition, any_world.ria, {"email": "ria@example.org"}, seen=1, now=NOW
    )
    order = make.order(tickets=3, name="Mia", email="mia@example.org", language="en")
    order.tickets[2].holder_email = "ali@example.org"
    ended = make.order(cancelled_at=NOW)
    ended.tickets[0].released_at = NOW
    make.order(confirmed_at=None, due_at=NOW, email="nog@example.org")
    make.booking(order.tickets[0], any_world.workshop.slots[0])
    moved(any_world)
    letters = db.session.query(Letter).filter_by(name="releases/edition_moved")
    by_address = {letter.to: letter for letter in letters}
    assert sorted(by_address) == [
        "ali@example.org", "mia@example.org", "nog@example.org", "ria@example.org",
    ]  # fmt: skip
    mia = by_address["mia@example.org"]
    assert mia.subject.endswith("has moved to Friday 5, Saturday 6 and Sunday 7 November 2027"), (
        mia.subject
    )
    assert order.secret in mia.body_text
    assert [each["kind"] for each in mia.attachments] == ["agenda_ics"]
    assert order.secret not in by_address["ali@example.org"].body_text
    assert any_world.ria.secret in by_address["ria@example.org"].body_text


def test_it_is_refused_on_the_same_day_when_it_changed_and_once_it_began(any_world: World) -> None:
    with pytest.raises(moving.StaysOnItsDays):
        moved(any_world, FRIDAY)
    with pytest.raises(ChangedMeanwhile):
        moving.move_edition(any_world.edition, NEXT_YEAR, seen=7, now=NOW)
    begun = any_world.edition.moment(FRIDAY, time(9))
    make.ticket()
    with pytest.raises(moving.HasBegun):
        moved(any_world, now=begun)
    assert any_world.edition.days[0] == FRIDAY


def test_it_does_not_move_to_days_that_are_over(any_world: World) -> None:
    began = any_world.edition.moment(FRIDAY, time(9))
    with pytest.raises(moving.DaysAreOver):
        moved(any_world, FRIDAY - DAY, now=began)
    assert any_world.edition.days[0] == FRIDAY
    moved(any_world, FRIDAY - DAY, now=began - DAY)
    assert any_world.edition.days[0] == FRIDAY - DAY
    # What is over may be put right.
    moved(any_world, FRIDAY, now=began + 30 * DAY)
    assert any_world.edition.days[0] == FRIDAY


def test_the_page_says_first_what_it_touches(
    app: Flask, visitor: FlaskClient, world: World
) -> None:
    make.sign_in(visitor, "organiser")
    ticket = make.ticket()
    make.booking(ticket, world.workshop.slots[0])
    slug = world.edition.slug
    page = f"/team/programma/{slug}/verplaatsen"
    assert page in visitor.get(f"/team/edities/{slug}").text
    assert "Nieuwe eerste dag" in visitor.get(page).text
    assert "Kies de nieuwe eerste dag." in visitor.get(page + "?eerste=").text
    answer = visitor.get(page + f"?eerste={FRIDAY}")
    assert "begint al op deze dag" in answer.text, "before anybody is told of letters"
    assert "krijgt een mail" not in answer.text
    for slip in ("9999-12-31", "0026-10-23"):
        answer = visitor.get(page + f"?eerste={slip}")
        assert (answer.status_code, "Dit jaar kan niet kloppen." in answer.text) == (422, True)
    asked = visitor.get(page + "?eerste=2027-11-05").text
    for said in (
        "vrijdag 5, zaterdag 6 en zondag 7 november 2027",
        "1 kaartje blijft geldig",
        "3 onderdelen in het rooster",
        "1 geboekte plek blijft",
        "1 mens krijgt een mail",
        "de geldigheid van codes",
        "laatste dagen om kaartjes te wijzigen of te annuleren",
        "de dag waarop we antwoorden op vragen wissen",
    ):
        assert said in asked
    assert world.edition.days[0] == FRIDAY
    answer = visitor.post(page, data={"eerste": "2027-11-05", "version": world.edition.version})
    assert answer.location.endswith(f"/team/edities/{slug}")
    assert world.edition.days[0] == NEXT_YEAR
    again = visitor.post(page, data={"eerste": "2027-11-05", "version": world.edition.version})
    assert again.status_code == 409
    assert "begint al op deze dag" in again.text
    feed = visitor.get("/wijzigingen").text
    assert "Verplaatst naar vrijdag 5, zaterdag 6 en zondag 7 november 2027" in feed


def test_an_edition_moves_out_of_the_hour_that_the_clocks_repeat(app: Flask) -> None:
    edition = make.edition()
    # Sunday 02.50, before the clocks go back, to 02.10 after that: twenty minutes.
    starts = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    slot = make.slot(make.session(title=Bilingual("Nacht")), starts=starts, minutes=20)
    moving.move_edition(edition, FRIDAY + DAY, seen=1, now=NOW)
    assert slot.starts_at < slot.ends_at
