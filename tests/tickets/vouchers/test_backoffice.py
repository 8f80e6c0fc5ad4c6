"""The organiser's screens for vouchers."""

import csv
import io
import re

import pytest

from festival import pdf
from festival.db import db
from festival.tickets.models import Pool, Voucher
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW

LIST = "/team/codes/"


def fields(**values):
    return {
        "number": "1", "code": "", "effect": "percent", "percent": "25", "cents": "", "uses": "",
        "max_per_order": "", "pool_id": "0", "valid_from": "", "valid_until": "", "tag": "",
        "note": "", **values,
    }  # fmt: skip


def problems(answer):
    assert answer.status_code == 422
    return answer.text


@pytest.fixture
def organiser(visitor):
    make.current_edition()
    make.sign_in(visitor, "organiser")
    return visitor


def test_only_organisers_open_these_pages(visitor):
    make.voucher(code="BUREN27")
    make.sign_in(visitor, "finance")
    for page in ("", "nieuw", "BUREN27", "lijst.csv", "lijst.pdf"):
        assert visitor.get(LIST + page).status_code == 403
    for page in ("BUREN27/uit", "BUREN27/aan"):
        assert visitor.post(LIST + page).status_code == 403


def test_a_code_is_made_and_its_page_shows_what_it_does(organiser):
    of = make.ticket_type()
    sent = fields(
        code="Buren 27", effect="fixed", cents="12,50", types=[str(of.id)], uses="10",
        max_per_order="2", pool_id=str(of.pool_id), valid_from="2026-10-01T10:00",
        valid_until="2026-10-25T03:00", tag="buren", note="Brief",
    )  # fmt: skip
    answer = organiser.post(f"{LIST}nieuw", data=sent)
    assert answer.location == f"{LIST}BUREN27"
    made = db.session.query(Voucher).one()
    assert (made.code, made.key, made.effect, made.value) == ("Buren 27", "BUREN27", "fixed", 1250)
    assert (made.types, made.uses, made.max_per_order, made.blocked) == ([of], 10, 2, 10)
    # The clocks change that night: until three o'clock is one hour later than it seems.
    assert str(made.valid_until) == "2026-10-25 02:00:00+00:00"
    page = organiser.get(answer.location).text
    assert 'value="12,50"' in page
    assert 'value="2026-10-25T03:00"' in page
    assert "0 keer gebruikt, nog 10 over. Hij houdt 10 plaatsen vast." in page


def test_many_codes_have_a_tag_by_which_they_are_found_and_downloaded(organiser):
    answer = organiser.post(f"{LIST}nieuw", data=fields(number="30", tag="pers"))
    assert answer.location == f"{LIST}?label=pers"
    make.voucher(code="ANDERS27")
    codes = {each.code for each in db.session.query(Voucher).filter_by(tag="pers")}
    assert len(codes) == 30
    page = organiser.get(answer.location).text
    assert "30 codes" in page
    assert "ANDERS27" not in page
    text = organiser.get(f"{LIST}lijst.csv?label=pers").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert {row["code"] for row in rows} == codes
    assert {(row["effect"], row["used"], row["uses"]) for row in rows} == {("25% korting", "0", "")}
    paper = organiser.get(f"{LIST}lijst.pdf?label=pers")
    assert (paper.status_code, paper.data[:5]) == (200, b"%PDF-")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"code": "kort"}, "Kies een code van minstens 6 tekens."),
        ({"number": "0"}, "Maak er hoogstens 500 tegelijk."),
        ({"number": "501", "tag": "x"}, "Maak er hoogstens 500 tegelijk."),
        ({"number": "2"}, "Geef zo veel codes een label, dan vind je ze terug."),
        ({"number": "2", "tag": "x", "code": "BUREN27"}, "Meer codes verzinnen we zelf."),
        ({"percent": ""}, "Vul het percentage in."),
        ({"percent": "101"}, "Vul een getal van 1 tot 100 in."),
        ({"effect": "amount"}, "Vul een bedrag in dat meer is dan niets."),
        ({"effect": "fixed", "cents": "0"}, "Vul een bedrag in dat meer is dan niets."),
        ({"effect": "opens"}, "Kies minstens één verborgen kaartsoort."),
        ({"effect": "anders"}, "Deze keuze is er niet meer."),
        ({"uses": "0"}, "Vul een getal van 1 of hoger in."),
        (
            {"valid_from": "2026-10-02T10:00", "valid_until": "2026-10-02T10:00"},
            "De code stopt voordat hij begint.",
        ),
    ],
)
def test_what_is_wrong_is_said(organiser, sent, words):
    assert words in problems(organiser.post(f"{LIST}nieuw", data=fields(**sent)))
    assert db.session.query(Voucher).count() == 0


def test_blocking_needs_a_number(organiser):
    sent = fields(pool_id=str(make.pool().id))
    words = "Vul dan ook in voor hoeveel kaartjes de code is."
    assert words in problems(organiser.post(f"{LIST}nieuw", data=sent))


def test_a_refusal_keeps_what_was_typed(organiser):
    make.voucher(code="BUREN27")
    answer = organiser.post(f"{LIST}nieuw", data=fields(code="BUREN27", note="Brief"))
    assert answer.status_code == 409
    assert "De code BUREN27 is er al." in answer.text
    assert 'value="Brief"' in answer.text


def test_a_code_is_changed_and_switched_off_and_on(organiser):
    of = make.ticket_type(name=Bilingual("Weekend", ""))
    voucher = make.voucher(code="BUREN27", pool_id=of.pool_id, uses=3)
    page = f"{LIST}BUREN27"
    sent = fields(effect="free", uses="5", pool_id=str(of.pool_id), note="Anders", version="1")
    assert organiser.post(page, data=sent).location == LIST
    assert (voucher.uses, voucher.note, voucher.blocked) == (5, "Anders", 5)
    assert organiser.post(f"{page}/uit").location == page
    assert "De code BUREN27 werkt niet meer." in organiser.get(page).text
    assert db.session.query(Pool).one().taken == 0
    assert "uitgezet" in organiser.get(f"{LIST}?stand=off").text
    assert organiser.post(f"{page}/aan").location == page
    assert db.session.query(Pool).one().taken == 5


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"VOL27X", "OVER27", "UIT27X"}),
        ("?q=vol-27", {"VOL27X"}),
        ("?q=gilde", {"OVER27"}),
        ("?label=pers", {"UIT27X"}),
        ("?stand=left", {"OVER27"}),
        ("?stand=used", {"VOL27X"}),
        ("?stand=used_up", {"VOL27X"}),
        ("?stand=off", {"UIT27X"}),
        ("?q=niets", set()),
    ],
)
def test_codes_are_found_by_word_tag_and_standing(organiser, query, found):
    make.voucher(code="VOL27X", uses=1, used=1)
    make.voucher(code="OVER27", note="Leden van het gilde")
    make.voucher(code="UIT27X", tag="pers", off_at=NOW)
    page = organiser.get(LIST + query).text
    assert {code for code in ("VOL27X", "OVER27", "UIT27X") if code in page} == found


def test_codes_of_another_edition_are_not_there(organiser):
    make.voucher(code="BUREN27", edition_id=make.edition(is_current=False).id)
    assert "BUREN27" not in organiser.get(LIST).text
    assert organiser.get(f"{LIST}BUREN27").status_code == 404


def test_without_pango_the_sheet_says_so_and_one_sheet_is_made_once(organiser, monkeypatch):
    make.voucher(code="VOL27X")
    made = []
    monkeypatch.setattr(pdf, "make", lambda html, **_values: made.append(html) or b"%PDF-")
    assert {organiser.get(f"{LIST}lijst.pdf").data for _ in range(3)} == {b"%PDF-"}
    assert len(made) == 1

    def no_pango(*_args, **_values):
        raise pdf.CannotMakePdf("cannot load library 'pango'")

    make.voucher(code="NIEUW27")
    monkeypatch.setattr(pdf, "make", no_pango)
    answer = organiser.get(f"{LIST}lijst.pdf")
    assert answer.status_code == 303
    assert "kan nu geen PDF maken" in organiser.get(answer.location).text


@pytest.mark.parametrize("number", ["1", "20"])
def test_the_same_form_makes_its_codes_once(organiser, number):
    page = organiser.get(f"{LIST}nieuw").text
    key = re.search(r'name="form_key"[^>]* value="([^"]+)"', page)[1]
    sent = fields(number=number, tag="buren", form_key=key)
    first, again = (organiser.post(f"{LIST}nieuw", data=sent) for _ in range(2))
    assert (again.status_code, again.location) == (303, first.location)
    assert db.session.query(Voucher).count() == int(number)
    organiser.post(f"{LIST}nieuw", data={**sent, "percent": "30"})
    assert db.session.query(Voucher).count() == 2 * int(number), "another batch is another deed"
