"""The timetable editor: what a day shows, every action by form and by script, and its undo."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from html5lib import HTMLParser
from werkzeug.test import TestResponse

from festival.db import db
from festival.editions.models import Edition
from festival.programme import clashes, draft, snapshot_reading
from festival.programme.models.sessions import Slot
from festival.programme.models.timetable import AcceptedClash, Block
from festival.programme.rules import acceptances, publishing, sessions, slots, stages_and_themes
from festival.programme.timing import Span
from festival.scheduling.editor import grid
from festival.team.models import AuditEntry
from festival.web.languages import Bilingual
from tests import make
from tests.crowd import crowd
from tests.make import FRIDAY, NOW
from tests.world import World, at

JSON = {"Accept": "application/json"}


@pytest.fixture
def base(world: World) -> str:
    """Where the editor of this edition is."""
    return f"/team/programma/{world.edition.slug}/rooster"


@pytest.fixture
def talk(world: World) -> Slot:
    """Friday, 10.00–10.45, De Hal; visitors see it."""
    return world.talk.all_slots[0]


def shown(answer: TestResponse, status: int = 200) -> str:
    text = answer.get_data(as_text=True)
    assert answer.status_code == status, text
    parser = HTMLParser(strict=False)
    parser.parse(text)
    assert not parser.errors, parser.errors[:3]
    return html.unescape(text)


def at_place(**values: object) -> dict[str, Any]:
    """What the form of a moment sends."""
    usual = {"day": "2026-10-23", "starts": "14:00", "ends": "14:45", "stage": "tafel"}
    return usual | {"version": "1"} | values


def moved(maker: FlaskClient, base: str, slot: Slot, status: int = 200, **values: object) -> Any:
    """What the page's script gets for a move."""
    sent = {"anyway": "1", "shown": "2026-10-23", "version": slot.version}
    answer = maker.post(
        f"{base}/momenten/{slot.code}", data=at_place(**sent | values), headers=JSON
    )
    assert answer.status_code == status, answer.text
    return answer.json


def where(slot: Slot) -> tuple[Any, ...]:
    return (
        draft.value(slot, "stage_id"),
        draft.value(slot, "starts_at"),
        draft.value(slot, "ends_at"),
    )


def undone(maker: FlaskClient, answer: Any, status: int = 200) -> Any:
    fields = answer["undo"]["fields"] | {"shown": "2026-10-23"}
    again = maker.post(answer["undo"]["url"], data=fields, headers=JSON)
    assert again.status_code == status, again.text
    return again.json


# ---- what it shows ----


def test_the_day_shows_every_stage_with_its_cards_and_what_waits(maker, base, world):
    sessions.save_session(
        world.edition,
        None,
        {"slug": "los", "kind": "workshop", "title": Bilingual("Nog los")},
        speakers=[world.ria],
        now=NOW,
    )
    page = shown(maker.get(base))
    assert "De Hal" in page
    assert "De Tafel" in page
    assert 'class="placed kind-talk h-10 m-0 for-0 for-m-45 lane-0 of-1"' in page
    assert "10.00–10.45" in page
    assert "Ria Wróżyńska" in page
    assert "0 van 20 geboekt" in page
    side = page[page.index("Nog zonder plek") :]
    assert "Nog los" in side
    assert "90 min" in side
    saturday = shown(maker.get(f"{base}?dag=2026-10-24"))
    assert "Soep is geen project" not in saturday
    assert "Zagen voor beginners" in saturday
    assert "zaterdag 24 oktober" in saturday


def test_only_the_programme_team_may_open_it(visitor, base, world):
    assert visitor.get(base).status_code == 302
    make.sign_in(visitor, "finance")
    assert visitor.get(base).status_code == 403
    assert visitor.get(f"{base}/versie", headers=JSON).status_code == 403
    assert visitor.post(f"{base}/botsingen", data={}, headers=JSON).status_code == 403


def test_what_waits_is_found_by_its_words(maker, base, world):
    for slug, title in (("een", "Vogelhuis"), ("twee", "Brood bakken")):
        sessions.save_session(
            *(world.edition, None),
            {"slug": slug, "kind": "talk", "title": Bilingual(title)},
            speakers=[],
            now=NOW,
        )
    page = maker.get(f"{base}?q=VÖGEL").text
    hidden = re.findall(r'<li class="waiting kind-talk" hidden [^>]*data-slug="(\w+)"', page)
    assert hidden == ["twee"]


def test_a_card_says_what_visitors_do_not_see_yet(maker, base, world, talk):
    slots.move_slot(
        *(talk,),
        stage=world.hall,
        starts_at=at(23, 12),
        ends_at=at(23, 13),
        seen=1,
        now=NOW,
    )
    new = slots.add_slot(
        *(world.talk,),
        stage=world.hall,
        starts_at=at(23, 15),
        ends_at=at(23, 16),
        places=None,
        now=NOW,
    )
    [column, _table] = grid.lay_out(world.edition, FRIDAY).columns
    assert [(card.slot.code, card.waits) for card in column.cards] == [
        (talk.code, "moved"),
        (new.code, "new"),
    ]
    page = shown(maker.get(base))
    assert "verplaatst" in page
    assert ">nieuw<" in page


def test_a_night_belongs_to_the_evening_before(world):
    slots.add_slot(
        *(world.talk,),
        stage=world.hall,
        starts_at=at(23, 25 - 24) + timedelta(days=1),
        ends_at=at(23, 2) + timedelta(days=1),
        places=None,
        now=NOW,
    )
    laid_out = grid.lay_out(world.edition, FRIDAY)
    [*_others, night] = laid_out.columns[0].cards
    assert night.stretch.classes == "h-25 m-0 for-1 for-m-0"
    assert laid_out.hours == range(9, 26)


def test_a_card_lasts_as_long_as_the_clocks_say_in_the_night_in_which_they_change(world):
    slots.add_slot(
        *(world.talk,),
        stage=world.hall,
        starts_at=at(25, 1, 30),
        ends_at=at(25, 1, 30) + timedelta(hours=3),
        places=None,
        now=NOW,
    )
    [*_others, night] = grid.lay_out(world.edition, world.edition.days[1]).columns[0].cards
    assert night.when == "1.30–3.30"
    assert night.stretch == grid.GridSpan(25 * 60 + 30, 120)


def test_what_overlaps_shares_the_width_of_its_stage(world):
    def slot(starts: tuple[int, int], minutes: int) -> None:
        begin = at(24, *starts)
        slots.add_slot(
            *(world.talk,),
            stage=world.hall,
            starts_at=begin,
            ends_at=begin + timedelta(minutes=minutes),
            places=None,
            now=NOW,
        )

    for starts, minutes in (((10, 0), 60), ((10, 30), 60), ((11, 0), 30), ((12, 0), 30)):
        slot(starts, minutes)
    cards = grid.lay_out(world.edition, world.edition.days[1]).columns[0].cards
    assert [(card.when, card.lane, card.lanes) for card in cards] == [
        ("10.00–11.00", 0, 2),
        ("10.30–11.30", 1, 2),
        ("11.00–11.30", 0, 2),
        ("12.00–12.30", 0, 1),
    ]


def test_breaks_and_closed_hours_are_bands(world):
    stages_and_themes.set_hours(world.hall, [Span(at(23, 10), at(23, 18))], now=NOW)
    values = {"kind": "break", "title": Bilingual("Lunch"), "stage_id": None}
    times = {"starts_at": at(23, 12), "ends_at": at(23, 13)}
    slots.save_block(world.edition, None, values | times, now=NOW)
    laid_out = grid.lay_out(world.edition, FRIDAY)
    hall, table = laid_out.columns
    assert [band.stretch.classes for band in table.bands] == ["h-12 m-0 for-1 for-m-0"]
    closed = [(b.stretch.starts, b.stretch.minutes) for b in hall.bands if b.block is None]
    assert closed == [(6 * 60, 4 * 60), (18 * 60, 12 * 60)]
    assert [where for _block, where in laid_out.blocks] == ["12.00–13.00 uur"]


def test_it_asks_the_database_as_often_for_400_sessions_as_for_three(app, queries):
    edition = make.edition()
    with queries() as few:
        grid.lay_out(edition, FRIDAY)
    crowd(edition)
    with queries() as many:
        laid_out = grid.lay_out(edition, FRIDAY)
    assert len(laid_out.columns) == 12
    assert sum(len(column.cards) for column in laid_out.columns) > 120
    # Hours of stages and of people are read only where there are any.
    assert len(many) <= len(few) + 2


# ---- moving ----


def test_a_move_changes_the_draft_and_tells_how_to_undo_it(maker, base, world, talk):
    before = where(talk)
    answer = moved(maker, base, talk)
    assert answer["ok"] is True
    assert answer["slot"] == {"code": talk.code, "version": 2}
    assert "vrijdag 23 oktober, 14.00–14.45 uur, De Tafel" in answer["said"]
    assert answer["draft_version"] == db.session.get(Edition, world.edition.id).draft_version
    assert "14.00–14.45" in answer["board"]
    assert where(talk) == (world.table.id, at(23, 14), at(23, 14, 45))
    assert talk.starts_at == at(23, 10), "visitors see it where it was"
    again = undone(maker, answer)
    assert where(talk) == before
    assert talk.draft == {}
    undone(maker, again)  # which is redo
    assert where(talk) == (world.table.id, at(23, 14), at(23, 14, 45))


def test_a_move_tells_what_clashes_now(maker, base, world, talk):
    assert moved(maker, base, talk)["clashes"] != []  # the coach sits there
    assert moved(maker, base, talk, starts="19:00", ends="19:45")["clashes"] == []


def test_the_later_of_two_makers_is_told_and_nothing_is_overwritten(maker, base, world, talk):
    stale = talk.version
    slots.move_slot(
        *(talk,), stage=world.hall, starts_at=at(24, 16), ends_at=at(24, 17), seen=stale, now=NOW
    )
    answer = moved(maker, base, talk, 409, version=stale)
    assert answer["ok"] is False
    assert answer["error"] == "ChangedMeanwhile"
    assert "zaterdag 24 oktober, 16.00–17.00 uur, De Hal" in answer["message"]
    assert answer["slot"] == {"code": talk.code, "version": 2}
    assert where(talk) == (world.hall.id, at(24, 16), at(24, 17))


def test_undo_does_not_overwrite_what_somebody_did_since(maker, base, world, talk):
    answer = moved(maker, base, talk)
    slots.move_slot(
        *(talk,), stage=world.hall, starts_at=at(24, 16), ends_at=at(24, 17), seen=2, now=NOW
    )
    undone(maker, answer, 409)
    assert where(talk) == (world.hall.id, at(24, 16), at(24, 17))


def test_moving_a_slot_that_was_taken_off_is_refused(maker, base, world, talk):
    slots.drop_slot(talk, seen=1, now=NOW)
    assert "van het rooster gehaald" in moved(maker, base, talk, 409, version=1)["message"]


def test_moving_a_slot_that_is_gone_is_refused(maker, base, world):
    slot = slots.add_slot(
        *(world.talk,),
        stage=world.hall,
        starts_at=at(23, 15),
        ends_at=at(23, 16),
        places=None,
        now=NOW,
    )
    code = slot.code
    slots.drop_slot(slot, seen=1, now=NOW)
    for path in (f"{base}/momenten/{code}", f"{base}/momenten/{code}/weg"):
        answer = maker.post(path, data=at_place(), headers=JSON)
        assert answer.status_code == 409
        assert answer.json["error"] == "SlotGone"
    assert maker.get(f"{base}/momenten/{code}").status_code == 404


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"starts": "15:00", "ends": "14:00"}, 409),
        ({"starts": "25:00"}, 422),
        ({"stage": "bestaat-niet"}, 422),
        ({"day": "2030-01-01"}, 422),
        ({"version": "nee"}, 409),
    ],
)
def test_nonsense_is_refused_with_the_day_as_it_is(maker, base, talk, values, status):
    before = where(talk)
    answer = moved(maker, base, talk, status, **values)
    assert answer["message"]
    assert "Soep is geen project" in answer["board"]
    assert where(talk) == before


def test_a_session_gets_its_first_place_and_loses_it_by_undo(maker, base, world):
    los = sessions.save_session(
        *(world.edition, None),
        {"slug": "los", "kind": "workshop", "title": Bilingual("Nog los")},
        speakers=[],
        now=NOW,
    )
    world.table.capacity = 24
    db.session.commit()
    answer = maker.post(
        f"{base}/onderdelen/los", data=at_place(ends="15:30", anyway="1", version=0), headers=JSON
    ).json
    [slot] = los.all_slots
    assert (slot.starts_at, slot.ends_at, slot.places) == (at(23, 14), at(23, 15, 30), 24)
    assert not slot.is_public
    undone(maker, answer)
    db.session.expire_all()
    assert los.all_slots == []


def test_a_published_slot_that_is_taken_off_stays_until_the_release(maker, base, world, talk):
    answer = maker.post(
        f"{base}/momenten/{talk.code}/weg", data={"version": 1, "shown": "2026-10-23"}, headers=JSON
    ).json
    assert draft.is_dropped(talk)
    side = html.unescape(answer["board"][answer["board"].index("Nog zonder plek") :])
    assert "Bezoekers zien nog: vr 23 okt · 10.00–10.45 uur · De Hal" in side
    assert "data-url" in side
    undone(maker, answer)
    assert not draft.is_dropped(talk)
    assert where(talk) == (world.hall.id, at(23, 10), at(23, 10, 45))


def test_putting_it_back_brings_the_same_moment_with_its_bookings(maker, base, world, talk):
    slots.drop_slot(talk, seen=1, now=NOW)
    answer = moved(maker, base, talk)
    assert not draft.is_dropped(talk)
    assert db.session.query(Slot).filter_by(session_id=world.talk.id).count() == 1
    undone(maker, answer)
    assert draft.is_dropped(talk)


@pytest.mark.parametrize(("places", "door_places"), [(12, 3), (None, 0)])
def test_undo_of_taking_off_a_new_moment_makes_it_again(maker, base, world, places, door_places):
    slot = slots.add_slot(
        *(world.workshop,),
        stage=world.hall,
        starts_at=at(23, 15),
        ends_at=at(23, 16),
        places=places,
        door_places=door_places,
        now=NOW,
    )
    path = f"{base}/momenten/{slot.code}/weg"
    answer = maker.post(path, data={"version": 1}, headers=JSON).json
    assert [each.is_public for each in world.workshop.all_slots] == [True, True]
    undone(maker, answer)
    db.session.expire_all()
    [again] = [each for each in world.workshop.all_slots if not each.is_public]
    assert (again.places, again.door_places) == (places, door_places)
    assert (again.starts_at, again.stage_id) == (at(23, 15), world.hall.id)


def test_a_session_placed_twice_at_once_gets_one_slot(maker, base, world):
    los = sessions.save_session(
        *(world.edition, None),
        {"slug": "los", "kind": "talk", "title": Bilingual("Nog los")},
        speakers=[],
        now=NOW,
    )
    sent = at_place(anyway="1", version=0, shown="2026-10-23")
    first = maker.post(f"{base}/onderdelen/los", data=sent, headers=JSON)
    later = maker.post(f"{base}/onderdelen/los", data=sent | {"starts": "13:00"}, headers=JSON)
    assert (first.status_code, later.status_code) == (200, 409)
    assert "ook een plek gegeven" in later.json["message"]
    assert "14.00–14.45" in later.json["board"]
    assert len(los.all_slots) == 1
    page = shown(maker.get(f"{base}/onderdelen/los"))
    assert 'name="version" type="hidden" value="1"' in page, "a second one, as it is seen now"


# ---- by hand, without a script ----


def test_the_form_shows_what_would_clash_before_it_is_saved(maker, base, world, talk):
    path = f"{base}/momenten/{talk.code}"
    page = shown(maker.get(path))
    assert 'value="10:00"' in page
    assert "Verplaats Soep is geen project" in page
    warned = shown(maker.post(path, data=at_place()), 422)
    assert "Nog niets is bewaard" in warned
    assert "Bewaar toch" in warned
    assert where(talk) == (world.hall.id, at(23, 10), at(23, 10, 45))
    known = [html.unescape(key) for key in re.findall(r'name="known" value="([^"]+)"', warned)]
    assert known
    answer = maker.post(path, data=at_place(known=known))
    assert answer.status_code == 302
    assert where(talk) == (world.table.id, at(23, 14), at(23, 14, 45))


def test_a_form_changed_after_the_warning_is_warned_again(maker, base, world, talk):
    path = f"{base}/momenten/{talk.code}"
    warned = shown(maker.post(path, data=at_place()), 422)
    known = [html.unescape(key) for key in re.findall(r'name="known" value="([^"]+)"', warned)]
    again = maker.post(path, data=at_place(starts="11:00", ends="12:00", known=known))
    assert "Nog niets is bewaard" in shown(again, 422)


def test_what_clashes_with_nothing_is_saved_at_once_and_can_be_undone(maker, base, world, talk):
    answer = maker.post(f"{base}/momenten/{talk.code}", data=at_place(starts="19:00", ends="19:45"))
    assert answer.location == f"{base}?dag=2026-10-23"
    page = shown(maker.get(answer.location))
    assert "staat nu op vrijdag 23 oktober, 19.00–19.45 uur, De Tafel" in page
    form = page[page.index("data-undo-form") - 200 :]
    url = re.search(r'action="([^"]+)" data-undo-form', form)[1]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)[:8])
    assert fields["version"] == "2"
    assert "data-undo-form" not in maker.get(base).text, "it is for the page that follows"
    maker.post(url, data=fields)
    assert where(talk) == (world.hall.id, at(23, 10), at(23, 10, 45))


def test_the_form_starts_with_the_usual_length_and_places(maker, base, world):
    for slug, kind, ends in (("a", "talk", "10:45"), ("b", "workshop", "11:30")):
        sessions.save_session(
            *(world.edition, None),
            {"slug": slug, "kind": kind, "title": Bilingual(slug)},
            speakers=[],
            now=NOW,
        )
        page = shown(maker.get(f"{base}/onderdelen/{slug}"))
        assert f'value="{ends}"' in page
    page = shown(maker.get(f"{base}/onderdelen/a?dag=2026-10-24&van=16:00&podium=tafel"))
    assert 'selected value="2026-10-24"' in page
    assert 'value="16:00"' in page
    assert 'selected value="tafel"' in page


def test_a_second_moment_is_as_long_as_the_one_before_and_has_as_many_places(maker, base, world):
    page = shown(maker.get(f"{base}/onderdelen/zagen?van=15:00"))
    assert 'value="16:30"' in page
    data = at_place(starts="19:00", ends="20:30", stage="hal", anyway="1", version=2)
    maker.post(f"{base}/onderdelen/zagen", data=data)
    assert sorted(slot.places for slot in world.workshop.all_slots) == [20, 20, 20]


def test_a_refusal_of_the_form_stays_with_what_was_typed(maker, base, talk):
    page = shown(
        maker.post(f"{base}/momenten/{talk.code}", data=at_place(starts="15:00", ends="14:00")), 422
    )
    assert "Het einde ligt niet na het begin" in page
    assert 'value="15:00"' in page
    page = shown(
        maker.post(
            f"{base}/momenten/{talk.code}", data=at_place(starts="19:00", ends="20:00", version=0)
        ),
        422,
    )
    assert "Iemand anders heeft dit intussen gewijzigd" in page


def test_taking_off_by_hand(maker, base, talk):
    answer = maker.post(f"{base}/momenten/{talk.code}/weg", data={"version": "1"})
    assert "heeft hier geen plek meer" in shown(maker.get(answer.location))
    assert draft.is_dropped(talk)
    stale = maker.post(f"{base}/momenten/{talk.code}/weg", data={"version": "1"})
    assert "intussen gewijzigd" in shown(maker.get(stale.location))


# ---- clashes that may be ----


@pytest.fixture
def clash(world: World, talk: Slot) -> clashes.Clash:
    """The talk among the meetings of the coach."""
    slots.move_slot(
        *(talk,), stage=world.table, starts_at=at(23, 11), ends_at=at(23, 12), seen=1, now=NOW
    )
    [found] = [each for each in clashes.of_draft(world.edition) if each.kind == "stage"]
    return found


def test_a_clash_is_accepted_with_a_reason_and_then_quiet(maker, base, world, clash):
    page = shown(maker.get(base))
    assert 'Botsingen <span class="count">1</span>' in page
    assert "tegelijk in De Tafel" in page
    assert page.count(">botst<") == 2
    answer = maker.post(
        f"{base}/botsingen",
        data={"key": clash.key, "reason": "Ze horen bij elkaar.", "shown": "2026-10-23"},
        headers=JSON,
    ).json
    quiet = html.unescape(answer["board"])
    assert 'Botsingen <span class="count">0</span>' in quiet
    assert ">botst<" not in quiet
    assert "“Ze horen bij elkaar.” – Teamlid" in quiet
    row = db.session.query(AcceptedClash).one()
    assert (row.key, row.reason) == (clash.key, "Ze horen bij elkaar.")
    assert db.session.query(AuditEntry).filter_by(verb="accept_clash").count() == 1
    undone(maker, answer)
    assert db.session.query(AcceptedClash).count() == 0


def test_accepting_needs_a_reason_and_a_clash(maker, base, world, clash):
    answer = maker.post(f"{base}/botsingen", data={"key": clash.key, "reason": " "})
    assert "waarom dit zo mag" in shown(maker.get(answer.location))
    gone = maker.post(f"{base}/botsingen", data={"key": "stage:0:x", "reason": "o"}, headers=JSON)
    assert (gone.status_code, gone.json["error"]) == (409, "ClashGone")
    assert db.session.query(AcceptedClash).count() == 0


def test_an_accepted_clash_that_moves_is_another_one(maker, base, world, clash, talk):
    maker.post(f"{base}/botsingen", data={"key": clash.key, "reason": "Mag."})
    moved(maker, base, talk, starts="11:10", ends="12:10")
    assert 'Botsingen <span class="count">1</span>' in shown(maker.get(base))


def test_another_reason_takes_the_place_of_the_first(world, clash):
    for reason in ("Eerst dit", "Toch dat"):
        acceptances.accept_clash(world.edition, clash.key, reason, by="Ria", now=NOW)
    assert [row.reason for row in db.session.query(AcceptedClash)] == ["Toch dat"]
    assert acceptances.withdraw_acceptance(world.edition, clash.key, now=NOW) == "Toch dat"
    with pytest.raises(acceptances.ClashGone):
        acceptances.withdraw_acceptance(world.edition, clash.key, now=NOW)


def test_the_panel_counts_the_clashes_of_other_days(maker, base, world, clash):
    page = shown(maker.get(f"{base}?dag=2026-10-24"))
    assert "Op andere dagen" in page
    assert "vr 23 okt (1)" in page


# ---- breaks and blockers ----


def block_form(**values: object) -> dict[str, Any]:
    usual = {"kind": "break", "title_nl": "Lunch", "title_en": "", "stage": ""}
    return at_place(starts="12:30", ends="13:30") | usual | values


def test_a_break_is_added_changed_and_taken_away(maker, base, world):
    answer = maker.post(f"{base}/blokken/nieuw", data=block_form())
    assert answer.location == f"{base}?dag=2026-10-23"
    row = db.session.query(Block).one()
    assert (row.stage_id, row.starts_at, row.title.nl) == (None, at(23, 12, 30), "Lunch")
    page = shown(maker.get(answer.location))
    assert page.count("<span>Lunch</span>") == 2  # a band at each stage
    assert "alle podia" in page
    path = f"{base}/blokken/{row.code}"
    assert 'selected value="break"' in shown(maker.get(path))
    changed = maker.post(
        path, data=block_form(kind="blocker", stage="hal", version=1), headers=JSON
    ).json
    assert (row.kind, row.stage_id, row.version) == ("blocker", world.hall.id, 2)
    undone(maker, changed)
    assert (row.kind, row.stage_id) == ("break", None)
    stale = maker.post(path, data=block_form(version=1))
    assert "intussen gewijzigd" in shown(stale, 422)
    gone = maker.post(f"{path}/weg", data={"version": row.version}, headers=JSON).json
    assert db.session.query(Block).count() == 0
    undone(maker, gone)
    assert db.session.query(Block).one().title.nl == "Lunch"


def test_a_break_that_visitors_know_comes_back_by_undo(maker, base, world):
    maker.post(f"{base}/blokken/nieuw", data=block_form())
    publishing.publish_draft(world.edition, name=Bilingual("Met lunch"), now=NOW)
    row = db.session.query(Block).one()
    answer = maker.post(f"{base}/blokken/{row.code}/weg", data={"version": 1}, headers=JSON).json
    assert draft.is_dropped(row)
    undone(maker, answer)
    assert not draft.is_dropped(row)
    assert [block.code for block in snapshot_reading.read_draft(world.edition).blocks] == [row.code]


def test_a_block_that_ends_before_it_starts_is_refused(maker, base, world):
    page = shown(maker.post(f"{base}/blokken/nieuw", data=block_form(ends="12:00")), 422)
    assert "Het einde ligt niet na het begin" in page
    page = shown(maker.post(f"{base}/blokken/nieuw", data=block_form(title_nl="")), 422)
    assert "in een van de twee talen" in page


# ---- others ----


def test_the_page_asks_cheaply_whether_the_draft_changed(maker, base, world, talk, queries):
    before = maker.get(f"{base}/versie", headers=JSON).json
    moved(maker, base, talk)
    with queries() as sent:
        after = maker.get(f"{base}/versie", headers=JSON).json
    assert after["draft_version"] > before["draft_version"]
    assert len(sent) <= 3


def test_an_edition_without_stages_says_what_to_do(visitor, app):
    edition = make.edition()
    make.sign_in(visitor, "programme")
    page = shown(visitor.get(f"/team/programma/{edition.slug}/rooster"))
    assert "Nog geen podium" in page
    assert visitor.get("/team/programma/bestaat-niet/rooster").status_code == 404


def test_it_is_whole_in_english(maker, base, talk):
    for path in (base, f"{base}/momenten/{talk.code}", f"{base}/blokken/nieuw"):
        assert '<html lang="en"' in shown(maker.get(f"/en{path}"))
    answer = maker.post(
        f"/en{base}/momenten/{talk.code}", data=at_place(anyway="1"), headers=JSON
    ).json
    assert "is now on Friday 23 October" in answer["said"]
    assert answer["undo"]["url"].startswith("/en/")
