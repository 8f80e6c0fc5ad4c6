"""One-time links: kept hashed, used once, a day long; asking for one tells nobody who is who."""

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival import clock
from festival.accounts import rules
from festival.accounts.models import SignInLink, TeamMember
from festival.db import db
from festival.mail.models import Letter
from festival.web import languages, same_time
from tests import make
from tests.accounts.test_signing_in import is_in, sign_in

NEW = "een gloednieuw wachtwoord"
NOW = datetime.now(UTC)


def path_of(secret: str) -> str:
    return f"/team/link/{secret}"


def use(client: FlaskClient, secret: str, password: str = NEW) -> int:
    return client.post(path_of(secret), data={"password": password, "again": password}).status_code


def test_opening_a_link_changes_nothing(app: Flask) -> None:
    member = make.member("checkin", password=None)
    secret = rules.make_link(member, now=NOW)
    scanner = app.test_client()
    for _ in range(3):
        assert "Kies een wachtwoord, dan ben je binnen" in scanner.get(path_of(secret)).text
    assert not is_in(scanner)

    person = app.test_client()
    assert use(person, secret) == 302
    assert is_in(person)


def test_link_works_once(app: Flask) -> None:
    member = make.member("checkin")
    secret = rules.make_link(member, now=NOW)
    assert use(app.test_client(), secret) == 302
    late = app.test_client()
    assert use(late, secret, "nog een ander wachtwoord") == 410
    assert late.get(path_of(secret)).status_code == 410
    assert not is_in(late)
    assert sign_in(app.test_client(), member, NEW).status_code == 302


def test_two_clicks_at_once_are_one(any_app: Flask) -> None:
    secret = rules.make_link(make.member("checkin"), now=NOW)
    db.session.rollback()
    outcomes, start = [], threading.Barrier(4)

    def click(number: int) -> None:
        with any_app.app_context():
            start.wait()
            try:
                rules.use_link(secret, f"{NEW} {number}", now=NOW)
                outcomes.append("in")
            except rules.LinkNoLongerWorks:
                outcomes.append("no")

    threads = [threading.Thread(target=click, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "no", "no", "no"]


def test_link_lasts_a_day(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = rules.make_link(make.member("checkin"), now=NOW)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=24))
    assert use(app.test_client(), secret) == 410
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=23, minutes=59))
    assert use(app.test_client(), secret) == 302


def test_new_link_replaces_the_former(app: Flask) -> None:
    member = make.member("checkin")
    first, second = (rules.make_link(member, now=NOW) for _ in range(2))
    assert use(app.test_client(), first) == 410
    assert use(app.test_client(), second) == 302


def test_secret_itself_is_not_kept(app: Flask) -> None:
    secret = rules.make_link(make.member("checkin"), now=NOW)
    assert secret not in db.session.query(SignInLink).one().secret_hash


def test_link_asks_for_the_second_factor_too(app: Flask) -> None:
    client = app.test_client()
    secret = rules.make_link(make.member("organiser"), now=NOW)
    answer = client.post(path_of(secret), data={"password": NEW, "again": NEW})
    assert answer.headers["Location"].startswith("/team/code-app")
    assert not is_in(client)


def test_switched_off_member_cannot_use_a_link(app: Flask) -> None:
    member = make.member("checkin")
    secret = rules.make_link(member, now=NOW)
    member.active = False
    db.session.commit()
    assert use(app.test_client(), secret) == 410


@pytest.mark.parametrize(
    ("password", "again", "says"),
    [
        ("kort", "kort", "te kort"),
        (NEW, NEW + "x", "niet gelijk"),
        ("", "", "Vul een wachtwoord in"),
        ("abababababab", "abababababab", "makkelijk te raden"),
    ],
)
def test_bad_password_leaves_the_link_whole(
    app: Flask, password: str, again: str, says: str
) -> None:
    client = app.test_client()
    secret = rules.make_link(make.member("checkin"), now=NOW)
    page = client.post(path_of(secret), data={"password": password, "again": again})
    assert says in page.text
    assert use(client, secret) == 302


@pytest.mark.parametrize(
    ("language", "prefix", "subject"),
    [("nl", "", "Een nieuw wachtwoord kiezen"), ("en", "/en", "Choose a new password")],
)
def test_forgotten_password_by_mail(app: Flask, language: str, prefix: str, subject: str) -> None:
    here, elsewhere = app.test_client(), app.test_client()
    member = make.sign_in(elsewhere, "checkin")
    for _ in range(5):
        sign_in(here, member, "mis mis mis mis")

    here.post(f"{prefix}/team/wachtwoord-vergeten", data={"email": member.email.upper()})
    letter = db.session.query(Letter).filter_by(to=member.email).one()
    assert (letter.language, letter.subject) == (language, subject)
    address = re.search(rf"http://localhost({prefix}/team/link/\S+)", letter.body_text)
    assert address
    assert address[0] in letter.body_html

    page = here.post(address[1], data={"password": NEW, "again": NEW})
    assert page.status_code == 302
    assert is_in(here)
    assert not is_in(elsewhere)  # all sessions ended
    assert sign_in(app.test_client(), member, make.PASSWORD).status_code == 200
    # The door that five wrong guesses had closed is open again.
    assert sign_in(app.test_client(), member, NEW).status_code == 302
    tells = db.session.query(Letter).filter_by(name="accounts/password_changed", to=member.email)
    assert tells.count() == 1


def test_asking_tells_nobody_who_is_on_the_team(app: Flask) -> None:
    known = make.member("checkin")
    off = make.member("checkin", active=False)
    answers = set()
    for email in (known.email, off.email, "niemand@example.org"):
        client = app.test_client()
        answer = client.post("/team/wachtwoord-vergeten", data={"email": email})
        shown = re.sub(r'value="[^"]*"', "", client.get(answer.headers["Location"]).text)
        answers.add((answer.status_code, answer.headers["Location"], shown))
    assert len(answers) == 1
    assert [letter.to for letter in db.session.query(Letter)] == [known.email]


def test_link_speaks_the_language_of_the_letter(app: Flask) -> None:
    member = make.member("checkin", language="en", password=None)
    secret = rules.make_link(member, now=NOW)
    address = languages.url_in("en", "accounts.link", secret=secret)
    page = app.test_client().get(address.removeprefix("http://localhost"))
    assert "Choose a password and you are in" in page.text
    assert db.session.get_one(TeamMember, member.id).password is None


def test_asking_again_and_again_sends_one_letter(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = make.member("checkin")

    def ask() -> int:
        app.test_client().post("/team/wachtwoord-vergeten", data={"email": member.email})
        return db.session.query(Letter).count()

    assert [ask(), ask(), ask()] == [1, 1, 1]
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + timedelta(minutes=3))
    assert ask() == 2


def test_who_gets_a_role_that_needs_a_second_factor_signs_in_anew(app: Flask) -> None:
    """The open session began with a password alone."""
    client = app.test_client()
    member = make.sign_in(client, "checkin")
    make.roles(member, "checkin", "editor")
    assert is_in(client)
    make.roles(member, "finance")
    assert not is_in(client)


def test_somebody_who_never_used_the_link_is_no_organiser_who_can_get_in(app: Flask) -> None:
    last, invited = make.member("organiser"), make.member("organiser", password=None)
    with pytest.raises(rules.LastOrganiser):
        rules.deactivate(last, now=NOW)
    rules.use_link(rules.make_link(invited, now=NOW), NEW, now=NOW)
    rules.deactivate(last, now=NOW)


def test_asking_for_a_password_takes_the_same_time_for_everybody(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(same_time, "STEP", 5)
    monkeypatch.setattr(same_time.time, "sleep", waited.append)
    known = make.member("organiser").email
    for email in (known, "niemand@example.org"):
        app.test_client().post("/team/wachtwoord-vergeten", data={"email": email})
    assert len(waited) == 2
    assert all(0 < seconds <= 5 for seconds in waited)
