"""What is the matter with a moment on the day itself, in words: late, moved, cancelled, full.

It stays where it was announced; beside it stands what is different now, why, and where to go.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from festival.editions import dates
from festival.editions.models import Edition
from festival.programme.models.sessions import Session, Slot
from festival.web.languages import Bilingual


@dataclass(frozen=True, slots=True)
class State:
    """One thing that is different, with the names that the macro sessions.states reads."""

    shape: str  # late, moved, cancelled, full
    words: str
    reason: Bilingual = Bilingual()  # noqa: RUF009  it is frozen
    lead: str = ""  # before the link: "In plaats hiervan:"
    link: str | Bilingual = ""
    url: str = ""


def states_of(edition: Edition, slots: Sequence[Slot]) -> list[State]:
    """Of one slot, or of a coach's half-day where it holds for all of it."""
    first = slots[0]
    if all(slot.is_cancelled for slot in slots):
        return [_cancelled(edition, first)]
    found = []
    if minutes := delay_of(slots):
        late = ngettext("%(num)s minuut later", "%(num)s minuten later", minutes)
        found.append(State("late", late, first.reason))
    if first.leaves_note and first.moved_from_at is not None:
        was = _("Verplaatst. Stond eerst: %(where)s", where=_where_it_was(edition, first))
        found.append(State("moved", was, Bilingual() if found else first.reason))
    if is_full(slots):
        found.append(State("full", _("vol"), Bilingual() if found else first.reason))
    gone = sum(slot.is_cancelled for slot in slots)
    if gone:
        some = ngettext("%(num)s gesprek vervalt", "%(num)s gesprekken vervallen", gone)
        found.append(State("cancelled", some))
    return found


def delay_of(slots: Sequence[Slot]) -> int:
    """By how many minutes all of them that go on are late."""
    minutes = {slot.delay_minutes for slot in slots if not slot.is_cancelled}
    return minutes.pop() if len(minutes) == 1 else 0


def is_full(slots: Sequence[Slot]) -> bool:
    """Whether the programme makers said so, whatever was booked."""
    going_on = [slot for slot in slots if not slot.is_cancelled]
    return bool(going_on) and all(slot.is_full for slot in going_on)


def moved_to(edition: Edition, slot: Slot) -> State:
    """What stands at the place that `slot` left."""
    when = dates.hours(edition, slot.expected_starts_at, slot.expected_ends_at)
    day = edition.day_of(slot.starts_at)
    if slot.moved_from_at is None or day != edition.day_of(slot.moved_from_at):
        when = f"{dates.short_day(day)}, {when}"
    return State(
        "moved",
        _("Verplaatst"),
        slot.reason,
        lead=_("Nu:"),
        link=f"{slot.stage.name.text()}, {when}",
        url=moment_url(edition, slot),
    )


def moment_url(edition: Edition, slot: Slot) -> str:
    """Where `slot` stands in the timetable."""
    return url_for(
        "timetable.programme",
        edition_slug=edition_slug(edition),
        dag=edition.day_of(slot.starts_at).isoformat(),
        _anchor=f"m-{slot.code}",
    )


def session_url(edition: Edition, session: Session) -> str:
    """The page of a session; below the edition's own name where that is not the current one."""
    return url_for("timetable.session", edition_slug=edition_slug(edition), slug=session.slug)


def edition_slug(edition: Edition) -> str | None:
    """How addresses name the edition: not at all where it is the current one."""
    return None if edition.is_current else edition.slug


def _cancelled(edition: Edition, slot: Slot) -> State:
    instead = slot.replaced_by
    if instead is None or not instead.is_public or instead.state == "dropped":
        return State("cancelled", _("Gaat niet door"), slot.reason)
    return State(
        "cancelled",
        _("Gaat niet door"),
        slot.reason,
        lead=_("In plaats hiervan:"),
        link=instead.session.title,
        url=session_url(edition, instead.session),
    )


def _where_it_was(edition: Edition, slot: Slot) -> str:
    assert slot.moved_from_at is not None
    time = _("%(span)s uur", span=dates.clock(edition, slot.moved_from_at))
    day = edition.day_of(slot.moved_from_at)
    if day != edition.day_of(slot.starts_at):
        time = f"{dates.short_day(day)}, {time}"
    stage = slot.moved_from_stage
    return f"{stage.name.text()}, {time}" if stage and stage.id != slot.stage_id else time
