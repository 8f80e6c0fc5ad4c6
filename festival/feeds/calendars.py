"""The programme, or a part of it, as a calendar to subscribe to.

What was cancelled or taken off the programme stays in it as cancelled: many calendars keep an
event that simply vanishes from the file.
"""

from collections.abc import Iterable

from flask_babel import gettext as _

from festival.editions.models import Edition
from festival.feeds.source import FeedSource
from festival.programme import calendar, slot_status
from festival.programme.occurrences import Occurrence
from festival.text import unlinked
from festival.web import languages


def as_ics(
    edition: Edition, source: FeedSource, events: Iterable[Occurrence], subject: object = ""
) -> bytes:
    """Returns `events` as an iCalendar file; `subject` names the part that they are, '' for all."""
    name = f"{edition.name}: {subject}" if subject else str(edition.name)
    made = calendar.calendar(edition, name)
    for event in events:
        names = [unlinked(speaker.name) for speaker in event.speakers]
        made.add_component(
            calendar.event(
                edition,
                event,
                event.session,
                event.stage,
                url=languages.url_in(
                    languages.current(),
                    "timetable.session",
                    edition_slug=slot_status.edition_slug(edition),
                    slug=event.session.slug,
                ),
                extra=_("Met %(names)s", names=", ".join(names)) if names else "",
            )
        )
    return calendar.write(made)
