"""Delaying slots, and putting them back on time."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from festival.db import transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Slot
from festival.releases.rules.locks import lock_slots
from festival.releases.rules.record_change import (
    as_expected,
    build_change,
    mark_changed,
    record_change,
)
from festival.web.languages import Bilingual

# People with a place get a letter about delays of at least this many minutes.
NOTIFY_FROM = 15
MOST_LATE = 240


class TooLate(Refusal):
    """Iets kan hoogstens {most} minuten later beginnen. Verplaats het dan."""


@transactional
def delay_slots(
    edition: Edition,
    minutes: Mapping[str, int],
    *,
    seen: Mapping[str, int],
    reason: Bilingual = Bilingual(),  # noqa: B008  it is frozen
    by: str = "",
    now: datetime,
) -> Release:
    """Set how many minutes after its announced time each slot (by code) starts; 0 means on time.

    `seen` holds the versions of the slots. People with a place are notified where `must_notify`
    says so. Raises ChangedMeanwhile, IsCancelled or TooLate.
    """
    if any(not 0 <= each <= MOST_LATE for each in minutes.values()):
        raise TooLate(most=MOST_LATE)
    changes, to_notify = [], []
    for slot in lock_slots(edition, seen):
        before = as_expected(slot)
        notifies = must_notify(slot, minutes[slot.code], now=now)
        slot.delay_minutes = minutes[slot.code]
        if reason or not slot.delay_minutes:
            slot.reason = reason if slot.delay_minutes else Bilingual()
        mark_changed(slot, now=now)
        kind = "late" if slot.delay_minutes else "on_time"
        changes.append(
            build_change(slot, kind, before, as_expected(slot), reason, minutes=slot.delay_minutes)
        )
        if notifies:
            to_notify.append(changes[-1])
    return record_change(edition, "delay_slots", changes, to_notify, by=by, now=now)


def must_notify(slot: Slot, minutes: int, *, now: datetime) -> bool:
    """Whether people with a place must hear that `slot` starts this many minutes late.

    They hear of each further NOTIFY_FROM minutes, as long as they are not there yet. They also hear
    when it starts earlier than they were told, or they would come too late.
    """
    former = slot.delay_minutes
    if minutes < former:
        return former >= NOTIFY_FROM and now < slot.starts_at + timedelta(minutes=minutes)
    announced = former if former >= NOTIFY_FROM else 0
    is_far = minutes // NOTIFY_FROM > former // NOTIFY_FROM
    return is_far and now < slot.starts_at + timedelta(minutes=announced)
