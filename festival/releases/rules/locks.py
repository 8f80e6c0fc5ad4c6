"""Locks on the edition and the slots that a release or a change on the day is about."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from festival.db import db
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.programme.models.sessions import Session, Slot
from festival.programme.rules.rows import drafting
from festival.team.editing import ChangedMeanwhile


class IsCancelled(Refusal):
    """Dit gaat al niet door. Zeg eerst dat het toch doorgaat."""


class GoesOn(Refusal):
    """Dit gaat gewoon door. Er is niets veranderd."""


def lock_edition(edition: Edition) -> None:
    """Lock the edition's row: one release or change on the day at a time.

    Not FOR UPDATE, so that orders, which only refer to the edition, do not have to wait.
    """
    db.session.execute(
        select(Edition.id).where(Edition.id == edition.id).with_for_update(key_share=True)
    )


def lock_slots(
    edition: Edition, seen: Mapping[str, int], *, is_cancelled: bool = False
) -> list[Slot]:
    """Lock the slots that the organiser saw, read them again and raise their versions.

    All of them must be cancelled if `is_cancelled`, and none otherwise. Raises ChangedMeanwhile,
    IsCancelled or GoesOn.
    """
    lock_edition(edition)
    slots = db.session.scalars(
        select(Slot)
        .join(Slot.session)
        .where(
            Session.edition_id == edition.id,
            Slot.code.in_(seen),
            Slot.is_public,
            Slot.state != "dropped",
        )
        .options(contains_eager(Slot.session), joinedload(Slot.stage, innerjoin=True))
        .order_by(Slot.id)
        # Not FOR UPDATE, so that bookings that only refer to these slots do not have to wait.
        .with_for_update(of=Slot, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    if {slot.code: slot.version for slot in slots} != dict(seen):
        raise ChangedMeanwhile
    if any(slot.is_cancelled != is_cancelled for slot in slots):
        raise GoesOn if is_cancelled else IsCancelled
    if any(slot.draft for slot in slots):
        drafting(edition.id)  # anyone who is about to publish must look again
    for slot in slots:
        slot.version += 1
    return list(slots)
