"""What is different about an occurrence on the day itself, in words: late, moved, cancelled, full.

It stays where it was announced; beside it stands what is different now, why, and where to go.
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
    """One thing that is different, with the names that the macro sessions.states reads."""

    shape: str  # late, moved, cancelled, full
    words: str
    reason: Bilingual = Bilingual()  # noqa: RUF009  it is frozen
    lead: str = ""  # before the link: "In plaats hiervan:"
    link: str | Bilingual = ""
    url: str = ""


class HasSlug(Protocol):
    """A session, of the database or of a snapshot."""

    @property
    def slug(self) -> str: ...


def states_of(edition: Edition, of: Occurrence) -> list[State]:
    """What is different; of a coach's half-day where it holds for all of it."""
    if of.is_cancelled:
        return [_cancelled(edition, of)]
    found = []
    if of.delay_minutes:
        late = ngettext("%(num)s minuut later", "%(num)s minuten later", of.delay_minutes)
        found.append(State("late", late, of.reason))
    if of.is_moved:
        was = _("Verplaatst. Stond eerst: %(where)s", where=_former_place(edition, of))
        found.append(State("moved", was, Bilingual() if found else of.reason))
    if of.is_full:
        found.append(State("full", _("vol"), Bilingual() if found else of.reason))
    if gone := len(of.slots) - len(of.going_on):
        some = ngettext("%(num)s gesprek vervalt", "%(num)s gesprekken vervallen", gone)
        found.append(State("cancelled", some))
    return found


def moved_to(edition: Edition, of: Occurrence) -> State:
    """What stands at the place that an occurrence left."""
    first = of.slots[0].expected
    when = dates.hours(edition, first.starts_at, first.ends_at)
    day = edition.day_of(of.starts_at)
    if of.moved_from_at is None or day != edition.day_of(of.moved_from_at):
        when = f"{dates.short_day(day)}, {when}"
    return State(
        "moved",
        _("Verplaatst"),
        of.reason,
        lead=_("Nu:"),
        link=f"{of.stage.name.text()}, {when}",
        url=timetable_url(edition, of),
    )


def former_time(edition: Edition, starts_at: datetime, moved_from_at: datetime) -> str:
    """When something was that now starts at `starts_at`: `13.00 uur`, with the day if another."""
    time = str(_("%(span)s uur", span=dates.clock(edition, moved_from_at)))
    day = edition.day_of(moved_from_at)
    if day != edition.day_of(starts_at):
        time = f"{dates.short_day(day)}, {time}"
    return time


def anchor(of: Occurrence) -> str:
    """Where in the timetable the card of an occurrence stands."""
    return f"m-{of.code}"


def timetable_url(edition: Edition, of: Occurrence) -> str:
    """The day of an occurrence in the timetable, at its card."""
    return url_for(
        "timetable.programme",
        edition_slug=edition_slug(edition),
        dag=edition.day_of(of.starts_at).isoformat(),
        _anchor=anchor(of),
    )


def session_url(edition: Edition, session: HasSlug) -> str:
    """The page of a session; below the edition's own name where that is not the current one."""
    return url_for("timetable.session", edition_slug=edition_slug(edition), slug=session.slug)


def edition_slug(edition: Edition) -> str | None:
    """How addresses name the edition: not at all where it is the current one."""
    return None if edition.is_current else edition.slug


def _cancelled(edition: Edition, of: Occurrence) -> State:
    if of.instead is None:
        return State("cancelled", _("Gaat niet door"), of.reason)
    return State(
        "cancelled",
        _("Gaat niet door"),
        of.reason,
        lead=_("In plaats hiervan:"),
        link=of.instead.title,
        url=session_url(edition, of.instead),
    )


def _former_place(edition: Edition, of: Occurrence) -> str:
    assert of.moved_from_at is not None
    time = former_time(edition, of.starts_at, of.moved_from_at)
    is_elsewhere = of.former_stage.id != of.stage.id
    return f"{of.former_stage.name.text()}, {time}" if is_elsewhere else time
