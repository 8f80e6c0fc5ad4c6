"""The doctor finds each ailment, says it in a sentence, and is quiet when all is well."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, text

from festival import clock, fonts, storage
from festival.bookings.models import Booking, Star
from festival.checkin.models import Scan
from festival.db import db
from festival.home import doctor, heartbeats, worker
from festival.home.doctor import BAD, GOOD, ODD
from festival.home.models import Heartbeat
from festival.mail.models import Letter
from festival.tickets import ticket_qr
from tests import make
from tests.mail import server


def findings(subject: str, now=None) -> list[tuple[str, str]]:
    found = doctor.examine(now or clock.now())
    return [(each.level, each.sentence) for each in found if each.subject == subject]


def execute(statement: str, **values) -> None:
    db.session.execute(text(statement), values)
    db.session.commit()


def test_a_healthy_festival(any_app: Flask):
    make.order(tickets=3)
    slot = make.slot(taken=1)
    db.session.add(Booking(ticket=make.ticket(), slot=slot, booked_at=make.NOW))
    db.session.commit()
    worker.run_due(clock.now())
    result = any_app.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 0, result.output
    assert "BAD" not in result.output
    assert "look" not in result.output
    for subject in doctor._EXAMINATIONS:
        assert f"ok    {subject}: " in result.output


def test_monitoring_gets_a_status_and_json(app: Flask):
    result = app.test_cli_runner().invoke(args=["doctor", "--json"])
    assert result.exit_code == 1
    told = {each["subject"]: each for each in json.loads(result.stdout)}
    assert told["worker"] == {
        "subject": "worker",
        "level": "bad",
        "sentence": "It never ran: start `flask worker`.",
    }
    assert told["disk"]["level"] == "good"


def drifted_pool():
    pool = make.order(tickets=2).tickets[0].type.pool
    execute("UPDATE pool SET taken = 5 WHERE id = :id", id=pool.id)
    return f"Pool {pool.slug} says 5 taken; 2 tickets are out."


def drifted_slot():
    slot = make.slot(taken=3)
    db.session.add(Booking(ticket=make.ticket(), slot=slot, booked_at=make.NOW))
    db.session.add(
        Booking(ticket=make.ticket(), slot=slot, booked_at=make.NOW, cancelled_at=make.NOW)
    )
    db.session.commit()
    return f"Slot {slot.code} says 3 taken; 1 bookings hold a place."


def place_of_a_returned_ticket():
    ticket = make.order(tickets=2).tickets[0]
    booking = Booking(ticket=ticket, slot=make.slot(taken=1), booked_at=make.NOW)
    db.session.add(booking)
    ticket.released_at = make.NOW
    ticket.type.pool.taken -= 1
    db.session.commit()
    return f"Ticket {ticket.code} was given back but still holds a place (booking {booking.id})."


def star_of_a_returned_ticket():
    ticket, slot = make.order(tickets=2).tickets[0], make.slot()
    gone, kept = Star(ticket=ticket, slot=make.slot()), Star(ticket=ticket, slot=slot)
    gone.removed_at = make.NOW
    for star in (gone, kept):
        star.starred_at = make.NOW
    db.session.add_all([gone, kept])
    ticket.released_at = make.NOW
    ticket.type.pool.taken -= 1
    db.session.commit()
    return f"Ticket {ticket.code} keeps a star at slot {slot.code}, which it cannot have."


def star_of_another_edition():
    ticket = make.ticket()
    slot = make.slot(make.session(edition_id=make.edition(is_current=False).id))
    db.session.add(Star(ticket=ticket, slot=slot, starred_at=make.NOW))
    db.session.commit()
    return f"Ticket {ticket.code} keeps a star at slot {slot.code}, which it cannot have."


def wrong_total():
    order = make.order(tickets=2, of=make.ticket_type(price_cents=1000))
    order.tickets[0].price_cents = 1500
    db.session.commit()
    return f"The ledger of order {order.code} charges 2000 cents; its tickets cost 2500."


def ended_order_with_tickets():
    order = make.order(lapsed_at=make.NOW, confirmed_at=None)
    return f"Order {order.code} has ended but still has 1 live tickets."


def double_entry():
    # The unique index forbids it; the doctor looks all the same.
    db.session.execute(text("DROP INDEX one_entry_a_day"))
    ticket, gate, device = make.ticket(), make.gate(), make.device()
    for nonce in "ab":
        scan = Scan(
            gate=gate,
            device=device,
            nonce=nonce,
            ticket=ticket,
            read="x",
            method="typed",
            outcome="admitted",
            admitted_on=make.FRIDAY,
            scanned_at=make.NOW,
            received_at=make.NOW,
        )
        db.session.add(scan)
    db.session.commit()
    return f"Ticket {ticket.code} was let in 2 times on {make.FRIDAY}."


@pytest.mark.parametrize(
    "harm",
    [
        drifted_pool,
        drifted_slot,
        place_of_a_returned_ticket,
        star_of_a_returned_ticket,
        star_of_another_edition,
        wrong_total,
        ended_order_with_tickets,
        double_entry,
    ],
)
def test_drift_is_found(app: Flask, harm):
    assert findings("counters") == [
        (GOOD, "Pools, slots, stars, orders and entries were counted again and agree.")
    ]
    sentence = harm()
    assert findings("counters") == [(BAD, sentence)]


def test_rows_that_a_search_does_not_find_are_counted_and_mended(any_app: Flask):
    order = make.order(tickets=2)
    assert findings("words") == [(GOOD, "Orders and tickets are found by all of their words.")]
    execute("UPDATE orders SET name = 'Buiten Om' WHERE id = :id", id=order.id)
    mend = "are not found by all of their words: run `flask refill-words`."
    assert findings("words") == [(BAD, f"1 of 1 orders {mend}"), (BAD, f"2 of 2 tickets {mend}")]
    assert any_app.test_cli_runner().invoke(args=["refill-words"]).exit_code == 0
    assert [level for level, _sentence in findings("words")] == [GOOD]
    execute("DELETE FROM ticket_word WHERE row_id = :id", id=order.tickets[0].id)
    assert findings("words") == [(BAD, f"1 of 2 tickets {mend}")]


def test_recounts_mean_the_same_on_postgresql(postgres_app: Flask):
    expected = {drifted_pool(), drifted_slot(), place_of_a_returned_ticket(), wrong_total()}
    expected |= {ended_order_with_tickets(), star_of_a_returned_ticket()}
    assert {sentence for _level, sentence in findings("counters")} == expected


def test_places_in_what_is_off_the_programme_are_worth_a_look(app: Flask):
    slot = make.slot(taken=2, state="dropped")
    for _ in range(2):
        db.session.add(Booking(ticket=make.ticket(), slot=slot, booked_at=make.NOW))
    db.session.commit()
    sentence = f"Slot {slot.code} is off the programme; 2 people who booked it have not rebooked."
    assert findings("counters")[1:] == [(ODD, sentence)]


def test_much_drift_is_summed_up(app: Flask):
    for _ in range(25):
        wrong_total()
    found = findings("counters")
    assert len(found) == 21
    assert found[-1] == (BAD, "And 5 more of this kind.")


def test_money_that_does_not_fit_is_worth_a_look(app: Flask):
    of = make.ticket_type(price_cents=1000)
    unpaid = make.order(of=of)
    paid = make.order(of=of)
    overpaid = make.order(of=of)
    for order, cents in ((paid, 1000), (overpaid, 1500)):
        make.payment(order, cents)
    assert findings("money") == [
        (ODD, f"Order {unpaid.code} is confirmed; of its 1000 cents 0 came in."),
        (ODD, f"Order {overpaid.code} of 1000 cents has had 1500 cents that are to be paid back."),
    ]


def test_the_worker_is_missed(app: Flask):
    assert findings("worker") == [(BAD, "It never ran: start `flask worker`.")]
    now = clock.now()
    worker.run_due(now - timedelta(seconds=40))
    number = len(heartbeats.states(now))
    ran = f"Its {number} jobs ran in time, the last 40 seconds ago."
    assert findings("worker", now) == [(GOOD, ran)]
    heartbeats.record("fill_slots", now=now - timedelta(minutes=7))
    heartbeats.record("deliver_letters", failed=2, now=now)
    assert findings("worker", now) == [
        (ODD, "deliver_letters failed for 2; the log says why."),
        (BAD, "fill_slots last ran 7 minutes ago: start `flask worker`."),
    ]
    db.session.execute(delete(Heartbeat).where(Heartbeat.name == "lapse_overdue"))
    db.session.commit()
    never = (BAD, "lapse_overdue never ran: start `flask worker` again.")
    assert never in findings("worker", now)


def test_what_runs_seldom_is_not_missed_in_the_first_minutes(app: Flask):
    now = clock.now()
    make.member("organiser", create_datetime=(now - timedelta(minutes=9)).replace(tzinfo=None))
    states = heartbeats.states(now)
    often = [each.job.name for each in states if each.job.every_minutes < 3]
    for name in often:
        heartbeats.record(name, now=now - timedelta(seconds=40))
    assert len(often) < len(states)
    ran = f"{len(often)} of its {len(states)} jobs ran in time, the last 40 seconds ago."
    assert findings("worker", now) == [(GOOD, ran)]


def letter(state: str, minutes: int, number: int) -> Letter:
    return Letter(
        to="a@example.org",
        language="nl",
        name="x/y",
        subject="x",
        body_text="x",
        body_html="x",
        message_id=f"<{number}>",
        state=state,
        queued_at=make.NOW - timedelta(minutes=minutes),
        next_try_at=make.NOW,
    )


def test_letters_that_wait_or_failed(app: Flask):
    for number, (state, minutes) in enumerate(
        [("waiting", 90), ("waiting", 1), ("failed", 1), ("unsure", 1), ("sent", 500), ("kept", 9)]
    ):
        db.session.add(letter(state, minutes, number))
    db.session.commit()
    assert findings("letters", make.NOW) == [
        (BAD, "The oldest that waits was written 90 minutes ago."),
        (ODD, "1 could not be delivered; see /team/post/?state=failed."),
        (ODD, "Of 1 nobody knows whether they arrived; see /team/post/?state=unsure."),
        (GOOD, "1 were sent, 1 kept, 2 wait."),
    ]


def test_the_mail_server_is_greeted(app: Flask):
    with server.running() as post:
        app.config["SMTP_URL"] = post.url
        [(level, sentence)] = findings("mail server")
        assert level == GOOD
        assert "lets us in, without TLS" in sentence
        app.config["SMTP_URL"] = f"{post.url}?starttls=yes"
        assert findings("mail server")[0][0] == BAD
    app.config["SMTP_URL"] = "smtp://127.0.0.1:1"
    [(level, sentence)] = findings("mail server")
    assert level == BAD
    assert "127.0.0.1:1 does not let us in" in sentence
    app.config["SMTP_URL"] = "smtp://a:b@mail.example.org?starttls=no"
    assert findings("mail server") == [(BAD, "SMTP_URL would send the password without TLS.")]


def test_unsafe_settings_are_named_in_production(app: Flask):
    assert findings("settings")[0][0] == GOOD
    safe = {
        "PRODUCTION": True,
        "TESTING": False,
        "RATELIMIT_ENABLED": True,
        "RATELIMIT_STORAGE_URI": "redis://127.0.0.1",
        "SESSION_COOKIE_SECURE": True,
        "SMTP_URL": "smtps://mail.example.org",
        "TRUSTED_PROXIES": 1,
    }
    app.config.update(safe)
    [(level, sentence)] = findings("settings")
    assert (level, sentence.partition(" is ")[0]) == (ODD, "DATABASE_URL")
    for name, value, level in [
        ("RATELIMIT_ENABLED", False, BAD),
        ("RATELIMIT_STORAGE_URI", "memory://", ODD),
        ("SESSION_COOKIE_SECURE", False, BAD),
        ("SMTP_URL", "", BAD),
        ("TRUSTED_PROXIES", 0, ODD),
        ("DEBUG", True, BAD),
    ]:
        app.config[name] = value
        assert level in [
            found for found, sentence in findings("settings") if "SQLite" not in sentence
        ]
        app.config[name] = safe.get(name, False)


def test_a_database_behind_its_migrations(app: Flask):
    execute("UPDATE alembic_version SET version_num = '0002'")
    [(level, sentence)] = findings("database")
    assert level == BAD
    assert "flask db upgrade" in sentence


def test_a_clock_that_runs_ahead(any_app: Flask, monkeypatch):
    assert findings("clocks") == [(GOOD, "Ours and the database's agree.")]
    ahead = clock.now() + timedelta(minutes=5)
    monkeypatch.setattr(clock, "now", lambda: ahead)
    [(level, sentence)] = findings("clocks", ahead)
    assert level == BAD
    assert sentence in {f"Ours and the database's are {n} seconds apart." for n in range(290, 301)}


def test_a_store_that_cannot_be_written(app: Flask):
    Path(app.config["STORAGE_URL"]).write_text("in the way")
    [(level, sentence)] = findings("storage")
    assert level == BAD
    assert sentence.startswith("Could not be examined")


def test_a_store_that_gives_back_something_else(app: Flask, monkeypatch):
    monkeypatch.setattr(storage, "get", lambda name: b"else")
    assert findings("storage") == [(BAD, "A file that was written came back different.")]


def test_a_signing_key_that_cannot_be_used(app: Flask):
    app.config["TICKET_SIGNING_SEED"] = b"short"
    [(level, sentence)] = findings("signing key")
    assert level == BAD
    assert "ValueError" in sentence


def test_paper_that_cannot_be_made(app: Flask, monkeypatch):
    def missing() -> None:
        raise doctor.pdf.CannotMakePdf("The fonts in static/vendor/ are missing: run make")

    monkeypatch.setattr(doctor.pdf, "check", missing)
    [(level, sentence)] = findings("paper")
    assert level == BAD
    assert "The fonts in static/vendor/ are missing" in sentence


def test_scripts_that_paper_cannot_write_are_named(app: Flask, monkeypatch):
    [(level, sentence)] = findings("fonts")
    assert level == GOOD
    for script in ("Arabic", "Chinese", "Korean", "Thai", "Devanagari", "Ethiopic", "emoji"):
        assert script in sentence
    absent = {"noto-sans-thai-400", "noto-emoji"}
    covered_by = fonts.covered_by
    monkeypatch.setattr(
        fonts, "covered_by", lambda font: frozenset() if font in absent else covered_by(font)
    )
    assert findings("fonts") == [(BAD, "Paper cannot write Thai, emoji: run `make install`.")]


def test_a_full_disk(app: Flask, monkeypatch):
    for free, level in ((100_000_000, BAD), (1_000_000_000, ODD), (90_000_000_000, GOOD)):
        usage = (free * 2, free, free)
        monkeypatch.setattr(
            doctor.shutil,
            "disk_usage",
            lambda _, usage=usage: doctor.shutil._ntuple_diskusage(*usage),
        )
        assert findings("disk")[0][0] == level


def test_a_broken_database_hides_nothing_else(app: Flask, monkeypatch):
    execute("DROP TABLE scan")
    subjects = {each.subject: each.level for each in doctor.examine(clock.now())}
    assert subjects["counters"] == BAD
    assert set(subjects) == set(doctor._EXAMINATIONS)
    assert subjects["signing key"] == GOOD
    assert ticket_qr.new_id()
