import pytest

from festival.tickets import ticket_qr
from tests import make


def test_a_pass_is_read_back_from_its_address_in_either_case(app):
    ticket = make.ticket()
    address = ticket_qr.address(ticket)
    assert address == address.upper()
    assert address.startswith("HTTP://LOCALHOST/T/")
    assert ticket_qr.read(address) == ticket_qr.Pass(ticket.order.edition_id, ticket.pass_id)
    assert ticket_qr.read(address.lower()).pass_id == ticket.pass_id
    assert ticket_qr.read(ticket_qr.token(ticket)).pass_id == ticket.pass_id


def test_a_pass_with_one_letter_changed_is_forged(app):
    token = ticket_qr.token(make.ticket())
    changed = token[:10] + ("A" if token[10] != "A" else "B") + token[11:]
    with pytest.raises(ticket_qr.ForgedPass):
        ticket_qr.read(changed)


@pytest.mark.parametrize(
    "text", ["", "hallo", "HTTPS://EXAMPLE.ORG/", "A" * 124, "é" * 124, "A" * 9999]
)
def test_other_codes_are_no_passes(app, text):
    with pytest.raises(ticket_qr.NotAPass):
        ticket_qr.read(text)
