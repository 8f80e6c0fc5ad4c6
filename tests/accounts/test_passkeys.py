"""Passkeys in a real browser, answered by Chromium's virtual authenticator."""

import base64
import re
import shutil
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, CDPSession, Page, expect, sync_playwright
from werkzeug.serving import make_server

from festival.accounts.models import TeamMember, WebAuthn
from festival.db import db
from tests import make

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The app on a port of its own; passkeys need a name, so `localhost`."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser with Dutch pages."""
    if not CHROMIUM:
        pytest.fail("Chromium is needed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page on which scripts that the policy stops are failures."""
    context = chromium.new_context()
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Policy" in line.text else None)
    yield page
    context.close()
    assert faults == []


def authenticator(page: Page, *, verified: bool = True) -> tuple[CDPSession, str]:
    """A phone or laptop that keeps passkeys, and knows its owner by finger when `verified`."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verified,
        "automaticPresenceSimulation": True,
    }
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return tools, made["authenticatorId"]


def sign_in(page: Page, address: str, member: TeamMember) -> None:
    page.goto(f"{address}/team/inloggen")
    page.get_by_label("E-mailadres").fill(member.email)
    page.get_by_label("Wachtwoord", exact=True).fill(make.PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def add_passkey(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/team/passkeys")
    page.get_by_label("Naam").fill(name)
    page.get_by_role("button", name="Maak de passkey").click()
    expect(page.get_by_text(f"De passkey “{name}” staat klaar.")).to_be_visible()


def passkeys() -> int:
    db.session.rollback()  # look at what the server wrote, not at what this test read before
    return db.session.query(WebAuthn).count()


def test_passkey_from_first_to_last(app: Flask, address: str, page: Page) -> None:
    member = make.member("programme")
    authenticator(page)
    sign_in(page, address, member)
    add_passkey(page, address, "mijn laptop")
    assert passkeys() == 1

    page.get_by_role("button", name="Log uit").click()
    page.get_by_role("button", name="Log in met een passkey").click()
    page.wait_for_url(re.compile("/team/(toegang|$)"))
    page.goto(f"{address}/team/passkeys")
    expect(page.get_by_text("mijn laptop")).to_be_visible()

    page.get_by_role("button", name="Haal weg: passkey mijn laptop").click()
    expect(page.get_by_text("De passkey “mijn laptop” is weg.")).to_be_visible()
    assert passkeys() == 0


def test_passkey_leads_to_the_page_that_was_asked_for(app: Flask, address: str, page: Page) -> None:
    member = make.member("programme")
    authenticator(page)
    sign_in(page, address, member)
    add_passkey(page, address, "telefoon")
    page.get_by_role("button", name="Log uit").click()
    page.goto(f"{address}/team/herstelcodes")
    page.get_by_role("button", name="Log in met een passkey").click()
    page.wait_for_url("**/team/herstelcodes")


def test_passkey_is_a_second_factor_and_cannot_be_the_last_to_go(
    app: Flask, address: str, page: Page
) -> None:
    member = make.member("programme")
    authenticator(page)
    sign_in(page, address, member)
    add_passkey(page, address, "telefoon")
    page.get_by_role("button", name="Log uit").click()

    db.session.rollback()
    make.roles(member, "organiser")
    sign_in(page, address, member)
    expect(page.get_by_role("heading", name="Nog één stap: je passkey")).to_be_visible()
    page.get_by_role("button", name="Gebruik je passkey").click()
    page.wait_for_url(re.compile("/team/(toegang|$)"))

    page.goto(f"{address}/team/passkeys")
    page.get_by_role("button", name="Haal weg: passkey telefoon").click()
    expect(page.get_by_text("Dit is je enige tweede stap.")).to_be_visible()
    assert passkeys() == 1


def test_passkey_of_somebody_else_is_no_second_factor(app: Flask, address: str, page: Page) -> None:
    thief, owner = make.member("programme"), make.member("programme")
    tools, device = authenticator(page)
    for member in (thief, owner):
        sign_in(page, address, member)
        add_passkey(page, address, "telefoon")
        page.get_by_role("button", name="Log uit").click()
    db.session.rollback()
    for member in (thief, owner):
        make.roles(member, "organiser")
    # The device keeps only the owner's passkey: with the thief's password it opens nothing.
    keys = tools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    db.session.rollback()
    of_thief = db.session.query(WebAuthn).filter_by(user_id=thief.id).one().credential_id
    for key in keys:
        if base64.b64decode(key["credentialId"]) == of_thief:
            tools.send(
                "WebAuthn.removeCredential",
                {"authenticatorId": device, "credentialId": key["credentialId"]},
            )
    sign_in(page, address, thief)
    page.get_by_role("button", name="Gebruik je passkey").click()
    expect(page.get_by_text("Deze passkey is van iemand anders.")).to_be_visible()
    page.goto(f"{address}/team/toegang")
    page.wait_for_url("**/team/inloggen**")


def test_passkey_without_finger_or_pin_is_refused(app: Flask, address: str, page: Page) -> None:
    member = make.member("programme")
    tools, device = authenticator(page)
    sign_in(page, address, member)
    add_passkey(page, address, "telefoon")
    page.get_by_role("button", name="Log uit").click()
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Log in met een passkey").click()
    expect(page.get_by_text("De passkey is niet gebruikt.")).to_be_visible()
