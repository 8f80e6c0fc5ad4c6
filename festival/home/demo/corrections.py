"""In the demo a name was corrected, a ticket handed on, and an order that was made twice merged."""

from datetime import datetime

from sqlalchemy import select

from festival.accounts.models import TeamMember
from festival.corrections.people import Correction, Maker, Person, mark_of
from festival.corrections.rules import commenting, correcting, handing_on, merging
from festival.db import db
from festival.editions.models import Edition
from festival.payments import queries
from festival.payments.rules import checking_out
from festival.tickets.models import Order
from festival.tickets.rules.ordering import OrderRequest, TeamTerms, TicketRequest


def load_corrections(edition: Edition, *, now: datetime) -> None:
    """Correct, hand on and remark in the first paid order of several tickets; merge in the next."""
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
    # Somebody ordered twice more: one is merged, the other can be.
    order = next(each for each in orders if not queries.promised_cents(each))
    again, _ = (_order_again(order, number, member.id, now=now) for number in range(2))
    by = Maker("team", member.id, "Was vergeten dat er al besteld was")
    merging.merge_orders(order, again, seen=merging.mark(order, again), by=by, now=now)


def _order_again(first: Order, number: int, member_id: int, *, now: datetime) -> Order:
    """Order by hand for somebody who has an order, which is possible on any day."""
    request = OrderRequest(
        f"demo-again-{number}", first.name, first.email,
        [TicketRequest("bewoner", f"Buur {number + 1} van {first.name}")],
        by_team=TeamTerms(member_id),
    )  # fmt: skip
    return checking_out.check_out(first.edition, request, [], now=now)
