"""Signing in as people do it: passwords, codes of a real clock, and what stops guessing."""

import base64
import hmac
import re
import struct
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from festival import clock, create_app
from festival.accounts import rules
from festival.accounts.models import TeamMember, WrongGuess
from festival.db import db
from festival.mail.models import Letter
from tests import make
from tests.races.at_once import at_once

NOW = datetime.now(UTC)
ACCOUNT = "/team/toegang"


def sign_in(
    client: FlaskClient, member: TeamMember | str, password: str = make.PASSWORD, **values: str
) -> TestResponse:
    email = member if isinstance(member, str) else member.email
    return client.post("/team/inloggen", data={"email": email, "password": password, **values})


def is_in(client: FlaskClient) -> bool:
    return client.get(ACCOUNT).status_code == 200


def code_of(key: str, *, steps: int = 0) -> str:
    """The six digits of an authenticator app (RFC 6238) for the key that it scanned."""
    counter = int(time.time()) // 30 + steps
    digest = hmac.digest(base64.b32decode(key), struct.pack(">Q", counter), "sha1")
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def set_up_app(client: FlaskClient) -> tuple[str, str]:
    """Go through the set-up as a person would; the key of the app, and the code that was used."""
    page = client.post("/team/code-app", data={"setup": "authenticator"}).text
    secret = key_in(page)
    code = code_of(secret)
    client.post(action_in(page), data={"code": code})
    return secret, code


def key_in(page: str) -> str:
    """The key that the page has for an app."""
    key = re.search(r'class="setup-key">([A-Z2-7-]+)<', page)
    assert key
    return key[1].replace("-", "")


def action_in(page: str) -> str:
    """Where the page sends the first code."""
    form = re.search(r'action="(/team/code[^"]*)"[^>]*>\s*(?:<input[^>]*>)?\s*<div', page)
    assert form
    return form[1]


def test_password_opens_the_door_and_only_the_right_one(visitor: FlaskClient) -> None:
    member = make.member("checkin")
    wrong = sign_in(visitor, member, "iets heel anders")
    assert "horen niet bij elkaar" in wrong.text
    assert not is_in(visitor)

    assert sign_in(visitor, member).headers["Location"] == "/team/begin"
    assert is_in(visitor)


def test_page_says_the_same_of_a_wrong_password_and_an_unknown_address(app: Flask) -> None:
    member = make.member("checkin")
    pages = []
    for email in (member.email, "niemand@example.org"):
        page = sign_in(app.test_client(), email, "iets heel anders").text
        pages.append(re.sub(r'name="csrf_token"[^>]*>', "", page.replace(email, "X")))
    assert pages[0] == pages[1]


def test_switched_off_member_stays_outside(visitor: FlaskClient) -> None:
    assert sign_in(visitor, make.member("checkin", active=False)).status_code == 200
    assert not is_in(visitor)


def test_passwords_are_kept_as_argon2(app: Flask) -> None:
    settings = {name: app.config[name] for name in ("INSTANCE_PATH", "SQLALCHEMY_DATABASE_URI")}
    assert create_app(settings).config["SECURITY_PASSWORD_HASH"] == "argon2"


def test_english_door_leads_to_the_english_house(visitor: FlaskClient) -> None:
    member = make.member("checkin")
    answer = visitor.post(
        "/en/team/inloggen", data={"email": member.email, "password": make.PASSWORD}
    )
    assert answer.headers["Location"] == "/en/team/begin"


def test_signing_out_is_a_post(visitor: FlaskClient) -> None:
    make.sign_in(visitor, "checkin")
    assert visitor.get("/team/uitloggen").status_code == 405
    assert is_in(visitor)
    assert visitor.post("/team/uitloggen").headers["Location"] == "/team/inloggen"
    assert not is_in(visitor)


def test_closed_page_leads_to_the_door_and_back(visitor: FlaskClient) -> None:
    answer = visitor.get("/team/toegang?x=1")
    assert answer.headers["Location"] == "/team/inloggen?next=/team/toegang?x%3D1"
    member = make.member("checkin")
    answer = sign_in(visitor, member, next="/team/toegang?x=1")
    assert answer.headers["Location"] == "/team/toegang?x=1"


ELSEWHERE = [
    "//evil.example",
    "https://evil.example/team",
    "///evil.example",
    r"\\evil.example",
    r"/\evil.example",
    "%2F%2Fevil.example",
    " //evil.example",
    "\t//evil.example",
    "javascript:alert(1)",
    "http:evil.example",
]


@pytest.mark.parametrize("by", ["form", "query"])
def test_next_never_leads_off_the_site(app: Flask, by: str) -> None:
    member = make.member("checkin")
    data = {"email": member.email, "password": make.PASSWORD}
    for elsewhere in ELSEWHERE:
        client = app.test_client()
        if by == "form":
            answer = client.post("/team/inloggen", data={**data, "next": elsewhere})
        else:
            answer = client.post("/team/inloggen", query_string={"next": elsewhere}, data=data)
        # How a browser reads it: control characters and spaces go, backslashes are slashes.
        location = answer.headers.get("Location", "")
        target = re.sub(r"^[\x00-\x20]+", "", location).replace("\\", "/")
        where = urlsplit(urljoin("http://localhost/team/inloggen", target))
        assert (where.scheme, where.netloc) == ("http", "localhost"), elsewhere


def test_forms_need_their_token(app: Flask) -> None:
    client = app.test_client()
    member = make.member("checkin")
    data = {"email": member.email, "password": make.PASSWORD}
    assert client.post("/team/inloggen", data=data, token=False).status_code == 400
    page = client.get("/team/inloggen").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    data["csrf_token"] = token[1]
    assert client.post("/team/inloggen", data=data, token=False).status_code == 302
    assert client.post("/team/uitloggen", token=False).status_code == 400
    assert is_in(client)


def test_five_wrong_guesses_close_the_door_for_a_while(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = make.member("checkin")
    client = app.test_client()
    for _ in range(5):
        assert "horen niet bij elkaar" in sign_in(client, member, "mis mis mis mis").text
    closed = sign_in(client, member)
    assert "Dit ging te vaak mis. Probeer het na" in closed.text
    assert "vraag een nieuw wachtwoord aan" in closed.text
    assert not is_in(client)

    # From elsewhere the same person gets in: a stranger's guesses do not shut anybody out.
    elsewhere = app.test_client()
    answer = elsewhere.post(
        "/team/inloggen",
        data={"email": member.email, "password": make.PASSWORD},
        environ_base={"REMOTE_ADDR": "203.0.113.7"},
    )
    assert answer.status_code == 302

    later = datetime.now(UTC) + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert sign_in(client, member).status_code == 302


def test_guesses_at_unknown_addresses_are_counted_alike(visitor: FlaskClient) -> None:
    for _ in range(5):
        sign_in(visitor, "niemand@example.org", "mis mis mis mis")
    assert "Dit ging te vaak mis" in sign_in(visitor, "Niemand@example.org", "mis").text


def test_guesses_from_many_addresses_close_the_account(app: Flask) -> None:
    member, now = make.member("checkin"), datetime.now(UTC)
    for number in range(50):
        rules.note_wrong_guess(member.email, f"203.0.113.{number}", now=now)
    assert "Dit ging te vaak mis" in sign_in(app.test_client(), member).text


def test_getting_in_wipes_the_slate(app: Flask) -> None:
    member = make.member("checkin")
    for _ in range(2):
        client = app.test_client()
        for _ in range(4):
            sign_in(client, member, "mis mis mis mis")
        assert sign_in(client, member).status_code == 302


def test_what_was_typed_is_not_kept(app: Flask) -> None:
    sign_in(app.test_client(), "geheim@example.org", "mis mis mis mis")
    guess = db.session.query(WrongGuess).one()
    assert "geheim" not in guess.account_hash
    assert len(guess.account_hash) == 64


def test_guessing_too_fast_at_one_account_stops_nobody_else(app: Flask) -> None:
    visitor = app.test_client()
    answers = [sign_in(visitor, "iemand@example.org", "mis mis").status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
    assert sign_in(visitor, make.member("checkin")).status_code == 302


def test_strangers_in_the_same_hall_keep_nobody_out_who_signed_in_here_before(app: Flask) -> None:
    phone, stranger, member = app.test_client(), app.test_client(), make.member("checkin")
    assert sign_in(phone, member).status_code == 302
    phone.post("/team/uitloggen")
    for _ in range(30):
        sign_in(stranger, member, "mis mis mis mis")
    for number in range(50):
        rules.note_wrong_guess(member.email, f"203.0.113.{number}", now=datetime.now(UTC))
    assert sign_in(stranger, member).status_code == 429
    assert sign_in(phone, member).status_code == 302
    phone.post("/team/uitloggen")
    # Whoever found that phone has five guesses there.
    for _ in range(5):
        sign_in(phone, member, "mis mis mis mis")
    assert "Dit ging te vaak mis" in sign_in(phone, member).text


def test_strangers_in_the_same_hall_keep_nobody_out_who_has_a_second_step(app: Flask) -> None:
    member, first = make.member("checkin"), app.test_client()
    sign_in(first, member)
    key, _used = set_up_app(first)
    stranger, phone = app.test_client(), app.test_client()
    for _ in range(6):
        closed = sign_in(stranger, member, "mis mis mis mis").text
    assert "Dit ging te vaak mis" in closed
    assert "horen niet bij elkaar" not in closed, "it does not say whether the password was right"
    assert sign_in(phone, member).headers["Location"].startswith("/team/code")
    assert not is_in(phone)
    assert phone.post("/team/code", data={"code": code_of(key, steps=1)}).status_code == 302
    assert is_in(phone)
    # The second step has guesses of its own, and those do run out.
    guesser = app.test_client()
    sign_in(guesser, member)
    for _ in range(5):
        guesser.post("/team/code", data={"code": "000000"})
    assert "Dit ging te vaak mis" in guesser.post("/team/code", data={"code": "000000"}).text


def test_idle_session_ends_after_eight_hours(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.sign_in(visitor, "checkin")
    begin = datetime.now(UTC)

    def at(**later: float) -> bool:
        monkeypatch.setattr(clock, "now", lambda: begin + timedelta(**later))
        return is_in(visitor)

    assert at(hours=7)
    assert at(hours=14)  # it was in use in between
    assert not at(hours=22, minutes=6)


def test_signing_out_everywhere_else(app: Flask) -> None:
    here, there = app.test_client(), app.test_client()
    member = make.sign_in(here, "checkin")
    make.sign_in(there, member)
    assert is_in(there)
    here.post("/team/overal-uitloggen")
    assert is_in(here)
    assert not is_in(there)


def test_signing_out_elsewhere_does_not_stand_for_a_password(app: Flask) -> None:
    """Who finds a laptop open may press the button; what is delicate still asks for more."""
    client = app.test_client()
    make.sign_in(client, "checkin")
    long_ago = time.time() - 3 * 3600
    with client.session_transaction() as session:
        session["fs_paa"], session["in_use_at"] = long_ago, time.time()
    client.post("/team/overal-uitloggen")
    assert is_in(client)
    assert "/team/bevestigen" in client.get("/team/herstelcodes").location


def test_changing_the_password_ends_other_sessions_and_tells(app: Flask) -> None:
    here, there = app.test_client(), app.test_client()
    member = make.sign_in(here, "checkin")
    make.sign_in(there, member)
    new = "een heel ander wachtwoord"
    fields = {"new_password": new, "new_password_confirm": new}
    refused = here.post("/team/wachtwoord", data={"password": "mis", **fields})
    assert "Dit wachtwoord klopt niet" in refused.text
    here.post("/team/wachtwoord", data={"password": make.PASSWORD, **fields})
    assert is_in(here)
    assert not is_in(there)
    letter = db.session.query(Letter).filter_by(to=member.email).one()
    assert letter.subject == "Je wachtwoord is veranderd"
    assert sign_in(app.test_client(), member, new).status_code == 302


@pytest.mark.parametrize("weak", ["tekort", "aaaaaaaaaaaaaaaa"])
def test_weak_passwords_are_refused(visitor: FlaskClient, weak: str) -> None:
    make.sign_in(visitor, "checkin")
    page = visitor.post(
        "/team/wachtwoord",
        data={"password": make.PASSWORD, "new_password": weak, "new_password_confirm": weak},
    )
    assert "Dit wachtwoord is" in page.text


@pytest.mark.parametrize("role", ["organiser", "finance"])
def test_money_and_access_need_a_second_factor(app: Flask, role: str) -> None:
    member, client = make.member(role), app.test_client()
    assert sign_in(client, member).headers["Location"].startswith("/team/code-app")
    assert not is_in(client)

    key, used = set_up_app(client)
    assert is_in(client)

    again = app.test_client()
    assert sign_in(again, member).headers["Location"].startswith("/team/code")
    assert not is_in(again)
    # The code that was just used does not count again; the next one does.
    assert "Deze code klopt niet" in again.post("/team/code", data={"code": used}).text
    assert not is_in(again)
    assert again.post("/team/code", data={"code": code_of(key, steps=1)}).status_code == 302
    assert is_in(again)


@pytest.mark.parametrize("role", ["organiser", "editor"])
def test_a_wrong_first_code_leaves_the_same_square_to_scan(app: Flask, role: str) -> None:
    member, client = make.member(role), app.test_client()
    sign_in(client, member)
    assert is_in(client) == (role == "editor")
    page = client.post("/team/code-app", data={"setup": "authenticator"}).text
    key = key_in(page)
    for wrong in ("000000", "nul"):
        answer = client.post(action_in(page), data={"code": wrong})
        page = client.get(answer.location).text if answer.location else answer.text
        assert "Deze code klopt niet" in page
        assert key_in(page) == key
        assert "data:image/svg" in page
    assert "setup-key" not in client.get("/team/code-app?opnieuw=1").text
    client.post(action_in(page), data={"code": code_of(key)})
    assert is_in(client)
    assert db.session.get_one(TeamMember, member.id).has_code_app
    assert "setup-key" not in client.get("/team/code-app").text


@pytest.mark.parametrize("role", ["programme", "editor", "checkin"])
def test_others_get_in_with_a_password_and_may_have_a_second_factor(app: Flask, role: str) -> None:
    member, client = make.member(role), app.test_client()
    sign_in(client, member)
    assert is_in(client)
    key, _ = set_up_app(client)

    again = app.test_client()
    assert sign_in(again, member).headers["Location"].startswith("/team/code")
    assert not is_in(again)
    # As people type it.
    code = code_of(key, steps=1)
    again.post("/team/code", data={"code": f"{code[:3]} {code[3:]}"})
    assert is_in(again)
    again.post("/team/code-app", data={"setup": "disable"})
    assert not db.session.get_one(TeamMember, member.id).has_code_app


def test_organiser_cannot_switch_the_second_factor_off(visitor: FlaskClient) -> None:
    member = make.sign_in(visitor, "organiser")
    set_up_app(visitor)
    visitor.post("/team/code-app", data={"setup": "disable"})
    assert db.session.get_one(TeamMember, member.id).has_code_app


def test_codes_cannot_be_guessed(app: Flask) -> None:
    member, client = make.member("checkin"), app.test_client()
    sign_in(client, member)
    key, _ = set_up_app(client)
    guesser = app.test_client()
    sign_in(guesser, member)
    for _ in range(5):
        guesser.post("/team/code", data={"code": "000000"})
    closed = guesser.post("/team/code", data={"code": code_of(key, steps=1)})
    assert "Dit ging te vaak mis" in closed.text
    assert not is_in(guesser)
    # Nor does beginning again with the right password give new guesses.
    sign_in(guesser, member)
    closed = guesser.post("/team/code", data={"code": code_of(key, steps=1)})
    assert "Dit ging te vaak mis" in closed.text


def test_session_half_way_opens_nothing(app: Flask) -> None:
    member, client = make.member("organiser"), app.test_client()
    sign_in(client, member)
    for page in (ACCOUNT, "/team/leden/", "/team/herstelcodes", "/team/passkeys"):
        assert client.get(page).headers["Location"].startswith("/team/inloggen")


def test_recovery_code_works_once(app: Flask) -> None:
    member, client = make.member("organiser"), app.test_client()
    sign_in(client, member)
    set_up_app(client)
    page = client.post("/team/herstelcodes", data={"generate_new_codes": "1"}).text
    recovery = re.findall(r"<code>([0-9a-f-]{14})</code>", page)
    assert len(recovery) == 10
    assert recovery[0] not in client.get("/team/herstelcodes").text
    assert recovery[0] in client.get("/team/herstelcodes?show_codes=1").text
    row = db.session.connection().exec_driver_sql("SELECT mf_recovery_codes FROM team_member")
    assert recovery[0] not in row.scalar_one()

    first, second = app.test_client(), app.test_client()
    for browser, gets_in in ((first, True), (second, False)):
        sign_in(browser, member)
        answer = browser.post("/team/herstelcode", data={"code": f" {recovery[0].upper()} "})
        assert (answer.status_code == 302) is gets_in
        assert is_in(browser) is gets_in


def test_delicate_pages_ask_for_the_password_again(visitor: FlaskClient) -> None:
    make.sign_in(visitor, "checkin")
    with visitor.session_transaction() as session:
        session["fs_paa"] = time.time() - 3600
        session["in_use_at"] = time.time()
    answer = visitor.get("/team/passkeys")
    assert answer.headers["Location"].startswith("/team/bevestigen?next=")
    assert (
        "Dit wachtwoord klopt niet" in visitor.post("/team/bevestigen", data={"password": "x"}).text
    )
    answer = visitor.post("/team/bevestigen?next=/team/passkeys", data={"password": make.PASSWORD})
    assert answer.headers["Location"] == "/team/passkeys"
    assert visitor.get("/team/passkeys").status_code == 200


def test_tokens_in_addresses_and_headers_sign_nobody_in(app: Flask) -> None:
    token = make.member("checkin").get_auth_token()
    for request in (
        {"query_string": {"auth_token": token}},
        {"headers": {"Authentication-Token": token}},
        {"json": {"auth_token": token}},
    ):
        client = app.test_client()
        assert client.get(ACCOUNT, **request).status_code in {302, 400, 401}
        # Who is signed in, is led away from here.
        assert client.get("/team/inloggen", **request).status_code == 200


def test_one_code_sent_by_six_at_once_lets_one_in(any_app: Flask) -> None:
    """Who looked over a shoulder and is as quick as the owner, stays outside."""
    member = make.member("checkin")
    codes = any_app.extensions["security"].totp_factory
    member.tf_totp_secret, member.tf_primary_method = codes.generate_totp_secret(), "authenticator"
    db.session.commit()
    code = codes.generate_totp_password(member.tf_totp_secret)
    clients = [any_app.test_client() for _ in range(6)]
    for client in clients:
        sign_in(client, member)
    at_once(any_app, lambda n: clients[n].post("/team/code", data={"code": code}).status_code, 6)
    assert [is_in(client) for client in clients].count(True) == 1


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("festival")
    assert cookie
    return cookie.value


def with_cookie(app: Flask, cookie: str) -> FlaskClient:
    """Another browser with a copy of the cookie."""
    client = app.test_client()
    client.set_cookie("festival", cookie)
    return client


def test_signing_out_ends_the_session_for_a_copy_of_its_cookie_too(app: Flask) -> None:
    member = make.member("editor")
    here, there = app.test_client(), app.test_client()
    for client in (here, there):
        sign_in(client, member)
    copied = cookie_of(here)
    assert is_in(with_cookie(app, copied))
    here.post("/team/uitloggen")
    assert not is_in(here)
    assert not is_in(with_cookie(app, copied))
    assert is_in(there), "another session of the same member goes on"
    sign_in(here, member)
    assert is_in(here)


def test_a_cookie_from_before_sessions_had_names_signs_nobody_in(app: Flask) -> None:
    client = app.test_client()
    member = make.sign_in(client, "editor")
    with client.session_transaction() as kept:
        kept["_user_id"] = member.fs_uniquifier
    assert not is_in(client)


def test_a_changed_password_ends_other_sessions(app: Flask) -> None:
    member = make.member("editor")
    here, there = app.test_client(), app.test_client()
    for client in (here, there):
        sign_in(client, member)
    new = "heel andere woorden nu"
    copied = cookie_of(here)
    data = {"password": make.PASSWORD, "new_password": new, "new_password_confirm": new}
    here.post("/team/wachtwoord", data=data)
    assert is_in(here)
    assert not is_in(there)
    assert not is_in(with_cookie(app, copied))


@pytest.mark.parametrize(
    ("before", "after", "stays"),
    [
        (["programme", "editor"], ["editor"], False),
        (["editor"], ["editor", "programme"], True),
        (["editor"], ["editor"], True),
    ],
)
def test_a_lost_role_ends_sessions(
    app: Flask, before: list[str], after: list[str], stays: bool
) -> None:
    client = app.test_client()
    member = make.sign_in(client, make.member(*before))
    rules.change_roles(member, after)
    assert is_in(client) is stays


@pytest.mark.parametrize(
    ("email", "password", "good"),
    [
        ("mia.jansen@example.org", "mia.jansen@example.org", False),
        ("mia.jansen@example.org", "Welkom Mia-Jansen 2026", False),
        ("mia.jansen@example.org", "MIA.JANSEN was here", False),
        ("mia@example.org", "mia koopt vier fietsen", True),
        ("mia@example.org", "mia(at)example.org yes", True),
        ("mia@example.org", "xx mia@example.org xx", False),
        ("mia.jansen@example.org", "vier paarse fietsen", True),
    ],
)
def test_a_password_does_not_hold_ones_own_address(
    app: Flask, email: str, password: str, good: bool
) -> None:
    member = make.member("editor", email=email)
    client = app.test_client()
    make.sign_in(client, member)
    data = {"password": make.PASSWORD, "new_password": password, "new_password_confirm": password}
    page = client.post("/team/wachtwoord", data=data).text
    assert ("staat je eigen e-mailadres" in page) is not good
    secret = rules.make_link(member, now=NOW)
    data = {"password": password, "again": password}
    answer = app.test_client().post(f"/team/link/{secret}", data=data)
    assert ("staat je eigen e-mailadres" in answer.text) is not good
