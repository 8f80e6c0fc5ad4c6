"""Importing and exporting spreadsheets: the preview, all rows or nothing, and round trips."""

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from festival import sheets
from festival.db import db
from festival.editions.models import Edition
from festival.programme import draft, queries, session_languages, slot_capacity
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.programme.rules import people as people_rules
from festival.programme.rules import sessions, slots, stages_and_themes
from festival.programme.rules.imports import ProgrammeChanged
from festival.programme.rules.slots import PlacesTaken
from festival.scheduling import imports, known_names, spreadsheet_moments
from festival.scheduling.imported_rows import SessionRow
from festival.scheduling.spreadsheet_columns import TABLES
from festival.team.exports import harmless
from festival.team.imports.reading import NoHeadings
from festival.team.imports.rows import ImportPreview, RowsAreWrong
from festival.web.languages import Bilingual, speaking
from tests import make
from tests.make import NOW
from tests.races.at_once import at_once
from tests.scheduling.test_backoffice import shown
from tests.world import World, at, build_world

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)


def look(edition: Edition, *rows: list[str], what: str = "sessions") -> ImportPreview:
    """The preview of a file with these rows, the first of them the headings."""
    return imports.preview(TABLES[what], rows, edition)


def only(found: ImportPreview) -> SessionRow:
    [row] = found.rows
    assert isinstance(row, SessionRow)
    return row


def bring_in(
    edition: Edition, *rows: list[str], what: str = "sessions", **options: Any
) -> ImportPreview:
    db.session.rollback()
    seen = db.session.get_one(Edition, edition.id).draft_version
    return imports.import_rows(TABLES[what], rows, edition, **{"seen": seen, "now": NOW, **options})


def exported(edition: Edition, what: str = "sessions") -> list[list[str]]:
    known = known_names.read_known_names(edition)
    table = TABLES[what]
    return [table.heads, *table.rows(known, imports.existing_rows(table, known))]


def session(slug: str) -> Session:
    return db.session.query(Session).filter_by(slug=slug).one()


@pytest.fixture
def any_world(any_app: Flask) -> World:
    """The world on each of the two databases."""
    del any_app
    return build_world()


def test_a_new_session_with_a_moment(any_world: World) -> None:
    edition = any_world.edition
    rows = (
        ["Titel (Nederlands)", "Soort", "Thema", "Wie", "Dag", "Van", "Tot", "Podium",
         "Plekken om te boeken"],
        ["Breien", "workshop", "Zorg", "Ria Wróżyńska", "23-10-2026", "23.30", "0:15", "De Hal",
         "12"],
    )  # fmt: skip
    row = only(look(edition, *rows))
    assert (row.fate, row.title, row.number) == ("new", "Breien", 2)
    assert ("Soort", "", "workshop") in row.changes
    assert db.session.query(Session).count() == 3, "a look writes nothing"
    bring_in(edition, *rows)
    made = session("breien")
    assert (made.kind, made.level, made.languages) == ("workshop", "open", "nl")
    assert (made.is_public, made.takes_feedback) == (False, True)
    assert made.theme == any_world.care
    assert [person.slug for person in made.speakers] == ["ria"]
    [slot] = made.all_slots
    assert (slot.starts_at, slot.ends_at) == (at(23, 23, 30), at(24, 0, 15))
    assert (slot.places, slot.stage.slug) == (12, "hal")


def test_a_change_waits_in_the_draft(any_world: World) -> None:
    edition = any_world.edition
    rows = (
        ["adres", "Titel (Engels)", "Niveau", "Notities voor wie begeleidt"],
        ["zagen", "Sawing", "Voor wie er al iets van weet", "Let op de vingers"],
    )
    row = only(look(edition, *rows))
    assert row.fate == "changed"
    assert [tuple(each) for each in row.changes] == [
        ("Titel (Engels)", "", "Sawing"),
        ("Niveau", "Voor iedereen", "Voor wie er al iets van weet"),
        ("Notities voor wie begeleidt", "", "Let op de vingers"),
    ]
    did = bring_in(edition, *rows)
    assert did.count("changed") == 1
    row_ = session("zagen")
    assert row_.title == Bilingual("Zagen voor beginners"), "visitors see it after a release"
    assert draft.value(row_, "title") == Bilingual("Zagen voor beginners", "Sawing")
    assert row_.host_notes == "Let op de vingers"
    assert only(look(edition, *rows)).fate == "unchanged"


def test_what_the_file_does_not_have_stays(world: World) -> None:
    bring_in(world.edition, ["slug", "title_en"], ["soep", "Soup"])
    row = session("soep")
    assert draft.value(row, "title") == Bilingual("Soep is geen project", "Soup")
    assert draft.value(row, "theme_id") == world.care.id
    assert draft.value(row, "speakers") == [world.ria.id]
    assert row.is_highlight


def test_an_empty_cell_empties_but_no_choice(world: World) -> None:
    row = only(look(world.edition, ["adres", "thema", "soort", "wie"], ["soep", "", "", ""]))
    assert [each.heading for each in row.changes] == ["Thema", "Wie"]
    assert row.values == {"theme_id": None, "speakers": []}
    row = only(look(world.edition, ["adres", "titel (nederlands)"], ["zagen", ""]))
    assert row.fate == "wrong", "without a title"


@pytest.mark.parametrize(
    "heading", ["titel (nederlands)", "Title (Dutch)", "title_nl", " TITLE_NL "]
)
def test_rows_are_matched_by_title_too(world: World, heading: str) -> None:
    with speaking("en"):
        found = look(world.edition, [heading, "Level"], ["Zagen voor beginners", "open"])
    assert only(found).target == world.workshop
    assert only(found).fate == "unchanged"


def test_blanks_and_control_characters_are_left_out(any_world: World) -> None:
    rows = ([" Adres ", "Titel (Nederlands)"], [" zagen\t", " Za\x00gen\r\nen schaven\x07 "])
    bring_in(any_world.edition, *rows)
    assert draft.value(session("zagen"), "title").nl == "Zagen\nen schaven"


def test_two_of_the_same_title_need_an_address(world: World) -> None:
    for slug in ("een", "twee"):
        sessions.save_session(
            world.edition,
            None,
            {"slug": slug, "kind": "talk", "title": Bilingual("Dubbel")},
            speakers=[],
            now=NOW,
        )
    row = only(look(world.edition, ["title_nl", "level"], ["Dubbel", "open"]))
    assert "Vul ook het adres in" in row.problems[0].reason
    row = only(look(world.edition, ["slug", "title_nl"], ["twee", "Dubbel"]))
    assert row.fate == "unchanged"


def test_moments_of_one_session_each_have_a_row(any_world: World) -> None:
    head = ["Titel (Nederlands)", "Kort (Nederlands)", "Dag", "Van", "Tot", "Podium"]
    rows = (
        head,
        ["Breien", "Kort", "2026-10-23", "10:00", "11:00", "hal"],
        ["Breien", "", "2026-10-24", "10:00", "11:00", "De Tafel"],
        ["Haken", "", "", "", "", ""],
        ["Breien", "Iets anders", "2026-10-24", "12:00", "13:00", "hal"],
    )
    found = look(any_world.edition, *rows)
    assert [row.fate for row in found.rows] == ["new", "changed", "new", "wrong"]
    assert "staat hier iets anders over" in found.rows[3].problems[0].reason
    with pytest.raises(RowsAreWrong):
        bring_in(any_world.edition, *rows)
    assert db.session.query(Session).count() == 3, "nothing half imported"
    bring_in(any_world.edition, *rows, skip_wrong=True)
    assert [slot.stage.slug for slot in session("breien").all_slots] == ["hal", "tafel"]
    assert session("haken").all_slots == []


def test_a_moment_is_moved_by_its_code(world: World) -> None:
    slot = world.workshop.slots[0]
    head = ["adres", "moment", "van", "tot", "plekken om te boeken"]
    rows = (head, ["zagen", slot.code, "14:00", "15:30", "25"])
    row = only(look(world.edition, *rows))
    assert [tuple(each) for each in row.changes] == [
        ("Van", "11:00", "14:00"), ("Tot", "12:30", "15:30"), ("Plekken om te boeken", "20", "25"),
    ]  # fmt: skip
    bring_in(world.edition, *rows)
    assert (slot.starts_at, slot.places) == (at(23, 11), 25), "the time waits"
    assert draft.value(slot, "starts_at") == at(23, 14)
    slot_capacity.claim(slot.id, 3)
    db.session.commit()
    row = only(look(world.edition, head, ["zagen", slot.code, "14:00", "15:30", "2"]))
    assert row.problems[0].reason == "Kies minstens 3: zoveel plekken zijn er al geboekt."


def test_a_moment_without_code_is_known_by_time_and_place(world: World) -> None:
    head = ["adres", "dag", "van", "tot", "podium"]
    same = ["zagen", "2026-10-23", "11:00", "12:30", "tafel"]
    assert only(look(world.edition, head, same)).fate == "unchanged"
    longer = ["zagen", "2026-10-23", "11:00", "13:00", "tafel"]
    row = only(look(world.edition, head, longer))
    assert [tuple(each) for each in row.changes] == [("Tot", "12:30", "13:00")]
    found = look(world.edition, head, same, longer)
    assert tuple(found.rows[1].problems[0])[1:] == (
        "Dit moment staat ook in een andere rij.",
        "Rij 2",
    )
    bring_in(world.edition, head, longer)
    slot = world.workshop.slots[0]
    assert draft.value(slot, "ends_at") == at(23, 13)
    assert slot.places == 20, "the file says nothing about places"


def test_a_row_that_was_pasted_twice_makes_no_second_moment(world: World) -> None:
    head = ["titel (nederlands)", "dag", "van", "tot", "podium"]
    breien = ["Breien", "2026-10-23", "10:00", "11:00", "hal"]
    elsewhere = ["Breien", "2026-10-23", "10:00", "11:00", "tafel"]
    haken = ["Haken", "2026-10-23", "10:00", "11:00", "hal"]
    found = look(world.edition, head, breien, elsewhere, haken, breien)
    assert [row.fate for row in found.rows] == ["new", "changed", "new", "wrong"]
    assert found.rows[3].problems[0].about == "Rij 2"
    bring_in(world.edition, head, breien, breien, skip_wrong=True)
    assert len(session("breien").all_slots) == 1
    assert only(look(world.edition, head, breien)).fate == "unchanged"
    found = look(world.edition, head, breien, breien)
    assert [row.fate for row in found.rows] == ["unchanged", "wrong"]


WRONG = [
    ("soort", "wandeling", "Dit kennen we niet. Kies uit: Lezing"),
    ("thema", "Geluk", "Dit thema is er niet."),
    ("wie", "Ria W; Niemand", "Er is niemand die zo heet."),
    ("toegang", "lift", "Dit kennen we niet. Kies uit: Zonder trap"),
    ("vanaf welke leeftijd", "acht", "Schrijf een heel getal van 0 tot 99."),
    ("vanaf welke leeftijd", "100", "Schrijf een heel getal van 0 tot 99."),
    ("vanaf welke leeftijd", "9" * 5_000, "Schrijf een heel getal van 0 tot 99."),
    ("staat op de voorpagina", "misschien", "Schrijf ja of nee."),
    ("titel (engels)", "a" * 201, "Dit is te lang: hoogstens 200 tekens."),
    ("dag", "2026-02-30", "Deze dag bestaat niet."),
    ("dag", "2026-10-30", "Dan is er geen festival."),
    ("dag", "1926-10-23", "Dan is er geen festival."),
    ("dag", "2026-10-23 om 1", "Schrijf de dag als 2027-09-17."),
    ("dag", "vrijdag", "Schrijf de dag als 2027-09-17."),
    ("van", "half elf", "Schrijf de tijd als 13:30."),
    ("van", "25:00", "Schrijf de tijd als 13:30."),
    ("van", "13.3", "Schrijf de tijd als 13:30."),
    ("podium", "Zolder", "Dit podium is er niet."),
    ("podium", "", "Vul dit in."),
    ("tot", "10:00", "Het einde ligt niet na het begin."),
    ("moment", "WEG", "Dit onderdeel heeft dat moment niet."),
    ("plekken om te boeken", "-1", "Schrijf een heel getal"),
]  # fmt: skip


def test_what_is_wrong_is_said_in_plain_words(world: World) -> None:
    good = {"adres": "zagen", "dag": "2026-10-24", "van": "11:00", "tot": "12:00", "podium": "hal"}
    for heading, cell, reason in WRONG:
        told = good | {heading: cell}
        row = only(look(world.edition, list(told), list(told.values())))
        assert row.fate == "wrong", (heading, cell)
        assert reason in row.problems[0].reason
        assert row.problems[0].heading.casefold() in (heading, "")


def test_spreadsheets_own_days_and_times(world: World) -> None:
    head = ["adres", "dag", "van", "tot", "podium"]
    row = only(look(world.edition, head, ["soep", "46319", "0.4375", "46319.479166666664", "hal"]))
    assert not row.problems
    assert row.slot_values["starts_at"] == at(24, 10, 30)
    assert row.slot_values["ends_at"] == at(24, 11, 30)


@pytest.mark.parametrize(
    "text",
    ["2026-10-23", "23-10-2026", "23/10/2026", "23.10.2026", "23-10-26", "2026-10-23 00:00:00"],
)
def test_days_as_people_and_programs_write_them(text: str) -> None:
    assert spreadsheet_moments.read_day(None, text) == date(2026, 10, 23)


@pytest.mark.parametrize("text", ["9.30", "9:30", "09:30:00", "9u30", "9U30", "9.30 uur"])
def test_times_as_people_write_them(text: str) -> None:
    assert spreadsheet_moments.read_time(None, text) == time(9, 30)


def test_addresses_that_are_taken_or_reserved(world: World) -> None:
    head = ["adres", "titel (nederlands)"]
    found = look(world.edition, head, ["nieuw", "A"], ["Met Spaties", "B"], ["", "Soep"],
                 ["soep-2", "C"], ["", "?"])  # fmt: skip
    assert [row.fate for row in found.rows] == ["wrong", "wrong", "new", "wrong", "new"]
    assert found.rows[2].values["slug"] == "soep-2", "`soep` is of another"
    assert "van iets anders" in found.rows[3].problems[0].reason


def test_a_file_without_headings_and_with_other_columns(world: World) -> None:
    for rows in ([], [["Zagen", "workshop"]], [["Niveau"], ["open"]]):
        with pytest.raises(NoHeadings):
            look(world.edition, *rows)
    found = look(world.edition, ["Adres", "Kleur", ""], ["zagen", "rood", "x"], ["", "", ""])
    assert found.unknown == ["Kleur"]
    assert len(found.rows) == 1, "an empty row is none"


def test_an_address_in_another_spelling_is_no_change(any_world: World) -> None:
    edition, ria = any_world.edition, any_world.ria
    ria.email = "ria@bücher.example"
    db.session.commit()
    for typed in ("Ria@Bücher.example", "RIA@xn--bcher-kva.example", "ria@bücher.example"):
        found = look(edition, ["Naam", "E-mailadres"], [ria.name, typed], what="speakers")
        assert [row.fate for row in found.rows] == ["unchanged"]
    rows = ["Naam", "E-mailadres"], [ria.name, "Ria@Other.example"]
    [row] = look(edition, *rows, what="speakers").rows
    assert (row.fate, row.values["email"]) == ("changed", "ria@other.example")
    bring_in(edition, *rows, what="speakers")
    assert (ria.email, ria.draft.get("email")) == ("ria@other.example", None)


def test_people(any_world: World) -> None:
    edition = any_world.edition
    rows = (
        ["Naam", "Links", "E-mailadres", "Telefoon", "Taal van de mail",
         "Over deze persoon (Engels)"],
        ["Ria Wróżyńska", "https://example.org/a https://example.org/b", "ria@example.org",
         "+31 6 1234", "Engels", "She"],
        ["Sem Smid", "", "", "", "", ""],
        ["Bo", "javascript:alert(1)", "geen adres", "", "", ""],
    )  # fmt: skip
    found = look(edition, *rows, what="speakers")
    assert [row.fate for row in found.rows] == ["changed", "new", "wrong"]
    assert [each.heading for each in found.rows[2].problems] == ["Links", "E-mailadres"]
    bring_in(edition, *rows, what="speakers", skip_wrong=True)
    ria = any_world.ria
    assert (ria.email, ria.phone, ria.language) == ("ria@example.org", "+31 6 1234", "en")
    assert draft.value(ria, "links") == ["https://example.org/a", "https://example.org/b"]
    sem = db.session.query(Speaker).filter_by(slug="sem-smid").one()
    assert (sem.name, sem.language, sem.links) == ("Sem Smid", "nl", [])
    assert len(sem.secret) > 20


def test_a_programme_that_changed_is_looked_at_again(any_world: World) -> None:
    rows = (["adres", "titel (engels)"], ["zagen", "Sawing"])
    seen = any_world.edition.draft_version
    stages_and_themes.save_theme(
        any_world.edition, None, {"slug": "x", "name": Bilingual("X")}, now=NOW
    )
    with pytest.raises(ProgrammeChanged):
        bring_in(any_world.edition, *rows, seen=seen)
    assert session("zagen").draft == {}


def test_nothing_is_written_when_something_refuses(
    any_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = any_world.workshop.slots[0]
    code = slot.code
    rows = (
        ["adres", "titel (nederlands)", "moment", "plekken om te boeken"],
        ["breien", "Breien", "", ""],
        ["zagen", "Anders", code, "2"],
    )
    prepared = imports._prepared

    def booked_meanwhile(*args: Any, **kwargs: Any) -> Any:
        """Somebody books places after the rows were compared, and before they are written."""
        made = prepared(*args, **kwargs)
        db.session.rollback()
        slot_capacity.claim(slot.id, 3)
        db.session.commit()
        return made

    monkeypatch.setattr(imports, "_prepared", booked_meanwhile)
    with pytest.raises(PlacesTaken) as refused:
        bring_in(any_world.edition, *rows)
    assert refused.value.details == {"taken": 3}
    assert db.session.query(Session).count() == 3
    assert (session("zagen").draft, slot.places) == ({}, 20)


def test_one_file_imported_twice_at_once_is_imported_once(any_app: Flask) -> None:
    edition = build_world().edition
    edition_id, seen = edition.id, edition.draft_version
    rows = [["titel (nederlands)"], ["Breien"], ["Haken"]]

    def import_once(_n: int) -> str:
        try:
            imports.import_rows(
                TABLES["sessions"],
                rows,
                db.session.get_one(Edition, edition_id),
                seen=seen,
                now=NOW,
            )
        except ProgrammeChanged:
            return "again"
        return "done"

    assert sorted(at_once(any_app, import_once, 4)) == ["again"] * 3 + ["done"]
    assert db.session.query(Session).count() == 5


def test_an_import_asks_as_often_for_many_rows_as_for_few(
    world: World, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    asked = []
    for number in (1, 200):
        rows = [["titel (nederlands)", "wie", "thema"]]
        rows += [[f"Los {n}", "Ria Wróżyńska", "Zorg"] for n in range(number)]
        db.session.rollback()
        with queries() as sent:
            look(world.edition, *rows)
        asked.append(len(sent))
    assert asked[0] == asked[1] <= 12


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("en; nl", "nl+en"),
        ("Nederlands en Engels", "nl+en"),
        ("Dutch, English, and Turkish", None),
        ("Turks+dse", "tr+dse"),
        ("Dutch / Vlaamse Gebarentaal", "nl+vgt"),
        ("KU", "ku"),
        ("nl en fr", None),
        ("e", None),
        ("zxx", None),
        (";", None),
    ],
)
def test_languages_as_people_write_them(world: World, typed: str, kept: str | None) -> None:
    found = look(world.edition, ["Adres", "Taal"], ["zagen", typed])
    said = str(found.rows[0].problems)
    assert ("Deze taal kennen we niet" in said) == (kept is None), said
    assert session_languages.read(typed) == kept if kept else True


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("what", ["sessions", "speakers"])
def test_an_export_changes_nothing(world: World, what: str, language: str) -> None:
    sessions.save_session(
        world.edition,
        world.workshop,
        {
            "access": ["quiet", "step_free"],
            "no_access": ["hearing_loop"],
            "min_age": 0,
            "languages": "nl+dse+ti",
        },
        speakers=[world.ria],
        seen=1,
        now=NOW,
    )
    slots.drop_slot(world.workshop.slots[0], seen=1, now=NOW)
    with speaking(language):
        rows = exported(world.edition, what)
    assert len(rows) == (1 + 1 + 1 + 12 + 1 if what == "sessions" else 2) - (what == "sessions")
    found = look(world.edition, *rows, what=what)
    assert [row.problems + row.changes for row in found.rows] == [[]] * len(found.rows)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(TEXTS, min_size=8, max_size=8), is_public=st.booleans())
def test_nasty_texts_come_back_unchanged(world: World, texts: list[str], is_public: bool) -> None:
    """Round trips as CSV and as XLSX: formulas, quotes, control characters, blanks."""
    title = Bilingual(f"t{texts[0]}", texts[1])
    # Straight into the rows: what forms tidy away may stand there from elsewhere.
    world.talk.title, world.talk.summary = title, Bilingual(texts[2], texts[3])
    world.talk.host_notes, world.talk.is_public = texts[4], is_public
    world.ria.name, world.ria.phone, world.ria.place = f"n{texts[5]}", texts[6], texts[7]
    db.session.commit()
    for what in ("sessions", "speakers"):
        heads, *rows = exported(world.edition, what)
        buffer = io.StringIO()
        csv.writer(buffer, delimiter=";").writerows(
            [harmless(cell) for cell in row] for row in (heads, *rows)
        )
        for content in (buffer.getvalue().encode("utf-8-sig"), sheets.xlsx(what, heads, rows)):
            found = look(world.edition, *sheets.read(content), what=what)
            assert [row.problems + row.changes for row in found.rows] == [[]] * len(rows)


def send(maker: FlaskClient, path: str, content: bytes, name: str = "programma.csv") -> Any:
    return maker.post(path, data={"file": (io.BytesIO(content), name)})


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of the form that imports."""
    import re

    return dict(re.findall(r'type="hidden" name="(key|seen)" value="([^"]+)"', html))


def test_from_file_to_programme(maker: FlaskClient, base: str, world: World) -> None:
    path = f"{base}/invoer/onderdelen"
    shown(maker.get(path))
    content = "Titel (Nederlands);Soort;Wat\nBreien;workshop;\nZagen voor beginners;spel;\n"
    answer = send(maker, path, content.encode("cp1252"))
    assert answer.location.endswith(f"{path}/bekijken")
    html = shown(maker.get(answer.location))
    assert "Importeer 2 rijen" in html
    assert "<del>Workshop</del>" in html
    assert "Wat." in html, "a column that nobody knows"
    assert db.session.query(Session).count() == 3
    assert "Breien" not in shown(maker.get(f"{answer.location}?toon=changed"))
    done = maker.post(answer.location, data=hidden(html))
    assert "2 rijen zijn geïmporteerd." in shown(maker.get(done.location))
    assert session("breien").kind == "workshop"
    assert maker.get(answer.location).location.endswith(path), "the file is gone"


def test_wrong_rows_are_named_and_left_out_only_when_asked(
    maker: FlaskClient, base: str, world: World
) -> None:
    path = f"{base}/invoer/onderdelen"
    there = send(maker, path, b"title_nl,kind\nBreien,workshop\nHaken,wandeling\n").location
    html = shown(maker.get(there))
    assert "Importeer alleen de goede rij" in html
    assert "“wandeling” – Dit kennen we niet" in html
    assert "Er kloppen nog rijen niet" in shown(maker.post(there, data=hidden(html)), 409)
    maker.post(there, data=hidden(html) | {"skip_wrong": "yes"})
    assert db.session.query(Session).count() == 4


def test_another_file_or_a_changed_programme_is_looked_at_again(
    maker: FlaskClient, base: str, world: World
) -> None:
    path = f"{base}/invoer/onderdelen"
    there = send(maker, path, b"title_nl\nBreien\n").location
    old = hidden(shown(maker.get(there)))
    send(maker, path, b"title_nl\nHaken\n")
    answer = maker.post(there, data=old)
    assert "een ander bestand" in shown(maker.get(answer.location))
    now = hidden(shown(maker.get(there)))
    stages_and_themes.save_theme(
        world.edition, None, {"slug": "x", "name": Bilingual("X")}, now=NOW
    )
    assert "Het programma is veranderd" in shown(maker.post(there, data=now), 409)
    assert db.session.query(Session).count() == 3
    maker.post(there, data=hidden(shown(maker.get(there))))
    assert session("haken")


def test_another_maker_s_file_is_not_mine(
    maker: FlaskClient, base: str, world: World, app: Flask
) -> None:
    path = f"{base}/invoer/mensen"
    send(maker, path, b"name,email\nBo,bo@example.org\n")
    other = app.test_client()
    make.sign_in(other, "organiser")
    assert other.get(f"{path}/bekijken").location.endswith(path)


def test_files_that_are_refused(
    maker: FlaskClient, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{base}/invoer/onderdelen"
    assert "Kies een bestand." in shown(maker.post(path, data={}), 422)
    html = shown(send(maker, path, b"PK\x03\x04rommel", "a.xlsx"), 422)
    assert "Dit bestand kunnen we niet lezen" in html
    assert "geen kolomkoppen" in shown(send(maker, path, b"Breien;workshop\n"), 422)
    monkeypatch.setattr(sheets, "MOST_BYTES", 1000)
    assert "te groot" in shown(send(maker, path, b"x" * 1001), 413)


def test_out_as_csv_and_xlsx_and_an_empty_one(maker: FlaskClient, base: str, world: World) -> None:
    people_rules.save_speaker(world.edition, world.ria, {"phone": "+31 6 1"}, seen=1, now=NOW)
    for what in ("onderdelen", "mensen"):
        for format_ in ("csv", "xlsx"):
            answer = maker.get(f"{base}/uitvoer/{what}.{format_}")
            name = f"{world.edition.slug}-{what}.{format_}"
            assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
            rows = sheets.read(answer.data)
            assert len(rows) == (16 if what == "onderdelen" else 2)
            there = send(maker, f"{base}/invoer/{what}", answer.data, name).location
            assert "Er valt niets te importeren" in shown(maker.get(there))
            empty = sheets.read(maker.get(f"{base}/invoer/{what}/voorbeeld.{format_}").data)
            assert empty == rows[:1]
    assert b"'+31 6 1" in maker.get(f"{base}/uitvoer/mensen.csv").data
    rows = sheets.read(maker.get(f"{base}/uitvoer/onderdelen.csv?soort=talk").data)
    assert [row[0] for row in rows] == ["Adres", "soep"]
    assert maker.get(f"{base}/uitvoer/onderdelen.pdf").status_code == 404


def test_only_programme_makers_take_it_out_or_in(app: Flask, base: str) -> None:
    client = app.test_client()
    make.sign_in(client, "finance")
    for path in ("uitvoer/mensen.csv", "invoer/mensen", "invoer/mensen/bekijken"):
        assert client.get(f"{base}/{path}").status_code == 403


def test_a_name_that_is_not_clear_is_written_as_its_address(world: World) -> None:
    for slug in ("jan", "jan-2"):
        people_rules.save_speaker(world.edition, None, {"slug": slug, "name": "Jan; Piet"}, now=NOW)
    people_rules.save_speaker(world.edition, None, {"slug": "piet", "name": "jan"}, now=NOW)
    people_rules.save_speaker(world.edition, None, {"slug": "duo", "name": "An; Bo"}, now=NOW)
    people = {person.slug: person.id for person in queries.team_speakers(world.edition)}
    known = known_names.read_known_names(world.edition)
    assert known.people.name(people["ria"]) == "Ria Wróżyńska"
    assert known.people.name(people["duo"]) == "duo", "it would be two names"
    assert known.people.name(people["jan-2"]) == "jan-2"
    assert known.people.name(people["piet"]) == "piet", "`jan` is the address of another"


def test_slots_of_another_session_are_not_touched(world: World) -> None:
    code = world.workshop.slots[0].code
    row = only(look(world.edition, ["adres", "moment", "van"], ["soep", code, "10:00"]))
    assert row.fate == "wrong"
    assert db.session.query(Slot).filter_by(code=code).one().draft == {}
