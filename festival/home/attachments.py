"""The files that go with letters, made when a letter is delivered."""

from festival.mail.delivery import NoAttachment
from festival.mail.messages import File
from festival.mail.models import Attachment


def make(attachment: Attachment) -> File:
    """The file that `attachment` names; NoAttachment where there is nothing to make it of."""
    raise NoAttachment(f"unknown kind of file: {attachment.kind}")
