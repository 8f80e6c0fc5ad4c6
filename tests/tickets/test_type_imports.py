"""Ticket types from a spreadsheet: new ones with their pools, changes, and what is refused."""

import pytest

from festival import clock, sheets
from festival.db import db
from festival.tickets import ticket_type_rules, type_imports
from festival.tickets.models import Pool, TicketType
from festival.web.languages import Bilingual, speaking
from tests import make
from tests.make import NOW
from tests.scheduling.test_backoffice import shown
from tests.scheduling.test_imports import hidden, send

PATH = "/team/kaartsoorten/invoer"
HEAD = ["Naam (Nederlands)", "Prijs met btw", "Btw", "Contingent", "Kaartjes in dat contingent",
        "Geldig op", "Te koop vanaf", "Te koop tot"]  # fmt: skip
SALE = ["2026-01-05 10:00", "25-10-2026 02.30"]


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def look(*rows):
    return type_imports.preview([HEAD, *rows], make.current_edition())


def test_ticket_types_come_in_with_their_pools(organiser):
    content = sheets.xlsx("kaarten", HEAD, [
        ["Weekend", 65.5, "21%", "Zaal", 300, "", *SALE],
        ["Vrijdag", "45,00", 21, "Zaal", 300, "2026-10-23", *SALE],
        ["Vriend", "0", 9, "Vrienden", 20, "2026-10-23; 2026-10-25", *SALE],
    ])  # fmt: skip
    assert PATH in shown(organiser.get("/team/kaartsoorten/"))
    shown(organiser.get(PATH))
    there = send(organiser, PATH, content, "kaarten.xlsx").location
    done = organiser.post(there, data=hidden(shown(organiser.get(there))))
    assert "3 rijen zijn geïmporteerd." in shown(organiser.get(done.location))
    pools = {pool.name: pool.capacity for pool in db.session.query(Pool)}
    assert pools == {"Zaal": 300, "Vrienden": 20}
    made = {of.name.nl: of for of in db.session.query(TicketType)}
    assert [of.price_cents for of in made.values()] == [6550, 4500, 0]
    assert [of.vat_category for of in made.values()] == ["standard", "standard", "reduced"]
    assert [len(of.days) for of in made.values()] == [3, 1, 2]
    assert not any(of.is_sold_at_door for of in made.values())
    assert made["Weekend"].sale_from.isoformat() == "2026-01-05T09:00:00+00:00"
    for form in ("csv", "xlsx"):
        exported = organiser.get(f"/team/kaartsoorten/uitvoer.{form}").data
        there = send(organiser, PATH, exported, f"kaarten.{form}").location
        assert "Er valt niets te importeren" in shown(organiser.get(there))
        blank = sheets.read(organiser.get(f"{PATH}/voorbeeld.{form}").data)
        assert blank == sheets.read(exported)[:1]


@pytest.mark.parametrize(("language", "form"), [("", "xlsx"), ("/en", "csv")])
def test_a_filled_in_example_is_on_the_page_and_imports_as_it_is(organiser, language, form):
    address = f"{language}{PATH}/ingevuld-voorbeeld.{form}"
    assert f'href="{address}"' in shown(organiser.get(f"{language}{PATH}"))
    content = organiser.get(address).data
    there = send(organiser, PATH, content, f"voorbeeld.{form}").location
    done = organiser.post(there, data=hidden(shown(organiser.get(there))))
    assert "2 rijen zijn geïmporteerd." in shown(organiser.get(done.location))
    there = send(organiser, PATH, content, f"voorbeeld.{form}").location
    assert "Er valt niets te importeren" in shown(organiser.get(there))
    [pool] = db.session.query(Pool)
    assert (pool.name, pool.capacity) == ("Voorbeeld", 100)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_export_changes_nothing(app, language):
    of = make.ticket_type(price_cents=123_456, code="VRIEND2026", description=Bilingual("a\nb"))
    with speaking(language):
        rows = type_imports.exported(of.edition)
        [row] = type_imports.preview([type_imports.TYPES.heads, *rows], of.edition).rows
    assert (row.problems, row.changes, row.target) == ([], [], of)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        (1, "-5", "Een kaartje kan niet minder dan niets kosten."),
        (1, "", "Vul een bedrag in, of 0 voor gratis."),
        (1, "veel", "Schrijf het bedrag als 45,00."),
        (2, "20", "Kies uit: 21%, 9%, Vrijgesteld, Buiten de btw."),
        (3, "Kelder", "Dit contingent is er niet."),
        (4, "200", "Wijzig dat bij het contingent."),
        (5, "2026-11-23", "Dan is er geen festival."),
        (5, "vrijdag", "Schrijf de dag als 2027-09-17."),
        (6, "2026-10-25 10:00", "De verkoop eindigt voordat ze begint."),
        (7, "", "Vul dag en tijd in."),
        (7, "2026-13-25 10:00", "Deze dag bestaat niet."),
    ],
)
def test_the_form_of_a_ticket_type_checks_each_row(app, column, cell, said):
    make.pool(name="Zaal", capacity=100)
    row = ["Weekend", "65,00", "21", "Zaal", "100" if column == 4 else "", "", *SALE]
    row[column] = cell
    [read] = look(row).rows
    assert read.fate == "wrong"
    assert said in str(read.problems[0])
    assert db.session.query(TicketType).count() == 0


def bring_in(*rows, **options):
    edition = make.current_edition()
    seen = options.pop("seen", None) or type_imports.seen_by(edition)
    return type_imports.import_types([HEAD, *rows], edition, seen=seen, now=NOW, **options)


def test_a_price_is_changed_and_a_used_type_stays_in_its_pool(any_app):
    of = make.ticket_type(name=Bilingual("Weekend"), price_cents=6500)
    other = make.pool(name="Elders")
    make.order(of=of)
    row = ["weekend", "70,00", "9", of.pool.name, "", "", *SALE]
    bring_in(row)
    assert (of.price_cents, of.name.nl) == (7000, "weekend")
    new = ["Nieuw", "5,00", "9", "Vers", "10", "", *SALE]
    with pytest.raises(ticket_type_rules.PoolFixed):
        bring_in(new, ["weekend", "80,00", "9", other.name, "", "", *SALE])
    assert db.session.query(Pool).filter_by(name="Vers").count() == 0, "nothing by half"
    assert of.price_cents == 7000


def test_types_that_changed_are_looked_at_again(any_app):
    of = make.ticket_type(name=Bilingual("Weekend"))
    seen = type_imports.seen_by(of.edition)
    ticket_type_rules.change_type(of, {"price_cents": 5}, seen=of.version, now=NOW)
    with pytest.raises(ticket_type_rules.TypesChanged):
        bring_in(["Weekend", "70,00", "9", of.pool.name, "", "", *SALE], seen=seen)
    assert of.price_cents == 5


def test_too_many_at_once(app):
    with pytest.raises(type_imports.TooManyTypes):
        look(*(["x"] for _ in range(101)))


def test_what_is_sold_at_the_door_comes_from_the_file(app):
    def row(name, door):
        return [name, "10", "9", "Zaal", "50", "", *SALE, door]

    edition = make.current_edition()
    cells = [[*HEAD, "Ook aan de deur"], row("Wel", "ja"), row("Niet", "nee"), row("Leeg", "")]
    seen = type_imports.seen_by(edition)
    type_imports.import_types(cells, edition, seen=seen, now=NOW)
    made = {of.name.nl: of.is_sold_at_door for of in db.session.query(TicketType)}
    assert made == {"Wel": True, "Niet": False, "Leeg": False}
