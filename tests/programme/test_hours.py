"""Hours as people write them, in the nights in which the clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient

from festival.db import db
from festival.programme import hours
from tests.scheduling.test_backoffice import form_of, shown
from tests.scheduling.test_imports import look, only
from tests.world import World

SATURDAY = date(2026, 10, 24)  # in its night the clocks go from three back to two
HEAD = ["adres", "dag", "van", "tot", "podium"]


def in_winter_time(hour: int, minute: int) -> datetime:
    return datetime(2026, 10, 25, hour - 1, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "at", "is_end", "said"),
    [
        (SATURDAY, time(1, 59), False, None),
        (SATURDAY, time(2), False, "komt twee keer"),
        (SATURDAY, time(2), True, None),  # the other two o'clock begins when this hour ends
        (SATURDAY, time(2, 59), True, "komt twee keer"),
        (SATURDAY, time(3), False, None),
        (SATURDAY, time(3), True, None),
        (date(2027, 3, 27), time(1, 59), False, None),
        (date(2027, 3, 27), time(2, 30), False, "is er niet"),
        (date(2027, 3, 27), time(2, 30), True, "is er niet"),
        (date(2027, 3, 27), time(3), False, None),
        (date(2026, 10, 23), time(2, 30), False, None),
    ],
)
def test_an_hour_that_is_not_one_moment_is_unclear(
    world: World, day: date, at: time, is_end: bool, said: str | None
) -> None:
    on = hours.start_date(day, at)
    found = hours.unclear(world.edition, on, at, is_end=is_end)
    assert (found is None) if said is None else (said in str(found))


def test_forms_ask_for_an_hour_that_is_one_moment(
    maker: FlaskClient, base: str, world: World
) -> None:
    path = f"{base}/onderdelen/soep/momenten/nieuw"
    sent = form_of(shown(maker.get(path))) | {"day": "2026-10-24", "stage": "tafel"}
    for starts, ends in (("01:30", "02:30"), ("02:30", "03:30")):
        page = shown(maker.post(path, data=sent | {"starts": starts, "ends": ends}), 422)
        assert "Deze tijd komt twee keer" in page
    assert len(world.talk.all_slots) == 1
    assert maker.post(path, data=sent | {"starts": "01:30", "ends": "03:30"}).status_code == 302
    slot = world.talk.all_slots[-1]
    assert (slot.ends_at - slot.starts_at).total_seconds() == 3 * 3600


def test_opening_hours_end_at_one_moment(maker: FlaskClient, base: str, world: World) -> None:
    sent = form_of(shown(maker.get(f"{base}/podia/hal"))) | {
        "hours-0-day": "2026-10-24",
        "hours-0-starts": "20:00",
        "hours-0-ends": "02:30",
    }
    page = shown(maker.post(f"{base}/podia/hal", data=sent), 422)
    assert "Deze tijd komt twee keer" in page


def test_an_unedited_repeated_hour_keeps_its_meaning(
    maker: FlaskClient, base: str, world: World
) -> None:
    slot = world.talk.slots[0]
    slot.starts_at, slot.ends_at = in_winter_time(2, 15), in_winter_time(2, 45)
    db.session.commit()
    path = f"{base}/onderdelen/soep/momenten/{slot.code}"
    sent = form_of(shown(maker.get(path)))
    assert (sent["starts"], sent["ends"]) == (["02:15"], ["02:45"])
    assert maker.post(path, data=sent | {"places": "7"}).status_code == 302
    db.session.expire_all()
    assert slot.places == 7
    assert slot.draft == {}, "nothing else waits for a release"
    assert "komt twee keer" in shown(maker.post(path, data=sent | {"starts": "02:10"}), 422)

    head = ["adres", "moment", "dag", "van", "tot"]
    row = only(look(world.edition, head, ["soep", slot.code, "2026-10-25", "02:15", "02:45"]))
    assert row.fate == "unchanged"
    cells = ["soep", slot.code, "2026-10-25", "02:15", "02:45", "9"]
    row = only(look(world.edition, [*head, "plekken om te boeken"], cells))
    assert row.slot_values["starts_at"] == slot.starts_at, "more places, at the same hour"


def test_imports_ask_for_an_hour_that_is_one_moment(world: World) -> None:
    row = only(look(world.edition, HEAD, ["zagen", "2026-10-25", "01:00", "02:30", "hal"]))
    assert row.fate == "wrong"
    [problem] = row.problems
    assert problem.heading == "Tot"
    assert "Deze tijd komt twee keer" in problem.reason


DAY = date(2026, 10, 23)
NEXT = date(2026, 10, 24)


@pytest.mark.parametrize(
    ("starts", "ends", "starts_on", "ends_on"),
    [
        (time(10), time(11), DAY, DAY),
        (time(23), time(1), DAY, NEXT),
        (time(14), time(6), DAY, NEXT),  # until the end of the festival's day, however long
        (time(23), time(7), DAY, NEXT),
        (time(20), time(8), DAY, NEXT),
        (time(20), time(8, 1), DAY, DAY),  # longer than twelve hours: mistyped
        (time(10, 30), time(10), DAY, DAY),
        (time(10), time(10), DAY, DAY),
        (time(6), time(6), DAY, NEXT),
        (time(5, 59), time(7), NEXT, NEXT),  # it starts in the night
        (time(0, 30), time(2), NEXT, NEXT),
        (time(2), time(1), NEXT, NEXT),
    ],
)
def test_an_end_before_its_start_on_the_clock_is_in_the_night_or_the_next_morning(
    world: World, starts: time, ends: time, starts_on: date, ends_on: date
) -> None:
    span = hours.span(world.edition, DAY, starts, ends)
    assert span == (world.edition.moment(starts_on, starts), world.edition.moment(ends_on, ends))


def test_a_form_takes_what_goes_on_into_the_morning(
    maker: FlaskClient, base: str, world: World
) -> None:
    path = f"{base}/onderdelen/soep/momenten/nieuw"
    sent = form_of(shown(maker.get(path))) | {"day": "2026-10-23", "stage": "tafel"}
    mistyped = sent | {"starts": "10:30", "ends": "10:00"}
    assert "Het einde ligt niet na het begin" in shown(maker.post(path, data=mistyped), 409)
    for starts, ends in (("23:00", "07:00"), ("05:30", "07:30")):
        assert maker.post(path, data=sent | {"starts": starts, "ends": ends}).status_code == 302
    added = sorted((slot.starts_at, slot.ends_at) for slot in world.talk.all_slots[1:])
    assert [end - start for start, end in added] == [timedelta(hours=8), timedelta(hours=2)]
    assert "23.00–7.00" in shown(maker.get(f"{base}/rooster?dag=2026-10-23"))
    slot = world.talk.all_slots[-1]
    again = form_of(shown(maker.get(f"{base}/onderdelen/soep/momenten/{slot.code}")))
    assert maker.post(f"{base}/onderdelen/soep/momenten/{slot.code}", data=again).status_code == 302
    assert sorted((each.starts_at, each.ends_at) for each in world.talk.all_slots[1:]) == added


def test_the_morning_after_the_clocks_changed(world: World) -> None:
    span = hours.span(world.edition, SATURDAY, time(23), time(7))
    assert span.ends_at - span.starts_at == timedelta(hours=9)
