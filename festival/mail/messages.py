"""Turns a letter into an e-mail message: headers, text, styled HTML and attached files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path

import css_inline
from flask import current_app

from festival.mail.rules import OutgoingLetter


@dataclass(frozen=True)
class AttachedFile:
    """A file that goes with a letter."""

    name: str
    mimetype: str
    content: bytes


def compose(
    parcel: OutgoingLetter, files: Sequence[AttachedFile], *, now: datetime
) -> EmailMessage:
    """Returns the whole message. Raises ValueError if a value cannot be written as a header."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender()
    message["To"] = parcel.to
    if parcel.reply_to:
        message["Reply-To"] = parcel.reply_to
    message["Subject"] = parcel.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = parcel.message_id
    # Asks for no out-of-office replies (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(parcel.body_text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(
        dressed(parcel.body_html), subtype="html", charset="utf-8", cte="quoted-printable"
    )
    for file in files:
        kind, _, subtype = file.mimetype.partition("/")
        message.add_attachment(
            file.content,
            maintype=kind,
            subtype=subtype,
            filename=file.name,
            # Text without a charset is ASCII (RFC 2046, 4.1.2), and a calendar contains names.
            params={"charset": "utf-8"} if kind == "text" else None,
        )
    message["Content-Language"] = parcel.language  # last: setting the content clears it
    return message


def sender() -> Address:
    """Returns the sender of all letters. Raises ValueError if MAIL_FROM has no address."""
    name, address = parseaddr(current_app.config["MAIL_FROM"])
    if "@" not in address:
        raise ValueError("setting MAIL_FROM holds no e-mail address")
    return Address(name, addr_spec=address)


def dressed(html: str) -> str:
    """Returns the HTML of a letter with its styles inlined, as mail programs need it."""
    return _inliner(Path(current_app.root_path).parent / "templates").inline(html)


@cache
def _inliner(templates: Path) -> css_inline.CSSInliner:
    return css_inline.CSSInliner(
        extra_css=(templates / "mail/letter.css").read_text(encoding="utf-8"),
        keep_at_rules=True,
        load_remote_stylesheets=False,
        apply_width_attributes=True,
    )
