"""Later than announced, and on time again."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from festival.db import transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Slot
from festival.releases.rules.locks import take
from festival.releases.rules.record_change import change_of, expected, mark, released
from festival.web.languages import Bilingual

# Visitors hear of a delay from so many minutes on.
TOLD_FROM = 15
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
    """Say of each slot (by code) how many minutes later than announced it starts; 0: on time.

    `seen` are their versions. Whoever has a place is told as `is_told` says. Refuses with
    ChangedMeanwhile, IsCancelled or TooLate.
    """
    if any(not 0 <= each <= MOST_LATE for each in minutes.values()):
        raise TooLate(most=MOST_LATE)
    changes, told = [], []
    for slot in take(edition, seen):
        before, is_news = expected(slot), is_told(slot, minutes[slot.code], now=now)
        slot.delay_minutes = minutes[slot.code]
        if reason or not slot.delay_minutes:
            slot.reason = reason if slot.delay_minutes else Bilingual()  # or else what was said
        mark(slot, now=now)
        kind = "late" if slot.delay_minutes else "on_time"
        changes.append(
            change_of(slot, kind, before, expected(slot), reason, minutes=slot.delay_minutes)
        )
        if is_news:
            told.append(changes[-1])
    return released(edition, "delay_slots", changes, told, by=by, now=now)


def is_told(slot: Slot, minutes: int, *, now: datetime) -> bool:
    """Whether who has a place must hear that `slot` starts so many minutes later than announced.

    Late at each further TOLD_FROM, as long as they are not there yet; and earlier than they heard,
    or they would come too late.
    """
    was = slot.delay_minutes
    if minutes < was:
        return was >= TOLD_FROM and now < slot.starts_at + timedelta(minutes=minutes)
    heard = was if was >= TOLD_FROM else 0
    is_far = minutes // TOLD_FROM > was // TOLD_FROM
    return is_far and now < slot.starts_at + timedelta(minutes=heard)
