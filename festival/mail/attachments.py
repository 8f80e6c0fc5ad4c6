"""Files attached to letters: the capability that makes a kind of file registers it here."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask, current_app

from festival.mail.messages import AttachedFile
from festival.mail.models import Attachment

# Makes the file for a reference, as of the given time.
MakeFile = Callable[[str, datetime], AttachedFile]


class NoAttachment(Exception):
    """This file can no longer be made, and trying again will not help.

    The letter is not sent either: if its tickets were given back, what it says is no longer true.
    """


def register(app: Flask, kind: str, make: MakeFile) -> None:
    """Let letters carry files of `kind`, made by `make` when a letter is sent or looked at."""
    app.extensions.setdefault("attachments", {})[kind] = make


def make_file(attachment: Attachment, *, now: datetime) -> AttachedFile:
    """Returns the file for `attachment`. Raises NoAttachment if it can no longer be made."""
    kinds: dict[str, MakeFile] = current_app.extensions.get("attachments", {})
    if attachment.kind not in kinds:
        raise NoAttachment(f"unknown kind of file: {attachment.kind}")
    return kinds[attachment.kind](attachment.reference, now)
