"""A letter goes to the worker when its rule has committed, whatever the rule did to its rows."""

from festival.db import db, transactional
from festival.mail import rules
from festival.mail.models import Letter
from tests import make
from tests.mail.conftest import add_letter


def test_rows_that_a_rule_expired_are_queued_all_the_same(app, monkeypatch):
    queued = []
    monkeypatch.setattr(
        app.extensions["jobs"], "enqueue", lambda name, *ids: queued.append((name, ids))
    )
    add_letter(app)

    @transactional
    def rule():
        rules.queue(
            "test/hello", about=(), to="noor@example.org", language="nl", now=make.NOW,
            person=None, name="Noor",
        )  # fmt: skip
        db.session.flush()
        db.session.expire_all()

    rule()
    letter = db.session.query(Letter).one()
    assert queued == [("deliver_letter", (letter.id,))]
