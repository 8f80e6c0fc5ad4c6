"""What changes something takes only forms of our own pages: they hold the token of the session."""

import re

from flask import Flask
from werkzeug.routing import Rule

from tests import make
from tests.conftest import Browser

# The ticket's own page is kept for when there is no network, so it cannot hold a token. The secret
# in its address is the key.
OF_THE_TICKET_PAGE = {
    "bookings.change_stars",
    "bookings.keep",
    "bookings.leave_waiting_list",
    "bookings.renew_agenda_address",
}
# A mail program posts to the address in the header of an invitation, and has seen no page of ours.
OF_MAIL_PROGRAMS = {"mailings.one_click"}
# The shop's page is the same for everybody; what it sends keeps tickets for a while.
OF_THE_SHOP = {"tickets.hold"}
# Stripe signs what it sends.
OF_STRIPE = {"stripe.receive"}
WITHOUT_TOKEN = OF_THE_TICKET_PAGE | OF_MAIL_PROGRAMS | OF_THE_SHOP | OF_STRIPE
STALE = "Meestal stond de pagina te lang open."


def rules_that_post(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]


def test_the_exceptions_are_addresses_with_a_secret(app: Flask) -> None:
    addresses = {rule.endpoint: rule.rule for rule in rules_that_post(app)}
    for endpoint in OF_THE_TICKET_PAGE:
        assert addresses[endpoint].startswith("/kaartje/<secret>/"), endpoint
    for endpoint in OF_MAIL_PROGRAMS:
        assert addresses[endpoint].endswith("/<secret>"), endpoint


def test_every_form_but_those_of_the_ticket_page_needs_the_token(
    app: Flask, visitor: Browser
) -> None:
    addresses = app.url_map.bind("localhost")
    taken = set()
    for rule in rules_that_post(app):
        values = dict.fromkeys(rule.arguments, "1") | {
            **{"what": "mensen", "outcome": "gedaan", "year": "2027"}
        }
        address = addresses.build(rule.endpoint, values, method="POST")
        answer = visitor.post(address, token=False)
        if answer.status_code != 400:
            taken.add(rule.endpoint)
        else:
            assert STALE in answer.text, address
    assert taken == WITHOUT_TOKEN


def test_a_public_form_sends_the_token_of_its_page(app: Flask, visitor: Browser) -> None:
    make.edition()
    form, data = "/kaartjes/opnieuw", {"email": "mia@example.org"}
    assert visitor.post(form, data=data, token=False).status_code == 400
    data["csrf_token"] = token_on(visitor.get(form).text)
    assert visitor.post(form, data=data, token=False).status_code == 303
    stranger = app.test_client()
    assert stranger.post(form, data=data, token=False).status_code == 400


def test_a_team_form_sends_the_token_of_its_page(visitor: Browser) -> None:
    make.edition()
    gate = make.gate()
    make.sign_in(visitor, "checkin")
    form, data = "/team/deur", {"name": "Toestel", "gate": gate.slug}
    assert visitor.post(form, data=data, token=False).status_code == 400
    data["csrf_token"] = token_on(visitor.get(form).text)
    assert visitor.post(form, data=data, token=False).status_code == 302


def token_on(page: str) -> str:
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token
    return token[1]
