"""The stars of invented visitors, each with one theme that interests them."""

import random
from collections import defaultdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from festival.bookings.co_interest import count_wanted_together
from festival.bookings.stars import sync_stars
from festival.db import db
from festival.editions.models import Edition
from festival.home.demo.orders import SEED
from festival.programme.models.sessions import Session, Slot
from festival.tickets.models import Order, Ticket

# The percentage of tickets with stars, and the most stars of one ticket.
_STARRING, _MOST = 45, 6


def load_stars(edition: Edition, *, now: datetime) -> None:
    """Star slots that need no booking, and count which ones are wanted together."""
    chance = random.Random(SEED + 1)  # noqa: S311  invented people need no cryptography
    by_theme: dict[int, list[Slot]] = defaultdict(list)
    for slot in db.session.scalars(
        select(Slot)
        .join(Slot.session)
        .where(Session.edition_id == edition.id, Session.theme_id.is_not(None), Slot.is_public)
        .where(Slot.places.is_(None))
        .options(contains_eager(Slot.session))
        .order_by(Slot.starts_at, Slot.stage_id)
    ):
        by_theme[slot.session.theme_id or 0].append(slot)
    tickets = db.session.scalars(
        select(Ticket)
        .join(Ticket.order)
        .where(Order.edition_id == edition.id, Ticket.released_at.is_(None))
        .order_by(Ticket.id)
    )
    for ticket in tickets.all():
        if chance.randrange(100) >= _STARRING:
            continue
        of_theme = by_theme[chance.choice(sorted(by_theme))]
        fitting = [
            slot for slot in of_theme if edition.day_of(slot.starts_at) in ticket.type.admits_on
        ]
        wanted = chance.sample(fitting, min(len(fitting), chance.randint(2, _MOST)))
        sync_stars(ticket, add=[slot.code for slot in wanted], now=now)
    count_wanted_together(edition)
