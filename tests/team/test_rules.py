"""Every action about the team does what it says and leaves exactly one line in the audit trail."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from festival.accounts import queries
from festival.accounts import rules as accounts
from festival.accounts.models import SignInLink, TeamMember
from festival.db import db
from festival.mail.models import Letter
from festival.mail.rules import BadAddress
from festival.team import rules
from festival.team.models import AuditEntry
from tests import make
from tests.make import NOW

LATER = NOW + timedelta(hours=1)
PASSWORD = "zes losse woorden samen"


def trail() -> list[tuple[str, str, dict[str, Any]]]:
    rows = db.session.query(AuditEntry).order_by(AuditEntry.id)
    return [(row.verb, row.subject, row.details) for row in rows]


def add(**values: Any) -> str:
    given = {"name": " Noor ", "email": " Noor@Example.org ", "roles": ["checkin", "editor"]}
    return rules.add_member(**(given | values), now=NOW)


def works(secret: str, *, now: datetime = NOW) -> bool:
    return queries.link(secret, now=now) is not None


ACTIONS: list[tuple[Callable[[TeamMember], object], str, dict[str, Any]]] = [
    (lambda one: rules.invite_again(one, now=LATER), "invite_again", {}),
    (lambda one: rules.make_link(one, now=LATER), "make_link", {}),
    (lambda one: rules.deactivate_member(one, now=LATER), "deactivate_member", {}),
    (lambda one: rules.reactivate_member(one, now=LATER), "reactivate_member", {}),
    (lambda one: rules.forget_second_factor(one, now=LATER), "forget_second_factor", {}),
    (
        lambda one: rules.change_member(
            one, "Sam", iter(["checkin", "programme"]), seen=one.version, now=LATER
        ),
        "change_member",
        {"before": ["editor"], "after": ["programme", "checkin"]},
    ),
]


@pytest.mark.parametrize(("action", "verb", "details"), ACTIONS, ids=[each[1] for each in ACTIONS])
def test_an_action_leaves_one_line(
    app: Flask, action: Callable[[TeamMember], object], verb: str, details: dict[str, Any]
) -> None:
    one = make.member("editor", email="sam@example.org")
    action(one)
    assert trail() == [(verb, "member sam@example.org", details)]
    assert db.session.query(AuditEntry).one().at == LATER


def test_somebody_new(any_app: Flask) -> None:
    secret = add()
    one = db.session.query(TeamMember).one()
    assert (one.name, one.email, one.role_names) == (
        "Noor",
        "noor@example.org",
        ["editor", "checkin"],
    )
    assert (one.password, one.active) == (None, True)
    assert works(secret)
    roles = {"roles": ["editor", "checkin"]}
    assert trail() == [("add_member", "member noor@example.org", roles)]
    assert db.session.query(Letter).count() == 0, "whoever gets the link hands it over"


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"email": "NOOR@example.org"}, accounts.AlreadyOnTheTeam),
        ({"email": "geen adres"}, BadAddress),
        ({"email": ""}, BadAddress),
        ({"email": "a@example.org", "roles": ["koning"]}, ValueError),
    ],
)
def test_who_cannot_be_added_leaves_nothing(
    app: Flask, values: dict[str, Any], refusal: type[Exception]
) -> None:
    add()
    with pytest.raises(refusal):
        add(**values)
    assert (len(trail()), db.session.query(TeamMember).count()) == (1, 1)
    assert db.session.query(SignInLink).count() == 1


def test_an_invitation_is_a_letter_in_the_language_that_was_chosen(app: Flask) -> None:
    one = rules.invite_member("Omer", "omer@example.org", ["finance"], language="en", now=NOW)
    [letter] = db.session.query(Letter).all()
    assert (letter.to, letter.language, letter.name) == (
        "omer@example.org",
        "en",
        "accounts/invitation",
    )
    secret = letter.body_text.partition("/en/team/link/")[2].split()[0]
    found = queries.link(secret, now=NOW)
    assert found is not None
    assert found.member_id == one.id
    assert one.language == "en"


def test_an_invitation_that_is_not_sent_invites_nobody(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules.letters, "invitation", lambda *_args, **_values: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        rules.invite_member("Omer", "omer@example.org", ["finance"], language="nl", now=NOW)
    assert (trail(), db.session.query(TeamMember).count()) == ([], 0)


def test_an_invitation_lasts_a_day_and_the_next_one_replaces_it(app: Flask) -> None:
    first = add()
    one = db.session.query(TeamMember).one()
    a_day = timedelta(hours=24)
    assert works(first, now=NOW + a_day - timedelta(seconds=1))
    assert not works(first, now=NOW + a_day)
    rules.invite_again(one, now=NOW + a_day)
    letter = db.session.query(Letter).one()
    second = letter.body_text.partition("/team/link/")[2].split()[0]
    assert works(second, now=NOW + a_day)
    assert not works(first)


def test_an_invitation_is_used_once(app: Flask) -> None:
    secret = add()
    one = accounts.use_link(secret, PASSWORD, now=NOW)
    assert one.email == "noor@example.org"
    with pytest.raises(accounts.LinkNoLongerWorks):
        accounts.use_link(secret, "een heel ander woord", now=NOW)
    assert not works(secret)


def test_who_is_switched_off_cannot_use_an_invitation_and_can_later(app: Flask) -> None:
    make.member("organiser")
    before = add()
    one = db.session.query(TeamMember).filter_by(email="noor@example.org").one()
    rules.deactivate_member(one, now=NOW)
    assert not works(before)
    rules.reactivate_member(one, now=NOW)
    assert not works(before), "what was sent before stays void"
    assert works(rules.make_link(one, now=NOW))


@pytest.mark.parametrize(
    "action",
    [
        lambda one: rules.deactivate_member(one, now=NOW),
        lambda one: rules.change_member(one, "Anders", ["editor"], seen=one.version, now=NOW),
        lambda one: rules.change_member(one, "Anders", [], seen=one.version, now=NOW),
    ],
    ids=["switched off", "another role", "no role"],
)
def test_the_last_organiser_cannot_go(
    any_app: Flask, action: Callable[[TeamMember], object]
) -> None:
    last = make.member("organiser", "editor")
    make.member("finance")
    make.member("organiser", active=False)
    add(roles=["organiser"])  # who never chose a password
    name, lines = last.name, len(trail())
    with pytest.raises(accounts.LastOrganiser):
        action(last)
    db.session.expire_all()
    assert (last.name, last.active, last.role_names) == (name, True, ["organiser", "editor"])
    assert len(trail()) == lines

    make.member("organiser")
    action(last)
    assert len(trail()) == lines + 1


def test_an_organiser_may_have_other_roles_besides(app: Flask) -> None:
    last = make.member("organiser")
    rules.change_member(last, " Ik ", ["organiser", "finance"], seen=last.version, now=NOW)
    assert (last.name, last.role_names) == ("Ik", ["organiser", "finance"])


def test_a_lost_phone_takes_codes_and_passkeys_along_and_no_password(app: Flask) -> None:
    one = make.member(
        "finance",
        tf_primary_method="authenticator",
        tf_totp_secret="JBSWY3DP",
        totp_last_step=5,
        mf_recovery_codes=["a"],
    )
    before = one.fs_uniquifier, one.password
    rules.forget_second_factor(one, now=NOW)
    db.session.expire_all()
    assert (one.has_code_app, one.totp_last_step, one.mf_recovery_codes) == (False, None, [])
    assert one.fs_uniquifier != before[0], "open sessions end"
    assert one.password == before[1]
