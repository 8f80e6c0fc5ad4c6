"""Ordering tickets together with places in workshops: all of it, or nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from festival.bookings.models import Booking, WaitingListEntry
from festival.bookings.rules import places as place_rules
from festival.bookings.rules import waiting_list
from festival.bookings.rules.locks import lock_slots
from festival.db import db, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.payments import letters, queries
from festival.payments.basket import RequestedPlace, WantedInvoice
from festival.payments.rules import invoicing
from festival.programme.models.sessions import Session, Slot
from festival.questions import answering
from festival.questions.answering import GivenAnswer
from festival.tickets.models import Order
from festival.tickets.rules import ordering
from festival.tickets.rules.ordering import OrderRequest


class PlaceGone(Refusal):
    """Een workshop of coach die je koos staat niet meer in het programma. Kies opnieuw."""


class PlaceRefused(Refusal):
    """“{title}” voor {holder} lukt niet. {reason}"""


class OrderedBefore(Refusal):
    """Precies deze bestelling deed je al, en die is geannuleerd of vervallen. Er is niets nieuws
    besteld. Wil je toch opnieuw bestellen? Verstuur het formulier dan nog een keer."""


@transactional
def check_out(
    edition: Edition,
    request: OrderRequest,
    choices: Sequence[RequestedPlace],
    *,
    answers: Sequence[GivenAnswer] = (),
    shown: Mapping[str, str] | None = None,
    invoice: WantedInvoice | None = None,
    now: datetime,
) -> Order:
    """Order tickets and take the chosen places: all of it, or nothing. Queues the letters.

    For a choice that `is_wait` the ticket joins the waiting list instead.

    A free order is confirmed at once; any other waits for its money. `shown` holds the marks of
    what the page offered (see bookings/shown_moments.py). An `invoice` is made with an order that
    costs something. The same form again returns the first order. Refuses as
    tickets.rules.place_order, with AnswerMissing or AnswerWrong for a question, with OrderedBefore,
    with SellerIncomplete for an invoice, or with PlaceGone or PlaceRefused, which says which place,
    for whom and why (`details`: title, holder, reason, ticket, slot_code).
    """
    besides = [*choices, *answers, *([invoice] if invoice else [])]
    order, is_new = ordering.place_once(edition, request, besides=besides, now=now)
    if not is_new:
        if order.state in {"cancelled", "lapsed"}:
            raise OrderedBefore
        return order
    answering.keep_answers(order, answers, now=now)
    places, waits = _take_places(edition, order, choices, shown or {}, now=now)
    if order.confirmed_at:
        letters.tickets_ready(order, places, waits, now=now)
    else:
        letters.pay_by_transfer(order, places, queries.balance(order), waits=waits, now=now)
    if invoice and order.total_cents:  # comes last: it takes a number that others wait for
        invoicing.request_invoice(order, invoice.customer, po_number=invoice.po_number, now=now)
    return order


def _take_places(
    edition: Edition,
    order: Order,
    choices: Sequence[RequestedPlace],
    shown: Mapping[str, str],
    *,
    now: datetime,
) -> tuple[list[Booking], list[WaitingListEntry]]:
    if not choices:
        return [], []
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
        place_rules.PlaceRequest(
            order.tickets[each.ticket],
            slots[each.slot_code],
            each.question,
            shown.get(each.slot_code, ""),
        )
        for each in choices
    ]
    taken = [each for each, choice in zip(requests, choices, strict=True) if not choice.is_wait]
    waits = [each for each, choice in zip(requests, choices, strict=True) if choice.is_wait]
    if waits:  # all slots at once, in order of their ids, as in every rule that changes several
        lock_slots({each.slot.id for each in requests})
    try:
        bookings = place_rules.book_slots(taken, now=now)
    except Refusal as refusal:
        raise _refused(order, refusal.details["request"], refusal) from refusal
    entries = []
    for request in waits:
        try:
            entries.append(
                waiting_list.join_waiting_list(
                    request.ticket, request.slot, shown=request.shown, now=now
                )
            )
        except Refusal as refusal:
            raise _refused(order, request, refusal) from refusal
    return bookings, entries


def _refused(order: Order, request: place_rules.PlaceRequest, refusal: Refusal) -> PlaceRefused:
    return PlaceRefused(
        title=request.slot.session.title,
        holder=request.ticket.holder_name,
        reason=str(refusal),
        ticket=order.tickets.index(request.ticket),
        slot_code=request.slot.code,
    )
