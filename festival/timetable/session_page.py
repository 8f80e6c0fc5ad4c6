"""The rows of a session's page: each occurrence with its places now, and alternatives."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from festival.editions import dates
from festival.editions.models import Edition
from festival.programme import slot_status
from festival.programme.occurrences import Occurrence
from festival.programme.queries import Places
from festival.timetable.cards import card_facts

Row = dict[str, Any]

# For a slot that stopped needing a booking a moment ago.
_NONE = Places(0, 0)


def row_of(
    edition: Edition, occurrence: Occurrence, places: Mapping[int, Places], now: datetime
) -> Row:
    """Returns one row: a slot, or a coach's half-day with its meetings."""
    expected = occurrence.expected
    going_on = [slot for slot in occurrence.going_on if slot.is_bookable]
    # Only a coach's meetings that have not begun are still available.
    coming = [
        slot for slot in going_on if len(occurrence.slots) == 1 or now < slot.expected_starts_at
    ]
    card = card_facts(edition, occurrence)
    is_closed = bool(occurrence.bookable) and not any(
        now < edition.booking_closes_at(slot.starts_at) for slot in occurrence.bookable
    )
    left = sum(places.get(slot.id, _NONE).left for slot in coming) if coming else None
    return {
        "code": occurrence.code,
        "time_label": dates.span(edition, *expected),
        "was_label": card["was_label"],
        "starts_at": card["starts_at"],
        "stage_name": occurrence.stage.name,
        "states": card["states"],
        "is_cancelled": occurrence.is_cancelled,
        "is_full": occurrence.is_full and not occurrence.is_cancelled,
        "places_left": left,
        # What a visitor can do: take a place, or stand in line for one.
        "way_in": ""
        if is_closed or left is None or occurrence.session.kind == "coaching"
        else "place"
        if left and not occurrence.is_full
        else "line",
        "total": sum(places.get(slot.id, _NONE).total for slot in going_on),
        "door_places": occurrence.slots[0].door_places,
        "is_on": bool(going_on) and all(slot.expected_starts_at <= now for slot in going_on),
        "is_over": occurrence.slots[-1].expected_ends_at <= now,
        "is_closed": is_closed,
        "grid_url": slot_status.timetable_url(edition, occurrence),
        "meetings": [
            {
                "time_label": dates.hours(edition, *slot.span),
                "starts_at": edition.local(slot.starts_at).isoformat(),
                "is_taken": slot.is_bookable and places.get(slot.id, _NONE).left == 0,
                "is_cancelled": slot.is_cancelled,
                "is_over": slot.expected_starts_at <= now,
            }
            for slot in occurrence.slots
        ]
        if len(occurrence.slots) > 1
        else [],
    }


def can_book(
    edition: Edition, occurrence: Occurrence, places: Mapping[int, Places], now: datetime
) -> bool:
    """Returns whether a place in it can be booked now."""
    return any(
        places.get(slot.id, _NONE).left > 0
        and not slot.is_cancelled
        and not slot.is_full
        and now < edition.booking_closes_at(slot.starts_at)
        for slot in occurrence.bookable
    )


def has_no_room(row: Row) -> bool:
    """Returns whether it takes place but has no place left."""
    goes_on = not (row["is_over"] or row["is_cancelled"])
    return goes_on and (row["is_full"] or row["places_left"] == 0)


def alternatives(rows: Sequence[Row]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Returns for each full row (by its time) the other rows with room, and their addresses."""
    open_ones = [each for each in rows if not (each["is_over"] or each["is_cancelled"])]
    full = [each for each in open_ones if has_no_room(each)]
    others = [
        (each["time_label"], each["grid_url"])
        for each in open_ones
        if not (each in full or each["is_closed"])
    ]
    return [(each["time_label"], others) for each in full] if others else []
