"""What changed about an occurrence on the day itself, in words: late, moved, cancelled, full.

The occurrence stays where it was announced, with a text that says what changed, why, and where
to go.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from festival.editions import dates
from festival.editions.models import Edition
from festival.programme.occurrences import Occurrence
from festival.web.languages import Bilingual


@dataclass(frozen=True, slots=True)
class State:
    """One thing that changed. The macro sessions.states reads these fields."""

    shape: str  # late, moved, cancelled, full
    words: str
    reason: Bilingual = Bilingual()  # noqa: RUF009  it is frozen
    lead: str = ""  # before the link: "In plaats hiervan:"
    link: str | Bilingual = ""
    url: str = ""


class HasSlug(Protocol):
    """A session, from the database or from a snapshot."""

    @property
    def slug(self) -> str: ...


def states_of(edition: Edition, occurrence: Occurrence) -> list[State]:
    """Returns what changed; for a coach's half-day only what holds for all of it."""
    if occurrence.is_cancelled:
        return [_cancelled(edition, occurrence)]
    found = []
    if occurrence.delay_minutes:
        late = ngettext("%(num)s minuut later", "%(num)s minuten later", occurrence.delay_minutes)
        found.append(State("late", late, occurrence.reason))
    if occurrence.is_moved:
        was = _("Verplaatst. Stond eerst: %(where)s", where=_former_place(edition, occurrence))
        found.append(State("moved", was, Bilingual() if found else occurrence.reason))
    if occurrence.is_full:
        found.append(State("full", _("vol"), Bilingual() if found else occurrence.reason))
    if gone := len(occurrence.slots) - len(occurrence.going_on):
        some = ngettext("%(num)s gesprek vervalt", "%(num)s gesprekken vervallen", gone)
        found.append(State("cancelled", some))
    return found


def moved_to(edition: Edition, occurrence: Occurrence) -> State:
    """Returns the note at the place that an occurrence left."""
    first = occurrence.slots[0].expected
    when = dates.hours(edition, first.starts_at, first.ends_at)
    day = edition.day_of(occurrence.starts_at)
    if occurrence.moved_from_at is None or day != edition.day_of(occurrence.moved_from_at):
        when = f"{dates.short_day(day)}, {when}"
    return State(
        "moved",
        _("Verplaatst"),
        occurrence.reason,
        lead=_("Nu:"),
        link=f"{occurrence.stage.name.text()}, {when}",
        url=timetable_url(edition, occurrence),
    )


def former_time(edition: Edition, starts_at: datetime, moved_from_at: datetime) -> str:
    """Returns the former start in words: `13.00 uur`, with the day if `starts_at` is on another."""
    time = str(_("%(span)s uur", span=dates.clock(edition, moved_from_at)))
    day = edition.day_of(moved_from_at)
    if day != edition.day_of(starts_at):
        time = f"{dates.short_day(day)}, {time}"
    return time


def anchor(occurrence: Occurrence) -> str:
    """Returns the HTML id of an occurrence's card in the timetable."""
    return f"m-{occurrence.code}"


def timetable_url(edition: Edition, occurrence: Occurrence) -> str:
    """Returns the address of an occurrence's card in the timetable."""
    return url_for(
        "timetable.programme",
        edition_slug=edition_slug(edition),
        dag=edition.day_of(occurrence.starts_at).isoformat(),
        _anchor=anchor(occurrence),
    )


def session_url(edition: Edition, session: HasSlug) -> str:
    """Returns the address of a session's page, with the edition's slug if it is not the current."""
    return url_for("timetable.session", edition_slug=edition_slug(edition), slug=session.slug)


def edition_slug(edition: Edition) -> str | None:
    """Returns the edition's slug for addresses; None for the current edition."""
    return None if edition.is_current else edition.slug


def _cancelled(edition: Edition, occurrence: Occurrence) -> State:
    if occurrence.instead is None:
        return State("cancelled", _("Gaat niet door"), occurrence.reason)
    return State(
        "cancelled",
        _("Gaat niet door"),
        occurrence.reason,
        lead=_("In plaats hiervan:"),
        link=occurrence.instead.title,
        url=session_url(edition, occurrence.instead),
    )


def _former_place(edition: Edition, occurrence: Occurrence) -> str:
    assert occurrence.moved_from_at is not None
    time = former_time(edition, occurrence.starts_at, occurrence.moved_from_at)
    is_elsewhere = occurrence.former_stage.id != occurrence.stage.id
    return f"{occurrence.former_stage.name.text()}, {time}" if is_elsewhere else time
