"""Moments in a spreadsheet: types of cells, nights, and which slot a row without a code moves."""

from datetime import date, time
from typing import Any

import pytest

from festival.programme import draft
from festival.programme.models.sessions import Slot
from festival.programme.rules import publishing, slots
from festival.scheduling import imports, spreadsheet_moments
from festival.team.imports.columns import UnreadableCell
from festival.team.imports.rows import RowsAsk
from festival.web.languages import Bilingual, speaking
from tests.make import NOW
from tests.scheduling.test_imports import bring_in, exported, look, only, session
from tests.world import World, at

HEAD = ["adres", "dag", "van", "tot", "podium"]
DAY = [time(minute // 60, minute % 60) for minute in range(1440)]


def read(cell: str | float) -> time:
    return spreadsheet_moments.read_time(None, spreadsheet_moments.clean_time(cell))


@pytest.mark.parametrize("digits", [17, 15])
def test_every_minute_survives_as_a_number_of_a_workbook(digits: int) -> None:
    assert [read(float(f"{n / 1440:.{digits}g}")) for n in range(1440)] == DAY
    assert [read(46319 + float(f"{n / 1440:.{digits}g}")) for n in range(1440)] == DAY


@pytest.mark.parametrize(
    "form", ["{:%H:%M}", "{:%H:%M:%S}", "{:%I:%M:%S %p}", "{:%Hu%M}", "2026-10-23 {:%H:%M}"]
)
def test_every_minute_survives_as_a_text_of_a_csv(form: str) -> None:
    assert [read(form.format(each)) for each in DAY] == DAY


def test_a_part_of_a_day_in_a_csv_is_read_or_asked_about() -> None:
    """18:00 was refused, and 06:00 became 00:25: both silently are worse than a question."""
    unclear = []
    for n, each in enumerate(DAY):
        try:
            assert read(f"{n / 1440:.15g}") == each
        except UnreadableCell as why:
            unclear.append((each, str(why.reason)))
    hours = [each for each, _ in unclear]
    assert hours == [time(1, 12), time(3, 36), time(6), time(8, 24), time(10, 48), time(13, 12)]
    assert "Dit kan 00:25 zijn of, als deel van een dag, 06:00." in unclear[2][1]
    assert (read("0,75"), read("0.30"), read("00.25")) == (time(18), time(0, 30), time(0, 25))


@pytest.mark.parametrize("cell", ["24:00", 1, 1.0, 0, "0", "12:00 AM", "24.00 uur"])
def test_midnight(cell: str | float) -> None:
    assert read(cell) == time(0)


@pytest.mark.parametrize(
    ("day", "starts", "ends", "moment", "dutch", "english"),
    [
        ("2026-10-24", "00:00", "01:00", (24, 0), "nacht van vrijdag op zaterdag, za 00.00–01.00",
         "night from Friday to Saturday, Sat 00.00–01.00"),
        ("2026-10-25", "00:30", "02:00", (25, 0, 30), "van zaterdag op zondag, zo 00.30–02.00",
         "night from Saturday to Sunday, Sun 00.30–02.00"),
        ("2026-10-24", "05:59", "07:00", (24, 5, 59), "van vrijdag op zaterdag, za 05.59–07.00",
         "Sat 05.59–07.00"),
        ("2026-10-23", "23:00", "06:00", (23, 23), "vrijdag 23 oktober, 23.00–6.00 uur",
         "Friday 23 October, 23.00–6.00"),
        ("2026-10-23", "23:00", "07:00", (23, 23),
         "vrijdag 23 oktober, 23.00–7.00 uur (tot in de ochtend van zaterdag)",
         "Friday 23 October, 23.00–7.00 (until the morning of Saturday)"),
        ("2026-10-23", "06:00", "07:00", (23, 6), "vrijdag 23 oktober, 6.00–7.00 uur",
         "Friday 23 October"),
        ("2026-10-23", "20:00", "24:00", (23, 20), "vrijdag 23 oktober, 20.00–0.00 uur",
         "Friday 23 October, 20.00–0.00"),
    ],
)  # fmt: skip
def test_a_night_is_on_its_own_date_and_said_in_words(
    world: World, day: str, starts: str, ends: str, moment: tuple[int, ...], dutch: str,
    english: str,
) -> None:  # fmt: skip
    rows = ([*HEAD, "titel (nederlands)"], ["feest", day, starts, ends, "hal", "Feest"])
    row = only(look(world.edition, *rows))
    assert row.slot_values["starts_at"] == at(*moment)
    assert dutch in row.notes[0]
    with speaking("en"):
        assert english in only(look(world.edition, *rows)).notes[0]
    bring_in(world.edition, *rows)
    [slot] = session("feest").all_slots
    assert slot.starts_at == at(*moment)


def test_an_end_that_is_mistyped_is_refused(world: World) -> None:
    row = only(look(world.edition, HEAD, ["soep", "2026-10-23", "10:30", "10:00", "hal"]))
    assert [str(each) for each in row.problems] == ["Het einde ligt niet na het begin."]


def test_what_goes_on_into_the_morning_comes_back_from_an_export(world: World) -> None:
    head = [*HEAD, "titel (nederlands)"]
    bring_in(world.edition, head, ["feest", "2026-10-23", "23:00", "07:00", "hal", "Feest"])
    found = look(world.edition, *exported(world.edition))
    assert {row.fate for row in found.rows} == {"unchanged"}
    [slot] = session("feest").all_slots
    assert slot.ends_at == at(24, 7)


def test_a_night_before_the_festival_is_explained(world: World) -> None:
    row = only(look(world.edition, HEAD, ["soep", "2026-10-23", "00:30", "1:00", "hal"]))
    assert row.problems[0].reason == (
        "Dat is in de nacht van donderdag op vrijdag, en dan is er nog geen festival. Bedoel je de"
        " nacht erna? Schrijf dan zaterdag 24 oktober."
    )
    row = only(look(world.edition, HEAD, ["soep", "2026-10-26", "07:00", "8:00", "hal"]))
    assert row.problems[0].reason == "Dan is er geen festival."


def moved(world: World, *rows: list[str], **options: Any) -> list[Slot]:
    bring_in(world.edition, HEAD, *rows, **options)
    return [slot for slot in session(rows[0][0]).all_slots if not draft.is_dropped(slot)]


def test_a_corrected_time_moves_the_moment(world: World) -> None:
    """It used to add a second one: 142 moments for 138 sessions."""
    code = world.talk.slots[0].code
    corrected = ["soep", "2026-10-23", "10:30", "11:15", "tafel"]
    row = only(look(world.edition, HEAD, corrected))
    assert row.notes == [
        "Verplaatst van vrijdag 23 oktober, 10.00–10.45 uur, De Hal naar"
        " vrijdag 23 oktober, 10.30–11.15 uur, De Tafel"
    ]
    [slot] = moved(world, corrected)
    assert (slot.code, draft.value(slot, "starts_at")) == (code, at(23, 10, 30))
    assert only(look(world.edition, HEAD, corrected)).fate == "unchanged"


def test_several_corrected_times_each_move_the_nearest_moment(world: World) -> None:
    codes = [slot.code for slot in world.workshop.slots]
    rows = (
        ["zagen", "2026-10-24", "11:30", "13:00", "tafel"],
        ["zagen", "2026-10-23", "10:30", "12:00", "tafel"],
    )
    assert not look(world.edition, HEAD, *rows).asking
    found = {slot.code: draft.value(slot, "starts_at") for slot in moved(world, *rows)}
    assert found == {codes[0]: at(23, 10, 30), codes[1]: at(24, 11, 30)}


@pytest.mark.parametrize("more", [True, False])
def test_where_a_row_may_be_either_it_is_asked(world: World, more: bool) -> None:
    """More moments in the file than there are, or fewer: a move, or something new?"""
    slug = "soep" if more else "zagen"
    rows = [[slug, "2026-10-23", "16:00", "17:00", "hal"]]
    rows += [[slug, "2026-10-24", "16:00", "17:00", "hal"]] * more
    found = look(world.edition, HEAD, *rows)
    assert [row.fate for row in found.rows] == ["asks"] * len(rows)
    labels = [choice.label for choice in found.rows[0].choices]
    assert labels[-1] == "Maak een nieuw moment"
    assert labels[0].startswith("Verplaats: vrijdag 23 oktober, 1")
    with pytest.raises(RowsAsk):
        moved(world, *rows)
    with pytest.raises(RowsAsk):
        moved(world, *rows, skip_wrong=True, answers={2: "other"})
    [code, *others] = [slot.code for slot in session(slug).all_slots]
    answers = {2: code} | ({3: "new"} if more else {})
    slots_now = moved(world, *rows, answers=answers)
    starts = {slot.code: draft.value(slot, "starts_at") for slot in slots_now}
    assert starts[code] == at(23, 16)
    assert len(slots_now) == 2
    assert all(starts[other] == at(24, 11) for other in others)


def test_one_moment_cannot_be_moved_to_two_places(world: World) -> None:
    rows = [["soep", f"2026-10-{day}", "16:00", "17:00", "hal"] for day in (23, 24)]
    code = world.talk.slots[0].code
    found = look_with(world, rows, {2: code, 3: code})
    assert str(found.rows[1].problems[0]) == "“Rij 2”: Dit moment staat ook in een andere rij."


def look_with(world: World, rows: list[list[str]], answers: dict[int, str]) -> Any:
    return imports.preview(imports.SESSIONS, [HEAD, *rows], world.edition, answers)


def test_moments_that_change_places_are_asked_about(world: World) -> None:
    """A coach's afternoon that begins later: each meeting seems to be the one after it."""
    rows = []
    for n in range(12):
        minutes = 13 * 60 + 25 + 25 * n
        starts, ends = (f"{m // 60}:{m % 60:02}" for m in (minutes, minutes + 20))
        rows.append(["coach", "2026-10-23", starts, ends, "tafel"])
    found = look(world.edition, HEAD, *rows)
    assert [row.fate for row in found.rows] == ["unchanged"] * 11 + ["asks"]


def test_a_slot_that_will_go_is_not_moved(world: World) -> None:
    slots.drop_slot(world.talk.slots[0], seen=1, now=NOW)
    row = only(look(world.edition, HEAD, ["soep", "2026-10-23", "16:00", "17:00", "hal"]))
    assert row.notes == ["Nieuw moment: vrijdag 23 oktober, 16.00–17.00 uur, De Hal"]


def test_an_export_has_the_date_of_the_calendar(world: World) -> None:
    slots.add_slot(
        world.talk, stage=world.hall, starts_at=at(25, 1), ends_at=at(25, 1, 30), places=None,
        now=NOW,
    )  # fmt: skip
    publishing.publish_draft(world.edition, name=Bilingual("Nacht"), now=NOW)
    heads, *rows = exported(world.edition)
    [row] = [row for row in rows if row[heads.index("Van")] == "01:00"]
    assert row[heads.index("Dag")] == date(2026, 10, 25).isoformat()
