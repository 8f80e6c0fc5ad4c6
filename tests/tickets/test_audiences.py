"""Who a ticket type is for: the shop shows those of each audience together."""

import pytest

from festival import clock
from festival.db import db
from festival.tickets.models import AUDIENCES, TicketType
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def sold(name, kind, **values):
    return make.ticket_type(name=Bilingual(name, name), audience_kind=kind, **values)


def test_types_of_one_audience_stand_together_in_a_fixed_order(visitor):
    sold("Helper", "crew", position=1)
    sold("Kind", "child", position=2)
    sold("Dag", "regular", position=3)
    sold("Kleuter", "child", position=0)
    page = visitor.get("/kaartjes").text
    headings = [page.index(f'id="voor-{kind}"') for kind in ("regular", "child", "crew")]
    assert headings == sorted(headings)
    child = page[headings[1] : headings[2]]
    assert child.index("Kleuter") < child.index("Kind")
    assert "Dag" not in child
    assert 'href="#voor-child"' in page
    assert 'id="voor-student"' not in page
    assert '<h3 class="offer-name">' in page
    assert "For children" in visitor.get("/en/kaartjes").text


def test_one_audience_has_no_headings(visitor):
    sold("Dag", "regular")
    page = visitor.get("/kaartjes").text
    assert "offers-group" not in page
    assert '<h2 class="offer-name">' in page


@pytest.mark.parametrize("kind", AUDIENCES)
def test_the_organiser_chooses_it(organiser, kind):
    of = sold("Dag", "regular")
    url = f"/team/kaartsoorten/{of.slug}"
    page = organiser.get(url).text
    assert 'name="audience_kind"' in page
    sent = {
        "version": "1", "name_nl": "Dag", "audience_kind": kind, "price_cents": "0",
        "vat_category": "", "pool_id": str(of.pool_id), "days": [str(of.admits_on[0])],
        "min_per_order": "1", "max_per_order": "4", "position": "1",
        "sale_from": "2026-09-01T10:00", "sale_until": "2026-10-20T10:00",
    }  # fmt: skip
    assert organiser.post(url, data=sent).status_code == 303
    assert db.session.query(TicketType.audience_kind).scalar() == kind
    assert organiser.post(url, data=sent | {"audience_kind": "iedereen"}).status_code == 422
