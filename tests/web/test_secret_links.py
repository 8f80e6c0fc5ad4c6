"""Secret links as mail programs and chats paste them."""

import pytest

from tests import make

PASTED = [
    ".",
    ")",
    ",",
    "/",
    ">",
    "%20",
    "%3E",
    "%C2%A0",
    "%E2%80%8B",
    "!",
    "?!",
    ").",
    "].",
    "'",
    "”",
    "=20",
]


@pytest.mark.parametrize("pasted", PASTED)
def test_what_is_pasted_behind_a_secret_link_is_left_off(visitor, pasted):
    order = make.order()
    ticket = order.tickets[0]
    for address in (
        f"/kaartje/{ticket.secret}",
        f"/en/kaartje/{ticket.secret}",
        f"/kaartje/{ticket.secret}/boeken",
        f"/bestelling/{order.secret}",
        f"/bestelling/{order.secret}/annuleren",
        f"/agenda/{ticket.agenda_secret}.ics",
    ):
        answer = visitor.get(address + pasted.replace("?", "%3F"))
        assert (answer.status_code, answer.location) == (302, address)
        assert visitor.get(address).status_code == 200


@pytest.mark.parametrize("shape", ["/spreker/{}", "/team/link/{}", "/T/{}"])
def test_every_kind_of_secret_link_is_found(visitor, shape):
    make.edition()
    address = shape.format("Ab_-9")
    assert visitor.get(f"{address}).").location == address


def test_words_that_stick_to_the_link_are_left_off(visitor):
    secret = make.ticket().secret
    assert visitor.get(f"/kaartje/{secret}.Tot+ziens").location == f"/kaartje/{secret}"
    assert visitor.get(f"/kaartje/{secret}.?van=mail").location == f"/kaartje/{secret}?van=mail"


def test_other_addresses_are_not_guessed_at(visitor):
    make.edition()
    for address in ("/kaartje/raden", "/kaartjes.", "/bestaat-niet.", "/kaartje/."):
        assert visitor.get(address).status_code == 404
    assert visitor.post("/kaartje/raden./agenda-adres").status_code == 404
