"""Every letter of the program in both languages, word for word as it was read and approved.

A new letter needs three things, and these tests say so until they are there:

1. `templates/<capability>/letters/<letter>.txt` and `.html` (see templates/mail/letter_base.txt);
2. in `tests/<capability>/letter_examples.py` a function of the letter's name, which gets the
   language and queues that letter with builders of tests/make.py and their fixed dates;
3. the approved texts `tests/<capability>/letters/<letter>.nl.txt` and `.en.txt`. Write them with
   `WRITE_LETTERS=1 make test T=tests/test_letters.py`, and read them before they are committed.
"""

import importlib
import itertools
import os
import re
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import html5lib
import pytest
from flask import Flask
from sqlalchemy import event

from festival import codes
from festival.bookings.models import Booking
from festival.config import ROOT
from festival.db import db, transactional
from festival.invoices.models import Invoice
from festival.mail import messages
from festival.mail.models import Letter
from festival.payments.models import InvoiceRequest
from festival.programme.models.sessions import Speaker
from festival.speakers import letters as speaker_letters
from festival.tickets import ticket_qr
from festival.tickets.models import Order, Ticket
from festival.tickets.waiting.models import TicketWait
from festival.web.languages import LANGUAGES
from tests import make

TEMPLATES = ROOT / "templates"
WRITE = bool(os.environ.get("WRITE_LETTERS"))


def letters() -> list[str]:
    """All letters, such as "tickets/order_confirmed"; parts that letters import are none."""
    return sorted(
        f"{path.parent.parent.name}/{path.stem}"
        for path in TEMPLATES.glob("*/letters/*.txt")
        if 'extends "mail/letter_base.txt"' in path.read_text(encoding="utf-8")
    )


@pytest.fixture
def always_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes, secrets and the builders' numbers begin again, so that texts can be compared."""
    catalogue = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.mo"
    assert catalogue.exists(), "the English texts are not compiled: run make translations"
    numbers = itertools.count(1)
    monkeypatch.setattr(codes, "readable", lambda length=8: f"CODE{next(numbers):04}"[:length])
    monkeypatch.setattr(codes, "secret", lambda: f"geheim-{next(numbers)}")
    monkeypatch.setattr(ticket_qr, "new_id", lambda: f"{next(numbers):020x}")
    monkeypatch.setattr(make, "_numbers", itertools.count(1))


def written(letter: str, language: str) -> Letter:
    """The letter as its example queues it."""
    capability, _, name = letter.partition("/")
    module = f"tests.{capability}.letter_examples"
    try:
        example = getattr(importlib.import_module(module), name)
    except (ModuleNotFoundError, AttributeError):
        pytest.fail(f"{module} has no function {name}(language) that queues {letter}")
    transactional(example)(language)
    rows = db.session.query(Letter).filter_by(name=letter, language=language).order_by(Letter.id)
    row = rows.first()
    assert row, f"{module}.{name} queued no letter {letter} in {language}"
    return row


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", letters())
def test_the_letter_says_what_was_approved(
    app: Flask, always_the_same: None, letter: str, language: str
) -> None:
    capability, _, name = letter.partition("/")
    path = ROOT / "tests" / capability / "letters" / f"{name}.{language}.txt"
    text = as_text(written(letter, language))
    if WRITE and text != current(path):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        pytest.fail(f"{path.relative_to(ROOT)} was written: read it, and run this again")
    assert text == current(path)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", letters())
def test_the_letter_is_well_made(
    app: Flask, always_the_same: None, letter: str, language: str
) -> None:
    row = written(letter, language)
    html = messages.dressed(row.body_html)
    parser = html5lib.HTMLParser(strict=True)
    parser.parse(html)
    assert f'<html lang="{language}"' in html
    assert 0 < len(row.subject) <= 120
    for text in (row.subject, row.body_text, html):
        assert not re.search(r"\bNone\b|\{\{|%\(|<Bilingual|Bilingual\(", text)
    # Whoever reads the plain text can follow every link as well.
    for link in links(html):
        assert link in row.body_text
    # And the other way round.
    for link in re.findall(r"https?://\S+", row.body_text):
        assert link in links(html)


# Columns that strangers fill in and others read about in letters.
TYPED = (
    Order.name, Ticket.holder_name, Booking.question, Speaker.name, Speaker.organisation,
    InvoiceRequest.name, InvoiceRequest.attention, InvoiceRequest.city, InvoiceRequest.po_number,
    Invoice.customer_name, Invoice.customer_attention, Invoice.po_number, TicketWait.name,
)  # fmt: skip
ADVERTISED = "Win bij evil.shop of bit.ly/abc, www.winst.рф https://x.example/1 of a@b.click"


@pytest.fixture
def advertising() -> Iterator[None]:
    """Whatever is typed into these columns advertises something."""

    def advertise(_row: object, value: object, _old: object, _cause: object) -> object:
        return f"{value} {ADVERTISED}" if value else value

    for column in TYPED:
        event.listen(column, "set", advertise, retval=True, propagate=True)
    yield
    for column in TYPED:
        event.remove(column, "set", advertise)


@pytest.mark.parametrize("letter", letters())
def test_what_strangers_type_is_no_link_in_a_letter(
    app: Flask, advertising: None, monkeypatch: pytest.MonkeyPatch, letter: str
) -> None:
    if letter == "speakers/speaker_answered":
        answered = partial(speaker_letters.speaker_answered, reason=ADVERTISED)
        monkeypatch.setattr(
            speaker_letters, "speaker_answered", lambda *a, **k: answered(*a[:3], **k)
        )
    row = written(letter, "nl")
    for text in (row.subject, row.body_text, html_as_text(row.body_html), row.body_html):
        for link in (
            "evil.shop",
            "bit.ly",
            "www.winst",
            "winst.рф",
            "https://x",
            "x.example",
            "b.click",
        ):
            assert link not in text
    assert letter not in NAMING or "evil. shop" in row.body_text


# Some letters in which such a name stands, so that the test above is about something.
NAMING = {"tickets/your_tickets", "speakers/speaker_answered", "payments/ticket_cancelled"}


def test_no_approved_text_is_left_over() -> None:
    stored = {
        f"{path.parent.parent.name}/{path.name.split('.')[0]}"
        for path in (ROOT / "tests").glob("*/letters/*.txt")
    }
    assert stored <= set(letters())
    assert len(letters()) >= 15


def current(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def as_text(row: Letter) -> str:
    """All that a reader gets, one below the other."""
    files = [f"Attached: {each['kind']} of {each['reference']}\n" for each in row.attachments]
    return (
        f"To: {row.to}\nReply-To: {row.reply_to}\nSubject: {row.subject}\n{''.join(files)}"
        f"\n{row.body_text}\n==== the same as HTML ====\n\n{html_as_text(row.body_html)}"
    )


def html_as_text(html: str) -> str:
    """The words of an HTML letter, a line per block, with the addresses behind its links."""
    reader = _Reader()
    reader.feed(html)
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return "\n".join(line for line in lines if line) + "\n"


def links(html: str) -> set[str]:
    reader = _Reader()
    reader.feed(html)
    return {link for link in reader.links if link.startswith("http")}


class _Reader(HTMLParser):
    _BLOCKS = frozenset({"p", "h1", "h2", "li", "tr", "br", "table", "title", "ul", "ol"})

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._BLOCKS:
            self.pieces.append("\n")
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")
        if tag in {"td", "th"}:
            self.pieces.append(" ")
        if tag == "img":
            named = dict(attrs)
            self.pieces.append(f"\n[{named['alt']}] <{named['src']}>\n")
        if tag == "li":
            self.pieces.append("* ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._BLOCKS:
            self.pieces.append("\n")
        if tag == "a":
            self.pieces.append(f" <{self.links[-1]}>")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data.replace("\n", " "))
