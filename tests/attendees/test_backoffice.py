"""Who is coming: the list, its filters, the files and the list for the door; and who may."""

import csv
import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import event

from festival import clock
from festival.attendees import queries
from festival.attendees.columns import _COLUMNS
from festival.db import db
from festival.home.readers import READERS, TEAM
from festival.web.languages import Bilingual
from tests import make
from tests.make import FRIDAY, NOW, SUNDAY

LIST = "/team/wie-komt/"
ON_FRIDAY = NOW.replace(day=23, hour=12)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: ON_FRIDAY)


@pytest.fixture
def finance(visitor):
    make.current_edition()
    make.sign_in(visitor, "finance")
    return visitor


@pytest.fixture
def crew(app):
    make.current_edition()
    client = app.test_client()
    make.sign_in(client, "checkin")
    return client


def named(name, **values):
    ticket = make.ticket(**values)
    ticket.holder_name = name
    db.session.commit()
    return ticket


def names(page):
    return re.findall(r'<th scope="row">([^<]+)<br>', page)


def rows(answer):
    text = answer.get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def found(client, **query):
    return sorted(names(client.get(LIST, query_string=query).text))


@pytest.mark.parametrize("role", ["programme", "editor"])
def test_others_of_the_team_do_not_see_who_comes(visitor, role):
    named("Mia Jansen")
    make.sign_in(visitor, role)
    for page in ("", "bestand", "wie-komt.csv", "wie-komt.xlsx", "catering.csv", "deurlijst"):
        assert visitor.get(LIST + page).status_code == 403, page


@pytest.mark.parametrize("role", ["organiser", "finance", "checkin"])
def test_organisers_finance_and_the_crew_do(visitor, role):
    named("Mia Jansen")
    make.sign_in(visitor, role)
    for page in ("", "wie-komt.csv", "deurlijst"):
        assert "Mia Jansen" in visitor.get(LIST + page).text, page
    assert visitor.get(f"{LIST}bestand").status_code == 200


def test_by_surname_and_the_other_way_round(finance):
    for name in ("Jan van der Berg", "Émile Adema", "Zoë Zwart"):
        named(name)
    in_order = ["Émile Adema", "Jan van der Berg", "Zoë Zwart"]
    assert names(finance.get(LIST).text) == in_order
    assert names(finance.get(f"{LIST}?sort=-name").text) == in_order[::-1]


def test_only_the_edition_that_one_works_in(finance):
    named("Van nu")
    other = make.edition(slug="later", is_current=False, starts_on=FRIDAY, ends_on=SUNDAY)
    named(
        "Van later", of=make.ticket_type(edition_id=other.id, pool=make.pool(edition_id=other.id))
    )
    assert found(finance) == ["Van nu"]
    assert found(finance, editie="later") == ["Van later"]


def test_filters(finance):
    friday = make.ticket_type(slug="vrijdag", days=[str(FRIDAY)])
    weekend = make.ticket_type(slug="weekend")
    named("Vera Vrijdag", of=friday)
    named("Wim Weekend", of=weekend)
    named("Otto Onbetaald", of=weekend, confirmed_at=None)
    gone = named("Vic Vervallen", of=weekend, lapsed_at=NOW, confirmed_at=None)
    gone.released_at = NOW
    db.session.commit()
    assert found(finance) == ["Otto Onbetaald", "Vera Vrijdag", "Wim Weekend"]
    assert found(finance, soort="vrijdag") == ["Vera Vrijdag"]
    assert found(finance, dag=str(SUNDAY)) == ["Otto Onbetaald", "Wim Weekend"]
    assert found(finance, stand="valid") == ["Vera Vrijdag", "Wim Weekend"]
    assert found(finance, stand="unpaid") == ["Otto Onbetaald"]
    assert found(finance, stand="cancelled") == ["Vic Vervallen"]
    assert found(finance, q="weeke", stand="valid") == ["Wim Weekend"]
    assert found(finance, stand="onzin", soort="", dag="onzin") == found(finance)
    assert "Niets gevonden" in finance.get(LIST, query_string={"q": "' OR 1=1 --"}).text


def test_inside_is_of_today_or_of_the_day_that_is_asked_for(finance):
    inside, outside, practised = named("Bea Binnen"), named("Bob Buiten"), named("Oef Ening")
    make.scan(inside, scanned_at=ON_FRIDAY)
    make.scan(outside, undone_at=NOW)
    make.scan(practised, is_practice=True)
    assert found(finance, binnen="in") == ["Bea Binnen"]
    assert found(finance, binnen="out") == ["Bob Buiten", "Oef Ening"]
    assert found(finance, binnen="in", dag=str(SUNDAY)) == []
    page = finance.get(LIST).text
    assert "Binnen op vrijdag 23 oktober" in page
    assert "14.00" in page


def test_on_other_days_nobody_is_inside(finance, monkeypatch):
    named("Bea Binnen")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    assert "Binnen op" not in finance.get(LIST).text


def test_the_crew_finds_who_has_a_place_and_finance_does_not(finance, crew):
    slot = make.slot(make.session(slug="brood", title=Bilingual("Brood", "Bread")))
    booked = named("Piet Plek")
    named("Zonder Plek")
    make.booking(booked, slot)
    assert found(crew, onderdeel="brood") == ["Piet Plek"]
    assert found(crew, onderdeel="onzin") == []
    assert found(finance, onderdeel="brood") == ["Piet Plek", "Zonder Plek"]
    assert "Brood" not in finance.get(LIST).text
    assert finance.get(f"{LIST}workshops.csv").status_code == 403
    assert rows(finance.get(f"{LIST}wie-komt.csv?kolom=plekken"))[0][0] == "Naam"
    heads, [title, day, hours, *_rest] = rows(crew.get(f"{LIST}workshops.csv"))
    assert heads[0] == "Onderdeel"
    assert (title, day, hours) == ("Brood", "vr 23 okt", "11.00–12.00 uur")
    [_head, [places]] = rows(crew.get(f"{LIST}wie-komt.csv?kolom=plekken&q=plek&onderdeel=brood"))
    assert places == "vr 23 okt 11.00 Brood"


def test_an_address_only_for_finance(finance, crew):
    ticket = named("Mia Jansen")
    assert ticket.order.email in finance.get(f"{LIST}wie-komt.csv").text
    assert ticket.order.email not in crew.get(f"{LIST}wie-komt.csv?kolom=mail").text
    assert 'value="mail"' not in crew.get(f"{LIST}bestand").text


def test_each_column_is_for_readers_of_what_it_shows():
    for column in _COLUMNS:
        for field in column.of:
            assert set(column.roles) <= READERS[field] & TEAM, column.name


def test_no_list_or_file_holds_a_link(finance):
    ticket = named("Mia Jansen")
    secrets = (ticket.secret, ticket.agenda_secret, ticket.pass_id, ticket.order.secret)
    for page in ("", "bestand", "wie-komt.csv", "deurlijst", "catering.csv"):
        text = finance.get(LIST + page).text
        assert not any(secret in text for secret in secrets), page


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_a_file_has_the_chosen_columns_of_the_tickets_that_were_asked_for(finance, format_):
    of = make.ticket_type(name=Bilingual("Weekend", "Whole weekend"))
    named("Mia Jansen", of=of)
    named("Bas de Vries", of=of)
    path = f"{LIST}wie-komt.{format_}?kolom=soort&kolom=naam&kolom=onzin&q=mia"
    for language, head, type_name in (
        ("", ["Naam", "Kaartsoort"], "Weekend"),
        ("/en", ["Name", "Ticket type"], "Whole weekend"),
    ):
        answer = finance.get(language + path)
        if format_ == "csv":
            cells = rows(answer)
        else:
            sheet = load_workbook(io.BytesIO(answer.data)).active
            cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert cells == [head, ["Mia Jansen", type_name]]


def test_a_name_never_runs_in_a_spreadsheet(finance):
    named('=HYPERLINK("http://example.org")')
    assert rows(finance.get(f"{LIST}wie-komt.csv?kolom=naam"))[1] == [
        '\'=HYPERLINK("http://example.org")'
    ]
    book = load_workbook(io.BytesIO(finance.get(f"{LIST}wie-komt.xlsx?kolom=naam").data))
    assert book.active["A2"].data_type == "s"


def test_the_ready_made_choices_keep_to_their_columns(finance):
    named("Mia Jansen")
    page = finance.get(f"{LIST}bestand").text
    [link] = re.findall(
        r'href="([^"]*wie-komt\.csv\?kolom=naam&amp;kolom=soort&amp;kolom=dagen&amp;kolom=kaartje)"',
        page,
    )
    heads = rows(finance.get(link.replace("&amp;", "&")))[0]
    assert heads == ["Naam", "Kaartsoort", "Geldig op", "Code van het kaartje"]


def test_the_filters_go_along_to_the_file(finance):
    named("Mia Jansen")
    named("Bas de Vries")
    page = finance.get(f"{LIST}bestand?q=mia&stand=valid").text
    assert '<input type="hidden" name="q" value="mia">' in page
    assert "Er komt 1 kaartje in." in page


def test_the_caterer_gets_numbers_and_no_names(finance):
    friday = make.ticket_type(name=Bilingual("Vrijdag"), days=[str(FRIDAY)], position=1)
    weekend = make.ticket_type(name=Bilingual("Weekend"), position=2)
    named("Vera Vrijdag", of=friday)
    make.order(of=weekend, tickets=3)
    make.order(of=weekend, tickets=2, confirmed_at=None)
    make.order(of=weekend, confirmed_at=None, lapsed_at=NOW)
    assert rows(finance.get(f"{LIST}catering.csv")) == [
        ["Dag", "Wat", "Welke", "Geldig", "Nog niet betaald"],
        ["vrijdag 23 oktober", "Kaartsoort", "Vrijdag", "1", "0"],
        ["vrijdag 23 oktober", "Kaartsoort", "Weekend", "3", "2"],
        ["zaterdag 24 oktober", "Kaartsoort", "Weekend", "3", "2"],
        ["zondag 25 oktober", "Kaartsoort", "Weekend", "3", "2"],
    ]


def test_the_list_for_the_door_stands_under_the_letters_of_surnames(crew):
    named("Jan van der Berg")
    named("Bea Bos", confirmed_at=None)
    named("Zoë Zwart")
    page = crew.get(f"{LIST}deurlijst").text
    assert re.findall(r"<caption>(\w)</caption>", page) == ["B", "Z"]
    assert page.index("Jan van der Berg") < page.index("Bea Bos") < page.index("Zoë Zwart")
    assert "nog niet betaald" in page
    assert "data-prints" in page


def test_a_long_list_is_read_in_parts(any_app, monkeypatch):
    """The same rows in the same order, whatever is in memory together."""
    order = make.order(tickets=7)
    slot = make.slot()
    for ticket in order.tickets[:3]:
        make.booking(ticket, slot)
    make.scan(order.tickets[0])
    wanted = queries.Wanted(FRIDAY)

    def read():
        found = queries.tickets(order.edition, wanted)
        return list(queries.attendees(found, entered_on=FRIDAY))

    whole = read()
    monkeypatch.setattr(queries, "AT_A_TIME", 2)
    statements = []

    def count(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    assert read() == whole
    event.remove(db.engine, "before_cursor_execute", count)
    assert sum("scan" in each for each in statements) == 4
    assert len(whole) == 7
    assert sum(bool(each.sessions) for each in whole) == 3
    assert [each.entered_at for each in whole if each.entered_at] == [NOW]


def test_pages_of_the_list(finance):
    make.order(tickets=60)
    first, second = finance.get(LIST).text, finance.get(f"{LIST}?page=2").text
    assert len(names(first)) == 50
    assert len(names(second)) == 10
    assert "60 kaartjes" in first
