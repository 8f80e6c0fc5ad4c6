"""Tickets are kept from the shop to the order, with a clock that can be set back."""

import re
from datetime import timedelta

import pytest

from festival import clock
from festival.db import db
from festival.home import consistency_checks
from festival.tickets.holds import rules as holds
from festival.tickets.holds.models import Hold
from tests import make
from tests.kept_pages import forget_pages
from tests.make import NOW
from tests.payments.test_views import filled, order_of


class Clock:
    """The time on the page, to be set forward."""

    now = NOW


@pytest.fixture(autouse=True)
def time(monkeypatch, app):
    read = Clock()
    monkeypatch.setattr(clock, "now", lambda: read.now)
    yield read
    assert consistency_checks.pools() == []


@pytest.fixture
def of():
    """A free ticket type of which there are three."""
    return make.ticket_type(slug="bewoner", pool=make.pool(capacity=3))


def choose(visitor, **numbers):
    data = {name.replace("_", "-"): value for name, value in numbers.items()}
    return visitor.post("/kaartjes", data=data, token=False)


def kept_until(page):
    found = re.search(r"We houden je (?:\d+ )?kaartjes? vast tot ([\d.]+) uur", page)
    return found and found.group(1)


def test_choosing_keeps_the_tickets_and_the_order_has_them(visitor, of):
    answer = choose(visitor, n_bewoner="2", code="", plek="")
    [kept] = db.session.query(Hold)
    assert answer.status_code == 303
    assert answer.location == f"/bestellen?n-bewoner=2&vast={kept.secret}"
    assert of.pool.taken == 2
    page = visitor.get(answer.location).text
    assert kept_until(page) == "11.20"
    assert 'data-hold="1200"' in page
    order = order_of(visitor.post(answer.location, data=filled(page, kaartje_1_name="Zoë")))
    assert len(order.tickets) == of.pool.taken == 2
    assert db.session.query(Hold).count() == 0
    # Whoever goes back sees no clock that is not there.
    assert kept_until(visitor.get("/bestellen?n-bewoner=1").text) is None


def test_the_last_ones_are_for_who_chose_them(visitor, of, app):
    url = choose(visitor, n_bewoner="3").location
    other = app.test_client()
    assert "Uitverkocht" in other.get("/kaartjes").text
    refused = other.post("/kaartjes", data={"n-bewoner": "1"})
    assert refused.status_code == 409
    assert "zijn net uitverkocht" in refused.text
    assert other.get("/bestellen?n-bewoner=1").status_code == 409
    page = visitor.get(url).text
    shop = re.search(r'href="(/kaartjes\?[^"]+)"', page).group(1).replace("&amp;", "&")
    # In the shop, they may still choose what they hold.
    mine = visitor.get(shop).text
    assert "Uitverkocht" not in mine
    assert "<option selected>3</option>" in mine


def test_a_closed_tab_and_another_device_find_it_again(visitor, of, app):
    url = choose(visitor, n_bewoner="2").location
    assert visitor.get("/bestellen").location == url
    assert kept_until(visitor.get("/bestellen?n-bewoner=2").text) == "11.20"
    assert kept_until(app.test_client().get(url).text) == "11.20"
    assert app.test_client().get("/bestellen").status_code == 409  # nothing was chosen there


def test_another_choice_takes_the_place_of_the_first(visitor, of):
    choose(visitor, n_bewoner="3")
    choose(visitor, n_bewoner="1")
    assert (of.pool.taken, db.session.query(Hold).count()) == (1, 1)


def test_more_time_loses_nothing_that_was_typed(visitor, of, time):
    url = choose(visitor, n_bewoner="1").location
    page = visitor.get(url).text
    time.now = NOW + timedelta(minutes=18)
    answer = visitor.post(url, data=filled(page, langer="1", name="Mia Half"))
    assert answer.status_code == 200
    assert kept_until(answer.text) == "11.38"
    assert 'value="Mia Half"' in answer.text
    assert order_of(visitor.post(url, data=filled(answer.text))).tickets


def test_the_warning_names_no_button_that_is_not_there(visitor, of):
    warning, button = "krijg je er 20 bij", "Houd langer vast</button>"
    page = visitor.get(choose(visitor, n_bewoner="1").location).text
    assert (warning in page, button in page) == (True, True)
    of.sale_until = NOW + timedelta(minutes=10)
    db.session.commit()
    page = visitor.get(choose(visitor, n_bewoner="1").location).text
    assert kept_until(page) == "11.10"
    assert (warning in page, button in page) == (False, False)
    assert "Nog 2 minuten houden we je kaartjes vast. Bestel ze" in page


def test_after_the_end_they_are_kept_again_if_there_are_any(visitor, of, time):
    url = choose(visitor, n_bewoner="2").location
    page = visitor.get(url).text
    time.now = NOW + holds.HOLD_FOR
    holds.lapse_holds(clock.now)
    assert of.pool.taken == 0
    over = visitor.get(url).text
    assert "data-hold-over hidden" not in over
    assert "Houd weer vast" in over
    answer = visitor.post(url, data=filled(page, langer="1", name="Mia Half"))
    assert kept_until(answer.text) == "11.40"
    assert 'value="Mia Half"' in answer.text
    secret = re.search(r'name="vast" value="([^"]+)"', answer.text).group(1)
    assert db.session.query(Hold).one().secret == secret
    data = filled(answer.text, kaartje_1_name="Zoë") | {"vast": secret}
    assert len(order_of(visitor.post(url, data=data)).tickets) == of.pool.taken == 2


def test_kept_again_in_english_they_are_found_by_the_address_that_was_there(visitor, of, time):
    url = visitor.post("/en/kaartjes", data={"n-bewoner": "3"}).location
    page = visitor.get(url).text
    time.now = NOW + holds.HOLD_FOR
    holds.lapse_holds(clock.now)
    assert visitor.post(url, data=filled(page, langer="1")).status_code == 200
    [kept] = db.session.query(Hold)
    assert visitor.get("/bestellen").location == f"/en/bestellen?n-bewoner=3&vast={kept.secret}"
    again = visitor.get(url)  # with the secret of the hold that is over
    assert again.status_code == 200
    assert "until 11.40" in again.text
    assert f"vast={kept.secret}" in re.search(r'href="(/en/kaartjes\?[^"]+)"', again.text).group(1)


def test_keeping_again_asks_what_the_shop_asks(visitor, of, time):
    url = choose(visitor, n_bewoner="1").location
    page = visitor.get(url).text
    # Instead of what this browser keeps, not besides.
    again = visitor.post(url, data=filled(page, langer="1", vast="weg"))
    assert (again.status_code, of.pool.taken) == (200, 1)
    holds.lapse_holds(lambda: NOW + holds.HOLD_FOR)
    for wrong in (
        {"max_per_order": 1},
        {"sale_from": NOW + timedelta(days=1)},
        {"sale_until": NOW},
    ):
        other = make.ticket_type(**wrong)
        form = filled(page, langer="1", kaartje_1_name="Zoë")
        answer = visitor.post(f"/bestellen?n-{other.slug}=2", data=form)
        assert (answer.status_code, other.pool.taken) == (409, 0), wrong


def test_a_form_that_another_site_sends_leaves_the_session(visitor, of):
    for sent_by in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elders.example"}):
        answer = visitor.post("/kaartjes", data={"n-bewoner": "1"}, token=False, headers=sent_by)
        assert "vast=" in answer.location
        assert "Set-Cookie" not in answer.headers


def test_after_the_end_an_order_goes_on_or_is_told_that_they_are_gone(visitor, of, time):
    url = choose(visitor, n_bewoner="3").location
    page = visitor.get(url).text
    time.now = NOW + holds.HOLD_FOR
    holds.lapse_holds(clock.now)
    make.order(of=of)
    for button in ({}, {"langer": "1"}):
        data = filled(page, name="Mia Half", kaartje_1_name="B", kaartje_2_name="C") | button
        answer = visitor.post(url, data=data)
        assert answer.status_code == 409
        assert "nog maar 2 vrij" in answer.text
        assert 'value="Mia Half"' in answer.text


def test_without_a_hold_ordering_works_as_ever(visitor, of):
    page = visitor.get("/bestellen?n-bewoner=1").text
    assert "data-hold" not in page
    assert order_of(visitor.post("/bestellen?n-bewoner=1", data=filled(page))).tickets


def test_bad_input_holds_nothing(visitor, of):
    for data in ({}, {"n-bewoner": "0"}, {"n-weg": "1"}, {"n-bewoner": "-1"}, {"n-bewoner": "99"}):
        answer = visitor.post("/kaartjes", data=data)
        assert answer.status_code == 409, data
        assert 'role="alert"' in answer.text or "error" in answer.text
    assert db.session.query(Hold).count() == 0
    assert visitor.get("/bestellen?n-bewoner=1&vast=onzin").status_code == 200


def test_a_code_goes_along(visitor):
    make.ticket_type(slug="crew", code="HESJE")
    answer = choose(visitor, n_crew="1", code="hesje")
    assert re.match(r"/bestellen\?code=hesje&n-crew=1&vast=", answer.location)
    assert visitor.get(answer.location).status_code == 200
    forget_pages()
    assert choose(visitor, n_crew="1").status_code == 409


def test_in_english(visitor, of):
    answer = visitor.post("/en/kaartjes", data={"n-bewoner": "1"})
    assert answer.location.startswith("/en/bestellen?")
    assert "We keep your ticket for you until 11.20" in visitor.get(answer.location).text
