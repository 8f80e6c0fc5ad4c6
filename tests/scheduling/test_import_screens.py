"""The screens of an import: questions, what is wrong and how to repair it, stages and themes."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival import sheets
from festival.db import db
from festival.programme import draft, queries
from festival.programme.models.places import Stage, Theme
from festival.programme.models.sessions import Speaker
from festival.programme.rules import people
from festival.scheduling import imports
from festival.scheduling.import_examples import example_rows
from festival.scheduling.known_names import read_known_names
from festival.scheduling.spreadsheet_columns import TABLES
from festival.team.imports.rows import ImportPreview
from tests import make
from tests.make import NOW
from tests.scheduling.test_backoffice import shown
from tests.scheduling.test_imports import bring_in, hidden, look, send, session
from tests.world import World, at


def test_a_question_is_asked_on_the_page_and_its_answer_kept(
    maker: FlaskClient, base: str, world: World
) -> None:
    code = world.talk.slots[0].code
    content = b"adres;dag;van;tot;podium\nsoep;23-10-2026;16:00;17:00;hal\n"
    content += b"soep;24-10-2026;16:00;17:00;hal\n"
    there = send(maker, f"{base}/invoer/onderdelen", content).location
    html = shown(maker.get(there))
    assert "Wat bedoel je?" in html
    assert html.count('type="radio"') == 4
    html = shown(maker.post(there, data=hidden(html) | {"row-2": code}), 409)
    assert "Kies eerst bij elke rij met een vraag wat ze doet." in html
    assert f'name="row-2" value="{code}" checked' in html
    done = maker.post(there, data=hidden(html) | {"row-2": code, "row-3": "new"})
    assert "2 rijen zijn geïmporteerd." in shown(maker.get(done.location))
    moments = [draft.value(slot, "starts_at") for slot in session("soep").all_slots]
    assert sorted(moments) == [at(23, 16), at(24, 16)]


def test_the_rule_of_the_night_and_the_code_are_on_the_page(
    maker: FlaskClient, base: str, world: World
) -> None:
    html = shown(maker.get(f"{base}/invoer/onderdelen"))
    assert "zondag 00.30 uur is in de nacht van zaterdag op zondag" in html
    assert "de code van elk moment" in html
    english = shown(maker.get(f"/en{base}/invoer/onderdelen"))
    assert "Sunday 00.30 is in the night from Saturday to Sunday" in english
    content = b"titel (nederlands);dag;van;tot;podium\nFeest;25-10-2026;0:00;1:00;hal\n"
    there = send(maker, f"{base}/invoer/onderdelen", content).location
    assert "nacht van zaterdag op zondag, zo 00.00" in shown(maker.get(there))
    assert "night from Saturday to Sunday, Sun 00.00" in shown(maker.get(f"/en{there}"))


WRONG = (
    "titel (nederlands);wie;podium;kleur;dag;van;tot\n"
    "Een;Niemand;hal;rood;23-10-2026;9:00;10:00\n"
    "Twee;Niemand;zolder;rood;23-10-2026;9:00;10:00\n"
    "Drie;Nergens;zolder;blauw;23-10-2026;9:00;10:00\n"
    "Vier;;hal;blauw;23-10-2026;9:00;10:00\n"
)


def test_what_is_wrong_is_summed_up_by_reason(maker: FlaskClient, base: str, world: World) -> None:
    found = look(world.edition, *[line.split(";") for line in WRONG.splitlines()])
    counts = [(each.heading, each.rows, each.words) for each in found.summed_up()]
    assert counts == [
        ("Wie", [2, 3, 4], [("Niemand", 2), ("Nergens", 1)]),
        ("Podium", [3, 4], [("zolder", 2)]),
    ]
    there = send(maker, f"{base}/invoer/onderdelen", WRONG.encode()).location
    html = shown(maker.get(there))
    assert "Wat er niet klopt" in html
    assert "“Niemand” (2×), “Nergens”" in html


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_wrong_rows_come_back_as_a_file_to_repair(
    maker: FlaskClient, base: str, world: World, form: str, language: str
) -> None:
    path = f"{language}{base}/invoer/onderdelen"
    there = send(maker, path, WRONG.encode()).location
    [link] = re.findall(rf'href="([^"]+klopt-niet\.{form})"', shown(maker.get(there)))
    heads, *rows = sheets.read(maker.get(link).data)
    assert heads[:4] == ["titel (nederlands)", "wie", "podium", "kleur"]
    assert heads[-1] == ("What is wrong" if language else "Wat klopt niet")
    assert [row[0] for row in rows] == ["Een", "Twee", "Drie"]
    assert "“zolder”" in str(rows[1][-1])
    # Repaired and imported again: the added column is neither used nor complained about.
    repaired = [[*row[:1], "Ria Wróżyńska", "hal", *row[3:]] for row in rows]
    content = sheets.xlsx("weer", heads, repaired)
    html = shown(maker.get(send(maker, path, content, "weer.xlsx").location))
    assert "3" in html
    assert ("Deze kolommen kennen we niet en gebruiken we niet: kleur." in html) == (not language)
    assert maker.get(f"{base}/invoer/mensen/klopt-niet.csv").location.endswith("/invoer/mensen")


def test_people_are_found_by_their_folded_name(world: World) -> None:
    for slug, name in (("lukasz", "Łukasz D’Hondt"), ("jan", "Jan Smid"), ("jan-2", "Jan Smid")):
        people.save_speaker(world.edition, None, {"slug": slug, "name": name}, now=NOW)

    def who(text: str) -> tuple[list[str], list[str]]:
        row = look(world.edition, ["adres", "wie"], ["soep", text]).rows[0]
        slugs = {each.id: each.slug for each in queries.team_speakers(world.edition)}
        return [slugs[n] for n in row.values.get("speakers", [])], [str(p) for p in row.problems]

    assert who("lukasz d’hondt; RIA WROZYNSKA") == (["lukasz", "ria"], [])
    assert who("jan-2") == (["jan-2"], [])
    [none] = who("Piet")[1]
    assert none == "Wie: “Piet”: Er is niemand die zo heet. Importeer of maak eerst de mensen."
    [several] = who("jan smid")[1]
    assert several == (
        "Wie: “jan smid”: Er zijn meer mensen die zo heten. Schrijf het adres: jan, jan-2."
    )
    found = look(world.edition, ["naam", "telefoon"], ["ria wrozynska", "1"], what="speakers")
    assert found.rows[0].target == world.ria


def test_stages_and_themes_come_in_too(maker: FlaskClient, base: str, world: World) -> None:
    world.hall.has_hearing_loop = True
    db.session.commit()
    stages = "name_nl;Hoeveel mensen er in mogen;Zonder trap te bereiken;Met ringleiding\n"
    stages += "".join(f"Zaal {n};{n * 10};ja;\n" for n in range(1, 45)) + "de hal;300;nee;\n"
    for what, content, number in (("podia", stages, 45), ("themas", "name_nl\nGroen\nWijk\n", 2)):
        assert f"/invoer/{what}" in shown(maker.get(f"{base}/{what}"))
        shown(maker.get(f"{base}/invoer/{what}"))
        there = send(maker, f"{base}/invoer/{what}", content.encode()).location
        html = shown(maker.get(there))
        assert "verandert er" not in html
        done = maker.post(there, data=hidden(html))
        assert f"{number} rijen zijn geïmporteerd." in shown(maker.get(done.location))
        exported = sheets.read(maker.get(f"{base}/uitvoer/{what}.xlsx").data)
        again = send(maker, f"{base}/invoer/{what}", sheets.xlsx("x", exported[0], exported[1:]))
        assert "Er valt niets te importeren" in shown(maker.get(again.location))
    rows = db.session.query(Stage).order_by(Stage.position).all()
    assert len(rows) == 46
    assert [row.slug for row in rows][:4] == ["hal", "tafel", "zaal-1", "zaal-2"]
    assert (world.hall.capacity, world.hall.name.nl, rows[2].is_step_free) == (300, "de hal", True)
    said = (world.hall.is_step_free, world.hall.has_hearing_loop)
    assert said == (False, None), "an empty cell takes back what was said"
    assert [row.name.nl for row in db.session.query(Theme).order_by(Theme.position)] == [
        "Zorg",
        "Groen",
        "Wijk",
    ]


def test_a_stage_that_is_there_twice_and_one_that_is_renamed(any_world: World) -> None:
    edition, sequence = any_world.edition, any_world.talk.slots[0].sequence
    found: ImportPreview = look(
        edition, ["naam (nederlands)"], ["Kelder"], ["KELDER"], what="stages"
    )
    assert [row.fate for row in found.rows] == ["new", "wrong"]
    assert found.rows[1].problems[0].reason == "Dit staat ook in rij 2."
    version = edition.programme_version
    bring_in(edition, ["adres", "naam (nederlands)"], ["hal", "De Grote Hal"], what="stages")
    assert edition.programme_version == version + 1
    assert any_world.talk.slots[0].sequence == sequence + 1, "calendars show the new name"
    assert db.session.query(Speaker).count() == 1


@pytest.mark.parametrize(("language", "form"), [("", "xlsx"), ("/en", "csv")])
@pytest.mark.parametrize("what", ["onderdelen", "mensen", "podia", "themas"])
def test_a_filled_in_example_is_on_the_page_and_imports_as_it_is(
    maker: FlaskClient, base: str, world: World, what: str, language: str, form: str
) -> None:
    path = f"{language}{base}/invoer/{what}"
    address = f"{path}/ingevuld-voorbeeld.{form}"
    assert f'href="{address}"' in shown(maker.get(path))
    content = maker.get(address).data
    cells = sheets.read(content)
    assert cells[0] == sheets.read(maker.get(f"{path}/voorbeeld.{form}").data)[0]
    there = send(maker, path, content, f"voorbeeld.{form}").location
    html = shown(maker.get(there))
    shown(maker.get(maker.post(there, data=hidden(html)).location))
    again = send(maker, path, content, f"voorbeeld.{form}").location
    html = shown(maker.get(again))
    assert "kind-story status-stopped" not in html, "no row is wrong"
    assert "<del>" not in html, re.findall("<li><strong>.*?<del>.*?</li>", html)
    assert html.count('class="status status-plain"') == len(cells) - 1, "all rows are there now"


def test_without_stages_and_themes_the_example_has_no_moments(app: Flask) -> None:
    edition = make.edition()
    for table in TABLES.values():
        known = read_known_names(edition)
        found = imports.preview(table, [table.heads, *example_rows(table, known)], edition)
        assert {row.fate for row in found.rows} == {"new"}, table.name
