"""Choosing places inside another form: what it draws is what is read back."""

import re
from datetime import UTC, date, datetime, timedelta

import html5lib
from flask import render_template_string
from werkzeug.datastructures import MultiDict

from festival.bookings.forms import MOST_SLOTS, ChosenSlots, read_chosen_slots
from festival.bookings.queries import bookable_slots
from festival.web.languages import Bilingual
from tests import make

ELEVEN = datetime(2026, 10, 23, 9, 0, tzinfo=UTC)
PAGE = (
    '{% import "bookings/choose.html" as choose with context %}<form>'
    "{{ choose.choose_slots(groups, chosen, prefix, errors, days) }}</form>"
)


def drawn(app, **values):
    given = {"chosen": None, "prefix": "t0", "errors": (), "days": None, **values}
    with app.test_request_context():
        html = render_template_string(PAGE, language="nl", **given)
    parser = html5lib.HTMLParser(namespaceHTMLElements=False, strict=False)
    return parser.parseFragment(html), html


def sent(form):
    """What a browser without JavaScript sends for the form as it stands."""
    fields = []
    for control in form.iter():
        name = control.get("name")
        if (
            control.tag == "input"
            and "checked" in control.attrib
            and "disabled" not in control.attrib
        ):
            fields.append((name, control.get("value")))
        elif control.tag == "select":
            options = list(control.iter("option"))
            chosen = [option for option in options if "selected" in option.attrib] or options[:1]
            fields.append((name, chosen[0].get("value")))
        elif control.tag == "textarea":
            fields.append((name, control.text or ""))
    return MultiDict(fields)


def a_programme():
    workshop = make.slot(make.session(title=Bilingual("Brood bakken", "")), places=3)
    full = make.slot(places=0, starts=ELEVEN + timedelta(hours=1))
    saturday = make.slot(starts=ELEVEN + timedelta(days=1))
    make.slot(places=None)
    coach = make.session(kind="coaching", title=Bilingual("Praten met Ria", ""))
    coached = make.slot(coach, places=1, minutes=20, starts=ELEVEN + timedelta(hours=4))
    return workshop, full, saturday, coached


def test_groups_hold_what_can_be_booked_by_day_in_one_query(app, count_queries):
    workshop, full, saturday, coached = a_programme()
    edition = make.current_edition()
    assert edition.id
    with count_queries() as statements:
        groups = bookable_slots.choosable_slots(edition, make.NOW)
    assert len([each for each in statements if each.startswith("SELECT")]) == 1
    assert [group.day for group in groups] == [date(2026, 10, 23), date(2026, 10, 24)]
    friday = groups[0]
    assert [slot.code for slot in friday.workshops] == [workshop.code, full.code]
    assert [slot.places_left for slot in friday.workshops] == [3, 0]
    assert [slot.code for slot in friday.coaches[0].slots] == [coached.code]
    assert groups[1].workshops[0].code == saturday.code


def test_a_closed_slot_is_not_offered(app):
    slot = make.slot(starts=ELEVEN)
    edition = make.current_edition()
    closes = slot.booking_closes_at
    assert bookable_slots.choosable_slots(edition, closes) == []
    assert bookable_slots.choosable_slots(edition, closes - timedelta(seconds=1))


def test_nothing_chosen_is_read_back_as_nothing(app):
    a_programme()
    form, _ = drawn(app, groups=bookable_slots.choosable_slots(make.current_edition(), make.NOW))
    assert read_chosen_slots(sent(form), "t0") == ChosenSlots((), "")


def test_a_choice_is_read_back_with_its_question(app):
    workshop, _full, saturday, coached = a_programme()
    groups = bookable_slots.choosable_slots(make.current_edition(), make.NOW)
    choice = ChosenSlots((workshop.code, saturday.code, coached.code), "Hoe <begin> ik?")
    form, _ = drawn(app, groups=groups, chosen=choice)
    back = read_chosen_slots(sent(form), "t0")
    assert set(back.slots) == set(choice.slots)
    assert back.question == choice.question


def test_tickets_in_one_form_do_not_mix(app):
    workshop, *_ = a_programme()
    groups = bookable_slots.choosable_slots(make.current_edition(), make.NOW)
    form, html = drawn(app, groups=groups, chosen=ChosenSlots((workshop.code,)), prefix="t1")
    assert read_chosen_slots(sent(form), "t0") == ChosenSlots()
    assert read_chosen_slots(sent(form), "t1").slots == (workshop.code,)
    ids = re.findall(r'id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert all(each.startswith("t1-") for each in ids)


def test_only_the_days_of_the_ticket(app):
    workshop, _full, saturday, coached = a_programme()
    groups = bookable_slots.choosable_slots(make.current_edition(), make.NOW)
    _, html = drawn(app, groups=groups, days=[date(2026, 10, 24)])
    assert saturday.code in html
    assert workshop.code not in html
    assert coached.code not in html
    assert "coach" not in html.replace("choose-coach", "")


def test_a_full_slot_cannot_be_ticked_but_a_tick_that_was_there_stays(app):
    _workshop, full, *_ = a_programme()
    groups = bookable_slots.choosable_slots(make.current_edition(), make.NOW)
    form, _ = drawn(app, groups=groups)
    [box] = [each for each in form.iter("input") if each.get("value") == full.code]
    assert box.get("name") == "t0-wacht"  # it offers its waiting list instead
    # Chosen before the last place went: the visitor sees it still, and hears what is the matter.
    form, html = drawn(app, groups=groups, chosen=ChosenSlots((full.code,)), errors=["Net vol."])
    assert read_chosen_slots(sent(form), "t0").slots == (full.code,)
    assert "Net vol." in html


def test_every_control_has_a_name_of_its_own(app):
    a_programme()
    groups = bookable_slots.choosable_slots(make.current_edition(), make.NOW)
    form, _ = drawn(app, groups=groups)
    labelled = {label.get("for") for label in form.iter("label")}
    for control in [*form.iter("select"), *form.iter("textarea")]:
        assert control.get("id") in labelled


def test_thousands_of_places_are_not_looked_for() -> None:
    """PostgreSQL takes 65 535 values in one statement; nobody walks to that many slots."""
    slots = [f"X{number}" for number in range(70_000)]
    assert len(read_chosen_slots(MultiDict({"t0-slot": slots}), "t0").slots) == MOST_SLOTS
