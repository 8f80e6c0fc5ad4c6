"""One feedback form sent at the same instant with two contents: each opinion is kept, and once."""

from festival.db import db
from festival.feedback import rules
from festival.feedback.models import Feedback
from festival.programme.models.sessions import Session
from tests import make
from tests.races.at_once import at_once

CLICKS = 16
SAID = ((5, "Top"), (2, "Te druk"))


def test_each_of_two_opinions_under_one_form_is_kept_once(any_app):
    slot = make.slot()
    session_id, when = slot.session_id, slot.starts_at
    for form in ("one", "two", "three"):

        def give(n, form=form):
            useful, words = SAID[n % 2]
            session = db.session.get(Session, session_id)
            return rules.give_feedback(
                session, None, useful=useful, words=words, form_key=form, now=when
            )

        answers = at_once(any_app, give, CLICKS)
        # Whoever sends the same once more hears that it is there already, and nothing fails.
        assert [answers[0::2].count(True), answers[1::2].count(True)] == [1, 1]
        kept = db.session.query(Feedback).filter_by(form_key=form).order_by(Feedback.useful)
        assert [(each.useful, each.words) for each in kept] == [(2, "Te druk"), (5, "Top")]
