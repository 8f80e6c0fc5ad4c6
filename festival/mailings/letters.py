"""The letters of a mailing: its text with the fields of one recipient filled in."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from festival.mail import fields, prose
from festival.mailings.audiences import Recipient, audience
from festival.mailings.models import Mailing
from festival.team.secret_links import without_secrets
from festival.text import unlinked
from festival.tickets.letters import TicketLine, order_url, ticket_line
from festival.web import languages

# Fields that stand in a sentence, and those that take a paragraph of their own.
IN_TEXT = ("naam", "voornaam", "festival")
APART = ("kaartjes", "bestelling", "pagina")

LONGEST_SUBJECT = 100  # characters, before its fields are filled


@dataclass(frozen=True)
class OrderLine:
    """An order as a letter to its buyer shows it."""

    code: str
    url: str


@dataclass(frozen=True)
class OwnPage:
    """The page of one person as a letter to them shows it."""

    name: str
    url: str


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: lines of text, or tickets, or orders, or own pages.

    A line is divided into pieces of text, every second of which is the address of a page.
    """

    lines: tuple[tuple[str, ...], ...] = ()
    tickets: tuple[TicketLine, ...] = ()
    orders: tuple[OrderLine, ...] = ()
    pages: tuple[OwnPage, ...] = ()


def known_fields(mailing: Mailing) -> tuple[str, ...]:
    """Returns the fields that may be in its text: in an invitation no secret link."""
    if mailing.is_invitation:
        return IN_TEXT
    return (*IN_TEXT, *audience(mailing.whom).fields(mailing.criteria))


def fields_not_apart(text: str) -> list[str]:
    """Returns the fields in `text` that need a paragraph of their own and have none."""
    return [
        name
        for part in prose.parts(text)
        if not _is_one_field(part)
        for name in fields.fields_in(part)
        if name in APART
    ]


def to_recipient(mailing: Mailing, recipient: Recipient, *, stop_url: str) -> dict[str, Any]:
    """Returns the arguments of mail.queue for one recipient's letter.

    `stop_url` leads to the page that stops invitations; '' in a service letter.
    """
    return {
        **_values(mailing, recipient, recipient.language),
        "about": (mailing, *recipient.orders, *recipient.rows),
        "unsubscribe_url": stop_url,
        "stop_url": stop_url,
    }


def sample(mailing: Mailing, recipient: Recipient, language: str) -> dict[str, Any]:
    """Returns the same for a letter to look at: without the links of the recipient alone."""
    stop_url = languages.url_in(language, "mailings.choose", secret="x" * 20)
    return {
        **_values(mailing, recipient, language, show=without_secrets),
        "stop_url": without_secrets(stop_url) if mailing.is_invitation else "",
    }


def name_of(mailing: Mailing) -> str:
    """Returns the name of its letters."""
    return f"mailings/{mailing.kind}"


def _values(
    mailing: Mailing,
    recipient: Recipient,
    language: str,
    *,
    show: Callable[[str], str] = str,
) -> dict[str, Any]:
    """Returns what the templates need; `show` turns each link into what may be shown of it."""
    with languages.speaking(language):
        name = unlinked(recipient.name)
        values = {
            "naam": name,
            "voornaam": name.partition(" ")[0],
            "festival": str(mailing.edition.name),
        }
        tickets = tuple(
            replace(line, url=show(line.url) if line.url else "")
            for line in (ticket_line(each, recipient.address) for each in recipient.tickets)
        )
        orders = tuple(
            OrderLine(order.code, show(order_url(order, language)))
            for order in recipient.orders
            if order.email == recipient.address
        )
        pages = tuple(
            OwnPage(unlinked(name), show(url(language)))
            for name, url in recipient.own_pages.items()
        )
        return {
            "to": recipient.address,
            "language": language,
            "edition": mailing.edition,
            "why": audience(mailing.whom).why(mailing.audience, mailing.kind),
            "title": fields.fill(mailing.subject.text(language), values),
            "paragraphs": list(
                _paragraphs(mailing.body.text(language), values, tickets, orders, pages)
            ),
        }


def _paragraphs(
    text: str,
    values: dict[str, str],
    tickets: tuple[TicketLine, ...],
    orders: tuple[OrderLine, ...],
    pages: tuple[OwnPage, ...],
) -> Iterable[Paragraph]:
    for part in prose.parts(text):
        match fields.fields_in(part), _is_one_field(part):
            case ["kaartjes"], True:
                yield Paragraph(tickets=tickets)
            case ["bestelling"], True:
                yield Paragraph(orders=orders)
            case ["pagina"], True:
                yield Paragraph(pages=pages)
            case _:
                lines = (prose.pieces(line, values) for line in part.split("\n"))
                yield Paragraph(lines=tuple(lines))


def _is_one_field(part: str) -> bool:
    return bool(re.fullmatch(r"\{[^{}]*\}", part.strip()))
