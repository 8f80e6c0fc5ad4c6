"""A speaker's own slots as a calendar file: released slots, unless the speaker declined."""

from datetime import datetime, timedelta

from flask_babel import gettext as _

from festival.db import db
from festival.editions import dates
from festival.editions.models import Edition
from festival.mail.attachments import NoAttachment
from festival.mail.messages import AttachedFile
from festival.programme import calendar
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.speakers.queries import OwnSession, own_sessions, speaker_by_secret
from festival.text import unlinked
from festival.web import languages


def attached(secret: str, _now: datetime) -> AttachedFile:
    """Returns the calendar file for a letter; `secret` is that of the speaker's own page."""
    speaker = speaker_by_secret(secret)
    if speaker is None:
        raise NoAttachment("nobody has this page any more")
    with languages.speaking(speaker.language):
        name = _("mijn-momenten.ics")
        edition = db.session.get_one(Edition, speaker.edition_id)
        content = agenda_ics(edition, speaker)
    return AttachedFile(name=name, mimetype="text/calendar", content=content)


def agenda_ics(edition: Edition, speaker: Speaker) -> bytes:
    """Returns the slots of `speaker`, in the language of the page, including cancelled ones."""
    made = calendar.calendar(
        edition, _("%(name)s op %(festival)s", name=unlinked(speaker.name), festival=edition.name)
    )
    for own in own_sessions(speaker):
        if not own.role or own.answer == "no":
            continue
        for slot in own.session.all_slots:
            if slot.is_public:
                url = public_url(edition, own.session)
                extra = _notes(edition, own, slot)
                made.add_component(
                    calendar.event(edition, slot, own.session, slot.stage, url=url, extra=extra)
                )
    return calendar.write(made)


def public_url(edition: Edition, session: Session) -> str:
    """Returns the session's public page. Not the speaker's secret link: people share calendars."""
    return languages.url_in(
        languages.current(),
        "timetable.session",
        edition_slug=None if edition.is_current else edition.slug,
        slug=session.slug,
    )


def _notes(edition: Edition, own: OwnSession, slot: Slot) -> str:
    lines = []
    if early := own.session.minutes_before:
        at = dates.clock(edition, slot.expected_starts_at - timedelta(minutes=early))
        lines.append(_("Je kunt klaarzetten vanaf %(time)s uur.", time=at))
    if own.session.hosts and own.role != "host":
        names = ", ".join(unlinked(host.name) for host in own.session.hosts)
        lines.append(_("Begeleid door %(names)s.", names=names))
    return "\n".join(lines)
