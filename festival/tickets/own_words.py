"""The letters about tickets in which the team writes sentences of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from festival.db import db
from festival.editions.models import Edition
from festival.mail.prose import EditableLetter, Field, FixedLetter
from festival.tickets import letters
from festival.tickets.models import Order, Ticket, TicketType
from festival.tickets.queries import LIVE
from festival.tickets.waiting import letters as waiting
from festival.tickets.waiting.models import TicketWait
from festival.web.languages import Bilingual

FESTIVAL: dict[str, Field] = {"festival": lambda values: values["edition"].name}
ORDER: dict[str, Field] = {
    "naam": lambda values: values["order"].name,
    "voornaam": lambda values: values["order"].name.partition(" ")[0],
    "bestelling": lambda values: values["order"].code,
    **FESTIVAL,
}
_HOLDER: dict[str, Field] = {
    "naam": lambda values: values["lines"][0].name,
    "koper": lambda values: values["order"].name,
    **FESTIVAL,
}

_WAIT: dict[str, Field] = {
    "naam": lambda values: values["name"],
    "voornaam": lambda values: values["name"].partition(" ")[0],
    "kaartjes": lambda values: f"{values['number']} × {values['type_name']}",
    **FESTIVAL,
}


def example_order(edition: Edition, language: str, now: datetime) -> Order:
    """Returns the latest paid or free order in `language`, or an invented one that is not saved."""
    return db.session.scalar(
        select(Order)
        .where(
            Order.edition_id == edition.id,
            Order.language == language,
            Order.confirmed_at.is_not(None),
            Order.email != "",
            LIVE,
        )
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(1)
    ) or _invented(edition, language, now)


def _invented(edition: Edition, language: str, now: datetime) -> Order:
    kind = _invented_type(edition)
    order = Order(
        edition=edition,
        code="VOORBEELD",
        secret="x" * 20,
        name="Mia Jansen",
        email="mia@example.org",
        language=language,
        total_cents=4500,
        reference="RF18539007547034",
        placed_at=now,
        due_at=now + timedelta(days=edition.payment_days),
        confirmed_at=now,
    )
    order.tickets = [
        Ticket(
            order=order, type=kind, code="KAARTJE1", secret="y" * 20, holder_name="Mia Jansen",
            holder_email="", price_cents=4500,
        )
    ]  # fmt: skip
    return order


def _invented_type(edition: Edition) -> TicketType:
    return TicketType(
        edition=edition,
        slug="weekend",
        name=Bilingual("Weekend", "Weekend"),
        days=list(edition.day_rows),
    )


def _waiting(
    queue: Callable[[TicketWait, datetime], object],
) -> Callable[[Edition, str, datetime], object]:
    """Returns an example to whoever joined the line last, or to Mia, with an offer until later."""

    def write(edition: Edition, language: str, now: datetime) -> None:
        last = db.session.scalar(
            select(TicketWait)
            .join(TicketWait.type)
            .where(TicketType.edition_id == edition.id, TicketWait.language == language)
            .order_by(TicketWait.id.desc())
            .limit(1)
        )
        shown = TicketWait(
            type=last.type if last else _invented_type(edition),
            name=last.name if last else "Mia Jansen",
            email=last.email if last else "mia@example.org",
            number=last.number if last else 2,
            secret=last.secret if last else "x" * 20,
            language=language,
            joined_at=now,
            confirmed_at=now,
            offered_at=now,
            offer_ends_at=now + timedelta(days=1),
        )
        queue(shown, now)

    return write


def _to_a_holder(edition: Edition, language: str, now: datetime) -> None:
    """Queues the letter as if Zoë held a ticket that somebody else ordered."""
    order = _invented(edition, language, now)
    order.tickets[0].holder_name, order.tickets[0].holder_email = "Zoë Bakker", "zoe@example.org"
    letters.order_confirmed(order, now=now)


def _again(edition: Edition, language: str, now: datetime) -> None:
    order = example_order(edition, language, now)
    letters.tickets_again(edition, order.email, [order], language=language, now=now)


LETTERS = (
    EditableLetter(
        "tickets/order_confirmed",
        _l("Kaartjes na een gratis bestelling"),
        ("subject", "opening", "closing"),
        ORDER,
        lambda edition, language, now: letters.order_confirmed(
            example_order(edition, language, now), now=now
        ),
        needed={"opening": ("bestelling",)},
    ),
    EditableLetter(
        "tickets/your_tickets",
        _l("Kaartjes die een ander bestelde"),
        ("subject", "opening", "closing"),
        _HOLDER,
        _to_a_holder,
        needed={"opening": ("koper",)},
    ),
    EditableLetter(
        "tickets/tickets_again",
        _l("Kaartjes nog een keer"),
        ("subject", "opening"),
        FESTIVAL,
        _again,
    ),
    EditableLetter(
        "tickets/waiting_joined",
        _l("Op de wachtlijst voor kaartjes"),
        ("subject", "opening", "closing"),
        _WAIT,
        _waiting(lambda wait, now: waiting.joined(wait, now=now)),
        needed={"opening": ("kaartjes",)},
    ),
    EditableLetter(
        "tickets/waiting_offered",
        _l("Aan de beurt voor kaartjes"),
        ("subject", "opening", "closing"),
        {**_WAIT, "tot": lambda values: values["until"]},
        _waiting(lambda wait, now: waiting.offered(wait, now=now)),
        needed={"opening": ("kaartjes", "tot")},
    ),
    EditableLetter(
        "tickets/waiting_lapsed",
        _l("Tijd om kaartjes te bestellen voorbij"),
        ("subject", "opening", "closing"),
        _WAIT,
        _waiting(lambda wait, now: waiting.lapsed(wait, now=now)),
        needed={"opening": ("kaartjes",)},
    ),
)
FIXED = (
    FixedLetter(
        "tickets/is_this_you",
        _l("Is dit jouw adres?"),
        _l("Laat zien van wie een adres is. Wie hem krijgt, vroeg er misschien niet om."),
    ),
    FixedLetter(
        "tickets/waiting_confirm",
        _l("Zet je op de wachtlijst"),
        _l("Laat zien van wie een adres is. Wie hem krijgt, vroeg er misschien niet om."),
    ),
)
