"""Several workers find the same letter at the same instant: the mail server gets it once."""

from sqlalchemy import true

from festival.db import db
from festival.mail import delivery, rules
from festival.mail.models import Letter
from tests import make
from tests.mail import server
from tests.races.at_once import at_once

WORKERS = 8


def deliver_at_once(app, letter_id, number=WORKERS):
    def deliver(_):
        try:
            return delivery.deliver(letter_id, now=make.NOW)
        except rules.LeaseLost:
            return None

    at_once(app, deliver, number)


def test_one_of_eight_workers_sends_the_letter(any_app, queue_letter):
    with server.running() as post:
        any_app.config["SMTP_URL"] = post.url
        for number in range(1, 6):
            letter_id = queue_letter(any_app).id
            deliver_at_once(any_app, letter_id)
            assert len(post.letters) == number
            letter = db.session.get(Letter, letter_id)
            assert (letter.state, letter.tries) == ("sent", 1)


def test_a_letter_is_handed_over_once_even_if_all_have_it_in_hand(any_app, queue_letter):
    """Leases ran out while each was talking to the server: only the last holder may go on."""
    with server.running() as post:
        any_app.config["SMTP_URL"] = post.url
        letter_id = queue_letter(any_app).id
        post.may_answer_recipient.clear()
        now = make.NOW

        def deliver(number):
            delivery.deliver(letter_id, now=now + number * rules.LEASE)

        def let_them_go(number):
            if number == 3:  # the fourth thread is the server's conscience
                while db.session.get(Letter, letter_id).tries < 3:
                    db.session.rollback()
                post.may_answer_recipient.set()
            else:
                while db.session.get(Letter, letter_id).tries < number:
                    db.session.rollback()
                db.session.rollback()
                deliver(number)

        at_once(any_app, let_them_go, 4)
        assert len(post.letters) == 1
        letter = db.session.get(Letter, letter_id)
        assert (letter.state, letter.tries) == ("sent", 3)


def test_without_both_guards_the_letter_goes_out_more_than_once(any_app, queue_letter, monkeypatch):
    """What the tests above would see, were the guards not there."""
    monkeypatch.setattr(rules, "may_be_tried", lambda now: true())
    monkeypatch.setattr(rules, "hand_over", lambda parcel, *, now: None)
    with server.running() as post:
        any_app.config["SMTP_URL"] = post.url
        deliver_at_once(any_app, queue_letter(any_app).id)
        assert len(post.letters) > 1
