"""What visitors want together: the sums against slower and surer ones, and what is kept of them."""

from datetime import timedelta
from itertools import combinations
from math import comb, lgamma
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from festival.bookings import co_interest, stars
from festival.bookings.rules import places, waiting_list
from festival.db import db
from festival.programme.models.sessions import Slot
from festival.programme.models.timetable import WantedTogether
from tests import make
from tests.races.at_once import at_once


def logs(total):
    return [lgamma(n + 1) for n in range(total + 1)]


def exact(total, one, other, both):
    """The same chance in whole numbers."""
    ways = sum(
        comb(one, k) * comb(total - one, other - k) for k in range(both, min(one, other) + 1)
    )
    return ways / comb(total, other)


@st.composite
def drawn(draw):
    total = draw(st.integers(1, 400))
    one, other = draw(st.integers(0, total)), draw(st.integers(0, total))
    return total, one, other, draw(st.integers(max(0, one + other - total), min(one, other)))


@given(drawn())
@settings(max_examples=400, deadline=None)
def test_the_chance_equals_exact_arithmetic(numbers):
    found, wanted = co_interest.tail(*numbers, logs(numbers[0])), exact(*numbers)
    assert found == pytest.approx(wanted, rel=1e-9, abs=1e-300)


def test_the_chance_matches_a_simulation():
    """Twenty thousand times, forty visitors each draw their wishes blindly."""
    random, total, one, other, both, times = Random(3), 40, 12, 15, 7, 20_000
    wants_one = set(range(one))
    often = sum(
        len(wants_one & set(random.sample(range(total), other))) >= both for _ in range(times)
    )
    expected = co_interest.tail(total, one, other, both, logs(total))
    assert often / times == pytest.approx(expected, abs=4 * (expected / times) ** 0.5)


def slow_pairs(wishes):
    """Every pair counted by hand, and the rule of Benjamini and Hochberg as it was written."""
    by_session = {}
    for visitor, session in wishes:
        by_session.setdefault(session, set()).add(visitor)
    total = len({visitor for visitor, _ in wishes})
    often = {n: who for n, who in by_session.items() if len(who) >= co_interest.FEWEST}
    tested = []
    for one, other in combinations(sorted(often), 2):
        a, b = often[one], often[other]
        both, expected = len(a & b), len(a) * len(b) / total
        counts = both >= co_interest.FEWEST and both > expected
        chance = exact(total, len(a), len(b), both) if counts else 1.0
        tested.append((chance, one, other, both))
    tested.sort()
    most = 0
    for rank, (chance, *_) in enumerate(tested, 1):
        if chance <= co_interest.FALSE_DISCOVERY * rank / len(tested):
            most = rank
    return sorted(pair for _chance, *pair in tested[:most] if _chance < 1)


@given(st.sets(st.tuples(st.integers(0, 25), st.integers(0, 6)), max_size=120))
@settings(max_examples=300, deadline=None)
def test_pairs_equal_those_counted_the_slow_way(wishes):
    found = [[p.session_id, p.other_id, p.visitors] for p in co_interest.pairs_among(wishes)]
    assert found == slow_pairs(wishes)


def test_random_wishes_give_no_pairs():
    """Over many festivals of chance alone, hardly a pair is reported."""
    random = Random(11)
    reported = 0
    for _ in range(40):
        wishes = {(v, s) for v in range(150) for s in random.sample(range(20), 4)}
        reported += bool(co_interest.pairs_among(wishes))
    assert reported <= 6  # two are expected


def test_a_pattern_is_found_among_chance():
    random = Random(5)
    wishes = {(v, s) for v in range(600) for s in random.sample(range(40), 4)}
    wishes |= {(v, s) for v in range(60) for s in (3, 17)}
    found = co_interest.pairs_among(wishes)
    assert [(pair.session_id, pair.other_id) for pair in found] == [(3, 17)]
    assert found[0].visitors >= 60 > found[0].expected


@pytest.mark.parametrize("wishes", [[], [(1, 1)], [(v, s) for v in range(9) for s in (1, 2)]])
def test_no_wishes_and_identical_wishes_give_no_pairs(wishes):
    assert co_interest.pairs_among(wishes) == []


# ---- what is kept ----


def wanting(number, *slots, by=make.star):
    tickets = make.order(tickets=number).tickets
    for ticket in tickets:
        for slot in slots:
            by(ticket, slot, now=make.NOW)
    return tickets


def a_pattern():
    """Twelve visitors want two sessions, thirty want one of others."""
    one, two, other = make.slot(), make.slot(), make.slot()
    wanting(12, one, two)
    wanting(30, other)
    return one, two


def kept():
    db.session.expire_all()
    return [(w.session_id, w.other_id, w.visitors) for w in db.session.query(WantedTogether)]


def test_it_is_kept_for_the_timetable(any_app):
    one, two = a_pattern()
    for _ in range(2):
        co_interest.count_wanted_together(make.current_edition())
        assert kept() == [(one.session_id, two.session_id, 12)]
    [row] = db.session.query(WantedTogether)
    assert row.expected == pytest.approx(12 * 12 / 42)


def test_bookings_count_as_stars_do_and_once(any_app):
    one, two = make.slot(), make.slot(starts=make.NOW + timedelta(days=23))
    again = make.slot(one.session, starts=make.NOW + timedelta(days=23, hours=3))
    for ticket in wanting(12, one, two, by=make.booking):
        make.star(ticket, one, now=make.NOW)
        make.star(ticket, again, now=make.NOW)  # another moment of the same session
    wanting(30, make.slot())
    co_interest.count_wanted_together(make.current_edition())
    assert kept() == [(one.session_id, two.session_id, 12)]


def test_waiting_for_a_place_counts_as_wanting_it(any_app):
    one, full = make.slot(), make.slot(starts=make.NOW + timedelta(days=23), places=1, taken=1)
    for ticket in wanting(12, one, by=make.booking):
        waiting_list.join_waiting_list(ticket, full, now=make.NOW)
    wanting(30, make.slot())
    co_interest.count_wanted_together(make.current_edition())
    assert kept() == [(one.session_id, full.session_id, 12)]


def test_cancelled_wishes_do_not_count(any_app):
    one, two = make.slot(), make.slot()
    for number, ticket in enumerate(wanting(12, one, two)):
        if number % 3 == 0:
            stars.sync_stars(ticket, remove=[one.code], now=make.NOW)
        elif number % 3 == 1:
            places.release_places([ticket], now=make.NOW)
    wanting(30, make.slot())
    edition = make.current_edition()
    co_interest.count_wanted_together(edition)
    assert kept() == []  # four are too few


@pytest.mark.parametrize("values", [{"state": "dropped"}, {"is_public": False}])
def test_a_session_off_the_programme_goes_with_the_next_count(any_app, values):
    one, _two = a_pattern()
    co_interest.count_wanted_together(make.current_edition())
    for name, value in values.items():
        setattr(one, name, value)
    db.session.commit()
    co_interest.count_wanted_together(make.current_edition())
    assert kept() == []


def test_two_counts_at_once_give_the_same_pairs(any_app):
    a_pattern()
    edition_id = make.current_edition().id

    def count(_):
        edition = db.session.get(co_interest.Edition, edition_id)
        return len(co_interest.count_wanted_together(edition))

    assert at_once(any_app, count, 6) == [1] * 6
    assert len(kept()) == 1


def test_the_command_says_how_many(app):
    a_pattern()
    answer = app.test_cli_runner().invoke(args=["wanted-together"])
    assert answer.output == "1 pairs of sessions are wanted together.\n"
    assert len(kept()) == 1
    assert db.session.query(Slot).count() == 3
