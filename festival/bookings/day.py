"""The holder's days: places and stars in order of time, with warnings about what clashes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from festival.bookings.models import Booking
from festival.bookings.shown_moments import written
from festival.editions import dates
from festival.editions.models import Edition
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Slot
from festival.programme.replacements import replacement
from festival.programme.slot_status import former_time, session_url
from festival.tickets.models import Ticket
from festival.web.languages import Bilingual

MOST_NAMED = 3  # overlaps that the warnings of one moment name


@dataclass(frozen=True)
class DayItem:
    """One moment on the thread, with the names that parts/thread.html reads."""

    code: str
    moment: str  # what a form sends of it: see shown_moments.py
    time_label: str  # as expected, with its delay
    starts_at: str  # ISO, for <time>
    kind: str
    title: Bilingual
    url: str
    stage_name: Bilingual
    note: Bilingual  # how to get there
    look: str  # booked, starred, or off (cancelled)
    is_past: bool
    is_now: bool
    is_next: bool
    question: str
    news: list[str]  # sentences about what differs from what was announced
    reason: Bilingual  # why
    instead: Slot | None  # what comes in its place
    warnings: list[str]  # sentences about what it clashes with
    is_booked: bool
    needs_answer: bool
    can_book: bool
    can_cancel: bool


@dataclass(frozen=True)
class Day:
    """A day on which the ticket admits or has something; `points` may be empty."""

    day: date
    label: str
    points: list[DayItem]


@dataclass(frozen=True)
class _DayEntry:
    slot: Slot
    booking: Booking | None = None  # None: starred only

    @property
    def order(self) -> tuple[datetime, int]:
        return self.slot.expected_starts_at, self.slot.id


def days_of(
    ticket: Ticket,
    bookings: Iterable[Booking],
    stars: Iterable[Slot],
    walks: Mapping[tuple[int, int], int],
    *,
    now: datetime,
) -> list[Day]:
    """Returns every day of `ticket` with its places and stars, in order of time.

    `walks` as held_places.walks returns them.
    """
    edition = ticket.order.edition
    entries = {booking.slot_id: _DayEntry(booking.slot, booking) for booking in bookings}
    for slot in stars:
        entries.setdefault(slot.id, _DayEntry(slot))
    in_order = sorted(entries.values(), key=lambda entry: entry.order)
    going_on = [entry.slot for entry in in_order if not entry.slot.is_cancelled]
    warnings = warnings_of(edition, going_on, walks)
    next_up = _next_up(edition, going_on, now)
    points: dict[date, list[DayItem]] = {day: [] for day in ticket.type.admits_on}
    for entry in in_order:
        slot, day = entry.slot, edition.day_of(entry.slot.starts_at)
        warned = warnings.get(slot.id, [])
        if day not in ticket.type.admits_on:  # it moved, or is starred only
            warned = [_("Je kaartje geldt niet op deze dag."), *warned]
        point = _day_item(edition, entry, warned, slot is next_up, now)
        points.setdefault(day, []).append(point)
    return [Day(day, dates.day(day), points[day]) for day in sorted(points)]


def warnings_of(
    edition: Edition, slots: Sequence[Slot], walks: Mapping[tuple[int, int], int]
) -> dict[int, list[str]]:
    """Returns sentences by slot id: why the slot clashes with some of those before it.

    `slots` are in order of their expected start.
    """
    found: dict[int, list[str]] = {}
    for number, slot in enumerate(slots):
        before = slots[:number]
        same = [other for other in before if other.expected_ends_at > slot.expected_starts_at]
        if same:
            found[slot.id] = _overlaps(edition, same)
        elif late := _not_in_time(edition, before, slot, walks):
            found[slot.id] = [late]
    return found


def was(edition: Edition, slot: Slot) -> str:
    """Returns where a slot was before it moved, such as `13.00 uur, De Hal`; '' if unknown."""
    if slot.moved_from_at is None:
        return ""
    time = former_time(edition, slot.starts_at, slot.moved_from_at)
    return ", ".join([time, *_stage(slot.moved_from_stage)])


def _overlaps(edition: Edition, same: Sequence[Slot]) -> list[str]:
    sentences = [
        _(
            "Overlapt met %(title)s, %(when)s.",
            title=other.session.title,
            when=dates.hours(edition, other.expected_starts_at, other.expected_ends_at),
        )
        for other in same[-MOST_NAMED:]
    ]
    if (more := len(same) - MOST_NAMED) > 0:
        sentences.append(
            ngettext("En met nog %(num)s moment.", "En met nog %(num)s momenten.", more)
        )
    return sentences


def _not_in_time(
    edition: Edition, before: Sequence[Slot], slot: Slot, walks: Mapping[tuple[int, int], int]
) -> str:
    """Returns a sentence about the walk to `slot` that is most minutes too long; '' if none."""
    worst, sentence = 0, ""
    for other in before:
        pair = min(other.stage_id, slot.stage_id), max(other.stage_id, slot.stage_id)
        needed = 0 if pair[0] == pair[1] else walks.get(pair, edition.walk_minutes)
        free = (slot.expected_starts_at - other.expected_ends_at) // timedelta(minutes=1)
        if needed - free > worst:
            worst = needed - free
            sentence = ngettext(
                "Het is %(num)s minuut lopen vanaf %(stage)s; je hebt er %(free)s.",
                "Het is %(num)s minuten lopen vanaf %(stage)s; je hebt er %(free)s.",
                needed,
                stage=other.stage.name,
                free=free,
            )
    return sentence


def _next_up(edition: Edition, going_on: Iterable[Slot], now: datetime) -> Slot | None:
    """Returns the next slot today; None if there is none."""
    today = edition.day_of(now)
    for slot in going_on:
        if slot.expected_starts_at > now:
            return slot if edition.day_of(slot.starts_at) == today else None
    return None


def _day_item(
    edition: Edition, entry: _DayEntry, warnings: list[str], is_next: bool, now: datetime
) -> DayItem:
    slot, booking = entry.slot, entry.booking
    starts_at, ends_at = slot.expected_starts_at, slot.expected_ends_at
    is_past = ends_at <= now
    news = _news(edition, entry)
    return DayItem(
        code=slot.code,
        moment=written([slot]),
        time_label=dates.hours(edition, starts_at, ends_at),
        starts_at=edition.local(starts_at).isoformat(timespec="minutes"),
        kind=slot.session.kind,
        title=slot.session.title,
        url=session_url(edition, slot.session),
        stage_name=slot.stage.name,
        note=slot.stage.floor,
        look="off" if slot.is_cancelled else "booked" if booking else "starred",
        is_past=is_past,
        is_now=starts_at <= now < ends_at and not slot.is_cancelled,
        is_next=is_next,
        question=booking.question if booking else "",
        news=news,
        reason=slot.reason if news or slot.is_cancelled else Bilingual(),
        instead=replacement(slot, lambda each: each.replaced_by),
        warnings=[] if is_past else warnings,
        is_booked=booking is not None,
        needs_answer=booking is not None and booking.needs_answer and not is_past,
        can_book=(
            booking is None
            and slot.is_bookable
            and not slot.is_cancelled
            and now < slot.booking_closes_at
        ),
        can_cancel=booking is not None and not is_past and booking.may_be_cancelled(now),
    )


def _news(edition: Edition, entry: _DayEntry) -> list[str]:
    slot = entry.slot
    if slot.is_cancelled:
        return []  # its look says so
    news = []
    is_moved = entry.booking.is_moved if entry.booking else slot.leaves_note
    if is_moved and (where := was(edition, slot)):
        now = ", ".join(
            [_("%(span)s uur", span=dates.clock(edition, slot.starts_at)), *_stage(slot.stage)]
        )
        news.append(_("Verplaatst: was %(was)s, nu %(now)s.", was=where, now=now))
    elif is_moved:
        news.append(_("Dit is veranderd nadat je boekte."))
    if slot.delay_minutes:
        news.append(
            ngettext(
                "Begint %(num)s minuut later: was %(was)s.",
                "Begint %(num)s minuten later: was %(was)s.",
                slot.delay_minutes,
                was=dates.hours(edition, slot.starts_at, slot.ends_at),
            )
        )
    return news


def _stage(stage: Stage | None) -> list[str]:
    return [stage.name.text()] if stage else []
