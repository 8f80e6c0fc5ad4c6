"""The organiser's screens for ticket types and pools."""

from datetime import timedelta

import pytest

from festival import clock
from festival.db import db
from festival.tickets.models import Pool, TicketType
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW

LIST = "/team/kaartsoorten/"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def organiser(visitor):
    make.current_edition()
    make.sign_in(visitor, "organiser")
    return visitor


def fields(pool, **changed):
    return {
        "name_nl": "Weekend",
        "name_en": "",
        "price_cents": "65,00",
        "vat_percent": "21",
        "pool_id": str(pool.id),
        "days": ["2026-10-23", "2026-10-25"],
        "min_per_order": "1",
        "max_per_order": "10",
        "sale_from": "2026-01-05T10:00",
        "sale_until": "2026-10-25T02:30",
        "code": "",
        "position": "5",
        **changed,
    }


@pytest.mark.parametrize("role", ["finance", "programme", "editor", "checkin"])
def test_only_organisers_decide_what_is_sold(visitor, role):
    pool = make.ticket_type().pool
    make.sign_in(visitor, role)
    assert visitor.get(LIST).status_code == 403
    assert visitor.post(f"{LIST}nieuw", data=fields(pool)).status_code == 403
    assert visitor.post(f"{LIST}contingenten/{pool.slug}", data={}).status_code == 403


def test_a_type_is_made_changed_and_deleted(organiser):
    pool = make.pool()
    assert organiser.post(f"{LIST}nieuw", data=fields(pool)).location == LIST
    made = db.session.query(TicketType).one()
    assert (made.slug, made.price_cents, made.days) == (
        "weekend",
        6500,
        ["2026-10-23", "2026-10-25"],
    )
    # In the night in which the clocks go back, half past two comes twice: the first is meant.
    assert made.sale_until.isoformat() == "2026-10-25T00:30:00+00:00"
    assert made.sale_from.isoformat() == "2026-01-05T09:00:00+00:00"

    page = organiser.get(f"{LIST}weekend").text
    assert 'value="65,00"' in page
    assert 'value="2026-10-25T02:30"' in page
    organiser.post(f"{LIST}weekend", data=fields(pool, name_en="Weekend!", price_cents="70"))
    db.session.expire_all()
    assert (made.price_cents, made.name) == (7000, Bilingual("Weekend", "Weekend!"))

    assert "Weekend" in organiser.get(LIST).text
    organiser.post(f"{LIST}weekend/wis")
    assert db.session.query(TicketType).count() == 0


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name_nl": "  "}, "Vul een naam in."),
        ({"price_cents": ""}, "Vul een bedrag in, of 0 voor gratis."),
        ({"price_cents": "-1"}, "niet minder dan niets"),
        ({"days": []}, "Kies minstens één dag."),
        (
            {"min_per_order": "5", "max_per_order": "4"},
            "Het hoogste aantal ligt onder het laagste.",
        ),
        ({"sale_until": "2026-01-05T10:00"}, "De verkoop eindigt voordat ze begint."),
        # That night half past two does not exist: it is half past three by then.
        (
            {"sale_from": "2026-03-29T02:30", "sale_until": "2026-03-29T03:00"},
            "De verkoop eindigt voordat ze begint.",
        ),
        (
            {"sale_from": "2026-03-29T02:30", "sale_until": "2026-03-29T03:30"},
            "De verkoop eindigt voordat ze begint.",
        ),
        ({"sale_from": "0001-01-01T00:00"}, "Vul dag en tijd in."),
        ({"sale_until": "0026-10-25T00:00"}, "Vul dag en tijd in."),
        ({"sale_until": "morgen"}, "Ongeldige datum/tijd."),
        ({"code": "kort"}, "Kies een code van minstens 6 tekens."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(organiser, changed, words):
    answer = organiser.post(f"{LIST}nieuw", data=fields(make.pool(), **changed))
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.query(TicketType).count() == 0


@pytest.mark.parametrize(
    "changed", [{"pool_id": "999"}, {"vat_percent": "13"}, {"days": ["2020-01-01"]}]
)
def test_choices_that_are_not_offered_are_refused(organiser, changed):
    assert organiser.post(f"{LIST}nieuw", data=fields(make.pool(), **changed)).status_code == 422


@pytest.mark.parametrize("number", ["", "41"])
def test_a_number_that_is_missing_or_too_high_is_asked_for_with_its_limits(organiser, number):
    data = fields(make.pool(), max_per_order=number, position="")
    answer = organiser.post(f"{LIST}nieuw", data=data)
    assert answer.status_code == 422
    assert "Hoogstens per bestelling: Vul een getal van 1 tot 40 in." in answer.text
    assert "Volgorde: Vul een getal in." in answer.text
    assert db.session.query(TicketType).count() == 0


def test_the_list_says_on_the_clocks_of_the_festival_when_each_type_is_sold(organiser):
    make.current_edition().timezone = "Europe/Helsinki"
    make.ticket_type(sale_from=NOW + timedelta(seconds=1))
    make.ticket_type(sale_from=NOW)
    make.ticket_type(sale_until=NOW)
    page = organiser.get(LIST).text
    assert "<td>vanaf 1 okt 2026, 12.00</td>" in page
    assert "<td>tot 31 okt 2026, 11.00</td>" in page  # in winter time
    assert "<td>gesloten</td>" in page


def test_two_types_do_not_share_an_address(organiser):
    pool = make.pool()
    organiser.post(f"{LIST}nieuw", data=fields(pool))
    answer = organiser.post(f"{LIST}nieuw", data=fields(pool, price_cents="1,00"))
    assert answer.status_code == 409
    assert 'value="1,00"' in answer.text


def test_a_type_with_tickets_is_not_deleted(organiser):
    order = make.order()
    slug = order.tickets[0].type.slug
    assert organiser.post(f"{LIST}{slug}/wis").status_code == 409


def test_a_pool_grows_and_does_not_shrink_below_what_is_taken(organiser):
    assert (
        organiser.post(
            f"{LIST}contingenten/nieuw", data={"name": "Bezoekers", "capacity": "5"}
        ).location
        == LIST
    )
    pool = db.session.query(Pool).one()
    make.order(tickets=3, of=make.ticket_type(pool=pool))
    url = f"{LIST}contingenten/bezoekers"
    answer = organiser.post(url, data={"name": "Bezoekers", "capacity": "2"})
    assert answer.status_code == 409
    assert "al 3 kaartjes weg" in answer.text
    organiser.post(url, data={"name": "Gasten", "capacity": "3"})
    db.session.expire_all()
    assert (pool.name, pool.capacity) == ("Gasten", 3)
    assert organiser.post(f"{url}/wis").status_code == 409
    assert organiser.post(url, data={"name": "", "capacity": "-1"}).status_code == 422
