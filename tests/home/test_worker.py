"""What the worker does when its time has come: each thing once, and a fault stops nothing else."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from festival import clock, jobs
from festival.bookings import background, co_interest
from festival.bookings.models import Booking, WaitingListEntry
from festival.bookings.rules import waiting_list
from festival.db import db
from festival.home import heartbeats, worker
from festival.home.models import Heartbeat
from festival.mail import delivery, rules
from festival.mail.models import Letter
from festival.programme.models.sessions import Slot
from festival.tickets.models import Order, TicketType
from tests import make
from tests.mail import server
from tests.make import NOW
from tests.team.test_outbox import letter


@pytest.fixture(autouse=True)
def _at_that_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def unpaid(due_at: datetime, **values: object) -> Order:
    """An order placed long ago that waits for its money."""
    of = values.pop("of", None) or make.ticket_type(price_cents=2500)
    assert isinstance(of, TicketType)
    return make.order(
        of=of, confirmed_at=None, placed_at=NOW - timedelta(days=14), due_at=due_at, **values
    )


def overdue(**values: object) -> Order:
    return unpaid(NOW - timedelta(days=30), **values)


def due_soon(**values: object) -> Order:
    return unpaid(NOW + timedelta(days=2), **values)


def slot_with_a_line() -> tuple[Slot, int]:
    """A slot of which the only place is given back, and the ticket that waits for it."""
    slot = make.slot(places=1)
    held = make.booking(make.ticket(), slot, now=NOW)
    waiting = make.ticket()
    waiting_list.join_waiting_list(waiting, slot, now=NOW)
    held.cancelled_at, slot.taken = NOW, 0  # as if the job of that moment was lost
    db.session.commit()
    return slot, waiting.id


def holders(slot: Slot) -> list[int]:
    db.session.expire_all()
    rows = db.session.query(Booking).filter_by(slot_id=slot.id, cancelled_at=None)
    return [row.ticket_id for row in rows]


def waiting_letter(**values: object) -> Letter:
    return letter(
        **{"state": "waiting", "tries": 0, "queued_at": NOW, "next_try_at": NOW, **values}
    )


def letters(name: str) -> list[str]:
    rows = db.session.query(Letter).filter_by(name=name).order_by(Letter.to)
    return [row.to for row in rows]


def sweep() -> None:
    """What the worker does every minute."""
    worker.run_job("fill_slots")
    worker.run_job("deliver_letters")


def look_after_orders() -> None:
    """What the worker does with orders every ten minutes."""
    worker.run_job("remind_unpaid")
    worker.run_job("lapse_overdue")


def failures() -> dict[str, int]:
    """How many rows failed the last time, by job; those without any are left out."""
    db.session.expire_all()
    return {beat.name: beat.failed for beat in db.session.query(Heartbeat) if beat.failed}


def states() -> list[str]:
    db.session.expire_all()
    return [row.state for row in db.session.query(Letter).order_by(Letter.id)]


def beats() -> dict[str, datetime]:
    db.session.expire_all()
    return {beat.name: beat.at for beat in db.session.query(Heartbeat)}


# -- orders -----------------------------------------------------------------------------------


def test_who_has_days_left_to_pay_is_reminded_once(app: Flask) -> None:
    due_soon(email="noor@example.org")
    unpaid(NOW + timedelta(days=4))
    for _ in range(3):
        look_after_orders()
    assert letters("payments/payment_reminder") == ["noor@example.org"]


def test_what_is_overdue_lapses_once_and_its_tickets_are_for_others(app: Flask) -> None:
    order = overdue(email="noor@example.org", tickets=2)
    paid = make.order(of=order.tickets[0].type)
    just_due = unpaid(NOW - timedelta(days=1))
    pool = order.tickets[0].type.pool
    for _ in range(3):
        look_after_orders()
    db.session.expire_all()
    assert (order.state, paid.state, just_due.state) == ("lapsed", "confirmed", "pending")
    assert pool.taken == 1
    assert letters("payments/order_lapsed") == ["noor@example.org"]


@pytest.mark.parametrize(
    ("kind", "name"),
    [(overdue, "payments/order_lapsed"), (due_soon, "payments/payment_reminder")],
)
def test_an_order_that_goes_wrong_keeps_no_other_from_its_turn(
    any_app: Flask, kind: Callable[..., Order], name: str
) -> None:
    emails = ["a@example.org", "geen adres", "b@example.org"]
    orders = [kind(email=email) for email in emails]
    look_after_orders()
    assert letters(name) == ["a@example.org", "b@example.org"]
    job = "lapse_overdue" if kind is overdue else "remind_unpaid"
    assert (beats()[job], failures()) == (NOW, {job: 1})
    db.session.expire_all()
    assert (orders[1].state, orders[1].reminded_at) == ("pending", None), "left as it was"
    # Once somebody has mended it, it has its turn too.
    orders[1].email = "c@example.org"
    db.session.commit()
    look_after_orders()
    assert letters(name) == ["a@example.org", "b@example.org", "c@example.org"]
    assert failures() == {}


def test_a_row_that_breaks_its_transaction_leaves_a_whole_one_to_the_next(any_app: Flask) -> None:
    heartbeats.record("een", now=NOW)
    looked_at: list[int] = []

    def work(key: int) -> bool:
        if key == 2:
            db.session.add(Heartbeat(name="een", at=NOW))  # it is there already
        looked_at.append(db.session.query(Heartbeat).count() + key)
        return True

    assert jobs.for_each("row", [1, 2, 3], work) == jobs.Tally(done=2, failed=1)
    assert looked_at == [2, 4]


def test_reminders_that_go_wrong_let_overdue_orders_lapse_all_the_same(app: Flask) -> None:
    due_soon(email="geen adres")
    order = overdue()
    look_after_orders()
    db.session.expire_all()
    assert order.state == "lapsed"


# -- the sweep --------------------------------------------------------------------------------


def test_a_place_that_a_lost_job_left_free_goes_to_who_waits(any_app: Flask) -> None:
    slot, waiting = slot_with_a_line()
    sweep()
    sweep()
    assert holders(slot) == [waiting]
    assert len(letters("bookings/place_from_line")) == 1


def test_the_job_itself_gives_it_once_too(app: Flask) -> None:
    slot, waiting = slot_with_a_line()
    other, _ = slot_with_a_line()
    background.fill_slot(slot.id)
    background.fill_slot(slot.id)
    assert (holders(slot), holders(other)) == ([waiting], [])


def test_a_slot_that_goes_wrong_keeps_neither_slots_nor_letters_waiting(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bad, _), (good, waiting) = slot_with_a_line(), slot_with_a_line()
    fill = waiting_list.fill_slot

    def fails(slot_id: int, *, now: datetime) -> object:
        return 1 / 0 if slot_id == bad.id else fill(slot_id, now=now)

    waiting_letter()
    monkeypatch.setattr(waiting_list, "fill_slot", fails)
    sweep()
    assert (holders(bad), holders(good)) == ([], [waiting])
    assert set(states()) == {"kept"}


def test_letters_that_are_due_leave_and_others_wait(app: Flask) -> None:
    waiting_letter()
    waiting_letter(next_try_at=NOW + timedelta(seconds=1))
    for state in ("sent", "failed", "unsure"):
        waiting_letter(state=state, problem_kind="")
    sweep()
    assert states() == ["kept", "waiting", "sent", "failed", "unsure"]


def test_a_sweep_goes_on_until_no_letter_is_due(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = delivery.due
    monkeypatch.setattr(delivery, "due", lambda now, failed: due(now, failed, at_most=2))
    for _ in range(5):
        waiting_letter()
    sweep()
    assert states() == ["kept"] * 5


def test_a_letter_that_cannot_be_made_keeps_no_other_from_leaving(app: Flask) -> None:
    for kind in ("onbekend", ""):
        waiting_letter(attachments=[{"kind": kind, "reference": "x"}] if kind else [])
    sweep()
    assert states() == ["failed", "kept"]


def test_a_mail_server_that_is_away_is_asked_once_a_sweep(app: Flask) -> None:
    app.config["SMTP_URL"] = "smtp://127.0.0.1:1"
    rows = [waiting_letter() for _ in range(3)]
    sweep()
    db.session.expire_all()
    assert [row.tries for row in rows] == [1, 0, 0]
    with server.running() as post:
        app.config["SMTP_URL"] = post.url
        sweep()
    assert states() == ["waiting", "sent", "sent"], "the first one waits a minute"


def test_a_letter_is_delivered_once_however_often_its_job_runs(app: Flask) -> None:
    row = waiting_letter()
    with server.running() as post:
        app.config["SMTP_URL"] = post.url
        for _ in range(3):
            delivery.deliver_queued(row.id)
        sweep()
        assert len(post.letters) == 1
    delivery.deliver_queued(row.id + 1000)  # of a row that is not there any more
    assert states() == ["sent"]


def test_a_letter_that_a_worker_left_half_way_is_left_to_a_person(app: Flask) -> None:
    an_hour = NOW - timedelta(hours=1)
    handed_over = waiting_letter(state="sending", next_try_at=an_hour, handed_over_at=an_hour)
    waiting_letter(state="sending", next_try_at=an_hour)
    waiting_letter(state="sending", next_try_at=NOW + timedelta(minutes=5))
    sweep()
    assert states() == ["unsure", "kept", "sending"]
    assert handed_over.problem_kind == "worker_stopped"


def test_a_job_of_one_process_does_not_run_beside_itself(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept = []

    def sweep_inside(_read_clock: object) -> jobs.Tally:
        swept.append("once")
        worker.run_job("fill_slots")
        return jobs.Tally()

    job = app.extensions["jobs"].sweeps["fill_slots"]
    app.extensions["jobs"].sweeps["fill_slots"] = job._replace(sweep=sweep_inside)
    worker.run_job("fill_slots")
    assert swept == ["once"]


def test_a_letter_that_breaks_keeps_no_other_from_leaving(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [waiting_letter() for _ in range(3)]
    deliver = delivery.deliver
    bad = rows[0].id

    def fails(letter_id: int, *, now: datetime) -> bool:
        return deliver(letter_id, now=now) if letter_id != bad else bool(1 / 0)

    monkeypatch.setattr(delivery, "deliver", fails)
    worker.run_job("deliver_letters")
    assert states() == ["waiting", "kept", "kept"]
    assert failures() == {"deliver_letters": 1}


def test_who_cannot_be_written_to_keeps_nobody_else_in_line_waiting(any_app: Flask) -> None:
    slot, waiting = slot_with_a_line()
    entry = db.session.query(WaitingListEntry).filter_by(ticket_id=waiting).one()
    entry.ticket.order.email = "geen adres"
    db.session.commit()
    behind = make.ticket()
    db.session.add(WaitingListEntry(ticket=behind, slot=slot, joined_at=NOW))
    db.session.commit()
    sweep()
    assert holders(slot) == [behind.id]
    assert db.session.get_one(WaitingListEntry, entry.id).left_at is None, "still in line"


def test_a_step_that_breaks_stops_neither_the_others_nor_the_next_round(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot, waiting = slot_with_a_line()
    with monkeypatch.context() as broken:
        broken.setattr(rules, "settle_abandoned", lambda *, now: 1 / 0)
        sweep()
    assert holders(slot) == [waiting]
    assert states() == ["waiting"]
    sweep()
    assert states() == ["kept"]


# -- wishes, signs of life, and the jobs by name ----------------------------------------------


def test_wishes_are_counted_for_the_current_edition(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(
        co_interest, "count_wanted_together", lambda edition: counted.append(edition.slug)
    )
    worker.run_job("count_wishes")
    assert (counted, beats()) == ([], {"count_wishes": NOW}), "before the first edition"
    make.edition(slug="2025", is_current=False)
    make.edition(slug="2026")
    worker.run_job("count_wishes")
    assert counted == ["2026"]


def test_a_sign_of_life_is_one_row_with_the_last_time(any_app: Flask) -> None:
    for minutes, failed in ((0, 2), (3, 1), (1, 0)):
        heartbeats.record("fill_slots", failed=failed, now=NOW + timedelta(minutes=minutes))
    heartbeats.record("remind_unpaid", failed=4, now=NOW)
    assert beats() == {"fill_slots": NOW + timedelta(minutes=1), "remind_unpaid": NOW}
    assert failures() == {"remind_unpaid": 4}


def test_a_sign_of_life_is_written_after_the_work_and_also_when_it_failed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, datetime]] = []
    job = app.extensions["jobs"].sweeps["fill_slots"]

    def work(_read_clock: object) -> jobs.Tally:
        seen.append(beats())
        return jobs.Tally(failed=int(1 / 0))

    app.extensions["jobs"].sweeps["fill_slots"] = job._replace(sweep=work)
    worker.run_job("fill_slots")
    assert (seen, beats(), failures()) == ([{}], {"fill_slots": NOW}, {"fill_slots": 1})


def test_two_periodic_jobs_cannot_have_one_name(app: Flask) -> None:
    with pytest.raises(ValueError, match="fill_slots"):
        jobs.repeat(app, "fill_slots", background.fill_slots, every_minutes=5, words="")


def test_which_jobs_there_are_and_how_often_they_come_round(app: Flask) -> None:
    defined = {name: every for name, _job, every in app.extensions["jobs"]._defined}
    assert defined == {
        "deliver_letter": 0,
        "fill_slot": 0,
        "send_mailing": 0,
        "handle_stripe_event": 0,
        "send_stripe_refund": 0,
        "cancel_called_off_now": 0,
        "cancel_called_off": 1,
        "send_mailings": 1,
        "make_invoice_files": 10,
        "settle_invoices": 10,
        "stop_blocking_expired": 10,
        "lapse_holds": 1,
        "serve_lines": 1,
        "erase_answers": 60,
        "deliver_letters": 1,
        "fill_slots": 1,
        "remind_unpaid": 10,
        "lapse_overdue": 10,
        "lapse_swaps": 10,
        "count_wishes": 60,
    }


def test_all_that_is_due_at_a_moment_is_of_that_moment(app: Flask) -> None:
    """`run_due` shows what a day to come will bring: nothing in it looks at the clock."""
    later = NOW + timedelta(days=9)
    order = due_soon()
    worker.run_due(later)
    db.session.expire_all()
    assert order.lapsed_at == later
    assert set(beats().values()) == {later}
    assert {row.queued_at for row in db.session.query(Letter)} == {later}
    assert set(states()) == {"kept"}
