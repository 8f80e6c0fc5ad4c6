"""The line for tickets that are sold out: in order, one offer each, and nobody overtakes."""

from datetime import UTC, datetime, timedelta

import pytest

from festival.db import db
from festival.home import consistency_checks
from festival.mail.models import Letter
from festival.tickets import holding
from festival.tickets.holds import queries as holds_queries
from festival.tickets.holds import rules as holds
from festival.tickets.holds.models import Hold
from festival.tickets.rules import claiming, ending, ordering
from festival.tickets.small_business import SmallBusinessYear
from festival.tickets.ticket_type_rules import TypeHasLine, change_pool, delete_type
from festival.tickets.vouchers import prices
from festival.tickets.waiting import queries, rules
from festival.tickets.waiting.models import TicketWait
from tests import make
from tests.make import NOW


@pytest.fixture(autouse=True)
def _all_adds_up(any_app):
    yield
    assert consistency_checks.pools() == []


def sold_out(capacity=2, **values):
    """A type of which all tickets are taken, and the order that has them."""
    of = make.ticket_type(pool=make.pool(capacity=capacity), **values)
    return of, make.order(of=of, tickets=capacity)


def ask(of, name="Wil", number=1, email="", now=NOW):
    """A place in line that nobody confirmed yet."""
    email = email or f"{name}@example.org"
    return rules.join_line(of, name=name, email=email, number=number, language="nl", now=now)


def join(of, name="Wil", number=1, email="", network="", now=NOW):
    wait = ask(of, name, number, email, now)
    rules.confirm_place(wait, network=network, now=now)
    return wait


def serve(now=NOW):
    return rules.serve_lines(lambda: now)


def states():
    db.session.expire_all()
    return [wait.state for wait in db.session.query(TicketWait).order_by(TicketWait.id)]


def letters():
    return [(each.name, each.to) for each in db.session.query(Letter).order_by(Letter.id)]


def order(of, number=1, hold="", **values):
    wanted = make.order_request(*[of] * number, hold=hold, **values)
    return ordering.place_order(of.edition, wanted, now=NOW)


def test_who_waits_longest_is_offered_what_comes_free():
    of, first = sold_out()
    early, late = join(of, "Ada"), join(of, "Bo")
    assert (queries.position_of(early), queries.position_of(late)) == (1, 2)
    assert serve().done == 0
    ending.release_tickets(first, only={first.tickets[0].id}, now=NOW)
    assert serve().done == 1
    assert states() == ["offered", "waiting"]
    assert (of.pool.taken, db.session.query(Hold).one().secret) == (2, early.secret)
    assert letters()[-1] == ("tickets/waiting_offered", "ada@example.org")
    assert order(of, hold=early.secret).state == "confirmed"
    assert states() == ["ordered", "waiting"]
    assert serve(NOW + timedelta(days=2)).done == 0


def test_nobody_overtakes_the_line():
    of, first = sold_out()
    wait = join(of)
    ending.release_tickets(first, now=NOW)
    with pytest.raises(claiming.OthersWait):
        order(of)
    sold = prices.priced([of], None, now=NOW)
    with pytest.raises(claiming.OthersWait):
        holds.hold_tickets(of.edition, sold, network="een netwerk", now=NOW)
    with pytest.raises(claiming.pools.SoldOut):
        ordering.check_types(of.edition, sold, now=NOW)
    serve()  # one for somebody in line; the other is free for all
    assert order(of).state == "confirmed"
    assert wait.state == "offered"


def test_the_team_may_order_past_the_line():
    of, first = sold_out()
    join(of)
    ending.release_tickets(first, now=NOW)
    by_team = ordering.TeamTerms(None, free_reason="voor de buurt")
    assert order(of, by_team=by_team).state == "confirmed"


def test_who_asks_for_more_than_is_free_stays_and_lets_others_by():
    of, first = sold_out(capacity=3)
    join(of, "Ada", number=3)
    join(of, "Bo", number=2)
    ending.release_tickets(first, only={each.id for each in first.tickets[:1]}, now=NOW)
    assert order(of).state == "confirmed"  # one ticket serves nobody in line
    ending.release_tickets(first, only={each.id for each in first.tickets[1:]}, now=NOW)
    assert serve().done == 1
    assert states() == ["waiting", "offered"]


def test_what_is_not_ordered_in_time_goes_to_the_next():
    of, first = sold_out(capacity=1)
    early, late = join(of, "Ada"), join(of, "Bo")
    ending.release_tickets(first, now=NOW)
    serve()
    ends_at = early.offer_ends_at
    assert serve(ends_at - timedelta(seconds=1)).done == 0
    assert serve(ends_at).done == 2
    assert states() == ["lapsed", "offered"]
    assert letters()[-2:] == [
        ("tickets/waiting_lapsed", "ada@example.org"),
        ("tickets/waiting_offered", "bo@example.org"),
    ]
    assert not rules.end_offer(late.id, now=ends_at)
    assert of.pool.taken == 1


def test_the_sweep_of_holds_may_come_first():
    of, first = sold_out(capacity=1)
    wait = join(of)
    ending.release_tickets(first, now=NOW)
    serve()
    holds.lapse_holds(lambda: wait.offer_ends_at)
    assert serve(wait.offer_ends_at).done == 1
    assert (states(), of.pool.taken) == (["lapsed"], 0)


def test_an_offer_that_ends_with_the_sale_is_not_written_about():
    for values in ({"sale_until": NOW + timedelta(hours=1)}, {}):
        of, first = sold_out(capacity=1, **values)
        wait = join(of)
        ending.release_tickets(first, now=NOW)
        serve()
        if not values:
            of.edition.called_off_at = NOW
            db.session.commit()
        number = len(letters())
        serve(wait.offer_ends_at)
        assert (states()[-1], len(letters()), of.pool.taken) == ("lapsed", number, 0)


def test_leaving_gives_the_tickets_to_the_next():
    of, first = sold_out(capacity=1)
    early, _late = join(of, "Ada"), join(of, "Bo")
    ending.release_tickets(first, now=NOW)
    serve()
    rules.leave_line(early, now=NOW)
    rules.leave_line(early, now=NOW)
    assert serve().done == 1
    assert states() == ["left", "offered"]


def offered(capacity=2, number=2):
    """Somebody whose turn it is for so many tickets."""
    of, first = sold_out(capacity=capacity)
    wait = join(of, "Ada", number=number)
    ending.release_tickets(first, now=NOW)
    serve()
    return of, wait


def choose(*types, instead_of):
    sold = prices.priced(types, None, now=NOW)
    return holds.hold_tickets(
        types[0].edition, sold, instead_of=instead_of, network="een netwerk", now=NOW
    )


def test_who_chooses_anew_from_an_offer_keeps_it_and_orders_with_it():
    of, wait = offered()
    earlier = make.hold(make.ticket_type())
    kept = choose(of, instead_of=[earlier.secret, wait.secret])
    assert (kept.secret, kept.network, kept.ends_at) == (wait.secret, "", wait.offer_ends_at)
    assert kept.extended == holds.MOST_EXTENSIONS
    assert [each.number for each in kept.places] == [2]
    assert db.session.query(Hold).one().secret == wait.secret
    order(of, hold=kept.secret, email="iemand.anders@example.org")
    number = len(letters())
    serve(wait.offer_ends_at)
    assert (states(), of.pool.taken, len(letters())) == (["ordered"], 1, number)


def test_an_offer_stays_beside_what_else_is_chosen():
    of, wait = offered()
    other = make.ticket_type()
    kept = choose(other, instead_of=[wait.secret])
    assert kept.secret != wait.secret
    assert (of.pool.taken, other.pool.taken, states()) == (2, 1, ["offered"])


def test_an_offer_is_not_mixed_with_what_was_not_offered():
    of, wait = offered(capacity=3)
    other = make.ticket_type()
    for types in ([of] * 3, [of, other]):
        with pytest.raises(holds.OfferFirst):
            choose(*types, instead_of=[wait.secret])
    assert (of.pool.taken, other.pool.taken, states()) == (2, 0, ["offered"])


@pytest.mark.parametrize(
    ("second", "places"),
    [
        ("ada+2@example.org", 1),
        ("Ada@Example.org", 1),
        ("ada+x@example.com", 2),
        ("ad@example.org", 2),
        ("a_a+1@example.org", 2),
    ],
)
def test_a_mailbox_has_one_place_whatever_its_tags(second, places):
    of, _first = sold_out()
    for email in ("ada+1@example.org", second):
        rules.join_line(of, name="Ada", email=email, number=1, language="nl", now=NOW)
    assert len(states()) == places


def test_one_address_waits_once_and_gets_its_link_again():
    of, _first = sold_out()
    assert join(of, "Ada").id == ask(of, "ADA", number=2).id
    assert letters() == [
        ("tickets/waiting_confirm", "ada@example.org"),
        ("tickets/waiting_joined", "ada@example.org"),
    ]
    assert db.session.query(TicketWait).one().number == 1


def test_who_did_not_confirm_is_offered_nothing_and_keeps_nothing_from_others():
    of, first = sold_out(capacity=3)
    wait = ask(of, "Ada", number=2)
    ending.release_tickets(first, only={each.id for each in first.tickets[:2]}, now=NOW)
    assert serve().done == 0
    assert queries.pools_waited_for({of.pool_id}, now=NOW) == set()
    assert queries.number_in_line(of.edition) == 0
    with pytest.raises(rules.NotInLine):
        rules.offer_by_hand(wait, now=NOW)
    assert order(of).state == "confirmed"
    assert (states(), db.session.query(Hold).count()) == (["unconfirmed"], 0)


def test_the_place_in_line_is_that_of_confirming():
    of, first = sold_out(capacity=1)
    asked_first = ask(of, "Ada")
    confirmed_first = join(of, "Bo", now=NOW + timedelta(seconds=1))
    for _twice in range(2):
        rules.confirm_place(asked_first, network="", now=NOW + timedelta(seconds=2))
    assert [queries.position_of(each) for each in (confirmed_first, asked_first)] == [1, 2]
    ending.release_tickets(first, now=NOW)
    assert serve(NOW + timedelta(seconds=3)).done == 1
    assert states() == ["waiting", "offered"]


def test_what_was_not_confirmed_becomes_what_was_typed_last():
    of, _first = sold_out()
    ask(of, "Grapjas", number=2, email="ada@example.org")
    wait = join(of, "Ada", number=1)
    assert (wait.name, wait.number, states()) == ("Ada", 1, ["waiting"])


def test_nobody_confirms_after_the_sale():
    of, _first = sold_out()
    wait = ask(of)
    with pytest.raises(rules.NoLine):
        rules.confirm_place(wait, network="", now=of.sale_until)
    assert states() == ["unconfirmed"]


def test_what_one_waits_for_counts_as_held(monkeypatch):
    monkeypatch.setattr(holding, "MOST_KNOWN", 3)
    of, first = sold_out()
    other, _first = sold_out()
    join(of, "Ada", number=2)
    with pytest.raises(holding.TooManyHeld):
        join(other, "Ada", number=2, email="ada+2@example.org")
    free = make.ticket_type()
    with pytest.raises(holding.TooManyHeld):
        order(free, number=2, email="ada@example.org")
    ending.release_tickets(first, now=NOW)
    serve()
    [offer] = db.session.query(Hold)
    assert order(of, number=2, hold=offer.secret, email="ada@example.org").state == "confirmed"
    with pytest.raises(holding.TooManyHeld):
        order(free, number=2, email="ada@example.org", form_key="nog een")


def test_a_network_is_offered_no_more_than_it_may_hold(monkeypatch):
    monkeypatch.setattr(holds_queries, "MOST_OF_NETWORK", 2)
    of, first = sold_out(capacity=5)
    join(of, "Ada", number=2, network="hal")
    join(of, "Bo", number=1, network="hal")
    late = join(of, "Cas", number=1, network="thuis")
    ending.release_tickets(first, now=NOW)
    assert serve().done == 2
    assert states() == ["offered", "waiting", "offered"]
    assert not holds_queries.is_too_much("thuis", of.pool_id, 1)
    assert holds_queries.is_too_much("hal", of.pool_id, 1), "offers count for choosing too"
    assert queries.pools_waited_for({of.pool_id}, now=NOW) == set()
    assert order(of).state == "confirmed", "who must wait keeps nothing from others"
    rules.offer_by_hand(db.session.query(TicketWait).filter_by(name="Bo").one(), now=NOW)
    assert (states(), late.state) == (["offered"] * 3, "offered")


def test_there_is_no_line_where_there_are_tickets_or_no_sale():
    with pytest.raises(rules.StillLeft):
        join(make.ticket_type())
    for values in ({"sale_until": NOW}, {"sale_from": NOW + timedelta(days=1)}, {"code": "CREW"}):
        with pytest.raises(rules.NoLine):
            join(sold_out(**values)[0])


def test_a_line_ends_with_the_sale():
    of, first = sold_out()
    join(of)
    ending.release_tickets(first, now=NOW)
    assert serve(of.sale_until).done == 0
    assert states() == ["waiting"]


def test_nobody_waits_for_what_was_called_off():
    of, first = sold_out()
    wait = join(of)
    ending.release_tickets(first, now=NOW)
    of.edition.called_off_at = NOW
    db.session.commit()
    assert serve().done == 0
    with pytest.raises(rules.NoLine):
        rules.offer_by_hand(wait, now=NOW)
    with pytest.raises(rules.NoLine):
        join(of, "Bo")
    assert states() == ["waiting"]


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"is_hidden": True}, rules.NoLine),
        ({"price_cents": 1000, "vat_category": ""}, rules.NoLine),
        ({"max_per_order": 1}, rules.NumberNotSold),
        ({"min_per_order": 3}, rules.NumberNotSold),
    ],
)
def test_who_could_not_order_is_offered_nothing_and_blocks_nobody(values, refusal):
    of, first = sold_out()
    wait = join(of, number=2)
    ending.release_tickets(first, now=NOW)
    for name, value in values.items():
        setattr(of, name, value)
    db.session.commit()
    assert serve().done == 0
    with pytest.raises(refusal):
        rules.offer_by_hand(wait, now=NOW)
    assert order(make.ticket_type(pool=of.pool)).state == "confirmed"
    assert queries.pools_waited_for({of.pool_id}, now=NOW) == set()


def test_a_type_without_its_own_vat_waits_on_in_a_year_without_vat():
    of, first = sold_out(price_cents=1000, vat_category="")
    with pytest.raises(rules.NoLine):
        join(of)
    db.session.add(SmallBusinessYear(year=NOW.year))
    db.session.commit()
    join(of)
    ending.release_tickets(first, now=NOW)
    assert serve().done == 1


def test_the_team_offers_by_hand():
    of, _first = sold_out(capacity=1)
    join(of, "Ada")
    late = join(of, "Bo")
    with pytest.raises(rules.TooFewToOffer):
        rules.offer_by_hand(late, now=NOW)
    assert states() == ["waiting", "waiting"]
    change_pool(of.pool, of.pool.name, 2, seen=of.pool.version, now=NOW)
    rules.offer_by_hand(late, now=NOW)
    assert states() == ["waiting", "offered"]
    with pytest.raises(rules.NotInLine):
        rules.offer_by_hand(late, now=NOW)


def test_a_type_with_a_line_stays():
    of = sold_out()[0]
    join(of)
    other = make.ticket_type(pool=of.pool)
    with pytest.raises(rules.StillLeft):
        join(make.ticket_type())
    join(other, "Bo")
    with pytest.raises(TypeHasLine):
        delete_type(other, now=NOW)
    rules.leave_line(db.session.query(TicketWait).filter_by(type_id=other.id).one(), now=NOW)
    delete_type(other, now=NOW)
    assert states() == ["waiting"]


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        (datetime(2026, 10, 1, 12, 0, tzinfo=UTC), datetime(2026, 10, 2, 12, 0, tzinfo=UTC)),
        # In the night before: nobody gets up for it. The festival's clocks are two hours ahead.
        (datetime(2026, 10, 1, 23, 0, tzinfo=UTC), datetime(2026, 10, 3, 8, 0, tzinfo=UTC)),
        (datetime(2026, 10, 18, 12, 0, tzinfo=UTC), datetime(2026, 10, 18, 18, 0, tzinfo=UTC)),
        (datetime(2026, 10, 21, 12, 0, tzinfo=UTC), datetime(2026, 10, 21, 14, 0, tzinfo=UTC)),
        (datetime(2026, 10, 23, 12, 0, tzinfo=UTC), datetime(2026, 10, 23, 13, 0, tzinfo=UTC)),
        (datetime(2026, 10, 24, 9, 30, tzinfo=UTC), datetime(2026, 10, 24, 10, 0, tzinfo=UTC)),
    ],
)
def test_an_offer_stands_shorter_towards_the_festival(now, ends):
    until = datetime(2026, 10, 24, 10, 0, tzinfo=UTC)
    assert rules.offer_end(make.edition(), until, now=now) == ends
