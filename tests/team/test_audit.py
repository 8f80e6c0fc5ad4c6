"""The audit trail: written with the change, by whoever is signed in, and without secrets."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.accounts import rules as accounts
from festival.db import db, transactional
from festival.team import audit, rules
from festival.team.access import team
from festival.team.models import AuditEntry
from tests import make
from tests.make import NOW


@pytest.fixture
def app(app_of_its_own: Flask) -> Flask:
    """The tests below add addresses."""
    return app_of_its_own


@transactional
def pay(subject: str = "order K7P", **details: object) -> None:
    audit.record("mark_paid", subject, now=NOW, **details)


def entries() -> list[AuditEntry]:
    db.session.expire_all()
    return db.session.query(AuditEntry).order_by(AuditEntry.id).all()


def test_what_is_written(any_app: Flask) -> None:
    details = {"cents": 2500, "before": ["editor"], "note": "één “dag”", "nothing": None}
    pay("order K7P4", **details)
    [entry] = entries()
    assert (entry.verb, entry.subject, entry.details) == ("mark_paid", "order K7P4", details)
    assert (entry.at, entry.at.tzinfo) == (NOW, UTC)
    assert entry.member is None


def test_a_time_without_a_zone_is_not_written(app: Flask) -> None:
    with pytest.raises(Exception, match="naive time"):
        transactional(audit.record)("x", "y", now=datetime(2026, 10, 1))  # noqa: DTZ001
    assert entries() == []


def test_each_line_names_the_member_of_its_own_request(app: Flask) -> None:
    @app.post("/team/proef")
    @team()
    def proef() -> str:
        pay()
        return ""

    pay()  # by a command, or by the worker
    browsers = [app.test_client() for _ in range(2)]
    members = [
        make.sign_in(browser, role).id
        for browser, role in zip(browsers, ("finance", "editor"), strict=True)
    ]
    for browser in (*browsers, browsers[0]):
        browser.post("/team/proef")
    pay()
    assert [entry.member_id for entry in entries()] == [None, *members, members[0], None]


def test_what_a_visitor_does_names_nobody(app: Flask, visitor: FlaskClient) -> None:
    @app.post("/proef")
    def proef() -> str:
        pay()
        return ""

    visitor.post("/proef")
    [entry] = entries()
    assert entry.member_id is None


def test_a_deed_that_fails_leaves_no_line(any_app: Flask) -> None:
    @transactional
    def action() -> None:
        pay()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        action()
    assert entries() == []


def test_two_lines_share_no_details(app: Flask) -> None:
    """A default that is shared would put the details of one action into those of all others."""
    pay()
    pay(cents=1)
    assert [entry.details for entry in entries()] == [{}, {"cents": 1}]


def test_lines_stay_when_their_member_is_switched_off(app: Flask, visitor: FlaskClient) -> None:
    @app.post("/team/proef")
    @team()
    def proef() -> str:
        pay()
        return ""

    make.member("organiser")
    member = make.sign_in(visitor, "organiser")
    visitor.post("/team/proef")
    rules.deactivate_member(member, now=NOW)
    assert [entry.member_id for entry in entries()] == [member.id, None]
    assert entries()[0].member.name == member.name


def test_it_never_holds_what_lets_somebody_in(app: Flask) -> None:
    """The trail can be downloaded, and outlives every password."""
    member = make.member("finance", tf_primary_method="authenticator", tf_totp_secret="JBSWY3DP")
    make.member("organiser")
    secrets = [
        rules.add_member("Noor", "noor@example.org", ["editor"], now=NOW),
        rules.make_link(member, now=NOW),
    ]
    accounts.use_link(secrets[1], "vijf paarse fietsen", now=NOW)
    secrets += ["JBSWY3DP", "vijf paarse fietsen", member.password or "", member.fs_uniquifier]
    later = NOW + timedelta(hours=1)
    rules.change_member(member, "Sam", ["editor"], seen=member.version, now=later)
    rules.forget_second_factor(member, now=later)
    rules.invite_member("Omer", "omer@example.org", ["editor"], language="nl", now=later)
    rules.invite_again(member, now=later)
    rules.deactivate_member(member, now=later)
    rules.reactivate_member(member, now=later)
    kept = " ".join(f"{entry.subject} {entry.details}" for entry in entries())
    assert len(entries()) == 8
    assert [secret for secret in secrets if secret in kept] == []
    assert "link" not in kept
