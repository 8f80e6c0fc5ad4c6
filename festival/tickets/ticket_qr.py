"""The text of a ticket's QR code, signed so that a scanner can check it without network.

Layout: 13 bytes (version 1, edition id as 16 bits, pass id of 80 bits) and their Ed25519 signature
(64 bytes, RFC 8032), in base32 without padding, as the end of an upper-case address. Upper case
keeps the code in QR's alphanumeric mode, and any phone's camera opens it as a link.
"""

import base64
import binascii
import secrets
import struct
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask import current_app

from festival.tickets.models import Ticket

_VERSION = 1
_HEADER = struct.Struct(">BH10s")
_SIGNATURE = 64


class NotATicketQr(Exception):
    """The text is not a ticket QR at all."""


class ForgedTicketQr(Exception):
    """It looks like a ticket QR, but we did not sign it."""


@dataclass(frozen=True)
class TicketQr:
    """What a genuine ticket QR says."""

    edition_id: int
    pass_id: str  # 20 hex digits, see Ticket.pass_id


def new_id() -> str:
    """Returns a new pass id: 80 random bits as 20 hex digits."""
    return secrets.token_hex(10)


def address(ticket: Ticket) -> str:
    """Returns the text of the ticket's QR code: `HTTPS://HOST/T/…`, all upper case."""
    return f"{current_app.config['PUBLIC_URL'].upper()}/T/{token(ticket)}"


def token(ticket: Ticket) -> str:
    """Returns the signed part of the QR code, 124 letters and digits."""
    header = _HEADER.pack(_VERSION, ticket.order.edition_id, bytes.fromhex(ticket.pass_id))
    signature = _private_key(current_app.config["TICKET_SIGNING_SEED"]).sign(header)
    return base64.b32encode(header + signature).decode().rstrip("=")


def read(text: str) -> TicketQr:
    """Returns what `text` says: a whole address or just its signed part, in either case.

    Raises NotATicketQr or ForgedTicketQr.
    """
    written = text.strip().upper().rpartition("/T/")[2]
    try:
        raw = base64.b32decode(written + "=" * (-len(written) % 8))
    except (binascii.Error, ValueError) as error:
        raise NotATicketQr from error
    if len(raw) != _HEADER.size + _SIGNATURE or raw[0] != _VERSION:
        raise NotATicketQr
    header, signature = raw[: _HEADER.size], raw[_HEADER.size :]
    try:
        public_key().verify(signature, header)
    except InvalidSignature as error:
        raise ForgedTicketQr from error
    _, edition_id, pass_id = _HEADER.unpack(header)
    return TicketQr(edition_id, pass_id.hex())


def public_key() -> Ed25519PublicKey:
    """Returns the key that can check a ticket QR but not make one."""
    return _private_key(current_app.config["TICKET_SIGNING_SEED"]).public_key()


@cache
def _private_key(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)
