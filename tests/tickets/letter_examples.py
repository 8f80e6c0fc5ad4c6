"""How each letter about tickets comes to be, for tests/test_letters.py."""

from datetime import timedelta

from festival.tickets import holding, letters
from festival.tickets.models import Order
from festival.tickets.waiting import letters as waiting
from festival.tickets.waiting.models import TicketWait
from festival.web.languages import Bilingual
from tests import make


def order(language: str) -> Order:
    """Mia's order of a ticket for herself, one for her mother, and one that goes to Zoë."""
    row = make.order(
        tickets=3,
        of=make.ticket_type(name=Bilingual("Bewoner", "Resident")),
        language=language,
        name="Mia Jansen",
        email="mia@example.org",
    )
    mia, mother, zoe = row.tickets
    mia.holder_name, mother.holder_name = "Mia Jansen", "Wil Jansen-de Wit"
    zoe.holder_name, zoe.holder_email = "Zoë Bakker", "zoe@example.org"
    return row


def order_confirmed(language: str) -> None:
    row = order(language)
    places = {row.tickets[0].id: ["Samen soep koken, vrijdag 23 oktober, 11.00–12.00 uur"]}
    letters.order_confirmed(row, places=places, now=make.NOW)


def your_tickets(language: str) -> None:
    letters.order_confirmed(order(language), now=make.NOW)


def tickets_again(language: str) -> None:
    mine = order(language)
    pending = make.order(
        of=mine.tickets[0].type, email="mia@example.org", confirmed_at=None, due_at=make.NOW
    )
    others = make.order(of=mine.tickets[0].type)
    others.tickets[0].holder_email = "mia@example.org"
    letters.tickets_again(
        mine.edition,
        "mia@example.org",
        [mine, pending, others],
        language=language,
        now=make.NOW,
    )


def is_this_you(language: str) -> None:
    edition = make.edition()
    holding.ask_owner(edition, "mia@example.org", language=language, now=make.NOW)


def waiting_joined(language: str) -> None:
    waiting.joined(_wait(language), now=make.NOW)


def waiting_confirm(language: str) -> None:
    waiting.confirm(_wait(language, confirmed_at=None), now=make.NOW)


def waiting_offered(language: str) -> None:
    ends_at = make.NOW + timedelta(days=1)
    wait = _wait(language, offered_at=make.NOW, offer_ends_at=ends_at)
    waiting.offered(wait, now=make.NOW)


def waiting_lapsed(language: str) -> None:
    waiting.lapsed(_wait(language), now=make.NOW)


def _wait(language: str, **values: object) -> TicketWait:
    of = make.ticket_type(slug="weekend", name=Bilingual("Weekend", "Weekend"))
    return make.wait(of, 2, language=language, name="Mia", email="mia@example.org", **values)
