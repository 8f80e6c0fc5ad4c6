"""The files that go with letters: each kind is registered by the capability that makes it."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask, current_app

from festival.mail.messages import AttachedFile
from festival.mail.models import Attachment

# Makes the file to which a reference points, as it is at that time.
MakeFile = Callable[[str, datetime], AttachedFile]


class NoAttachment(Exception):
    """There is nothing left to make this file of: trying again will not help.

    A letter with tickets that were given back in the meantime is no longer true either.
    """


def register(app: Flask, kind: str, make: MakeFile) -> None:
    """Let letters carry files of `kind`, which `make` makes when a letter is sent or looked at."""
    app.extensions.setdefault("attachments", {})[kind] = make


def make_file(attachment: Attachment, *, now: datetime) -> AttachedFile:
    """Returns the file that `attachment` names. Raises NoAttachment where there is none left."""
    kinds: dict[str, MakeFile] = current_app.extensions.get("attachments", {})
    if attachment.kind not in kinds:
        raise NoAttachment(f"unknown kind of file: {attachment.kind}")
    return kinds[attachment.kind](attachment.reference, now)
