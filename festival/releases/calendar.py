"""The moments of somebody on stage as a calendar file, for the letter about what changed."""

from festival import languages
from festival.db import db
from festival.editions.models import Edition
from festival.programme import calendar, timetable
from festival.programme.models import Speaker
from festival.releases import queries


def speaker_ics(speaker: Speaker) -> bytes:
    """Every slot of `speaker`, in the language of now; what does not happen is cancelled in it."""
    edition = db.session.get_one(Edition, speaker.edition_id)
    made = calendar.calendar(edition, f"{edition.name}: {speaker.name}")
    for slot in queries.slots_of(speaker):
        url = languages.url_in(
            languages.current(),
            "programme.session",
            edition_slug=timetable.edition_slug(edition),
            slug=slot.session.slug,
        )
        made.add_component(calendar.event(edition, slot, slot.session, slot.stage, url=url))
    return calendar.write(made)
