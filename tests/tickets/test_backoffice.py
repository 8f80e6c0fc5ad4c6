"""The organiser's screens for ticket types and pools."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from festival import clock
from festival.accounts.models import ROLES
from festival.db import db
from festival.team.models import AuditEntry
from festival.tickets.models import Pool, TicketType
from festival.tickets.rules import ending
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW
from tests.scheduling.test_backoffice import form_of, shown

LIST = "/team/kaartsoorten/"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def fields(pool, **changed):
    return {
        "name_nl": "Weekend",
        "name_en": "",
        "price_cents": "65,00",
        "vat_category": "standard",
        "pool_id": str(pool.id),
        "days": ["2026-10-23", "2026-10-25"],
        "min_per_order": "1",
        "max_per_order": "10",
        "sale_from": "2026-01-05T10:00",
        "sale_until": "2026-10-25T02:30",
        "position": "5",
        **changed,
    }


def as_sent(data):
    """Fields as form_of reads them."""
    return {name: value if isinstance(value, list) else [value] for name, value in data.items()}


def every_page(of):
    """All addresses of these screens, and how they are asked for."""
    slug, pool = of.slug, of.pool.slug
    return [
        ("get", LIST),
        ("get", f"{LIST}nieuw"),
        ("post", f"{LIST}nieuw"),
        ("get", f"{LIST}{slug}"),
        ("post", f"{LIST}{slug}"),
        ("post", f"{LIST}{slug}/wis"),
        ("get", f"{LIST}contingenten/nieuw"),
        ("post", f"{LIST}contingenten/nieuw"),
        ("get", f"{LIST}contingenten/{pool}"),
        ("post", f"{LIST}contingenten/{pool}"),
        ("post", f"{LIST}contingenten/{pool}/wis"),
    ]


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"organiser"}))
def test_only_organisers_decide_what_is_sold(visitor, role):
    of = make.ticket_type()
    pages = every_page(of)
    data = fields(of.pool, name="Bezoekers", capacity="5")
    make.sign_in(visitor, role)
    for method, url in pages:
        answer = getattr(visitor, method)(url, data=data if method == "post" else None)
        assert answer.status_code == 403, url
        assert "Weekend" not in answer.text
    assert LIST not in visitor.get("/team/").text
    assert db.session.query(TicketType).all() == [of]
    assert db.session.query(Pool).all() == [of.pool]


def test_strangers_are_sent_to_sign_in(visitor):
    of = make.ticket_type()
    for method, url in every_page(of):
        answer = getattr(visitor, method)(url)
        assert answer.status_code == 302, url
        assert answer.location.startswith("/team/inloggen?"), answer.location
    assert db.session.query(TicketType).all() == [of]


def test_what_is_not_there_or_of_another_year_is_not_found(organiser):
    next_year = make.edition(is_current=False)
    pool = make.pool(edition_id=next_year.id)
    of = make.ticket_type(edition_id=next_year.id, pool=pool)
    for method, url in every_page(of):
        if of.slug in url or of.pool.slug in url:
            answer = getattr(organiser, method)(url, data={"name": "Mijn", "capacity": "1"})
            assert answer.status_code == 404, url
    assert pool.capacity == 100
    # Another year's pool cannot be drawn from either.
    assert organiser.post(f"{LIST}nieuw", data=fields(pool)).status_code == 422


def test_before_there_is_an_edition_there_is_nothing_to_sell(visitor):
    make.sign_in(visitor, "organiser")
    assert [visitor.get(f"{LIST}{page}").status_code for page in ("", "nieuw")] == [409, 409]


def test_a_type_is_made_changed_and_deleted(organiser):
    pool = make.pool()
    assert organiser.post(f"{LIST}nieuw", data=fields(pool)).location == LIST
    made = db.session.query(TicketType).one()
    assert (made.slug, made.price_cents, made.days) == (
        "weekend",
        6500,
        make.days("2026-10-23", "2026-10-25"),
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
        ({"sale_from": "0001-01-01T00:00"}, "Dit jaar kan niet kloppen."),
        ({"sale_until": "0026-10-25T00:00"}, "Dit jaar kan niet kloppen."),
        ({"sale_until": "morgen"}, "Deze dag en tijd bestaan niet. Kijk ze nog eens na."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(organiser, changed, words):
    answer = organiser.post(f"{LIST}nieuw", data=fields(make.pool(), **changed))
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.query(TicketType).count() == 0


def test_a_new_type_begins_with_what_most_types_have(organiser):
    make.pool(name="Bezoekers")
    form = form_of(shown(organiser.get(f"{LIST}nieuw")))
    offered = {"min_per_order": "1", "max_per_order": "10", "position": "100", "vat_category": ""}
    days = {"days": ["2026-10-23", "2026-10-24", "2026-10-25"]}
    empty = dict.fromkeys(("name_nl", "price_cents", "sale_from", "sale_until"), "")
    assert as_sent(offered | days | empty).items() <= form.items()


def test_a_type_is_shown_as_it_is_and_saved_unchanged_when_nothing_is_typed(organiser):
    of = make.ticket_type(
        name=Bilingual("Weekend", "The weekend"),
        audience=Bilingual("Voor iedereen", ""),
        description=Bilingual("Regel\nen regel", "Lines"),
        vat_category="exempt",
        vat_reason="artikel 11",
        days=["2026-10-24"],
        is_hidden=True,
        min_per_order=2,
        max_per_order=4,
        position=0,
        price_cents=123_456,
        sale_from=datetime(2026, 3, 29, 0, 59, tzinfo=UTC),  # a minute before summer time
        sale_until=datetime(2026, 10, 25, 2, 0, tzinfo=UTC),  # and where winter time is sure
    )
    columns = {column.name for column in TicketType.__table__.columns} - {"version"}
    before = [getattr(of, each, None) for each in columns], of.name, of.audience, of.description
    form = form_of(shown(organiser.get(f"{LIST}{of.slug}")))
    sale = {"sale_from": "2026-03-29T01:59", "sale_until": "2026-10-25T03:00"}
    price = {
        "price_cents": "1234,56",
        "vat_category": "exempt",
        "vat_reason": "artikel 11",
        "days": "2026-10-24",
    }
    assert as_sent(sale | price).items() <= form.items()
    assert organiser.post(f"{LIST}{of.slug}", data=form).location == LIST
    after = [getattr(of, each, None) for each in columns], of.name, of.audience, of.description
    assert after == before
    entry = db.session.query(AuditEntry).filter_by(verb="change_ticket_type").one()
    assert entry.details == {"fields": []}


WRONG = {
    "name_nl": "n" * 81,
    "name_en": 'Weekend "lang"',
    "description_nl": "<p>uitleg",
    "price_cents": "vijf",
    "vat_category": "standard",
    "days": ["2026-10-24"],
    "min_per_order": "drie",
    "max_per_order": "99",
    "sale_from": "gisteren",
    "sale_until": "2026-02-30T10:00",
    "position": "-1",
}


def test_what_was_typed_is_kept_when_something_is_wrong_with_it(organiser):
    of, other = make.ticket_type(), make.pool()
    data = fields(other, **WRONG)
    for url in (f"{LIST}nieuw", f"{LIST}{of.slug}"):
        kept = form_of(shown(organiser.post(url, data=data), 422))
        assert {name: kept[name] for name in data} == as_sent(data)
    assert (of.price_cents, of.max_per_order, db.session.query(TicketType).count()) == (0, 10, 1)


def test_what_was_typed_is_kept_when_a_rule_says_no(organiser):
    of, other = make.ticket_type(), make.pool()
    make.order(of=of)
    data = fields(other, name_nl="Lang weekend", price_cents="12,34", days=["2026-10-24"])
    page = shown(organiser.post(f"{LIST}{of.slug}", data=data), 409)
    assert "Ze blijft dus in haar contingent." in page
    assert as_sent(data).items() <= form_of(page).items()
    assert of.price_cents == 0


@pytest.mark.parametrize(
    "changed", [{"pool_id": "999"}, {"vat_category": "kor"}, {"days": ["2020-01-01"]}]
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


def test_the_list_counts_what_is_ordered_and_not_what_came_back(organiser):
    of = make.ticket_type(name=Bilingual("Vrij"), price_cents=0, code="HESJE27")
    other = make.ticket_type(name=Bilingual("Duur"), price_cents=6500, vat_category="standard")
    make.order(of=of, tickets=3)
    ending.end_order(make.order(of=of, tickets=2), lapsed=False, now=NOW)
    make.pool(name="Leeg", capacity=0)
    page = shown(organiser.get(LIST))
    rows = [
        " ".join(re.sub("<[^>]*>", " ", row).split())
        for row in page.partition("<tbody>")[2].partition("</tbody>")[0].split("</tr>")
    ]
    until = "tot 31 okt 2026, 10.00"
    assert rows[:2] == [
        f"Vrij alleen met een code gratis 9% {of.pool.name} 3 {until}",
        f"Duur € 65,00 21% {other.pool.name} 0 {until}",
    ]
    assert "3 van 100" in page
    assert "0 van 0" in page
    assert "free" in shown(organiser.get(f"/en{LIST}"))


def test_without_pools_one_is_told_to_make_one_first(organiser):
    page = organiser.get(LIST).text
    assert "Maak eerst een contingent" in page
    assert f"{LIST}nieuw" not in page
    make.pool()
    assert f"{LIST}nieuw" in organiser.get(LIST).text


def test_who_changed_what_stands_in_the_audit_trail(visitor):
    pool = make.pool()
    who = make.sign_in(visitor, "organiser")
    visitor.post(f"{LIST}nieuw", data=fields(pool))
    visitor.post(f"{LIST}weekend/wis")
    visitor.post(f"{LIST}contingenten/{pool.slug}/wis")
    entries = db.session.query(AuditEntry).filter(AuditEntry.at == NOW).order_by(AuditEntry.id)
    assert [(entry.verb, entry.member_id) for entry in entries] == [
        ("add_ticket_type", who.id),
        ("delete_ticket_type", who.id),
        ("delete_pool", who.id),
    ]


def test_nothing_is_deleted_by_looking(organiser):
    of = make.ticket_type()
    assert organiser.get(f"{LIST}{of.slug}/wis").status_code == 405
    assert organiser.get(f"{LIST}contingenten/{of.pool.slug}/wis").status_code == 405


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
