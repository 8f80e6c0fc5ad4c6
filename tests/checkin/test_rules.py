from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from festival.checkin import queries, rules
from festival.checkin.models import Scan
from festival.checkin.rules import ScanReading
from festival.db import db
from festival.team.models import AuditEntry
from festival.tickets import ticket_qr
from tests import make

MORNING = datetime(2026, 10, 23, 7, 41, tzinfo=UTC)  # Friday 09.41 at the festival


def reading(text, *, nonce="n1", at=MORNING, method="camera", age=None):
    return ScanReading(text=text, method=method, nonce=nonce, scanned_at=at, age=age)


def scan(gate, text, *, device=None, now=None, **values):
    what = reading(text, **values)
    return rules.scan(
        gate, device or make.device(), what, member_id=None, now=now or what.scanned_at
    )


def at_festival(day, hour, minute=0, *, winter=False):
    """A moment on the festival's clocks; winter time is an hour later."""
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC) - timedelta(hours=1 if winter else 2)


def test_a_valid_ticket_is_let_in_for_the_day(any_app):
    ticket, gate = make.ticket(), make.gate()
    answer = scan(gate, ticket_qr.address(ticket))
    assert (answer.outcome, answer.ticket, answer.admitted_on) == ("admitted", ticket, make.FRIDAY)


def test_the_second_scan_is_turned_away_and_tells_where_the_first_was(any_app):
    ticket, gate = make.ticket(), make.gate(name="Ingang Noord")
    scan(gate, ticket_qr.address(ticket))
    again = scan(make.gate(), ticket_qr.address(ticket), at=MORNING + timedelta(minutes=5))
    assert again.outcome == "already_in"
    first = queries.last_entry(ticket.id, on=make.FRIDAY, before=again.received_at, practice=False)
    assert (first.gate.name, first.scanned_at) == ("Ingang Noord", MORNING)


def test_the_next_day_the_same_ticket_opens_the_gate_again(any_app):
    ticket, gate = make.ticket(), make.gate()
    scan(gate, ticket_qr.address(ticket))
    assert (
        scan(gate, ticket_qr.address(ticket), at=MORNING + timedelta(days=1)).outcome == "admitted"
    )


def test_after_midnight_it_is_still_the_same_festival_day(any_app):
    ticket, gate = make.ticket(), make.gate()
    scan(gate, ticket_qr.address(ticket))
    late = datetime(2026, 10, 23, 23, 30, tzinfo=UTC)  # Saturday 01.30
    assert scan(gate, ticket_qr.address(ticket), at=late).outcome == "already_in"


def test_the_same_reading_sent_twice_is_one_scan_with_one_answer(any_app):
    ticket, gate, device = make.ticket(), make.gate(), make.device()
    first = scan(gate, ticket_qr.address(ticket), device=device)
    again = scan(gate, ticket_qr.address(ticket), device=device)
    assert (again.id, again.outcome) == (first.id, "admitted")
    assert db.session.query(Scan).count() == 1


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"confirmed_at": None}, "not_paid"),
        ({"lapsed_at": make.NOW}, "released"),
        ({"cancelled_at": make.NOW}, "released"),
    ],
)
def test_an_order_that_is_not_confirmed_opens_nothing(any_app, change, outcome):
    ticket = make.ticket(**change)
    answer = scan(make.gate(), ticket_qr.address(ticket))
    assert (answer.outcome, answer.admitted_on) == (outcome, None)


def test_a_released_ticket_of_a_confirmed_order_opens_nothing(any_app):
    ticket = make.ticket()
    ticket.released_at = make.NOW
    db.session.commit()
    assert scan(make.gate(), ticket_qr.address(ticket)).outcome == "released"


def test_a_ticket_for_another_day_or_another_edition_opens_nothing(any_app):
    ticket = make.ticket(of=make.ticket_type(days=["2026-10-24"]))
    assert scan(make.gate(), ticket_qr.address(ticket)).outcome == "wrong_day"
    elsewhere = make.gate(edition_id=make.edition(is_current=False).id)
    assert scan(elsewhere, ticket_qr.address(ticket)).outcome == "wrong_edition"


def test_a_forged_pass_and_any_other_code_are_kept_as_refusals(any_app):
    gate, token = make.gate(), ticket_qr.token(make.ticket())
    forged = token[:8] + ("A" if token[8] != "A" else "B") + token[9:]
    assert scan(gate, forged).outcome == "forged"
    assert scan(gate, "https://example.org/menu").outcome == "unknown"
    assert scan(gate, "x" * 5000).read == "x" * 300
    assert db.session.query(Scan).count() == 3


def test_a_code_is_accepted_when_typed_and_not_from_the_camera(any_app):
    ticket, gate = make.ticket(), make.gate()
    spaced = f"{ticket.code[:4]} {ticket.code[4:]}".lower()
    assert scan(gate, spaced, method="camera").outcome == "unknown"
    assert scan(gate, spaced, method="typed").outcome == "admitted"


def test_an_undone_scan_lets_the_ticket_in_again(any_app):
    ticket, gate = make.ticket(), make.gate()
    first = scan(gate, ticket_qr.address(ticket))
    rules.undo_scan(first, now=MORNING + timedelta(minutes=1))
    assert (
        scan(gate, ticket_qr.address(ticket), at=MORNING + timedelta(minutes=2)).outcome
        == "admitted"
    )
    with pytest.raises(rules.CannotUndo):
        rules.undo_scan(first, now=MORNING + timedelta(minutes=3))


def test_a_scan_is_undone_within_a_quarter_of_an_hour_or_not(any_app):
    first = scan(make.gate(), ticket_qr.address(make.ticket()))
    with pytest.raises(rules.CannotUndo):
        rules.undo_scan(first, now=MORNING + rules.UNDO_WITHIN)


def test_a_practice_gate_counts_for_nothing(any_app):
    ticket = make.ticket()
    practice = make.gate(is_practice=True)
    before = MORNING - timedelta(days=9)
    assert scan(practice, ticket_qr.address(ticket), at=before).outcome == "admitted"
    assert scan(practice, ticket_qr.address(ticket), at=before).outcome == "already_in"
    assert scan(make.gate(), ticket_qr.address(ticket)).outcome == "admitted"
    assert sum(queries.counts(practice.edition_id, make.FRIDAY).values()) == 1


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "clock",
    [
        datetime(1970, 1, 1, tzinfo=UTC),  # after its battery was empty
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),  # no zone can show this one
        MORNING - DAY,
        MORNING - timedelta(hours=11),  # yesterday's festival day
        MORNING - rules.CLOCK_OFF_BY - timedelta(seconds=1),
        MORNING + rules.CLOCK_OFF_BY + timedelta(seconds=1),
        MORNING + DAY,
    ],
)
def test_a_clock_that_is_wrong_decides_nothing(any_app, clock):
    answer = scan(make.gate(), ticket_qr.address(make.ticket()), at=clock, now=MORNING)
    assert (answer.scanned_at, answer.admitted_on) == (MORNING, make.FRIDAY)


@pytest.mark.parametrize("off_by", [rules.CLOCK_OFF_BY, -rules.CLOCK_OFF_BY])
def test_a_clock_that_is_nearly_right_is_believed(app, off_by):
    answer = scan(make.gate(), ticket_qr.address(make.ticket()), at=MORNING + off_by, now=MORNING)
    assert answer.scanned_at == MORNING + off_by


def test_a_phone_a_day_behind_admits_nobody_twice_and_refuses_nobody(any_app):
    """On Saturday it shows Friday."""
    saturday = MORNING + DAY
    ticket, gate, device = make.ticket(), make.gate(), make.device()
    only_saturday = make.ticket(of=make.ticket_type(days=["2026-10-24"]))
    scan(gate, ticket_qr.address(ticket), at=saturday)
    late = {"device": device, "at": saturday - DAY, "now": saturday + timedelta(minutes=1)}
    assert scan(gate, ticket_qr.address(ticket), nonce="n2", **late).outcome == "already_in"
    answer = scan(gate, ticket_qr.address(only_saturday), nonce="n3", **late)
    assert (answer.outcome, answer.admitted_on) == ("admitted", date(2026, 10, 24))


def test_a_scan_that_waited_for_the_network_counts_for_when_it_was_made(app):
    """Just before six it was still Friday; it arrives on Saturday. The phone's clock is wrong."""
    before_six = datetime(2026, 10, 24, 3, 59, tzinfo=UTC)
    arrived = before_six + timedelta(hours=2)
    answer = scan(
        make.gate(), ticket_qr.address(make.ticket()), at=before_six - DAY, now=arrived,
        age=timedelta(hours=2),
    )  # fmt: skip
    assert (answer.scanned_at, answer.received_at) == (before_six, arrived)
    assert answer.admitted_on == make.FRIDAY


@pytest.mark.parametrize(
    ("age", "counts"),
    [
        (rules.OLDEST_READING, True),
        (rules.OLDEST_READING + timedelta(seconds=1), False),
        (timedelta(), True),
        (-timedelta(seconds=1), False),
    ],
)
def test_a_reading_is_at_most_half_a_day_old_and_not_of_the_future(app, age, counts):
    answer = scan(
        make.gate(), ticket_qr.address(make.ticket()), at=MORNING + DAY, now=MORNING, age=age
    )
    assert answer.scanned_at == (MORNING - age if counts else MORNING)


def test_another_code_under_a_nonce_that_was_used_gets_its_own_answer(any_app):
    """Without JavaScript the way back leads to a form with the nonce of the last visitor."""
    first, second = make.ticket(), make.ticket()
    gate, device = make.gate(), make.device()
    assert scan(gate, first.code, device=device, method="typed").ticket == first
    answers = [scan(gate, second.code, device=device, method="typed") for _ in range(2)]
    assert [(each.ticket, each.outcome) for each in answers] == [(second, "admitted")] * 2
    assert scan(gate, first.code, device=device, method="typed").ticket == first
    assert db.session.query(Scan).count() == 2


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (at_festival(23, 5, 59), None),  # the night before the festival
        (at_festival(23, 6), 23),
        (at_festival(24, 5, 59), 23),
        (at_festival(24, 6), 24),
        # In the night to Sunday the clocks go back, and the hour after two comes twice.
        (at_festival(25, 2, 30), 24),
        (at_festival(25, 2, 30, winter=True), 24),
        (at_festival(25, 5, 59, winter=True), 24),
        (at_festival(25, 6, winter=True), 25),
        (at_festival(26, 5, 59, winter=True), 25),
        (at_festival(26, 6, winter=True), None),
    ],
)
def test_a_day_ends_at_six_in_the_morning(app, at, day):
    answer = scan(make.gate(), ticket_qr.address(make.ticket()), at=at)
    on = None if day is None else date(2026, 10, day)
    assert (answer.outcome, answer.admitted_on) == ("admitted" if on else "wrong_day", on)


def test_a_ticket_for_saturday_still_opens_the_gate_in_the_night(app):
    ticket, gate = make.ticket(of=make.ticket_type(days=["2026-10-24"])), make.gate()
    for at, outcome in (
        (at_festival(24, 5, 59), "wrong_day"),
        (at_festival(25, 5, 59, winter=True), "admitted"),
        (at_festival(25, 6, winter=True), "wrong_day"),
    ):
        assert scan(gate, ticket.code, method="typed", nonce=str(at), at=at).outcome == outcome


@pytest.mark.parametrize(
    "written",
    [
        "{code}",
        "  {lower}\n",
        "{lower}",
        "{code[0]} {code[1]}-{rest}",
        "{pass}",
        " {pass} ",
        "https://festival.example.org/t/{token}",
        "{token}",
    ],
)
def test_a_code_may_be_typed_as_people_type(app, written):
    ticket = make.ticket()
    text = written.format(
        **{"code": ticket.code, "lower": ticket.code.lower(), "rest": ticket.code[2:]},
        **{"pass": ticket_qr.address(ticket), "token": ticket_qr.token(ticket).lower()},
    )
    for method in ("typed", "name"):
        answer = scan(make.gate(), text, method=method)
        assert (answer.ticket, answer.read, answer.method) == (ticket, text, method)
    assert answer.outcome == "already_in"


def test_what_is_not_the_code_of_a_ticket_is_unknown(app):
    """The holder's own link and the code of an authenticator open nothing; nor does an order's."""
    ticket, gate = make.ticket(), make.gate()
    with pytest.raises(rules.CodeOfOrder):
        scan(gate, ticket.order.code, method="typed", nonce="order")
    assert db.session.query(Scan).count() == 0
    for text in (
        *(ticket.secret, f"http://localhost/kaartje/{ticket.secret}"),
        *("492 039", "", "%", ticket.code[:-1], ticket.pass_id, ticket.holder_name),
    ):
        answer = scan(gate, text, method="typed", nonce=text)
        assert (answer.outcome, answer.ticket) == ("unknown", None), text


def test_of_several_reasons_the_crew_sees_the_first_to_act_on(any_app):
    elsewhere = make.gate(edition_id=make.edition(is_current=False).id)
    sunday = make.ticket_type(days=["2026-10-25"])
    unpaid = make.ticket(of=sunday, confirmed_at=None)
    lapsed = make.ticket(of=sunday, confirmed_at=None, lapsed_at=make.NOW)
    here = make.gate(edition_id=unpaid.order.edition_id)
    for gate, ticket, outcome in (
        (here, unpaid, "not_paid"),
        (here, lapsed, "released"),
        (elsewhere, lapsed, "wrong_edition"),
    ):
        answer = scan(gate, ticket_qr.address(ticket))
        assert (answer.outcome, answer.ticket, answer.admitted_on) == (outcome, ticket, None)


def test_at_a_practice_gate_only_the_day_does_not_matter(any_app):
    practice, other = make.gate(is_practice=True), make.gate(is_practice=True)
    ticket = make.ticket(of=make.ticket_type(days=["2026-10-24", "2026-10-25"]))
    first = scan(practice, ticket_qr.address(ticket), at=make.NOW)
    assert (first.is_practice, first.admitted_on) == (True, date(2026, 10, 24))
    assert scan(other, ticket_qr.address(ticket), at=make.NOW).outcome == "already_in"
    unpaid = make.ticket(confirmed_at=None)
    assert scan(practice, ticket_qr.address(unpaid)).outcome == "not_paid"
    rules.undo_scan(first, now=make.NOW)
    assert scan(other, ticket_qr.address(ticket), at=make.NOW).outcome == "admitted"


def test_a_ticket_that_is_given_back_after_the_first_day_does_not_open_the_second(any_app):
    ticket, gate = make.ticket(), make.gate()
    assert scan(gate, ticket_qr.address(ticket)).outcome == "admitted"
    ticket.released_at = MORNING + timedelta(hours=8)
    db.session.commit()
    assert (
        scan(gate, ticket_qr.address(ticket), at=MORNING + timedelta(days=1)).outcome == "released"
    )


def test_who_scanned_what_where_is_kept(any_app):
    gate, device, member = make.gate(), make.device(), make.member("checkin")
    what = reading("iets anders", method="typed", at=MORNING - timedelta(seconds=9))
    kept = rules.scan(gate, device, what, member_id=member.id, now=MORNING)
    db.session.expire_all()
    assert (kept.gate, kept.device, kept.member, kept.nonce) == (gate, device, member, "n1")
    assert (kept.read, kept.method) == ("iets anders", "typed")
    assert (kept.scanned_at, kept.received_at) == (MORNING - timedelta(seconds=9), MORNING)


def test_two_phones_may_make_the_same_nonce(any_app):
    ticket, gate = make.ticket(), make.gate()
    answers = [scan(gate, ticket_qr.address(ticket), device=make.device()) for _ in range(2)]
    assert [answer.outcome for answer in answers] == ["admitted", "already_in"]


def test_a_reading_that_is_sent_again_after_it_was_undone_lets_nobody_in(any_app):
    ticket, gate, device = make.ticket(), make.gate(), make.device()
    first = scan(gate, ticket_qr.address(ticket), device=device)
    rules.undo_scan(first, now=MORNING)
    again = scan(gate, ticket_qr.address(ticket), device=device)
    assert (again, again.undone_at) == (first, MORNING)
    assert queries.counts(gate.edition_id, make.FRIDAY) == {}


def test_only_an_entry_is_undone(any_app):
    ticket, gate = make.ticket(), make.gate()
    first = scan(gate, ticket_qr.address(ticket))
    for refused in (scan(gate, ticket_qr.address(ticket)), scan(gate, "iets anders")):
        with pytest.raises(rules.CannotUndo):
            rules.undo_scan(refused, now=MORNING)
        assert refused.undone_at is None
    last_moment = MORNING + rules.UNDO_WITHIN - timedelta(seconds=1)
    rules.undo_scan(first, now=last_moment)
    assert first.undone_at == last_moment
    assert queries.last_entry(ticket.id, on=make.FRIDAY, before=last_moment, practice=False) is None


def test_each_phone_gets_a_token_of_its_own(any_app):
    first, second = (rules.register_device("Telefoon van Bo", now=MORNING) for _ in range(2))
    assert first.token != second.token
    assert len(first.token) >= 20
    assert (first.name, first.first_seen_at) == ("Telefoon van Bo", MORNING)


def test_a_gate_is_made_once_for_an_edition_and_noted(any_app):
    edition, other = make.edition(), make.edition(is_current=False)
    sent = {"name": "Ingang Noord", "slug": "noord", "now": MORNING}
    gate = rules.add_gate(edition, is_practice=True, **sent)
    assert (gate.edition, gate.slug, gate.is_practice) == (edition, "noord", True)
    with pytest.raises(rules.GateExists):
        rules.add_gate(edition, is_practice=False, **sent)
    assert rules.add_gate(other, is_practice=False, **sent).edition == other
    noted = db.session.query(AuditEntry).order_by(AuditEntry.id)
    assert [(entry.verb, entry.subject, entry.at) for entry in noted] == [
        ("add_gate", "Ingang Noord", MORNING)
    ] * 2
