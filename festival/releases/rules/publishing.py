"""Publishing the draft, and writing to everyone whom the changes affect."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from festival.db import db, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.programme.changes import Change
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Session
from festival.programme.rules import publishing
from festival.releases import letters, queries
from festival.releases.rules.locks import lock_edition
from festival.sorting import title_key
from festival.web.languages import Bilingual


class DropsBookings(Refusal):
    """Er zijn plekken geboekt bij: {titles}. Zet daar een vinkje: deze mensen krijgen bericht.
    Publiceer dan."""


@transactional
def publish_release(
    edition: Edition,
    *,
    name: Bilingual,
    note: Bilingual = Bilingual(),  # noqa: B008  it is frozen
    seen: int | None = None,
    agreed: Collection[str] = (),
    tells: bool = True,
    by: str = "",
    now: datetime,
) -> Release:
    """Publish the draft and, if `tells`, write to everyone whom the changes affect.

    `agreed` are the codes of the slots with bookings that the organiser agreed to cancel. Raises
    DropsBookings where one is missing, or what publishing.publish_draft raises.
    """
    lock_edition(edition)
    former = queries.people_in(
        db.session.scalars(
            select(Session.id).where(Session.edition_id == edition.id, Session.is_public)
        )
    )
    already_cancelled = queries.cancelled_slots(edition)
    release, changes = publishing.publish_draft(
        edition, name=name, note=note, seen=seen, by=by, now=now
    )
    _check_agreed(changes, agreed)
    if tells:
        # Changes to slots that were cancelled already are no news.
        news = [change for change in changes if change.slot_code not in already_cancelled]
        letters.notify_bookers(edition, news, now=now)
        letters.notify_waiting_list(edition, news, now=now)
        letters.notify_speakers(edition, news, former=former, now=now)
    return release


def _check_agreed(changes: Sequence[Change], agreed: Collection[str]) -> None:
    """Checked after the slots are written: a booking made meanwhile is counted or refused."""
    dropped = {change.slot_code: change for change in changes if change.kind == "cancelled"}
    missing = queries.live_bookings(dropped).keys() - set(agreed)
    if missing:
        titles = sorted({dropped[code].title.text() for code in missing}, key=title_key)
        raise DropsBookings(titles=", ".join(titles))
