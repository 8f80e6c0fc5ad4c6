"""A real mail server for tests, which can also behave badly."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Post:
    """What a server received, and how it is told to behave."""

    url: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    # What it answers: an answer to RCPT or after the text, and what happens while it waits there.
    on_recipient: str = "250 OK"
    on_text: str = "250 queued as 4711"
    drops_after_text: bool = False
    # Set by the server when it got that far; and waited for by it before it answers.
    has_recipient: threading.Event = field(default_factory=threading.Event)
    has_text: threading.Event = field(default_factory=threading.Event)
    may_answer_recipient: threading.Event = field(default_factory=threading.Event)
    may_answer_text: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.may_answer_recipient.set()
        self.may_answer_text.set()


class _Handler:
    def __init__(self, post: Post) -> None:
        self.post = post

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        self.post.has_recipient.set()
        await server.loop.run_in_executor(None, self.post.may_answer_recipient.wait, 30)
        if self.post.on_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.post.on_recipient

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.post.has_text.set()
        if self.post.on_text.startswith("250"):
            content = cast(bytes, envelope.original_content)
            self.post.raw.append(content)
            letter = cast(EmailMessage, message_from_bytes(content, policy=default))
            self.post.letters.append(letter)
            self.post.recipients.extend(envelope.rcpt_tos)
        if self.post.drops_after_text:
            server.transport.abort()
        await server.loop.run_in_executor(None, self.post.may_answer_text.wait, 30)
        return self.post.on_text


@contextmanager
def running(**options: Any) -> Iterator[Post]:
    """A server on a free port of this machine; `options` go to aiosmtpd."""
    post = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(_Handler(post), hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        post.url = f"smtp://127.0.0.1:{port}"
        yield post
    finally:
        post.may_answer_recipient.set()
        post.may_answer_text.set()
        controller.stop()
