"""How far a session is: never released, changed since, without a day, without English."""

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from festival.db import db
from festival.editions.models import Edition
from festival.programme import draft
from festival.programme.models.sessions import Session
from festival.scheduling.spreadsheet_columns import kept_slots

STATES = ("new", "waiting", "released", "not_placed", "no_english")


def is_in_state(row: Session, state: str) -> bool:
    """Returns whether the session is in `state`, one of STATES."""
    if state == "not_placed":
        return not kept_slots(row)
    return lacks_english(row) if state == "no_english" else release_state(row) == state


def release_state(row: Session) -> str:
    """Returns whether visitors see the session as it is: new (never), waiting or released."""
    if not row.is_public:
        return "new"
    is_changed = row.draft or any(slot.draft or not slot.is_public for slot in row.all_slots)
    return "waiting" if is_changed else "released"


def lacks_english(row: Session) -> bool:
    """Returns whether a Dutch text of the session has no English."""
    texts = (draft.value(row, name) for name in ("title", "summary", "description", "bring"))
    return any(text.nl and not text.en for text in texts)


def count_by_release_state(edition: Edition) -> dict[str, int]:
    """Returns how many sessions of the edition are new, waiting and released, in two queries."""
    rows = db.session.scalars(
        select(Session)
        .where(Session.edition_id == edition.id)
        .options(selectinload(Session.all_slots))
    )
    return dict.fromkeys(("new", "waiting", "released"), 0) | Counter(map(release_state, rows))
