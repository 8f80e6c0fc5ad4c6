"""In the demo a name was corrected, a ticket handed on, and the team wrote something about it."""

from datetime import datetime

from sqlalchemy import select

from festival.accounts.models import TeamMember
from festival.corrections.people import Correction, Maker, Person, mark_of
from festival.corrections.rules import commenting, correcting, handing_on
from festival.db import db
from festival.editions.models import Edition
from festival.tickets.models import Order


def load_corrections(edition: Edition, *, now: datetime) -> None:
    """Correct, hand on and remark in the first paid order of several tickets."""
    orders = db.session.scalars(
        select(Order)
        .where(
            Order.edition_id == edition.id,
            Order.confirmed_at.is_not(None),
            Order.cancelled_at.is_(None),
            Order.total_cents > 0,
            Order.email != "",
        )
        .order_by(Order.id)
    )
    order = next(
        each
        for each in orders
        if len(each.tickets) == 2 and not any(ticket.released_at for ticket in each.tickets)
    )
    first, second = order.tickets
    member = db.session.scalars(select(TeamMember).order_by(TeamMember.id).limit(1)).one()
    # By the team, which may on any day that the demo is loaded.
    by = Maker("team", member.id, "Belde ons: Visser is haar eigen naam")
    typed = Person(f"{first.holder_name}-Visser", first.holder_email, mark_of(first))
    correcting.correct_people(order, Correction(holders={first.code: typed}), by=by, now=now)
    to = Person("Jip Draadnagel", "jip.draadnagel@example.org", mark_of(second))
    by = Maker("team", member.id, "Kan niet op vrijdag")
    handing_on.hand_on(second, to, by=by, now=now)
    words = "Vroeg of de plekken meegaan met het kaartje. Ja, dat klopt."
    commenting.comment(order, words, f"demo {order.code}", member_id=member.id, now=now)
