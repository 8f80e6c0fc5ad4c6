"""The organiser makes, changes, lists and deletes extras."""

import pytest

from festival import clock, sheets
from festival.db import db
from festival.team.models import AuditEntry
from festival.tickets.extras.models import Extra
from festival.tickets.extras.taking import ExtraRequest
from festival.tickets.rules import ordering
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW

SENT = {
    "name_nl": "T-shirt",
    "kind": "order",
    "price_cents": "19,50",
    "vat_category": "standard",
    "capacity": "10",
    "is_on": "y",
    "position": "5",
}


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def ordered(extra):
    of = make.ticket_type(price_cents=500)
    ticket = 0 if extra.is_per_ticket else None
    wanted = make.order_request(of, extras=[ExtraRequest(extra.slug, ticket)])
    return ordering.place_order(of.edition, wanted, now=NOW)


def test_each_size_becomes_an_extra_with_its_own_stock(organiser):
    assert "Nog niets" in organiser.get("/team/erbij/").text
    answer = organiser.post("/team/erbij/nieuw", data=SENT | {"sizes": "S, M,, M ,XL"})
    assert answer.status_code == 303
    made = db.session.query(Extra).order_by(Extra.id).all()
    assert [(each.slug, each.name.nl, each.capacity) for each in made] == [
        ("t-shirt-s", "T-shirt S", 10),
        ("t-shirt-m", "T-shirt M", 10),
        ("t-shirt-xl", "T-shirt XL", 10),
    ]
    assert made[0].price_cents == 1950
    assert "T-shirt XL" in organiser.get("/team/erbij/").text
    assert organiser.post("/team/erbij/nieuw", data=SENT | {"sizes": "S"}).status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"name_nl": ""},
        {"price_cents": "veel"},
        {"price_cents": "-1"},
        {"price_cents": ""},
        {"kind": ""},
        {"capacity": "-1"},
        {"vat_category": "exempt"},
    ],
)
def test_a_wrong_form_loses_nothing(organiser, wrong):
    page = organiser.post("/team/erbij/nieuw", data=SENT | {"description_nl": "Katoen"} | wrong)
    assert page.status_code == 422
    assert "Katoen" in page.text
    assert db.session.query(Extra).count() == 0


def test_what_is_ordered_keeps_its_kind_and_stock_and_stays(organiser):
    extra = make.extra(slug="lunch", is_per_ticket=False, capacity=5)
    order = ordered(extra)
    sent = SENT | {"version": "1"}
    low = organiser.post("/team/erbij/lunch", data=sent | {"capacity": "0"})
    assert "Kies minstens 1" in low.text
    kind = organiser.post("/team/erbij/lunch", data=sent | {"kind": "ticket"})
    assert "Dit is al besteld." in kind.text
    db.session.expire_all()
    assert extra.capacity == 5
    assert organiser.post("/team/erbij/lunch", data=sent | {"capacity": "1"}).status_code == 303
    late = organiser.post("/team/erbij/lunch", data=sent | {"capacity": "9"})
    assert late.status_code == 409, "somebody else changed it meanwhile"
    page = organiser.get("/team/erbij/lunch").text
    assert order.code in page
    organiser.post("/team/erbij/lunch/wis")
    assert db.session.query(Extra).count() == 1
    csv = organiser.get("/team/erbij/lunch/lijst.csv").text
    assert order.code in csv
    verbs = {verb for (verb,) in db.session.query(AuditEntry.verb)}
    assert "change_extra" in verbs


def test_what_nobody_ordered_is_deleted(organiser):
    make.extra(slug="lunch")
    assert organiser.post("/team/erbij/lunch/wis").status_code == 303
    assert db.session.query(Extra).count() == 0
    assert organiser.get("/team/erbij/lunch").status_code == 404


def test_the_caterer_gets_the_numbers_per_day_without_names(organiser):
    [saturday] = make.days("2026-10-24")
    lunch = make.extra(slug="lunch", name=Bilingual("Lunch", "Lunch"), day_id=saturday.id)
    make.extra(slug="sjaal", name=Bilingual("Sjaal", "Scarf"), capacity=4)
    order = ordered(lunch)
    csv = organiser.get("/team/erbij/aantallen.csv").text.lstrip("\ufeff").splitlines()
    assert csv == [
        "day;extra;ordered;paid;handed_out;left",
        ";Sjaal;0;0;0;4",
        "2026-10-24;Lunch;1;0;0;",
    ]
    assert order.name not in "".join(csv)
    book = organiser.get("/team/erbij/aantallen.xlsx").data
    rows = sheets.read(book)
    assert [str(each) for each in rows[2]][:3] == ["2026-10-24", "Lunch", "1"]
    assert "zaterdag 24 oktober" in organiser.get("/team/erbij/").text


def test_an_extra_is_for_a_day_and_may_be_nothing_to_hand_out(organiser):
    sent = SENT | {"day": "2026-10-24", "is_handed_out": "y"}
    assert organiser.post("/team/erbij/nieuw", data=sent).status_code == 303
    made = db.session.query(Extra).one()
    assert str(made.day.held_on) == "2026-10-24"
    assert made.is_handed_out
    changed = organiser.post("/team/erbij/t-shirt", data=SENT | {"day": "", "version": "1"})
    assert changed.status_code == 303
    db.session.expire_all()
    assert (made.day, made.is_handed_out) == (None, False)
    wrong = organiser.post("/team/erbij/nieuw", data=SENT | {"day": "2020-01-01"})
    assert "Deze keuze is er niet meer." in wrong.text
