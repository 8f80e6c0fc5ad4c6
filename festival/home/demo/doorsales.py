"""What the demo's crew sold at a stall on the market, and an order that the office placed."""

from datetime import datetime, time, timedelta

from sqlalchemy import select

from festival.accounts.queries import member_by_email
from festival.checkin import rules as checkin
from festival.checkin.models import Gate
from festival.db import db
from festival.doorsales import rules
from festival.doorsales.rules import DoorRequest
from festival.editions.models import Edition
from festival.payments.rules import ordering_by_hand
from festival.tickets.models import TicketType
from festival.tickets.rules.ordering import OrderRequest, TeamTerms, TicketRequest

# Minutes after ten, ticket type, number, name, and how it was paid.
_SALES = (
    (4, "zaterdag", 2, "Tineke Roggeveen", "cash"),
    (11, "vrijdag", 1, "Bezoeker", "card_terminal"),
    (13, "zaterdag", 1, "Omar Haddouch", "card_terminal"),
    (38, "weekend", 1, "Lidewij Kramer", "card_terminal"),
    (52, "zaterdag", 3, "Familie Pinas", "cash"),
    (70, "zaterdag", 1, "Marktmeester", "free"),
)
_UNDONE = 2  # this sale was a mistake


def load_door_sales(edition: Edition, *, now: datetime) -> None:
    """Sell some tickets three days ago, or before the festival, and count what was in the till."""
    day = min(edition.local(now).date(), edition.starts_on) - timedelta(days=3)
    ten = edition.moment(day, time(10))
    prices = {
        of.slug: of.price_cents
        for of in db.session.scalars(select(TicketType).where(TicketType.edition_id == edition.id))
    }
    seller = member_by_email("deur@example.org")
    member_id = seller.id if seller else None
    gate = db.session.scalars(
        select(Gate).where(Gate.edition_id == edition.id, Gate.slug == "zuid")
    ).one()
    device = checkin.register_device("Kraam op de markt", now=ten)
    for number, (minutes, slug, tickets, name, paid_by) in enumerate(_SALES):
        sold_at = ten + timedelta(minutes=minutes)
        reason = "hielp met de kraam" if paid_by == "free" else ""
        wanted = DoorRequest(
            f"demo-door-{edition.id}-{number}", slug, tickets, name, paid_by, prices[slug], reason
        )
        sale = rules.sell(gate, device, wanted, member_id=member_id, now=sold_at)
        if number == _UNDONE:
            later = sold_at + timedelta(minutes=3)
            rules.undo_sale(sale, device, member_id=member_id, now=later)
    # Two and a half euros less than was sold: somebody got too much change.
    rules.count_till(
        edition,
        device,
        day,
        f"demo-till-{edition.id}",
        cash_cents=5 * prices["zaterdag"] - 250,
        card_cents=prices["vrijdag"] + prices["weekend"],
        note="Te veel wisselgeld gegeven?",
        member_id=member_id,
        now=edition.moment(day, time(17)),
    )
    _order_by_hand(edition, now=ten)


def _order_by_hand(edition: Edition, *, now: datetime) -> None:
    office = member_by_email("financien@example.org")
    request = OrderRequest(
        form_key=f"demo-by-hand-{edition.id}",
        name="Redactie van de Wijkkrant",
        email="",
        tickets=[
            TicketRequest("weekend", "Saskia Tempelaar"),
            TicketRequest("weekend", "Ferdi Groothuis"),
        ],
        by_team=TeamTerms(office.id if office else None, "pers"),
    )
    ordering_by_hand.order_by_hand(edition, request, None, now=now)
