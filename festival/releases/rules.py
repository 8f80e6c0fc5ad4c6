"""Publishing the programme and changing it on the day, with the letters that belong to it."""

from datetime import datetime

from festival.db import transactional
from festival.editions.models import Edition
from festival.languages import Bilingual
from festival.programme import publishing
from festival.programme.models import Release


@transactional
def publish_release(
    edition: Edition,
    *,
    name: Bilingual,
    note: Bilingual,
    seen: int | None = None,
    by: str = "",
    now: datetime,
) -> Release:
    """Show visitors the draft. Refuses as publishing.publish_draft."""
    release, _changes = publishing.publish_draft(
        edition, name=name, note=note, seen=seen, by=by, now=now
    )
    return release
