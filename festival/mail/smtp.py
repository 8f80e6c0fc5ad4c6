"""The one door to the mail server: SMTP with TLS. It tells "certainly not delivered" from
"perhaps delivered".

A server accepts a letter at the line with a single full stop after its text (RFC 5321, 4.1.1.4).
So `hand_over` sends everything before that line, lets the caller record that the letter is about
to be delivered, and then sends the line.
"""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

# Seconds to wait for an answer. One delivery waits for about twelve answers at most, so it always
# ends within the lease of a letter (rules.LEASE). The last one takes longer, after a spam filter.
PATIENCE = 30
LAST_PATIENCE = 300

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class NotReached(Exception):
    """The server was not reached, or did not let us in. The letter itself may be fine."""


class NotAccepted(Exception):
    """The server refused this letter; `is_final` if trying again will not help."""

    def __init__(self, answer: str, *, is_final: bool) -> None:
        super().__init__(answer)
        self.is_final = is_final


class AnswerLost(Exception):
    """The text was sent and no answer came: the letter may have been delivered."""


class BadServerAddress(ValueError):
    """SMTP_URL cannot be parsed, or would send a password unencrypted."""


@dataclass(frozen=True)
class Server:
    """The mail server named by SMTP_URL."""

    host: str
    port: int
    user: str
    password: str
    tls: str  # "always" (smtps), "starttls" or "none"

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """Read `smtp://user:password@host:587` or `smtps://user:password@host:465`.

        smtp:// requires STARTTLS, unless the server runs on this machine or the address ends in
        `?starttls=no` (a relay in a private network, which needs no password). Raises
        BadServerAddress.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise BadServerAddress("must look like smtp://user:password@host:587")
        starttls = parse_qs(parts.query).get("starttls", [""])[0]
        if parts.scheme == "smtps":
            tls = "always"
        elif starttls == "no" or (parts.hostname in _LOOPBACK and starttls != "yes"):
            tls = "none"
        else:
            tls = "starttls"
        if parts.username and tls == "none" and parts.hostname not in _LOOPBACK:
            raise BadServerAddress("would send the password without TLS")
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if tls == "always" else 587),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls=tls,
        )


def check(server: Server, *, our_name: str) -> str:
    """Connect, switch to TLS and sign in. Returns the server's greeting; raises NotReached."""
    with _connected(server, our_name) as smtp:
        return _words(smtp.ehlo_resp or b"").partition("\n")[0]


def hand_over(
    text: bytes,
    *,
    sender: str,
    recipient: str,
    server: Server,
    our_name: str,
    before_the_end: Callable[[], None],
) -> str:
    """Send `text` (a message with CRLF line ends) to `recipient`; returns the server's answer.

    `before_the_end` is called when all but the last line has been sent. If it raises, the
    connection is dropped and nothing is delivered. Raises NotReached, NotAccepted or AnswerLost.
    """
    with _connected(server, our_name) as smtp:
        _envelope(smtp, sender, recipient)
        _without_end(smtp, text)
        before_the_end()  # if it raises we hang up: no full stop, no letter
        return _end(smtp)


@contextmanager
def _connected(server: Server, our_name: str) -> Iterator[smtplib.SMTP]:
    try:
        smtp = _signed_in(server, our_name)
    except (OSError, smtplib.SMTPException) as error:
        raise NotReached(_reason(error)) from error
    try:
        yield smtp
    except NotAccepted:
        _say_goodbye(smtp)
        raise
    except BaseException:
        smtp.close()
        raise
    else:
        _say_goodbye(smtp)


def _say_goodbye(smtp: smtplib.SMTP) -> None:
    try:
        if smtp.sock:
            smtp.sock.settimeout(5)
        smtp.quit()
    except (OSError, smtplib.SMTPException):
        smtp.close()  # the outcome is known already


def _signed_in(server: Server, our_name: str) -> smtplib.SMTP:
    # Reading the certificates of this machine takes longer than sending a letter.
    context = None if server.tls == "none" else ssl.create_default_context()
    smtp: smtplib.SMTP
    if server.tls == "always":
        smtp = smtplib.SMTP_SSL(
            server.host, server.port, our_name, timeout=PATIENCE, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, our_name, timeout=PATIENCE)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.tls == "starttls":
            smtp.starttls(context=context)
            smtp.ehlo()
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _envelope(smtp: smtplib.SMTP, sender: str, recipient: str) -> None:
    try:
        code, answer = smtp.mail(sender)
        if code != 250:  # the server refuses us ("sign in first"), not this letter
            raise NotReached(f"{code} {_words(answer)}")
        _accept(*smtp.rcpt(recipient), expected={250, 251})
        _accept(*smtp.docmd("DATA"), expected={354})
    except (OSError, smtplib.SMTPException) as error:
        raise NotReached(_reason(error)) from error


def _without_end(smtp: smtplib.SMTP, text: bytes) -> None:
    # A line that begins with a full stop gets a second one, which the server removes.
    stuffed = re.sub(rb"(?m)^\.", b"..", text)
    try:
        smtp.send(stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n")
    except (OSError, smtplib.SMTPException) as error:
        raise NotReached(_reason(error)) from error


def _end(smtp: smtplib.SMTP) -> str:
    try:
        if smtp.sock:
            smtp.sock.settimeout(LAST_PATIENCE)
        smtp.send(b".\r\n")
        code, answer = smtp.getreply()
        if not 200 <= code < 600:
            raise AnswerLost(f"{code} {_words(answer)}")
        _accept(code, answer, expected=set(range(200, 300)))
    except (OSError, smtplib.SMTPException) as error:
        raise AnswerLost(_reason(error)) from error
    return f"{code} {_words(answer)}"


def _accept(code: int, answer: bytes, *, expected: set[int]) -> None:
    if code not in expected:
        # 4xx: not now; 5xx: no (RFC 5321, 4.2.1).
        raise NotAccepted(f"{code} {_words(answer)}", is_final=500 <= code < 600)


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return f"{error.smtp_code} {_words(words) if isinstance(words, bytes) else words}"
    return str(error) or type(error).__name__


def _words(answer: bytes) -> str:
    return answer.decode("utf-8", "replace").strip()
