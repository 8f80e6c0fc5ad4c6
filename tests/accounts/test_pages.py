"""Every page of signing in and of the team, in both languages, without faults in its HTML."""

import html5lib
import pytest
from flask import Flask

from festival.accounts import rules
from tests import make
from tests.accounts.test_signing_in import NOW, sign_in

OUTSIDE = ("/team/inloggen", "/team/wachtwoord-vergeten", "/team/passkey", "/team/link/weg")
INSIDE = (
    "/team/toegang",
    "/team/wachtwoord",
    "/team/code-app",
    "/team/passkeys",
    "/team/herstelcodes",
    "/team/herstelcodes?show_codes=1",
    "/team/bevestigen",
    "/team/passkey-bevestigen",
    "/team/leden/",
    "/team/leden/nieuw",
    "/team/logboek/",
)


def checked(page: str, language: str) -> None:
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(page)
    assert parser.errors == []
    assert f'<html lang="{language}"' in page
    # No style or script stands in the page itself: the policy would stop it.
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page


@pytest.mark.parametrize("language", ["nl", "en"])
def test_pages_are_sound(app: Flask, language: str) -> None:
    prefix = "/en" if language == "en" else ""
    stranger, organiser, crew = (app.test_client() for _ in range(3))
    me = make.sign_in(organiser, "organiser")
    make.sign_in(crew, "checkin")
    secret = rules.make_link(make.member("editor"), now=NOW)
    for path in (*OUTSIDE, f"/team/link/{secret}"):
        checked(stranger.get(prefix + path).text, language)
    for path in (*INSIDE, f"/team/leden/{me.code}"):
        answer = organiser.get(prefix + path)
        assert answer.status_code == 200, path
        checked(answer.text, language)
    checked(crew.get(f"{prefix}/team/leden/").text, language)

    half_way = app.test_client()
    sign_in(half_way, me)
    page = half_way.post(f"{prefix}/team/code-app", data={"setup": "authenticator"})
    checked(page.text, language)
    checked(stranger.post(f"{prefix}/team/inloggen", data={"email": "x"}).text, language)


def test_steps_with_a_code_are_sound(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, make.member("finance", tf_primary_method="authenticator", tf_totp_secret="x"))
    for path in ("/team/code", "/team/herstelcode"):
        checked(client.get(path).text, "nl")
