"""The pages on which the holder of a ticket chooses a place, also after a refusal."""

from collections.abc import Sequence

from flask import render_template

from festival import clock
from festival.bookings import one_place, shown_moments
from festival.bookings.day import was
from festival.bookings.forms import BookForm
from festival.bookings.models import Booking
from festival.bookings.queries import bookable_slots, held_places, waiting_list
from festival.editions import dates
from festival.errors import Refusal
from festival.programme.models.sessions import Slot
from festival.tickets.models import Ticket


def choose_page(
    ticket: Ticket,
    form: BookForm,
    problems: Sequence[str] = (),
    *,
    refusal: Refusal | None = None,
) -> str:
    """Returns the page with all that can be booked on the days of `ticket`."""
    edition = ticket.order.edition
    now = clock.now()
    groups = bookable_slots.choosable_slots(edition, now, ticket.type.admits_on)
    # A coach that was chosen is still chosen on the page.
    keep = shown_moments.chosen(
        shown_moments.read(form.moments.data), [form.slot.data or ""], refusal
    )
    held = [
        booking.slot for booking in held_places.live_bookings([ticket.id]) if booking.holds_time
    ]
    coached = sum(slot.session.kind == "coaching" for slot in held)
    return render_template(
        "bookings/choose_page.html",
        uses_session=True,
        edition=edition,
        ticket=ticket,
        state=state(ticket),
        form=form,
        problems=[*problems, *([str(refusal)] if refusal else [])],
        groups=groups,
        moments={group.day: shown_moments.written(group.slots, keep=keep) for group in groups},
        held={slot.code for slot in held},
        waits={each.slot.code for each in waiting_list.waiting_of(ticket, now=now)},
        busy=[(slot.starts_at, slot.ends_at, slot.session.title, slot.code) for slot in held],
        may_choose_coach=coached < edition.coaching_per_ticket,
    )


def place_page(ticket: Ticket, slot: Slot) -> str:
    """Returns the page with one place, and what `ticket` can do about it."""
    if slot.session.kind == "coaching":  # that needs a question
        return choose_page(ticket, BookForm())
    released = state(ticket) == "released"
    return render_template(
        "bookings/place.html",
        uses_session=True,
        edition=ticket.order.edition,
        ticket=ticket,
        place=one_place.place_of(ticket, slot, is_released=released, now=clock.now()),
    )


def swap_page(ticket: Ticket, booking: Booking, problems: Sequence[str] = ()) -> str:
    """Returns the page with what can be taken instead of `booking`."""
    edition, slot, now = ticket.order.edition, booking.slot, clock.now()
    offers = bookable_slots.offers_instead(booking, now=now)
    return render_template(
        "bookings/swap.html",
        uses_session=True,
        edition=edition,
        ticket=ticket,
        booking=booking,
        slot=slot,
        when=dates.span(edition, slot.starts_at, slot.ends_at),
        was=was(edition, slot),
        problems=problems,
        offers=offers,
        moments=shown_moments.written(each.slot for each in [*offers.moments, *offers.others]),
        is_closed=not booking.may_be_cancelled(now),
    )


def state(ticket: Ticket) -> str:
    """Returns the state of the ticket: `valid`, `pending` or `released`."""
    if ticket.released_at is not None or ticket.order.state in {"lapsed", "cancelled"}:
        return "released"
    return "valid" if ticket.is_valid else "pending"
