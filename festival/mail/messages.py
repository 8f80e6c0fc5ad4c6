"""Turns a letter into an e-mail message: headers, text, styled HTML and attached files."""

import re
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

_PICTURE = re.compile(r'<img\b[^>]*\bsrc="cid:([^"]+)"[^>]*>')


@dataclass(frozen=True)
class AttachedFile:
    """A file that goes with a letter.

    With a `content_id` it is a picture in the letter: its HTML shows `cid:` and that id.
    """

    name: str
    mimetype: str
    content: bytes
    content_id: str = ""


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
    if parcel.unsubscribe_url:  # one click in the mail program (RFC 8058)
        message["List-Unsubscribe"] = f"<{parcel.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(parcel.body_text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(
        dressed(_with_pictures_of(files, parcel.body_html)),
        subtype="html",
        charset="utf-8",
        cte="quoted-printable",
    )
    for file in files:
        if file.content_id:
            _add_picture(message, file)
            continue
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


def _with_pictures_of(files: Sequence[AttachedFile], html: str) -> str:
    """Returns `html` without the pictures that do not go along."""
    there = {file.content_id for file in files}
    return _PICTURE.sub(lambda found: found[0] if found[1] in there else "", html)


def _add_picture(message: EmailMessage, file: AttachedFile) -> None:
    """Add a picture to the HTML of `message`, related to it (RFC 2387), not as a file beside it."""
    html = message.get_body(("related", "html"))
    assert isinstance(html, EmailMessage)
    kind, _, subtype = file.mimetype.partition("/")
    html.add_related(
        file.content,
        maintype=kind,
        subtype=subtype,
        cid=f"<{file.content_id}>",
        filename=file.name,
        disposition="inline",
    )
    html.set_param("type", "text/html")


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
