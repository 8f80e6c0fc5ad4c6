"""Publishing the programme and changing it on the day, with the letters that belong to it.

Each rule holds the edition's row and then the slots, in order of their id, until it ends: a release
and a change on the day come one after the other, and who books at the same time is either told or
refused (slots.claim). Each change on the day is a small release of its own.
"""

from festival.releases.rules.delays import (
    MOST_LATE,
    TOLD_FROM,
    TooLate,
    delay_slots,
    is_told,
)
from festival.releases.rules.holding import (
    GoesOn,
    IsCancelled,
)
from festival.releases.rules.noting import (
    ReasonNeeded,
)
from festival.releases.rules.on_the_day import (
    IsReplaced,
    SameSession,
    StaysThere,
    cancel_slots,
    declare_full,
    move_slot_now,
    replace_slot,
    restore_slots,
)
from festival.releases.rules.publishing import (
    DropsBookings,
    publish_release,
)

__all__ = [
    "MOST_LATE",
    "TOLD_FROM",
    "DropsBookings",
    "GoesOn",
    "IsCancelled",
    "IsReplaced",
    "ReasonNeeded",
    "SameSession",
    "StaysThere",
    "TooLate",
    "cancel_slots",
    "declare_full",
    "delay_slots",
    "is_told",
    "move_slot_now",
    "publish_release",
    "replace_slot",
    "restore_slots",
]
