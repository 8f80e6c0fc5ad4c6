"""The list on the overview that leads an organiser from empty to open."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from festival import clock
from festival.db import db
from festival.editions import rules
from festival.home.checklist import checklist
from festival.programme.models.releases import Release
from festival.tickets import vat_rules
from festival.tickets.models import TicketType
from festival.web.languages import Bilingual
from tests import make
from tests.home.test_dashboard import shown
from tests.make import NOW
from tests.world import at


@pytest.fixture(autouse=True)
def _before_the_festival(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def steps(client: FlaskClient, path: str = "/team/") -> list[tuple[str, str]]:
    """The words of each step, and its state."""
    section = shown(client, path).partition('id="op-weg"')[2].partition("</section>")[0]
    rows = re.findall(r"<li.*?<span>(.*?)</span>.*?<span class=\"status.*?>(.*?)</span>", section)
    return [(re.sub(r"<[^>]*>", "", words), state) for words, state in rows]


def states(client: FlaskClient) -> list[str]:
    return [state for _words, state in steps(client)]


def pages(client: FlaskClient) -> list[str]:
    section = shown(client).partition('id="op-weg"')[2].partition("</section>")[0]
    return re.findall(r'href="([^"]*)"', section)


def test_from_nothing_to_open(visitor: FlaskClient) -> None:
    make.sign_in(visitor, "organiser")
    later, up_next, done = "later", "nu aan de beurt", "klaar"
    assert states(visitor) == [up_next, *[later] * 7]
    assert pages(visitor) == ["/team/edities/nieuw"]

    edition = make.edition(slug="dit")
    assert states(visitor) == [done, up_next, *[later] * 4, done, later]
    for page in pages(visitor):
        assert visitor.get(page).status_code == 200, page
    assert pages(visitor) == [
        "/team/edities/dit",
        "/team/programma/dit/podia",
        "/team/kaartsoorten/",
        "/team/btw/",
        "/team/programma/dit/onderdelen",
        "/team/programma/dit/publiceren",
        "/team/edities/",
        "/team/kaartsoorten/",
    ]

    stage = make.stage(edition_id=edition.id)
    assert states(visitor)[:3] == [done, done, up_next]
    session = make.session(edition_id=edition.id)  # before the ticket types: the order is free
    make.slot(session, stage=stage)
    assert states(visitor)[2:6] == [up_next, later, done, later]
    pool = make.pool(edition_id=edition.id, capacity=0)
    type_ = make.ticket_type(
        edition_id=edition.id,
        pool=pool,
        sale_from=NOW + timedelta(days=1),
        price_cents=4500,
        vat_category="",
    )
    assert states(visitor)[2:6] == [done, up_next, done, later]
    vat_rules.change_vat(type_, {"vat_category": "reduced"}, seen=type_.version, now=NOW)
    assert states(visitor)[2:6] == [done, done, done, up_next]
    kept = {"name": Bilingual("Eerste", "First"), "released_at": NOW}
    db.session.add(Release(edition_id=edition.id, number=1, kind="change", **kept))
    db.session.commit()
    assert states(visitor)[5] == up_next, "a change on the day publishes no programme"
    db.session.add(Release(edition_id=edition.id, number=2, kind="release", **kept))
    db.session.commit()
    assert states(visitor)[5:] == [done, done, up_next]
    edition.is_current = False
    db.session.commit()
    assert states(visitor)[5:] == [done, up_next, later]
    rules.make_current(edition, now=NOW)
    assert states(visitor)[5:] == [done, done, up_next]
    sold = db.session.get_one(TicketType, type_.id)
    sold.sale_from, sold.sale_until = NOW - timedelta(days=2), NOW - timedelta(days=1)
    db.session.commit()
    assert states(visitor)[5:] == [done, done, up_next], "a sale that is over is not open"
    sold = db.session.get_one(TicketType, type_.id)
    sold.sale_from, sold.sale_until = NOW, NOW + timedelta(days=1)
    db.session.commit()
    assert states(visitor)[6:] == [done, up_next], "there is not a single ticket yet"
    sold = db.session.get_one(TicketType, type_.id)
    sold.pool.capacity = 1
    db.session.commit()
    assert steps(visitor) == []


def test_in_english(visitor: FlaskClient) -> None:
    make.edition()
    make.sign_in(visitor, "organiser")
    assert ("Add stages", "up next") in steps(visitor, "/en/team/")


def test_it_is_gone_when_the_festival_begins(app) -> None:
    edition = make.edition()
    with app.test_request_context():
        assert checklist(edition, now=at(23, 7)) == []


@pytest.mark.parametrize("role", ["checkin", "editor"])
def test_it_is_for_whoever_can_do_something_about_it(visitor: FlaskClient, role: str) -> None:
    make.sign_in(visitor, role)
    assert steps(visitor) == []
    make.edition()
    assert steps(visitor) == []


def test_finance_sees_that_the_vat_is_to_be_set(visitor: FlaskClient) -> None:
    make.edition()
    make.sign_in(visitor, "finance")
    assert pages(visitor) == ["/team/btw/"]


def test_a_maker_of_the_programme_sees_all_steps_and_links_of_their_own(
    visitor: FlaskClient,
) -> None:
    make.edition(slug="dit")
    make.sign_in(visitor, "programme")
    assert len(steps(visitor)) == 8
    assert {page.split("/")[2] for page in pages(visitor)} == {"programma"}


def test_it_is_about_the_edition_one_works_in(visitor: FlaskClient) -> None:
    make.stage()
    make.edition(slug="2027", is_current=False)
    make.sign_in(visitor, "organiser")
    assert states(visitor)[1] == "klaar"
    visitor.post("/team/edities/", data={"edition": "2027"})
    assert states(visitor)[1] == "nu aan de beurt"
