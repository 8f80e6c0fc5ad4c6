"""The organiser's screens for pools; who may open them is in test_backoffice.py."""

import pytest

from festival import clock
from festival.db import db
from festival.tickets.models import Pool
from tests import make
from tests.make import NOW
from tests.scheduling.test_backoffice import form_of, shown
from tests.tickets.test_backoffice import LIST, as_sent

POOLS = f"{LIST}contingenten/"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def test_a_pool_grows_and_does_not_shrink_below_what_is_taken(organiser):
    data = {"name": "Bezoekers", "capacity": "5"}
    assert organiser.post(f"{POOLS}nieuw", data=data).location == LIST
    pool = db.session.query(Pool).one()
    make.order(tickets=3, of=make.ticket_type(pool=pool))
    url = f"{POOLS}bezoekers"
    answer = organiser.post(url, data={"name": "Bezoekers", "capacity": "2"})
    assert answer.status_code == 409
    assert "Kies minstens 3: zoveel kaartjes" in answer.text
    organiser.post(url, data={"name": "Gasten", "capacity": "3"})
    db.session.expire_all()
    assert (pool.name, pool.capacity) == ("Gasten", 3)
    assert organiser.post(f"{url}/wis").status_code == 409
    assert organiser.post(url, data={"name": "", "capacity": "-1"}).status_code == 422


def test_the_form_of_a_pool_says_how_many_are_gone(organiser):
    pool = make.pool(name="Bezoekers", capacity=5)
    of = make.ticket_type(pool=pool)
    assert "Er zijn 0 kaartjes weg." in shown(organiser.get(f"{POOLS}{pool.slug}"))
    make.order(of=of)
    page = shown(organiser.get(f"{POOLS}{pool.slug}"))
    assert "Er is 1 kaartje weg." in page
    assert as_sent({"name": "Bezoekers", "capacity": "5"}).items() <= form_of(page).items()
    assert "1 ticket is taken." in shown(organiser.get(f"/en{POOLS}{pool.slug}"))


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"name": "<Gasten>", "capacity": "veel"}, 422, "Aantal kaartjes: "),
        ({"name": "<Gasten>", "capacity": "100001"}, 422, "Aantal kaartjes: "),
        ({"name": "", "capacity": "7"}, 422, "Naam: Vul een naam in."),
        ({"name": "<Gasten>", "capacity": "0"}, 409, "zoveel kaartjes van dit contingent"),
    ],
)
def test_what_was_typed_is_kept_and_the_pool_stays_as_it_is(organiser, typed, status, words):
    pool = make.pool(name="Bezoekers", capacity=5)
    make.order(of=make.ticket_type(pool=pool))
    page = shown(organiser.post(f"{POOLS}{pool.slug}", data=typed), status)
    assert words in page
    assert as_sent(typed).items() <= form_of(page).items()
    assert (pool.name, pool.capacity) == ("Bezoekers", 5)


def test_two_pools_do_not_share_an_address(organiser):
    make.pool(slug="bezoekers")
    typed = {"name": "BEZOEKERS", "capacity": "7"}
    page = shown(organiser.post(f"{POOLS}nieuw", data=typed), 409)
    assert "Het adres “bezoekers” is al van iets anders." in page
    assert as_sent(typed).items() <= form_of(page).items()
    assert db.session.query(Pool).count() == 1


def test_a_pool_that_nothing_draws_from_is_deleted_and_said_to_be(organiser):
    pool = make.pool()
    answer = organiser.post(f"{POOLS}{pool.slug}/wis")
    assert "Het contingent is gewist." in shown(organiser.get(answer.location))
    assert db.session.query(Pool).count() == 0
