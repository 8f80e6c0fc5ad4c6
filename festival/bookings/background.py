"""What the worker does for bookings: fill places that came free, and count what visitors want."""

from collections.abc import Callable
from datetime import datetime

from festival import clock, jobs
from festival.bookings import co_interest
from festival.bookings.queries.waiting_list import slots_to_fill
from festival.bookings.rules import waiting_list
from festival.editions.queries import current_edition


def fill_slot(slot_id: int) -> None:
    """Give the free places of a slot to the tickets that wait for it."""
    waiting_list.fill_slot(slot_id, now=clock.now())


def fill_slots(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """Give away free places for which tickets wait, in slots whose own job did not run.

    Also in slots where makers added places, and in cancelled slots that were restored.
    """
    return jobs.for_each(
        "slot",
        slots_to_fill(now=read_clock()),
        lambda slot_id: waiting_list.fill_slot(slot_id, now=read_clock()),
    )


def count_wishes(_read_clock: Callable[[], datetime]) -> jobs.Tally:
    """Count what visitors of the current edition want together, for the makers' timetable."""
    edition = current_edition()
    if edition:
        co_interest.count_wanted_together(edition)
    return jobs.Tally(done=int(edition is not None))
