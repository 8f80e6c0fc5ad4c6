"""Workers that write the same mailing at the same instant write to each address once."""

from collections import Counter

from festival.db import db
from festival.mail.models import Letter
from festival.mailings import queries, rules, sending
from festival.mailings.models import Mailing, MailingRecipient
from tests import make
from tests.races.at_once import answer, at_once

WORKERS = 8
ADDRESSES = 60


def letters_by_address():
    return Counter(
        db.session.scalars(db.select(Letter.to).where(Letter.name == "mailings/service"))
    )


def audience():
    of = make.ticket_type(pool=make.pool(capacity=1000))
    for n in range(ADDRESSES):
        make.order(of=of, email=f"b{n:02}@example.org")


def test_eight_workers_write_to_each_address_once(any_app):
    audience()
    mailing_id = make.mailing(state="sending", next_turn_at=make.NOW).id

    def work(_):
        while sending.write_piece(mailing_id, at_most=7, now=make.NOW):
            pass

    at_once(any_app, work, WORKERS)
    written = letters_by_address()
    assert len(written) == ADDRESSES
    assert set(written.values()) == {1}
    assert db.session.query(MailingRecipient).count() == ADDRESSES
    assert db.session.get(Mailing, mailing_id).state == "sent"


def test_workers_that_chose_the_same_addresses_write_each_once(any_app):
    """The key of the recipient guards by itself, without the lock on the mailing."""
    audience()
    mailing_id = make.mailing(state="sending", next_turn_at=make.NOW).id

    def work(_):
        mailing = db.session.get(Mailing, mailing_id)
        found = queries.recipients(mailing, queries.next_addresses(mailing, ADDRESSES))
        return sending.write_each(mailing, found, now=make.NOW)

    at_once(any_app, work, WORKERS)
    written = letters_by_address()
    assert len(written) == ADDRESSES
    assert set(written.values()) == {1}


def test_one_worker_gets_the_turn(any_app):
    mailing_id = make.mailing(state="sending", next_turn_at=make.NOW).id
    turns = at_once(any_app, lambda _: sending.claim_turn(mailing_id, now=make.NOW), WORKERS)
    assert sorted(turns) == [False] * (WORKERS - 1) + [True]


def test_one_of_eight_clicks_starts_it(any_app):
    make.order()
    mailing_id = make.mailing().id

    def click(_):
        mailing = db.session.get(Mailing, mailing_id)
        return answer(rules.start_mailing, mailing, seen=1, counted=1, now=make.NOW)

    assert sorted(at_once(any_app, click, WORKERS)) == ["AlreadyStarted"] * 7 + ["yes"]
