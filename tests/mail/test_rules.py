from datetime import timedelta

import pytest
from sqlalchemy import select

from festival.db import db, transactional
from festival.errors import Refusal
from festival.mail import rules
from festival.mail.models import Letter
from tests import make
from tests.mail.conftest import add_letter


def test_a_letter_is_a_row_of_the_deed_s_own_transaction(any_app, queue_letter):
    letter = queue_letter(any_app)
    assert (letter.state, letter.tries, letter.next_try_at) == ("waiting", 0, make.NOW)
    assert letter.subject == "Dag Noor, é €"
    assert letter.body_text.startswith("Dag Noor,\n\n.een regel")

    @transactional
    def deed_that_fails():
        rules.queue(
            "test/hello", about=(), to="a@example.org", language="nl", now=make.NOW, name="B"
        )
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        deed_that_fails()
    assert db.session.scalars(select(Letter)).all() == [letter]


@pytest.mark.parametrize(
    "name",
    [
        "Noor\r\nBcc: iedereen@example.org",
        "Noor\nBcc: iedereen@example.org",
        "Noor\u2028Bcc: iedereen@example.org",
        "Noor\x00\x0bBcc: x@example.org",
    ],
)
def test_a_name_cannot_write_a_header(app, queue_letter, name):
    letter = queue_letter(app, name=name)
    assert len(letter.subject.splitlines()) == 1
    assert "Bcc: " in letter.subject  # it stays what it was: a piece of the subject
    assert all(ord(sign) >= 32 for sign in letter.subject)
    assert "\x00" not in letter.body_text + letter.body_html  # PostgreSQL stores no such text


@pytest.mark.parametrize(
    "address",
    [
        "",
        "niemand",
        "niemand@",
        "a@example.org\nBcc: b@example.org",
        "a@example.org, b@example.org",
        "A <a@example.org>",
        "a@exa mple.org",
        "nül@example.org",
    ],
)
def test_a_bad_address_is_refused(app, queue_letter, address):
    with pytest.raises(rules.BadAddress) as refused:
        queue_letter(app, to=address)
    assert isinstance(refused.value, Refusal)
    assert db.session.scalars(select(Letter)).all() == []


def test_an_address_with_a_foreign_domain_is_written_as_servers_want_it(app, queue_letter):
    assert queue_letter(app, to="info@bücher.example").to == "info@xn--bcher-kva.example"


def test_answers_go_to_the_organiser_of_the_edition(app, queue_letter):
    edition = make.edition(organiser_email="vraag@example.org")
    assert queue_letter(app, edition=edition).reply_to == "vraag@example.org"
    assert queue_letter(app, edition=edition, reply_to="ik@example.org").reply_to == (
        "ik@example.org"
    )
    edition.organiser_email = "geen adres"
    db.session.commit()
    assert queue_letter(app, edition=edition).reply_to == ""


def test_a_letter_has_one_holder_at_a_time(any_app, queue_letter):
    letter = queue_letter(any_app)
    assert rules.claim(letter.id, now=make.NOW - timedelta(seconds=1)) is None
    parcel = rules.claim(letter.id, now=make.NOW)
    assert parcel is not None
    assert rules.claim(letter.id, now=make.NOW) is None
    assert (letter.state, letter.tries) == ("sending", 1)


def test_a_holder_that_vanished_before_handing_over_loses_the_letter(any_app, queue_letter):
    letter = queue_letter(any_app)
    first = rules.claim(letter.id, now=make.NOW)
    later = make.NOW + rules.LEASE
    second = rules.claim(letter.id, now=later)
    assert first is not None
    assert second is not None
    with pytest.raises(rules.LeaseLost):
        rules.hand_over(first, now=later)
    rules.hand_over(second, now=later)
    rules.settle_sent(first, answer="250", now=later)
    db.session.refresh(letter)
    assert letter.state == "sending"  # the first has no say any more
    rules.settle_sent(second, answer="250 OK", now=later)
    db.session.refresh(letter)
    assert (letter.state, letter.answer) == ("sent", "250 OK")


def test_a_holder_that_vanished_after_handing_over_leaves_it_unsure(any_app, queue_letter):
    letter = queue_letter(any_app)
    parcel = rules.claim(letter.id, now=make.NOW)
    assert parcel is not None
    rules.hand_over(parcel, now=make.NOW)
    later = make.NOW + rules.LEASE
    assert rules.claim(letter.id, now=later) is None
    rules.settle_abandoned(now=later)
    db.session.refresh(letter)
    assert (letter.state, letter.problem_kind) == ("unsure", "worker_stopped")
    # The answer does come after all, from a worker that was only slow.
    rules.settle_sent(parcel, answer="250 OK", now=later)
    db.session.refresh(letter)
    assert letter.state == "sent"


def test_a_letter_that_kills_its_workers_is_given_up(any_app, queue_letter):
    letter = queue_letter(any_app)
    now = make.NOW
    for _ in range(rules.MAX_TRIES):
        assert rules.claim(letter.id, now=now)
        now += rules.LEASE
    assert rules.claim(letter.id, now=now) is None
    rules.settle_abandoned(now=now)
    db.session.refresh(letter)
    assert (letter.state, letter.problem_kind) == ("failed", "worker_stopped")


def test_each_try_waits_longer_and_the_eighth_is_the_last(app, queue_letter):
    letter = queue_letter(app)
    now, waits = make.NOW, []
    while letter.state in {"waiting", "sending"}:
        parcel = rules.claim(letter.id, now=now)
        assert parcel is not None
        rules.settle_failed_try(parcel, kind="refused", problem="451", is_final=False, now=now)
        db.session.refresh(letter)
        waits.append((letter.next_try_at - now).total_seconds() / 60)
        now = letter.next_try_at
    assert waits == [1, 5, 15, 60, 240, 480, 720, 0]
    assert (letter.state, letter.tries) == ("failed", 8)


def test_sending_again_makes_a_new_letter_once(any_app, queue_letter):
    letter = queue_letter(any_app)
    with pytest.raises(rules.StillOnItsWay):
        rules.send_again(letter, now=make.NOW)
    parcel = rules.claim(letter.id, now=make.NOW)
    assert parcel is not None
    rules.settle_sent(parcel, answer="250", now=make.NOW)

    later = make.NOW + timedelta(days=1)
    copy = rules.send_again(letter, now=later)
    assert (copy.again_of_id, copy.state, copy.queued_at) == (letter.id, "waiting", later)
    assert copy.body_text == letter.body_text
    assert copy.message_id != letter.message_id
    with pytest.raises(rules.CopyOnItsWay):
        rules.send_again(letter, now=later)
    db.session.rollback()
    assert db.session.query(Letter).count() == 2


def test_outside_a_request_letters_speak_their_own_language(app):
    add_letter(app)

    @transactional
    def action():
        return rules.queue(
            "test/hello", about=(), to="a@example.org", language="en", now=make.NOW, name="Jo"
        )

    assert '<html lang="en">' in action().body_html
