"""The team as organisers see it: inviting, roles, shutting out; each action in the audit trail."""

import re
import threading
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.accounts import queries
from festival.accounts.models import ROLES, TeamMember
from festival.accounts.rules import LastOrganiser
from festival.db import db
from festival.mail.models import Letter
from festival.team import rules
from festival.team.models import AuditEntry
from tests import make
from tests.accounts.test_signing_in import is_in, sign_in

NOW = datetime.now(UTC)


def fresh(member: TeamMember) -> TeamMember:
    db.session.expire_all()
    return db.session.get_one(TeamMember, member.id)


def verbs() -> list[str]:
    return [entry.verb for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]


def test_organiser_invites_somebody_who_then_gets_in(visitor: FlaskClient, app: Flask) -> None:
    organiser = make.sign_in(visitor, "organiser")
    answer = visitor.post(
        "/team/leden/nieuw",
        data={
            "name": "Noor van den Berg",
            "email": "Noor@example.org",
            "roles": ["checkin", "programme"],
            "language": "en",
        },
    )
    assert answer.status_code == 302
    letter = db.session.query(Letter).one()
    assert (letter.to, letter.language) == ("noor@example.org", "en")
    assert "programme" in letter.body_text
    address = re.search(r"http://localhost(/en/team/link/\S+)", letter.body_text)
    assert address
    noor, password = app.test_client(), "vijf paarse fietsen fietsen"
    noor.post(address[1], data={"password": password, "again": password})
    assert is_in(noor)
    member = db.session.query(TeamMember).filter_by(email="noor@example.org").one()
    assert member.role_names == ["programme", "checkin"]
    entry = db.session.query(AuditEntry).one()
    assert (entry.verb, entry.subject) == ("invite_member", "member noor@example.org")
    assert entry.member_id == organiser.id


def test_nobody_is_invited_twice(visitor: FlaskClient) -> None:
    member = make.sign_in(visitor, "organiser")
    form = {"name": "X", "email": member.email, "roles": "editor", "language": "nl"}
    assert "Er is al iemand in het team" in visitor.post("/team/leden/nieuw", data=form).text
    assert verbs() == []


def test_organiser_changes_roles(visitor: FlaskClient) -> None:
    make.sign_in(visitor, "organiser")
    other = make.member("editor")
    visitor.post(
        f"/team/leden/{other.code}", data={"name": "Nieuw", "roles": ["finance"], "version": 1}
    )
    assert fresh(other).role_names == ["finance"]
    assert fresh(other).name == "Nieuw"
    entry = db.session.query(AuditEntry).one()
    assert (entry.details["before"], entry.details["after"]) == (["editor"], ["finance"])


def test_deactivated_member_is_out_at_once(visitor: FlaskClient, app: Flask) -> None:
    make.sign_in(visitor, "organiser")
    there = app.test_client()
    other = make.sign_in(there, "checkin")
    assert is_in(there)
    visitor.post(f"/team/leden/{other.code}/uit")
    assert not is_in(there)
    sign_in(there, other)
    assert not is_in(there)
    visitor.post(f"/team/leden/{other.code}/aan")
    sign_in(there, other)
    assert is_in(there)
    assert verbs() == ["deactivate_member", "reactivate_member"]


def test_last_organiser_stays(visitor: FlaskClient) -> None:
    me = make.sign_in(visitor, "organiser")
    make.member("organiser", active=False)
    page = visitor.post(
        f"/team/leden/{me.code}", data={"name": "Ik", "roles": ["editor"], "version": 1}
    )
    assert "laatste organisator" in page.text
    visitor.post(f"/team/leden/{me.code}/uit")
    assert fresh(me).role_names == ["organiser"]
    assert fresh(me).active
    assert is_in(visitor)
    assert verbs() == []


def test_two_organisers_cannot_remove_each_other(any_app: Flask) -> None:
    ids = [make.member("organiser").id for _ in range(2)]
    db.session.rollback()
    refused, start = [], threading.Barrier(2)

    def remove(number: int) -> None:
        with any_app.app_context():
            member = db.session.get_one(TeamMember, number)
            start.wait()
            try:
                rules.deactivate_member(member, now=NOW)
            except LastOrganiser:
                refused.append(number)

    threads = [threading.Thread(target=remove, args=(number,)) for number in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    db.session.expire_all()
    assert [db.session.get_one(TeamMember, number).active for number in ids].count(True) == 1


def test_lost_phone(visitor: FlaskClient, app: Flask) -> None:
    make.sign_in(visitor, "organiser")
    other = make.member("finance", tf_primary_method="authenticator", tf_totp_secret="x")
    there = app.test_client()
    make.sign_in(there, other)
    visitor.post(f"/team/leden/{other.code}/tweede-stap")
    assert not fresh(other).has_code_app
    assert not is_in(there)
    assert sign_in(there, other).headers["Location"].startswith("/team/code-app")
    assert verbs() == ["forget_second_factor"]


@pytest.mark.parametrize("role", [role for role in ROLES if role != "organiser"])
def test_team_is_the_organisers(visitor: FlaskClient, role: str) -> None:
    other = make.member("editor")
    make.sign_in(visitor, role)
    for method, path in (
        ("GET", "/team/leden/"),
        ("GET", "/team/leden/nieuw"),
        ("POST", "/team/leden/nieuw"),
        ("GET", f"/team/leden/{other.code}"),
        ("POST", f"/team/leden/{other.code}"),
        ("POST", f"/team/leden/{other.code}/uit"),
        ("POST", f"/team/leden/{other.code}/tweede-stap"),
        ("POST", f"/team/leden/{other.code}/uitnodiging"),
        ("GET", "/team/logboek/"),
        ("GET", "/team/logboek/csv"),
    ):
        answer = visitor.open(path, method=method)
        assert answer.status_code == 403, path
        assert "organisator" in answer.text
    assert visitor.get("/team/leden/", headers={"Accept": "application/json"}).status_code == 403


def test_menu_shows_what_the_role_may_open(app: Flask) -> None:
    organiser, crew = app.test_client(), app.test_client()
    make.sign_in(organiser, "organiser")
    make.sign_in(crew, "checkin")
    assert 'href="/team/leden/"' in organiser.get("/team/toegang").text
    page = crew.get("/team/toegang").text
    assert 'href="/team/leden/"' not in page
    assert 'href="/team/logboek/"' not in page


def test_first_organiser_comes_from_the_command_line(app: Flask) -> None:
    runner = app.test_cli_runner()
    result = runner.invoke(args=["team", "add", "Sam de Wit", "sam@example.org", "organiser"])
    assert result.exit_code == 0, result.output
    address = re.fullmatch(r"http://localhost(/team/link/\S+)\n", result.output)
    assert address
    sam, password = app.test_client(), "zeven groene olifanten"
    answer = sam.post(address[1], data={"password": password, "again": password})
    assert answer.headers["Location"].startswith("/team/code-app")  # organisers need more

    again = runner.invoke(args=["team", "add", "Sam", "SAM@example.org", "editor"])
    assert again.exit_code == 1
    assert "sam@example.org" in again.output
    assert runner.invoke(args=["team", "list"]).output == "sam@example.org\tSam de Wit\torganiser\n"
    assert runner.invoke(args=["team", "add", "Sam", "s@example.org", "king"]).exit_code == 2
    fresh_link = runner.invoke(args=["team", "link", "sam@example.org"])
    assert "/team/link/" in fresh_link.output
    assert runner.invoke(args=["team", "link", "nobody@example.org"]).exit_code == 1
    bad = runner.invoke(args=["team", "add", "Sam", "geen adres", "editor"])
    assert "Dit e-mailadres klopt niet" in bad.output
    assert verbs() == ["add_member", "make_link"]


def test_the_list_says_how_it_stands_with_each(visitor: FlaskClient) -> None:
    make.sign_in(visitor, make.member("organiser", name="Marijke"))
    make.member("finance", name="anna", current_login_at=datetime(2026, 10, 1, 7, 30))  # noqa: DTZ001
    make.member("editor", "checkin", name="Bea", password=None)
    make.member("editor", name="Cor", active=False)
    make.member("checkin", name="Dilan", tf_primary_method="authenticator", tf_totp_secret="x")
    page = visitor.get("/team/leden/").text
    rows = [re.sub(r"<[^>]*>", " ", row) for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)]
    found = [" ".join(row.split()) for row in rows[1:]]
    assert [row.partition(" ")[0] for row in found] == ["anna", "Bea", "Cor", "Dilan", "Marijke"]
    anna, bea, cor, dilan, marijke = found
    assert "financiën bij de eerste keer inloggen 1 okt 2026, 09.30" in anna
    assert bea.endswith("redacteur, ingang – nog niet: uitgenodigd")
    assert "uitgezet" in cor
    assert "redacteur" not in cor
    assert dilan.endswith("ingang code-app nog niet")
    assert "organisator bij de eerste keer inloggen" in marijke


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"name": ""}, "Vul een naam in."),
        ({"name": "   "}, "Vul een naam in."),
        ({"name": "x" * 121}, "120"),
        ({"roles": []}, "Kies minstens één rol."),
        ({"roles": ["koning"]}, "koning"),
        ({"email": ""}, "Vul een e-mailadres in."),
        ({"email": "noor@"}, "Dit e-mailadres klopt niet."),
        ({"language": "de"}, "Taal van de mail"),
    ],
)
def test_an_invitation_that_is_filled_in_wrong_invites_nobody(
    visitor: FlaskClient, values: dict[str, object], says: str
) -> None:
    make.sign_in(visitor, "organiser")
    right = {"name": "Noor", "email": "noor@example.org", "roles": ["editor"], "language": "nl"}
    answer = visitor.post("/team/leden/nieuw", data={**right, **values})
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert says in answer.text
    assert (db.session.query(TeamMember).count(), db.session.query(Letter).count()) == (1, 0)


def test_a_fresh_link_by_mail_is_said_and_ends_the_former(visitor: FlaskClient) -> None:
    make.sign_in(visitor, "organiser")
    other = make.member("editor", password=None, language="en", email="noor@example.org")
    secrets = []
    for _ in range(2):
        answer = visitor.post(f"/team/leden/{other.code}/uitnodiging")
        assert answer.headers["Location"] == f"/team/leden/{other.code}"
        letter = db.session.query(Letter).order_by(Letter.id.desc()).first()
        assert letter
        assert (letter.to, letter.language) == ("noor@example.org", "en")
        secrets.append(letter.body_text.partition("/team/link/")[2].split()[0])
    assert "onderweg naar noor@example.org" in visitor.get(f"/team/leden/{other.code}").text
    first, second = (queries.link(secret, now=datetime.now(UTC)) for secret in secrets)
    assert (first, bool(second)) == (None, True)
    assert verbs() == ["invite_again", "invite_again"]


def test_no_link_is_mailed_to_somebody_for_whom_it_would_not_work(visitor: FlaskClient) -> None:
    make.sign_in(visitor, "organiser")
    other = make.member("editor", name="Noor", active=False)
    answer = visitor.post(f"/team/leden/{other.code}/uitnodiging")
    assert db.session.query(Letter).count() == 0
    assert verbs() == []
    page = visitor.get(answer.headers["Location"]).text
    assert "Laat Noor eerst weer inloggen." in page
    assert "onderweg" not in page


@pytest.mark.parametrize("active", [True, False])
def test_the_page_of_a_member_offers_what_can_be_done(visitor: FlaskClient, active: bool) -> None:
    me = make.sign_in(visitor, "organiser")
    other = make.member("finance", tf_primary_method="authenticator", tf_totp_secret="x")
    other.active = active
    db.session.commit()
    page = visitor.get(f"/team/leden/{other.code}").text
    forms = set(re.findall(rf'action="/team/leden/{other.code}/([a-z-]+)"', page))
    assert forms == ({"uitnodiging", "tweede-stap", "uit"} if active else {"aan"})
    assert ("kan niet inloggen" in page) is not active
    assert "dit ben jij" not in page
    assert "dit ben jij" in visitor.get(f"/team/leden/{me.code}").text


def test_an_organiser_who_leaves_is_out_and_the_other_one_stays(
    visitor: FlaskClient, app: Flask
) -> None:
    me = make.sign_in(visitor, "organiser")
    there = app.test_client()
    make.sign_in(there, "organiser")
    visitor.post(f"/team/leden/{me.code}/uit")
    assert not is_in(visitor)
    page = there.get(f"/team/leden/{me.code}").text
    assert "Laat weer inloggen" in page
    there.post(f"/team/leden/{me.code}/aan")
    assert fresh(me).active
    assert not is_in(visitor), "the session that was ended stays ended"


@pytest.mark.parametrize("end", ["", "/uit", "/aan", "/uitnodiging", "/tweede-stap"])
def test_who_does_not_exist_is_not_found(visitor: FlaskClient, end: str) -> None:
    make.sign_in(visitor, "organiser")
    assert visitor.post(f"/team/leden/GEENCODE{end}").status_code == 404
    assert verbs() == []


def test_a_name_is_text_wherever_it_stands(visitor: FlaskClient) -> None:
    make.sign_in(visitor, "organiser")
    other = make.member("editor", name="<script>alert(1)</script>")
    visitor.post(f"/team/leden/{other.code}/uit")
    for path in ("/team/leden/", f"/team/leden/{other.code}"):
        page = visitor.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
