"""What the team does with a mailing: each rule, and each way in which it says no."""

import pytest

from festival.db import db
from festival.mail.fields import LooseBrace, UnknownField
from festival.mail.models import Letter
from festival.mailings import queries, rules, sending
from festival.mailings.models import InvitationChoice, Mailing
from festival.team.editing import ChangedMeanwhile
from festival.team.models import AuditEntry
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW

TITLE, BODY = Bilingual("Tot dan", "See you"), Bilingual("Dag {naam}", "Hello {naam}")


def change(mailing, title=TITLE, body=BODY, criteria=None, seen=None):
    rules.change_mailing(
        mailing,
        title=title,
        body=body,
        criteria=criteria or {},
        seen=mailing.version if seen is None else seen,
        now=NOW,
    )


def start(mailing, counted=1, seen=None):
    seen = mailing.version if seen is None else seen
    rules.start_mailing(mailing, seen=seen, counted=counted, now=NOW)


@pytest.fixture
def mailing(app):
    """A draft that goes to one address."""
    make.order(email="mia@example.org")
    return make.mailing()


def test_make_mailing(app):
    edition, before = make.edition(), make.edition(is_current=False)
    made = rules.make_mailing(edition, before, "invitation", {"payment": ["paid"]}, now=NOW)
    assert (made.edition, made.audience, made.state) == (edition, before, "draft")
    assert made.criteria == {"payment": ["paid"]}


def test_change_mailing(mailing):
    change(mailing, criteria={"type": ["weekend"]})
    assert (mailing.subject, mailing.body) == (TITLE, BODY)
    assert mailing.criteria == {"type": ["weekend"]}
    assert mailing.version == 2
    with pytest.raises(ChangedMeanwhile):
        change(mailing, seen=1)


@pytest.mark.parametrize(
    ("title", "body", "refusal"),
    [
        ("Dag {wachtwoord}", "", UnknownField),
        ("{kaartjes}", "", UnknownField),  # no lists in a subject
        ("", "{bestelling}", UnknownField),  # only who ordered has one
        ("", "Dag {naam", LooseBrace),
        ("", "Hier zijn ze: {kaartjes}", rules.FieldNotApart),
        ("x" * 101, "", rules.SubjectTooLong),
    ],
)
def test_a_text_that_could_not_be_filled_is_refused(mailing, title, body, refusal):
    for texts in ((Bilingual(title), Bilingual(body)), (Bilingual("", title), Bilingual("", body))):
        with pytest.raises(refusal):
            change(mailing, *texts)
        assert db.session.get(Mailing, mailing.id).subject.nl == "Tot zaterdag"


def test_only_about_money_there_is_a_link_to_the_order(mailing):
    body = Bilingual("{bestelling}")
    change(mailing, body=body, criteria={"payment": ["unpaid"]})
    mailing.kind = "invitation"
    db.session.commit()
    with pytest.raises(UnknownField):
        change(mailing, body=Bilingual("{kaartjes}"))


def test_delete_mailing(mailing):
    rules.delete_mailing(mailing, now=NOW)
    assert db.session.query(Mailing).count() == 0
    started = make.mailing(state="sent")
    with pytest.raises(rules.NoDraft):
        rules.delete_mailing(started, now=NOW)


def test_test_mailing(mailing):
    [mia] = queries.recipients(mailing, ["mia@example.org"])
    rules.test_mailing(mailing, mia, to="team@example.org", now=NOW)
    dutch, english = db.session.query(Letter).order_by(Letter.id)
    assert {dutch.to, english.to} == {"team@example.org"}
    assert (dutch.subject, english.subject) == ("Proef: Tot zaterdag", "Test: See you on Saturday")
    secret = mia.tickets[0].secret
    for letter in (dutch, english):
        assert secret not in letter.body_text + letter.body_html
        assert "/kaartje/…" in letter.body_text
    # A test is nobody's letter: the mailing has reached nobody yet.
    assert queries.count_written(mailing) == (0, 0)
    assert sum(queries.count_letters(mailing).values()) == 0


def test_start_mailing(mailing):
    start(mailing)
    assert (mailing.state, mailing.counted, mailing.started_at) == ("sending", 1, NOW)
    with pytest.raises(rules.AlreadyStarted):
        start(mailing)
    with pytest.raises(rules.NoDraft):
        change(mailing)
    with pytest.raises(rules.NoDraft):
        rules.delete_mailing(mailing, now=NOW)
    entry = db.session.query(AuditEntry).filter_by(verb="start_mailing").one()
    assert entry.details == {"to": 1}


def test_what_the_sender_did_not_see_is_not_sent(mailing):
    with pytest.raises(ChangedMeanwhile):
        start(mailing, seen=mailing.version - 1)
    with pytest.raises(rules.OtherNumber) as refusal:
        start(mailing, counted=3)
    assert "Intussen is het aantal 1, en je zag er 3." in str(refusal.value)
    assert db.session.get(Mailing, mailing.id).state == "draft"


def test_nothing_goes_to_nobody_or_in_one_language(mailing):
    change(mailing, body=Bilingual("Alleen Nederlands"))
    with pytest.raises(rules.LanguageMissing):
        start(mailing)
    change(mailing, criteria={"type": ["geen"]})
    with pytest.raises(rules.NobodyChosen):
        start(mailing, counted=0)


def test_stop_and_resume_mailing(mailing):
    make.order(email="bas@example.org")
    with pytest.raises(rules.NotSending):
        rules.stop_mailing(mailing, now=NOW)
    start(mailing, counted=2)
    assert sending.write_piece(mailing.id, at_most=1, now=NOW) == 1
    rules.stop_mailing(mailing, now=NOW)
    assert sending.write_piece(mailing.id, at_most=1, now=NOW) == 0
    assert sending.take_turn(mailing.id, now=NOW) is False
    rules.resume_mailing(mailing, now=NOW)
    with pytest.raises(rules.NotStopped):
        rules.resume_mailing(mailing, now=NOW)
    assert sending.take_turn(mailing.id, now=NOW)
    written = [row.to for row in db.session.query(Letter).order_by(Letter.id)]
    assert written == ["bas@example.org", "mia@example.org"]
    assert mailing.state == "sent"


def test_unsubscribe_and_subscribe_again(app):
    choice = InvitationChoice(address="mia@example.org", secret="x" * 20)
    db.session.add(choice)
    db.session.commit()
    rules.unsubscribe(choice, now=NOW)
    assert choice.unsubscribed_at == NOW
    rules.unsubscribe(choice, now=make.datetime(2026, 12, 1, tzinfo=make.UTC))
    assert choice.unsubscribed_at == NOW
    rules.subscribe_again(choice)
    assert choice.unsubscribed_at is None
