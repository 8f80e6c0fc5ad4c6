"""`flask team`: for the first organiser and for who is shut out, whatever is typed."""

import pytest
from click.testing import Result
from flask import Flask

from festival.accounts import queries
from festival.accounts.models import TeamMember
from festival.clock import now
from festival.db import db
from festival.team.models import AuditEntry
from tests import make


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["team", *args])


def secret_in(result: Result) -> str:
    assert result.exit_code == 0, result.output
    address = result.output.strip()
    assert address.startswith("http://localhost/team/link/")
    return address.rpartition("/")[2]


@pytest.mark.parametrize(
    ("args", "status", "says"),
    [
        (["add"], 2, "Missing argument 'NAME'"),
        (["add", "Sam", "sam@example.org"], 2, "Missing argument"),
        (["add", "Sam", "sam@example.org", "koning"], 2, "'koning' is not one of 'organiser'"),
        (["add", "Sam", "geen adres", "editor"], 1, "Dit e-mailadres klopt niet"),
        (["add", "Sam", "er@example.org", "editor"], 1, "Er is al iemand in het team met"),
        (["link"], 2, "Missing argument 'EMAIL'"),
        (["link", "niemand@example.org"], 1, "Nobody on the team has the address niemand@ex"),
        (["link", "uit@example.org"], 1, "uit@example.org may not sign in"),
        (["link", "uit@example.org", "--forget-second-factor"], 1, "may not sign in"),
        (["weg"], 2, "No such command 'weg'"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    app: Flask, args: list[str], status: int, says: str
) -> None:
    make.member("editor", email="er@example.org")
    off = make.member("finance", email="uit@example.org", active=False)
    off.tf_primary_method, off.tf_totp_secret = "authenticator", "JBSWY3DP"
    db.session.commit()
    result = run(app, *args)
    assert (result.exit_code, "Traceback" in result.output) == (status, False)
    assert says in result.output
    db.session.expire_all()
    assert (db.session.query(TeamMember).count(), db.session.query(AuditEntry).count()) == (2, 0)
    assert off.has_code_app


def test_somebody_with_several_roles(app: Flask) -> None:
    secret = secret_in(run(app, "add", "Sam de Wit", "Sam@example.org", "checkin", "finance"))
    found = queries.link(secret, now=now())
    assert found is not None
    assert (found.member.name, found.member.role_names) == ("Sam de Wit", ["finance", "checkin"])
    entry = db.session.query(AuditEntry).one()
    assert (entry.verb, entry.member_id) == ("add_member", None)


def test_a_fresh_link_ends_the_former_and_leaves_the_phone_alone(app: Flask) -> None:
    one = make.member("finance", tf_primary_method="authenticator", tf_totp_secret="JBSWY3DP")
    first = secret_in(run(app, "link", one.email))
    second = secret_in(run(app, "link", f" {one.email.upper()} "))
    assert queries.link(first, now=now()) is None
    assert queries.link(second, now=now()) is not None
    db.session.expire_all()
    assert one.has_code_app


def test_who_lost_the_phone_too(app: Flask) -> None:
    one = make.member("finance", tf_primary_method="authenticator", tf_totp_secret="JBSWY3DP")
    secret = secret_in(run(app, "link", one.email, "--forget-second-factor"))
    assert queries.link(secret, now=now()) is not None
    db.session.expire_all()
    assert not one.has_code_app
    verbs = [entry.verb for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert verbs == ["forget_second_factor", "make_link"]


def test_the_list_is_by_name_and_says_who_is_switched_off(app: Flask) -> None:
    assert run(app, "list").output == ""
    make.member("checkin", "editor", name="omer", email="omer@example.org")
    make.member("editor", name="Noor", email="noor@example.org", active=False)
    make.member(name="Zus", email="zus@example.org")
    assert run(app, "list").output.splitlines() == [
        "noor@example.org\tNoor\teditor (switched off)",
        "omer@example.org\tomer\teditor checkin",
        "zus@example.org\tZus\t",
    ]
