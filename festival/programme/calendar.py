"""Slots as an iCalendar file (RFC 5545). Only this file uses the icalendar library."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from icalendar import (
    Calendar,
    Component,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vDuration,
    vText,
)

from festival.editions.models import Edition
from festival.text import line, plain
from festival.web.languages import Bilingual

MIMETYPE = "text/calendar; charset=utf-8"


class SlotLike(Protocol):
    """A slot, from the database or from a snapshot."""

    @property
    def code(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def state(self) -> str: ...
    @property
    def delay_minutes(self) -> int: ...
    @property
    def reason(self) -> Bilingual: ...
    @property
    def sequence(self) -> int: ...
    @property
    def changed_at(self) -> datetime: ...


class SessionLike(Protocol):
    """A session, from the database or from a snapshot."""

    @property
    def title(self) -> Bilingual: ...
    @property
    def summary(self) -> Bilingual: ...


class StageLike(Protocol):
    """A stage, from the database or from a snapshot."""

    @property
    def name(self) -> Bilingual: ...
    @property
    def floor(self) -> Bilingual: ...


def calendar(
    edition: Edition, name: str, *, refresh: timedelta = timedelta(minutes=15)
) -> Calendar:
    """Returns an empty calendar called `name`; `refresh` is how often subscribers fetch it again.

    It has no METHOD: that would make it an invitation, and calendars cannot subscribe to those.
    """
    empty = Calendar()
    empty.add("prodid", "-//Pluk//festival//NL")
    empty.add("version", "2.0")
    empty.add("calscale", "GREGORIAN")
    for property_name in ("name", "x-wr-calname"):
        # The library escapes only properties that it knows to be text.
        empty.add(property_name, vText(line(name)))
    empty.add("x-wr-timezone", vText(edition.timezone))
    empty.add("refresh-interval", refresh, parameters={"VALUE": "DURATION"})
    empty.add("x-published-ttl", vDuration(refresh))
    empty.add_component(_timezone(edition.timezone, edition.starts_on.year, edition.ends_on.year))
    return empty


def event(
    edition: Edition,
    slot: SlotLike,
    session: SessionLike,
    stage: StageLike,
    *,
    url: str,
    is_cancelled: bool = False,
    changed_at: datetime | None = None,
    extra: str = "",
) -> Event:
    """Returns `slot` as an event, in the language of the page. Its times include the delay.

    `is_cancelled` says that the owner of the calendar cancelled, even if the slot itself goes on;
    `changed_at` is when they did. `extra` goes below the description.
    """
    happens = slot.state == "scheduled"
    is_cancelled = is_cancelled or not happens
    changed_at = max(slot.changed_at, changed_at or slot.changed_at)
    later = timedelta(minutes=slot.delay_minutes)
    title = line(str(session.title))
    made = Event()
    made.add("uid", uid(slot))
    # When the row changed, not now: otherwise the feed would differ on every request.
    made.add("dtstamp", changed_at)
    made.add("last-modified", changed_at)
    made.add("sequence", slot.sequence)
    starts_at, ends_at = _local(edition, slot.starts_at + later, slot.ends_at + later)
    made.add("dtstart", starts_at)
    made.add("dtend", ends_at)
    # Not every calendar shows STATUS, so the title says it too.
    made.add("summary", title if happens else _("Gaat niet door: %(title)s", title=title))
    made.add("location", place(edition, stage))
    if text := _description(slot, session, extra):
        made.add("description", text)
    made.add("url", url)
    made.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    made.add("transp", "TRANSPARENT" if is_cancelled else "OPAQUE")
    return made


def uid(slot: SlotLike) -> str:
    """Returns the identifier of the slot's event: the same in every feed, and it never changes."""
    return f"{slot.code}@{urlsplit(current_app.config['PUBLIC_URL']).hostname}"


def place(edition: Edition, stage: StageLike) -> str:
    """Returns the stage, how to find it, and the address of the festival, on one line."""
    where = (str(stage.name), str(stage.floor), edition.venue_name, edition.venue_address)
    return ", ".join(line(part) for part in where if part.strip())


def write(ical: Calendar) -> bytes:
    """Returns the calendar as bytes to send."""
    return bytes(ical.to_ical())


def _description(slot: SlotLike, session: SessionLike, extra: str) -> str:
    parts = [str(slot.reason)]
    if slot.delay_minutes and slot.state == "scheduled":
        parts.insert(0, _("Begint %(num)s minuten later.", num=slot.delay_minutes))
    parts += [str(session.summary), extra]
    return "\n\n".join(text for part in parts if (text := plain(part).strip()))


def _local(edition: Edition, *moments: datetime) -> list[datetime]:
    """Returns `moments` in local time, or in UTC if one is in the second of two equal hours.

    In iCalendar an ambiguous local time means the first one (3.3.5), so the second needs UTC.
    """
    local = [edition.local(moment) for moment in moments]
    if any(moment.fold for moment in local):
        return [moment.astimezone(UTC) for moment in moments]
    return local


@lru_cache(maxsize=8)
def _timezone(name: str, first: int, last: int) -> Timezone:
    """Returns the clock changes of a zone, from the year before `first` to the year after `last`.

    The library's own version starts summer time an hour late: RFC 5545 (3.6.5) gives the moment
    of a change in the local time from before the change.
    """
    zone = ZoneInfo(name)
    moment, end = datetime(first - 1, 1, 1, tzinfo=UTC), datetime(last + 2, 1, 1, tzinfo=UTC)
    made = Timezone()
    made.add("tzid", name)
    made.add_component(_observance(moment, zone, moment))
    while moment < end:
        following = moment + timedelta(days=1)
        if _offset(moment, zone) != _offset(following, zone):
            change = moment
            while _offset(change, zone) == _offset(moment, zone):
                change += timedelta(minutes=15)
            made.add_component(_observance(change, zone, moment))
        moment = following
    return made


def _observance(change: datetime, zone: ZoneInfo, before: datetime) -> Component:
    """Returns the offset of `zone` from `change` on, and the offset that it had at `before`."""
    local = change.astimezone(zone)
    made: Component = TimezoneDaylight() if local.dst() else TimezoneStandard()
    made.add("dtstart", (change + _offset(before, zone)).replace(tzinfo=None))
    made.add("tzoffsetfrom", _offset(before, zone))
    made.add("tzoffsetto", _offset(change, zone))
    made.add("tzname", local.tzname())
    return made


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)
