"""Passes: what they say, and that nobody else can make one."""

import base64
import re
import struct

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from festival.tickets import ticket_qr
from festival.tickets.models import Order, Ticket
from tests import make

PASS_ID = "00112233445566778899"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def ticket(pass_id=PASS_ID, edition_id=7):
    return Ticket(order=Order(edition_id=edition_id), pass_id=pass_id)


def raw(token):
    return base64.b32decode(token + "====")


def written(content):
    return base64.b32encode(content).decode().rstrip("=")


def signed(header, seed):
    return written(header + Ed25519PrivateKey.from_private_bytes(seed).sign(header))


def test_a_pass_is_read_back_from_its_address_in_either_case(app):
    ticket = make.ticket()
    address = ticket_qr.address(ticket)
    assert address == address.upper()
    assert address.startswith("HTTP://LOCALHOST/T/")
    assert ticket_qr.read(address) == ticket_qr.TicketQr(ticket.order.edition_id, ticket.pass_id)
    assert ticket_qr.read(address.lower()).pass_id == ticket.pass_id
    assert ticket_qr.read(ticket_qr.token(ticket)).pass_id == ticket.pass_id


def test_a_pass_is_laid_out_as_scanners_read_it(texts):
    content = raw(ticket_qr.token(ticket(edition_id=0x0102)))
    header, signature = content[:13], content[13:]
    assert header.hex() == "01" + "0102" + PASS_ID
    assert len(signature) == 64
    ticket_qr.public_key().verify(signature, header)
    with pytest.raises(InvalidSignature):
        ticket_qr.public_key().verify(signature, header[:-1] + b"\x00")


@pytest.mark.parametrize("edition_id", [1, 65_535])
@pytest.mark.parametrize("pass_id", ["0" * 20, "f" * 20, PASS_ID])
def test_every_number_survives_the_way_there_and_back(texts, pass_id, edition_id):
    token = ticket_qr.token(ticket(pass_id, edition_id))
    assert re.fullmatch("[A-Z2-7]{124}", token)
    assert ticket_qr.read(token) == ticket_qr.TicketQr(edition_id, pass_id)


def test_the_same_ticket_always_has_the_same_code(texts):
    assert ticket_qr.token(ticket()) == ticket_qr.token(ticket())


def test_the_whole_address_fits_the_compact_letters_of_a_qr_code(texts, monkeypatch):
    monkeypatch.setitem(texts.config, "PUBLIC_URL", "https://festival.example.org")
    address = ticket_qr.address(ticket())
    assert address.startswith("HTTPS://FESTIVAL.EXAMPLE.ORG/T/")
    assert re.fullmatch(r"[0-9A-Z $%*+\-./:]+", address)


@pytest.mark.parametrize(
    "dressed",
    [
        "  {}\r\n",
        "https://elders.example.org/t/{}",
        "HTTPS://FESTIVAL.EXAMPLE.ORG/T/WEG/T/{}",
        "/t/{}",
        "{}====",
    ],
)
def test_what_a_scanner_adds_around_a_pass_does_no_harm(texts, dressed):
    read = ticket_qr.read(dressed.format(ticket_qr.token(ticket())))
    assert read == ticket_qr.TicketQr(7, PASS_ID)


def test_a_pass_with_any_bit_changed_is_forged_or_none(texts):
    content = raw(ticket_qr.token(ticket()))
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1
        # The first byte is the version, and there is only one of those.
        expected = ticket_qr.ForgedTicketQr if place else ticket_qr.NotATicketQr
        with pytest.raises(expected):
            ticket_qr.read(written(bytes(changed)))


def test_the_last_letter_has_four_spare_bits_that_say_nothing(texts):
    token = ticket_qr.token(ticket())
    last = LETTERS.index(token[-1])
    same = {token[:-1] + LETTERS[last & 16 | spare] for spare in range(16)}
    assert {ticket_qr.read(each) for each in same} == {ticket_qr.TicketQr(7, PASS_ID)}
    with pytest.raises(ticket_qr.ForgedTicketQr):
        ticket_qr.read(token[:-1] + LETTERS[last ^ 16])


def test_a_signature_is_good_for_its_own_ticket_and_edition_only(texts):
    mine = raw(ticket_qr.token(ticket()))
    others = [ticket("ff" + PASS_ID[2:]), ticket(edition_id=8)]
    for other in others:
        header = raw(ticket_qr.token(other))[:13]
        with pytest.raises(ticket_qr.ForgedTicketQr):
            ticket_qr.read(written(header + mine[13:]))


def test_a_pass_of_another_key_is_forged_and_a_new_key_ends_the_old_passes(texts, monkeypatch):
    before = ticket_qr.token(ticket())
    key = ticket_qr.public_key().public_bytes_raw()
    header = raw(before)[:13]
    with pytest.raises(ticket_qr.ForgedTicketQr):
        ticket_qr.read(signed(header, bytes(32)))

    monkeypatch.setitem(texts.config, "TICKET_SIGNING_SEED", bytes(range(32)))
    assert ticket_qr.public_key().public_bytes_raw() != key
    assert ticket_qr.token(ticket()) == signed(header, bytes(range(32)))
    with pytest.raises(ticket_qr.ForgedTicketQr):
        ticket_qr.read(before)
    assert ticket_qr.read(ticket_qr.token(ticket())).pass_id == PASS_ID


def test_a_pass_of_an_unknown_version_is_none_though_we_signed_it(texts):
    header = struct.pack(">BH10s", 2, 7, bytes.fromhex(PASS_ID))
    with pytest.raises(ticket_qr.NotATicketQr):
        ticket_qr.read(signed(header, texts.config["TICKET_SIGNING_SEED"]))


def test_a_pass_that_is_cut_short_or_goes_on_is_none(texts):
    token = ticket_qr.token(ticket())
    for text in (token[:-1], token[1:], token[:-8], token + "A", token + "AAAAAAAA", token * 2):
        with pytest.raises(ticket_qr.NotATicketQr):
            ticket_qr.read(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "hallo",
        "HTTPS://EXAMPLE.ORG/",
        "/T/",
        "A" * 124,
        "é" * 124,
        "0" * 124,
        "A" * 9999,
    ],
)
def test_other_codes_are_no_passes(texts, text):
    with pytest.raises(ticket_qr.NotATicketQr):
        ticket_qr.read(text)


def test_ids_are_eighty_random_bits():
    ids = {ticket_qr.new_id() for _ in range(500)}
    assert len(ids) == 500
    assert all(re.fullmatch("[0-9a-f]{20}", each) for each in ids)
    assert {each[0] for each in ids} == set("0123456789abcdef")
