"""Opinions of a session: when visitors may give one, once each, and who reads them."""

import csv
import io
import re
from datetime import timedelta

import pytest

from festival import clock
from festival.db import db
from festival.feedback import queries as feedback_queries
from festival.feedback import rules
from festival.feedback.models import Feedback
from festival.team.models import AuditEntry
from tests import make
from tests.races.at_once import at_once
from tests.world import at

FORM = "/programma/zagen/mening"
SATURDAY = at(24, 11, 30)  # while the workshop goes on


@pytest.fixture
def now(monkeypatch):
    """A clock to be set."""

    def set_to(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_to


def opinion(session, useful=4, words="", key="een", when=SATURDAY, slot=None):
    return rules.give_feedback(session, slot, useful=useful, words=words, form_key=key, now=when)


def kept():
    return db.session.query(Feedback).order_by(Feedback.id).all()


def sent(visitor, **data):
    return visitor.post(FORM, data={"form_key": "sleutel", "useful": "5", "words": "Top"} | data)


def test_it_is_asked_from_the_start_until_three_days_after(world, visitor, now):
    for moment, is_open in [
        (at(23, 10, 59), False),
        (at(23, 11), True),
        (at(27, 12, 29), True),
        (at(27, 12, 30), False),
    ]:
        now(moment)
        assert ('name="useful"' in visitor.get(FORM).text) is is_open
        assert sent(visitor, form_key=str(moment)).status_code == (303 if is_open else 409)
    assert len(kept()) == 2


def test_a_delay_comes_before_and_after_and_a_cancelled_moment_is_not_asked_about(
    world, visitor, now
):
    first, second = world.workshop.slots
    first.state, second.delay_minutes = "cancelled", 30
    db.session.commit()
    with pytest.raises(rules.FeedbackClosed):
        opinion(world.workshop, when=at(23, 12))
    with pytest.raises(rules.FeedbackClosed):
        opinion(world.workshop, when=at(24, 11, 29), key="nog niet begonnen")
    now(at(24, 11, 29))
    assert "11.30–13.00 uur" in visitor.get(FORM).text
    assert opinion(world.workshop, when=at(24, 11, 30), key="nu")
    assert opinion(world.workshop, when=at(27, 12, 59))
    with pytest.raises(rules.FeedbackClosed):
        opinion(world.workshop, when=at(27, 13), key="twee")


def test_the_current_slot_is_preselected_and_another_can_be_chosen(world, visitor, now):
    now(at(24, 11, 5))
    page = visitor.get(FORM).text
    first, second = (slot.code for slot in world.workshop.slots)
    chosen = [each for each in re.findall("<input[^>]*>", page) if "checked" in each]
    assert len(chosen) == 1
    assert f'value="{second}"' in chosen[0]
    assert sent(visitor, slot=first).status_code == 303
    assert [each.slot.code for each in kept()] == [first]
    assert sent(visitor, slot="GEENCODE", form_key="x").status_code == 422


def test_a_double_click_counts_once(world, visitor, now):
    now(at(23, 11, 30))
    assert {sent(visitor).status_code for _ in range(2)} == {303}
    assert [(each.useful, each.words) for each in kept()] == [(5, "Top")]


def test_a_bot_is_thanked_and_ignored(world, visitor, now):
    now(at(23, 11, 30))
    assert sent(visitor, website="https://example.org").status_code == 303
    assert kept() == []


@pytest.mark.parametrize("data", [{"useful": ""}, {"useful": "6"}, {"words": "x" * 1001}])
def test_an_invalid_form_keeps_what_was_typed(world, visitor, now, data):
    now(at(23, 11, 30))
    answer = sent(visitor, **data)
    assert answer.status_code == 422
    assert "Dit klopt nog niet" in answer.text
    assert kept() == []


@pytest.mark.parametrize("of", ["edition", "workshop"])
def test_it_can_be_switched_off(world, visitor, now, of):
    now(at(23, 11, 30))
    getattr(world, of).takes_feedback = False
    db.session.commit()
    assert visitor.get(FORM).status_code == 404
    assert sent(visitor).status_code == 404
    with pytest.raises(rules.FeedbackClosed):
        opinion(world.workshop, when=at(23, 11, 30))


def test_an_opinion_of_a_coach_does_not_show_the_meeting(world, visitor, now):
    now(at(23, 14))
    page = visitor.get("/programma/coach/mening").text
    assert 'name="useful"' in page
    assert 'name="slot"' not in page
    visitor.post("/programma/coach/mening", data={"form_key": "a", "useful": "3"})
    assert [each.slot_id for each in kept()] == [None]


def test_a_summary_counts_each_step_and_has_the_newest_words_first(world, queries):
    for number, (useful, words) in enumerate([(5, "Eerst"), (5, ""), (2, "Later")]):
        when = SATURDAY + timedelta(minutes=number)
        opinion(world.workshop, useful, words, key=str(number), when=when)
    ids = [world.workshop.id, world.talk.id]
    with queries() as asked:
        found = feedback_queries.of_sessions(ids)
    assert len(asked) == 2
    summary = found[ids[0]]
    assert (summary.count, summary.mean, summary.by_step) == (3, 4.0, (0, 1, 0, 0, 2))
    assert summary.words == ["Later", "Eerst"]
    assert (found[ids[1]].count, found[ids[1]].mean) == (0, None)


def test_the_team_reads_it_and_takes_abuse_away(world, visitor):
    team = f"/team/programma/{world.edition.slug}/meningen"
    assert visitor.get(team).status_code == 302
    opinion(world.workshop, 1, "=SCHELDEN()", slot=world.workshop.slots[1])
    make.sign_in(visitor, "programme")
    assert "1 mening" in visitor.get(team).text
    assert "=SCHELDEN()" in visitor.get(f"{team}/zagen").text
    rows = list(csv.reader(io.StringIO(visitor.get(f"{team}.csv").text), delimiter=";"))
    assert rows[1][4:6] == ["1", "'=SCHELDEN()"]
    assert visitor.post(f"{team}/soep/{kept()[0].id}/weg").status_code == 404
    assert visitor.post(f"{team}/zagen/{kept()[0].id}/weg").status_code == 303
    assert kept() == []
    trace = db.session.query(AuditEntry).filter_by(verb="remove_feedback").one()
    assert (trace.subject, trace.details) == ("session zagen", {"useful": 1})


def test_the_team_s_list_takes_a_fixed_number_of_queries(world, visitor, queries):
    make.sign_in(visitor, "programme")
    team = f"/team/programma/{world.edition.slug}/meningen"
    visitor.get(team)

    def asked(path):
        with queries() as sent_queries:
            assert visitor.get(path).status_code == 200
        return len(sent_queries)

    opinion(world.workshop, slot=world.workshop.slots[1])
    few = [asked(path) for path in (team, f"{team}/zagen", f"{team}.csv")]
    for number in range(20):
        opinion(world.workshop, key=str(number), slot=world.workshop.slots[number % 2])
    opinion(world.talk, key="nog een", when=at(23, 10, 30))
    assert [asked(path) for path in (team, f"{team}/zagen", f"{team}.csv")] == few


def test_the_same_form_at_the_same_instant_is_one_opinion(any_app):
    session = make.session()
    slot = make.slot(session)
    now = slot.starts_at + timedelta(minutes=5)
    session_id = session.id

    def give(_n):
        from festival.programme.models.sessions import Session

        row = db.session.get(Session, session_id)
        return opinion(row, key="zelfde", when=now)

    assert sorted(at_once(any_app, give)) == [False] * 15 + [True]
    assert len(kept()) == 1


def test_another_opinion_under_the_same_form_is_kept_beside_the_first(world, visitor, now):
    """A phone that goes round, or the back button of somebody who says it differently."""
    now(at(23, 11, 30))
    for words in ("Top", "Top", "Toch minder", "Top"):
        assert sent(visitor, words=words).status_code == 303
    assert [each.words for each in kept()] == ["Top", "Toch minder"]
