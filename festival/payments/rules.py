"""Checking out, recording payments, reminding buyers, and ending orders."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from festival import jobs, money, text
from festival.bookings.models import Booking
from festival.bookings.rules import places as place_rules
from festival.db import change_one, db, insert_unless_there, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.payments import letters, queries
from festival.payments.basket import RequestedPlace
from festival.payments.models import Payment, one_payment_per_form
from festival.programme.models.sessions import Session, Slot
from festival.team import audit
from festival.tickets import rules as tickets
from festival.tickets.models import Order
from festival.tickets.rules import OrderRequest


class PlaceGone(Refusal):
    """Een workshop of coach die je koos staat niet meer in het programma. Kies opnieuw."""


class PlaceRefused(Refusal):
    """“{title}” voor {holder} lukt niet. {reason}"""


class OrderedBefore(Refusal):
    """Precies deze bestelling deed je al, en die is geannuleerd of vervallen. Er is niets nieuws
    besteld. Wil je toch opnieuw bestellen? Verstuur het formulier dan nog een keer."""


class NothingReceived(Refusal):
    """Vul het bedrag in dat je ontving. Voor geld dat terugging, zet je er een min voor."""


class AnotherAmount(Refusal):
    """Met dit formulier boekte je al {amount}; wat je nu invulde, is niet geboekt. Open de
    bestelling opnieuw om nog iets te boeken."""


class AlreadyEnded(Refusal):
    """Deze bestelling was al vervallen of geannuleerd. Je hoeft niets meer te doen."""


class AskTheTeam(Refusal):
    """Deze bestelling is betaald. Wil je annuleren? Mail ons, dan lossen we het samen op."""


class FestivalBegan(Refusal):
    """Het festival is al begonnen, dus annuleren hoeft niet meer."""


@transactional
def check_out(
    edition: Edition, request: OrderRequest, choices: Sequence[RequestedPlace], *, now: datetime
) -> Order:
    """Order tickets and take the chosen places: all of it, or nothing. Queues the letters.

    A free order is confirmed at once; any other waits for its money. The same form again returns
    the first order. Refuses as tickets.rules.place_order, with OrderedBefore, or with PlaceGone or
    PlaceRefused, which says which place, for whom and why (`details`: title, holder, reason,
    ticket, slot_code).
    """
    order, is_new = tickets.place_once(edition, request, besides=choices, now=now)
    if not is_new:
        if order.state in {"cancelled", "lapsed"}:
            raise OrderedBefore
        return order
    places = _take_places(edition, order, choices, now=now)
    if order.confirmed_at:
        letters.tickets_ready(order, places, now=now)
    else:
        letters.pay_by_transfer(order, places, queries.Balance(order.total_cents, 0), now=now)
    return order


@transactional
def record_payment(
    order: Order,
    amount_cents: int,
    received_at: datetime,
    form_key: str,
    note: str = "",
    *,
    member_id: int | None = None,
    now: datetime,
) -> Payment:
    """Record money for `order`; negative if it went back. The same form twice records it once.

    A pending order is confirmed once all of it is paid. A lapsed one comes back if there are
    tickets left for all of it; if not, the team has to pay the money back. Refuses with
    NothingReceived, or with AnotherAmount if this form recorded something else before.
    """
    if amount_cents == 0:
        raise NothingReceived
    tickets.lock_order(order)
    payment = _insert_payment(order, amount_cents, received_at, form_key, note, member_id)
    if payment is None:
        first = queries.payment_of_form(form_key)
        assert first is not None
        sent = (order.id, amount_cents, received_at, note.strip())
        if sent != (first.order_id, first.amount_cents, first.received_at, first.note):
            raise AnotherAmount(amount=money.shown(first.amount_cents))
        return first
    audit.record("record_payment", f"order {order.code}", now=now, amount_cents=amount_cents)
    if amount_cents > 0 and queries.balance(order).due_cents <= 0:
        _settle(order, now=now)
    return payment


@transactional
def lapse_order(order: Order, *, now: datetime) -> bool:
    """Let an order that was not paid in time lapse. Returns True if this call did it.

    Its tickets and places become free. Guarded: an order that was confirmed, cancelled or lapsed
    meanwhile stays as it is, and so does one of which a part is paid: the team decides about it.
    """
    tickets.lock_order(order)
    if queries.balance(order).paid_cents > 0 or not tickets.end_order(order, lapsed=True, now=now):
        return False
    place_rules.release_places(order.tickets, now=now)
    letters.order_lapsed(order, now=now)
    return True


def lapse_overdue(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """Let every order lapse that is overdue by more than GRACE."""
    overdue = queries.overdue_orders(now=read_clock())
    return jobs.for_each(
        "order", overdue, lambda id: lapse_order(db.session.get_one(Order, id), now=read_clock())
    )


def remind_unpaid(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """Remind, once, every buyer with a few days left to pay."""
    unpaid = queries.orders_to_remind(now=read_clock())
    return jobs.for_each(
        "order", unpaid, lambda id: remind_order(db.session.get_one(Order, id), now=read_clock())
    )


@transactional
def remind_order(order: Order, *, now: datetime) -> bool:
    """Send the only reminder for a pending order. Returns True if this call sent it."""
    if not change_one(
        update(Order)
        .where(
            Order.id == order.id,
            Order.reminded_at.is_(None),
            Order.confirmed_at.is_(None),
            Order.lapsed_at.is_(None),
            Order.cancelled_at.is_(None),
        )
        .values(reminded_at=now)
    ):
        return False
    letters.payment_reminder(order, queries.balance(order), now=now)
    return True


@transactional
def cancel_order(order: Order, *, now: datetime) -> None:
    """Cancel an order for the team. Its tickets and places become free.

    Refuses with AlreadyEnded.
    """
    tickets.lock_order(order)
    _cancel(order, now=now)
    audit.record("cancel_order", f"order {order.code}", now=now)


@transactional
def cancel_own_order(order: Order, *, now: datetime) -> None:
    """Cancel an order for its buyer, while nothing is paid and the festival has not begun.

    Refuses with AlreadyEnded, AskTheTeam or FestivalBegan.
    """
    tickets.lock_order(order)
    if refusal := why_not_cancel(order, queries.balance(order), now=now):
        raise refusal
    _cancel(order, now=now)


@transactional
def send_letters_again(order: Order, *, now: datetime) -> None:
    """Send the letters that fit the order's state once more. Refuses with AlreadyEnded."""
    if order.state == "confirmed":
        letters.tickets_ready(order, _places(order), now=now)
    elif order.state == "pending":
        letters.pay_by_transfer(order, _places(order), queries.balance(order), now=now)
    else:
        raise AlreadyEnded
    audit.record("send_letters_again", f"order {order.code}", now=now)


def why_not_cancel(order: Order, balance: queries.Balance, *, now: datetime) -> Refusal | None:
    """Returns why the buyer cannot cancel any more; None if they can."""
    if order.state not in {"pending", "confirmed"}:
        return AlreadyEnded()
    if balance.paid_cents > 0:
        return AskTheTeam()
    if order.edition.local(now).date() >= order.edition.starts_on:
        return FestivalBegan()
    return None


def _take_places(
    edition: Edition, order: Order, choices: Sequence[RequestedPlace], *, now: datetime
) -> list[Booking]:
    if not choices:
        return []
    slots = {
        slot.code: slot
        for slot in db.session.scalars(
            select(Slot)
            .join(Slot.session)
            .where(
                Slot.code.in_({choice.slot_code for choice in choices}),
                Session.edition_id == edition.id,
            )
        )
    }
    if any(choice.slot_code not in slots for choice in choices):
        raise PlaceGone
    requests = [
        place_rules.PlaceRequest(order.tickets[each.ticket], slots[each.slot_code], each.question)
        for each in choices
    ]
    try:
        return place_rules.book_slots(requests, now=now)
    except Refusal as refusal:
        request = refusal.details["request"]
        raise PlaceRefused(
            title=request.slot.session.title,
            holder=request.ticket.holder_name,
            reason=str(refusal),
            ticket=order.tickets.index(request.ticket),
            slot_code=request.slot.code,
        ) from refusal


def _insert_payment(
    order: Order,
    amount_cents: int,
    received_at: datetime,
    form_key: str,
    note: str,
    member_id: int | None,
) -> Payment | None:
    """Returns the new row; None if the database holds one of this form already."""
    values = {
        "order_id": order.id,
        "method": "bank_transfer",
        "amount_cents": amount_cents,
        "received_at": received_at,
        "note": text.line(note),
        "form_key": form_key,
        "recorded_by_id": member_id,
    }
    return insert_unless_there(Payment, values, unique=one_payment_per_form)


def _settle(order: Order, *, now: datetime) -> None:
    """Confirm an order that is fully paid; if it lapsed, try to bring it back."""
    if order.state == "lapsed":
        if tickets.revive_order(order, now=now):
            letters.payment_received(order, [], came_back=True, now=now)
        else:
            letters.paid_too_late(order, now=now)
    elif tickets.confirm_order(order, now=now):
        letters.payment_received(order, _places(order), came_back=False, now=now)


def _cancel(order: Order, *, now: datetime) -> None:
    """Cancel an order that the caller has locked. Refuses with AlreadyEnded."""
    holders_know = order.state == "confirmed"
    if not tickets.end_order(order, lapsed=False, now=now):
        raise AlreadyEnded
    place_rules.release_places(order.tickets, now=now)
    letters.order_cancelled(order, queries.balance(order), holders_know=holders_know, now=now)


def _places(order: Order) -> list[Booking]:
    """Returns the places that the tickets of `order` hold, with slot and session loaded."""
    return list(
        db.session.scalars(
            select(Booking)
            .join(Booking.slot)
            .where(
                Booking.ticket_id.in_([ticket.id for ticket in order.tickets]),
                Booking.cancelled_at.is_(None),
            )
            .options(joinedload(Booking.slot).joinedload(Slot.session))
            .order_by(Slot.starts_at, Booking.id)
        )
    )
