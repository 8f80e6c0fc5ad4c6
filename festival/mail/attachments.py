"""Files attached to letters: the capability that makes a kind of file registers it here."""

from collections.abc import Callable, Iterable
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


class LeftOut(NoAttachment):
    """This file is void, but what else the letter brings may still be good: it goes without it."""


def register(app: Flask, kind: str, make: MakeFile) -> None:
    """Let letters carry files of `kind`, made by `make` when a letter is sent or looked at."""
    app.extensions.setdefault("attachments", {})[kind] = make


def make_file(attachment: Attachment, *, now: datetime) -> AttachedFile:
    """Returns the file for `attachment`. Raises NoAttachment if it can no longer be made."""
    kinds: dict[str, MakeFile] = current_app.extensions.get("attachments", {})
    if attachment.kind not in kinds:
        raise NoAttachment(f"unknown kind of file: {attachment.kind}")
    return kinds[attachment.kind](attachment.reference, now)


def make_files(wanted: Iterable[Attachment], *, now: datetime) -> list[AttachedFile]:
    """Returns the files of a letter, without those that are LeftOut.

    Raises NoAttachment if one can no longer be made, or if none of them is left.
    """
    files, void = [], None
    for each in wanted:
        try:
            files.append(make_file(each, now=now))
        except LeftOut as gone:
            void = gone
    if void and not files:
        raise void
    return files
