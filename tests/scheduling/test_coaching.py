"""Cutting a coach's time into meetings, and moving or dropping one."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from festival.db import db
from festival.programme import snapshot_reading
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.programme.rules import people as people_rules
from festival.programme.rules import publishing, rows, sessions, slots, stages_and_themes
from festival.programme.timing import Span
from festival.scheduling.coaching import meetings
from festival.scheduling.coaching.meetings import MeetingPlan, cut_meetings
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW
from tests.races.at_once import at_once
from tests.world import World, at, build_world

MINUTE = timedelta(minutes=1)

# ---- cutting ----

# The night in which the clocks go back lies in the middle.
BEGIN = datetime(2026, 10, 24, 16, 0, tzinfo=UTC)


@st.composite
def spans(draw: st.DrawFn, most: int = 4) -> list[Span]:
    found = []
    for _ in range(draw(st.integers(0, most))):
        starts_at = BEGIN + draw(st.integers(0, 1200)) * MINUTE
        found.append(Span(starts_at, starts_at + draw(st.integers(1, 300)) * MINUTE))
    return found


@given(
    st.data(),
    spans(),
    st.integers(5, 90),
    st.integers(0, 30),
    st.integers(1, 20),
    spans(),
    spans(),
    spans(),
)
def test_what_is_cut_fits(
    data: st.DataObject,
    wanted: list[Span],
    minutes: int,
    pause: int,
    most: int,
    availability: list[Span],
    hours: list[Span],
    busy: list[Span],
) -> None:
    found = cut_meetings(
        wanted,
        length=minutes * MINUTE,
        pause=pause * MINUTE,
        most=most,
        inside={"coach_away": availability, "stage_closed": hours},
        outside={"coach_busy": busy},
    )
    good = [meeting.span for meeting in found if not meeting.problem]
    assert len(good) <= most
    in_utc = [span.starts_at for span in good]
    assert in_utc == sorted(in_utc)
    for first, second in pairwise(good):
        assert second.starts_at - first.ends_at >= pause * MINUTE
    for span in good:
        assert span.ends_at - span.starts_at == minutes * MINUTE
        # Minute by minute: each of them is in what was wanted and allowed, and in nothing else's.
        for moment in (span.starts_at + n * MINUTE for n in range(minutes)):
            assert holds(wanted, moment)
            assert not availability or holds(availability, moment)
            assert not hours or holds(hours, moment)
            assert not holds(busy, moment)
    if len(good) < most and not (availability or hours or busy):
        for span in meetings.merge_spans(wanted):
            room = span.ends_at - span.starts_at >= minutes * MINUTE + 2 * pause * MINUTE
            assert not room or any(span.overlaps(each) for each in good)


def holds(of: list[Span], moment: datetime) -> bool:
    return any(a <= moment < b for a, b in of)


@given(spans())
def test_merge_spans_keeps_the_same_time(wanted: list[Span]) -> None:
    joined = meetings.merge_spans(wanted)
    assert all(a.ends_at < b.starts_at for a, b in pairwise(joined))
    edges = {edge + n * MINUTE for span in wanted for edge in span for n in (-1, 0)}
    assert all(holds(joined, moment) == holds(wanted, moment) for moment in edges)


@pytest.mark.parametrize(
    ("minutes", "pause", "begins"),
    [
        (20, 0, [0, 20, 40, 62]),
        (25, 5, [0, 30, 62]),  # until 55 past: seven minutes later is late enough
        (20, 20, [0, 40, 80]),  # until an hour past: then the second span has to wait
    ],
)
def test_the_pause_is_kept_from_one_span_to_the_next(
    minutes: int, pause: int, begins: list[int]
) -> None:
    hour, after = (Span(BEGIN + a * MINUTE, BEGIN + b * MINUTE) for a, b in ((0, 60), (62, 100)))
    found = cut_meetings(
        [hour, after],
        length=minutes * MINUTE,
        pause=pause * MINUTE,
        most=4,
        inside={},
        outside={},
    )
    good = [each.span.starts_at for each in found if not each.problem][: len(begins)]
    assert good == [BEGIN + n * MINUTE for n in begins]


def times(found: list[meetings.ProposedMeeting]) -> list[str]:
    """`11.00` or `11.00 reason`, on the festival's clocks."""
    return [
        f"{make.current_edition().local(each.span.starts_at):%H.%M} {each.problem}".strip()
        for each in found
    ]


def plan(world: World, *wanted: Span, coach: Speaker | None = None, **values: int) -> MeetingPlan:
    return MeetingPlan(
        stage=world.hall,
        spans=wanted,
        coach=coach,
        **{"minutes": 20, "pause": 5, "most": 60} | values,
    )


def coaching(world: World, *people: Speaker, slug: str = "coach-2") -> Session:
    return sessions.save_session(
        world.edition,
        None,
        {"slug": slug, "kind": "coaching", "title": Bilingual("Waar begin ik?")},
        speakers=people,
        now=NOW,
    )


def test_meetings_that_do_not_fit_are_left_out_and_the_rest_keep_their_times(world: World) -> None:
    session = coaching(world, world.ria)
    afternoon = Span(at(24, 13), at(24, 16))
    people_rules.set_availability(
        world.ria, [Span(at(24, 13, 20), at(24, 18))], seen=world.ria.version, now=NOW
    )
    stages_and_themes.set_hours(world.hall, [Span(at(24, 9), at(24, 15, 30))], now=NOW)
    slots.add_slot(
        world.talk, stage=world.table, starts_at=at(24, 14), ends_at=at(24, 14, 10),
        places=None, now=NOW,
    )  # fmt: skip
    slots.add_slot(
        world.workshop, stage=world.hall, starts_at=at(24, 14, 45), ends_at=at(24, 15),
        places=5, now=NOW,
    )  # fmt: skip
    found = meetings.propose_meetings(session, plan(world, afternoon, coach=world.ria, most=2))
    assert times(found) == [
        "13.00 coach_away",
        "13.25",
        "13.50 coach_busy",
        "14.15",
        "14.40 stage_busy",
        "15.05 too_many",
        "15.30 stage_closed",
    ]


def test_breaks_are_in_the_way_and_other_coaches_are_not(world: World) -> None:
    session = coaching(world)
    values = {"kind": "blocker", "title": Bilingual("Opbouw"), "stage_id": None}
    slots.save_block(
        world.edition, None, values | {"starts_at": at(23, 13), "ends_at": at(23, 13, 10)}, now=NOW
    )
    beside = MeetingPlan(world.table, [Span(at(23, 13), at(23, 14))], 20, 5, 60)
    assert times(meetings.propose_meetings(session, beside)) == ["13.00 stage_busy", "13.25"]
    again = meetings.propose_meetings(world.coach, beside)
    assert times(again) == ["13.00 coach_busy", "13.25 coach_busy"], "these meetings are there"


def test_over_the_night_in_which_the_clocks_go_back(world: World) -> None:
    """From one until four is four hours that night: the hour after two comes twice."""
    night = Span(world.edition.moment(make.SUNDAY, time(1)), at(25, 5))
    found = meetings.propose_meetings(coaching(world), plan(world, night, minutes=60, pause=0))
    assert times(found) == ["01.00", "02.00", "02.00", "03.00"]


# ---- making ----


def test_make_meetings(world: World) -> None:
    session = coaching(world, world.ria)
    asked = plan(world, Span(at(24, 11), at(24, 12)), coach=world.ria)
    with pytest.raises(meetings.TimesChanged):
        meetings.make_meetings(session, asked, seen=[at(24, 11)], now=NOW)
    made = meetings.make_meetings(session, asked, seen=[at(24, 11), at(24, 11, 25)], now=NOW)
    assert [(slot.places, slot.is_public) for slot in made] == [(1, False)] * 2
    with pytest.raises(meetings.TimesChanged):
        meetings.make_meetings(session, asked, seen=[at(24, 11), at(24, 11, 25)], now=NOW)
    with pytest.raises(meetings.NothingFits):
        meetings.make_meetings(session, asked, seen=[], now=NOW)
    backwards = plan(world, Span(at(24, 12), at(24, 11)))
    with pytest.raises(rows.EndsBeforeStart):
        meetings.make_meetings(session, backwards, seen=[], now=NOW)
    assert len(session.all_slots) == 2


def test_eight_clicks_make_them_once(any_app: Flask) -> None:
    world = build_world()
    ids = (coaching(world, world.ria).id, world.hall.id, world.ria.id)

    def click(_number: int) -> str:
        session, stage, ria = (
            db.session.get(kind, of)
            for kind, of in zip((Session, Stage, Speaker), ids, strict=True)
        )
        asked = MeetingPlan(stage, [Span(at(24, 11), at(24, 12))], 20, 5, 60, ria)
        try:
            meetings.make_meetings(session, asked, seen=[at(24, 11), at(24, 11, 25)], now=NOW)
        except meetings.TimesChanged:
            return "no"
        return "yes"

    assert sorted(at_once(any_app, click, 8)) == ["no"] * 7 + ["yes"]
    assert db.session.query(Slot).filter_by(session_id=ids[0]).count() == 2


# ---- on the screens ----


@pytest.fixture
def maker(app: Flask) -> FlaskClient:
    client = app.test_client()
    make.sign_in(client, "programme")
    return client


@pytest.fixture
def team(world: World) -> str:
    return f"/team/programma/{world.edition.slug}/coaching"


def asked(**values: str) -> dict[str, str]:
    return {
        "coach": "ria", "stage": "hal", "minutes": "20", "pause": "5", "most": "60",
        "spans-0-day": "2026-10-24", "spans-0-starts": "11:00", "spans-0-ends": "12:00",
    } | values  # fmt: skip


def test_meetings_are_previewed_and_made(maker: FlaskClient, world: World, team: str) -> None:
    session = coaching(world, world.ria)
    people_rules.set_availability(
        world.ria, [Span(at(24, 10), at(24, 16))], seen=world.ria.version, now=NOW
    )
    text = maker.get(f"{team}/coach-2").text
    assert 'value="10:00"' in text, "the coach's own times are filled in"
    assert 'value="16:00"' in text

    ahead = maker.get(f"{team}/coach-2", query_string=asked(kijk="1"))
    assert "Dit worden 2 gesprekken in De Hal" in ahead.text
    assert "zaterdag 24 oktober, 11.25–11.45 uur" in ahead.text
    assert session.all_slots == [], "a look changes nothing"
    seen = [at(24, 11).isoformat(), at(24, 11, 25).isoformat()]
    assert all(f'name="seen" value="{each}"' in ahead.text for each in seen)

    answer = maker.post(f"{team}/coach-2", data=asked(kijk="1") | {"seen": seen})
    assert (answer.status_code, answer.location) == (303, f"{team}#coach-2")
    assert len(session.all_slots) == 2
    assert "2 gesprekken staan in het concept." in maker.get(team).text

    again = maker.post(f"{team}/coach-2", data=asked(kijk="1") | {"seen": seen})
    assert again.status_code == 303
    back = maker.get(again.location).text
    assert "of je klikte twee keer" in back
    assert "de coach heeft dan al iets" in back
    assert len(session.all_slots) == 2


def test_new_meetings_get_the_stage_and_length_of_existing_ones(
    maker: FlaskClient, world: World, team: str
) -> None:
    session = coaching(world)
    text = maker.get(f"{team}/coach-2").text
    assert '<option selected value="tafel">' in text, "where the other coach sits"
    assert 'name="minutes" required type="number" value="20"' in text
    slots.add_slot(
        session,
        stage=world.hall,
        starts_at=at(24, 10),
        ends_at=at(24, 10, 30),
        places=1,
        now=NOW,
    )
    text = maker.get(f"{team}/coach-2").text
    assert '<option selected value="hal">' in text
    assert 'name="minutes" required type="number" value="30"' in text


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"minutes": "0"}, 422),
        ({"minutes": "x"}, 422),
        ({"pause": "-1"}, 422),
        ({"most": "61"}, 422),
        ({"stage": "nergens"}, 422),
        ({"coach": "iemand"}, 422),
        ({"spans-0-day": "2027-01-01"}, 422),
        ({"spans-0-ends": ""}, 422),
        ({"spans-0-ends": "10:00"}, 409),
        ({"spans-0-day": ""}, 200),
    ],
)
def test_an_invalid_plan_is_refused(
    maker: FlaskClient, world: World, team: str, values: dict[str, str], status: int
) -> None:
    coaching(world, world.ria)
    answer = maker.get(f"{team}/coach-2", query_string=asked(kijk="1", **values))
    assert answer.status_code == status
    assert 'name="seen"' not in answer.text


def test_nonsense_instead_of_times_makes_nothing(
    maker: FlaskClient, world: World, team: str
) -> None:
    session = coaching(world, world.ria)
    for seen in ("", "nu", "2026-10-24T11:00:00"):
        answer = maker.post(f"{team}/coach-2", data=asked(seen=seen))
        assert answer.status_code == 303
    assert session.all_slots == []


def test_one_meeting_is_moved_and_dropped(maker: FlaskClient, world: World, team: str) -> None:
    slot, other = world.coach.slots[:2]
    slot.taken = 1
    db.session.commit()
    address = f"{team}/coach/{slot.code}"
    text = maker.get(address).text
    assert "Wie dit gesprek boekte, hoort het zodra je de wijziging publiceert" in text
    assert "Naar publiceren" in text

    move = {"version": slot.version, "day": "2026-10-24", "starts": "16:00", "stage": "hal"}
    assert maker.post(address, data=move).status_code == 303
    assert maker.post(address, data=move).status_code == 409, "somebody changed it meanwhile"
    assert slot.starts_at == at(23, 13), "visitors see it as it was"
    [drafted] = [
        each
        for each in snapshot_reading.read_draft(world.edition).sessions[world.coach.id].slots
        if each.code == slot.code
    ]
    assert drafted.span == Span(at(24, 16), at(24, 16, 20))
    assert "Bezoekers zien nog: vrijdag 23 oktober, 13.00–13.20 uur." in maker.get(address).text
    assert "verzet bij de volgende uitgave" in maker.get(team).text

    weg = f"{team}/coach/{other.code}/weg"
    assert maker.post(weg, data={"version": "99"}).status_code == 303
    assert "other" not in other.draft
    maker.post(weg, data={"version": other.version})
    assert "vervalt bij de volgende uitgave" in maker.get(team).text

    publishing.publish_draft(world.edition, name=Bilingual("Tweede"), now=NOW)
    assert (slot.starts_at, other.state) == (at(24, 16), "dropped")
    text = maker.get(team).text
    assert "de volgende uitgave</span>" not in text
    assert "1 van 11 geboekt" in text


def test_a_meeting_that_nobody_knows_goes_quietly(
    maker: FlaskClient, world: World, team: str
) -> None:
    session = coaching(world, world.ria)
    slot = slots.add_slot(
        session, stage=world.hall, starts_at=at(24, 11), ends_at=at(24, 11, 20), places=1, now=NOW
    )
    assert "Bezoekers kennen dit gesprek nog niet." in maker.get(f"{team}/coach-2/{slot.code}").text
    maker.post(f"{team}/coach-2/{slot.code}/weg", data={"version": slot.version})
    assert session.all_slots == []


def test_only_coaching_is_here(maker: FlaskClient, world: World, team: str) -> None:
    assert maker.get(f"{team}/soep").status_code == 404
    assert maker.get(f"{team}/coach/BESTAATNIET").status_code == 404
    talk = world.talk.slots[0]
    assert maker.post(f"{team}/coach/{talk.code}/weg").status_code == 404
    assert "Soep is geen project" not in maker.get(team).text


def test_who_of_the_team_may_see_it(app: Flask, visitor: FlaskClient, team: str) -> None:
    assert visitor.get(team).status_code == 302
    checkin = app.test_client()
    make.sign_in(checkin, "checkin")
    assert checkin.get(team).status_code == 403
    assert checkin.post(f"{team}/coach", data=asked()).status_code == 403


def test_the_list_asks_the_same_number_of_queries_however_long(
    maker: FlaskClient, world: World, team: str, queries
) -> None:
    def counted() -> int:
        with queries() as sent:
            assert maker.get(team).status_code == 200
        return len(sent)

    few = counted()
    for number in range(8):
        session = coaching(world, world.ria, slug=f"coach-{number}0")
        for hour in (10, 12, 14):
            slots.add_slot(
                session, stage=world.hall, starts_at=at(24, hour), ends_at=at(24, hour, 20),
                places=1, now=NOW,
            )  # fmt: skip
    assert counted() == few
