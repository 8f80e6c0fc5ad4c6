"""Publishing the programme and changing it on the day, with the letters that belong to it.

Each rule holds the edition's row and then the slots, in order of their id, until it ends: a release
and a change on the day come one after the other, and who books at the same time is either told or
refused (slots.claim). Each change on the day is a small release of its own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from festival import codes
from festival.backoffice import audit
from festival.backoffice.editing import ChangedMeanwhile
from festival.db import db, transactional
from festival.editions.models import Edition
from festival.editions.rules import raise_programme_version
from festival.errors import Refusal
from festival.languages import Bilingual
from festival.programme import draft, publishing
from festival.programme.changes import Change, Where
from festival.programme.models import Release, Session, Slot, Stage
from festival.programme.rules import OutsideEdition, drafting
from festival.releases import letters, queries
from festival.releases.lines import headline_of, in_both

# Visitors hear of a delay from so many minutes on.
TOLD_FROM = 15
MOST_LATE = 240


class DropsBookings(Refusal):
    """Er zijn plekken geboekt bij: {titles}. Zet daar een vinkje: deze mensen krijgen bericht.
    Publiceer dan."""


class ReasonNeeded(Refusal):
    """Zeg waarom. Wie een plek heeft, leest het in de mail, en iedereen leest het in het
    programma."""


class TooLate(Refusal):
    """Iets kan hoogstens {most} minuten later beginnen. Verplaats het dan."""


class StaysThere(Refusal):
    """Daar staat het al. Kies een ander podium of een andere tijd."""


class IsCancelled(Refusal):
    """Dit gaat al niet door. Zeg eerst dat het toch doorgaat."""


class GoesOn(Refusal):
    """Dit gaat gewoon door. Er is niets veranderd."""


class IsReplaced(Refusal):
    """Op deze plek is nu iets anders: {title}. Zeg dat eerst af."""


class SameSession(Refusal):
    """Dit stond er al. Kies een ander onderdeel."""


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
    """Show visitors the draft, and write to whoever it concerns (unless not `tells`).

    `agreed` are the codes of the slots with bookings of which the maker knows that they go. Refuses
    with DropsBookings where one is missing, or as publishing.publish_draft.
    """
    _hold(edition)
    former = queries.people_in(
        db.session.scalars(
            select(Session.id).where(Session.edition_id == edition.id, Session.is_public)
        )
    )
    heard = queries.cancelled_slots(edition)
    release, changes = publishing.publish_draft(
        edition, name=name, note=note, seen=seen, by=by, now=now
    )
    _check_agreed(changes, agreed)
    if tells:
        # Where something that does not happen would have stood, is no news.
        news = [change for change in changes if change.slot_code not in heard]
        letters.to_bookers(edition, news, now=now)
        letters.to_waiting(edition, news, now=now)
        letters.to_speakers(edition, news, former=former, now=now)
    return release


@transactional
def delay_slots(
    edition: Edition,
    minutes: Mapping[str, int],
    *,
    seen: Mapping[str, int],
    reason: Bilingual = Bilingual(),  # noqa: B008  it is frozen
    by: str = "",
    now: datetime,
) -> Release:
    """Say of each slot (by code) how many minutes later than announced it starts; 0: on time.

    `seen` are their versions. Whoever has a place is told as `is_told` says. Refuses with
    ChangedMeanwhile, IsCancelled or TooLate.
    """
    if any(not 0 <= each <= MOST_LATE for each in minutes.values()):
        raise TooLate(most=MOST_LATE)
    changes, told = [], []
    for slot in _take(edition, seen):
        before, is_news = _expected(slot), is_told(slot, minutes[slot.code], now=now)
        slot.delay_minutes = minutes[slot.code]
        if reason or not slot.delay_minutes:
            slot.reason = reason if slot.delay_minutes else Bilingual()  # or else what was said
        _mark(slot, now=now)
        kind = "late" if slot.delay_minutes else "on_time"
        changes.append(
            _change(slot, kind, before, _expected(slot), reason, minutes=slot.delay_minutes)
        )
        if is_news:
            told.append(changes[-1])
    return _released(edition, "delay_slots", changes, told, by=by, now=now)


def is_told(slot: Slot, minutes: int, *, now: datetime) -> bool:
    """Whether who has a place must hear that `slot` starts so many minutes later than announced.

    Late at each further TOLD_FROM, as long as they are not there yet; and earlier than they heard,
    or they would come too late.
    """
    was = slot.delay_minutes
    if minutes < was:
        return was >= TOLD_FROM and now < slot.starts_at + timedelta(minutes=minutes)
    heard = was if was >= TOLD_FROM else 0
    is_far = minutes // TOLD_FROM > was // TOLD_FROM
    return is_far and now < slot.starts_at + timedelta(minutes=heard)


@transactional
def move_slot_now(
    slot: Slot,
    *,
    stage: Stage,
    starts_at: datetime,
    seen: int,
    reason: Bilingual,
    by: str = "",
    now: datetime,
) -> Release:
    """Move a slot to another stage or hour, as long as it was; a note stays where it stood.

    Moved once more, the note stays at the first place: that is what is on paper. What waited in
    the draft for it is forgotten: this was decided later. Refuses with ReasonNeeded,
    ChangedMeanwhile, IsCancelled, StaysThere or OutsideEdition.
    """
    edition = slot.session.edition
    _need(reason)
    drafting(edition.id)
    [slot] = _take(edition, {slot.code: seen})
    if (slot.stage_id, slot.starts_at) == (stage.id, starts_at):
        raise StaysThere
    if edition.day_of(starts_at) not in edition.days:
        raise OutsideEdition
    before, lasts = _announced(slot), slot.ends_at - slot.starts_at
    if starts_at != slot.starts_at:
        slot.delay_minutes = 0  # at another stage only, it is as late as it was
    noted = (slot.moved_from_stage_id, slot.moved_from_at)
    if not slot.leaves_note or noted == (stage.id, starts_at):
        slot.moved_from_stage_id, slot.moved_from_at = slot.stage_id, slot.starts_at
    slot.stage, slot.starts_at, slot.ends_at = stage, starts_at, starts_at + lasts
    slot.leaves_note, slot.moved_at = True, now
    slot.is_full, slot.reason = False, reason
    draft.discard(slot)
    _mark(slot, now=now)
    change = _change(slot, "moved", before, _expected(slot), reason)
    return _released(edition, "move_slot_now", [change], [change], by=by, now=now)


@transactional
def cancel_slots(
    edition: Edition, *, seen: Mapping[str, int], reason: Bilingual, by: str = "", now: datetime
) -> Release:
    """Say that these slots (code and version) do not happen. They stay in their place, struck out.

    Who booked keeps the booking until giving it up, for it may go on after all. What waited in the
    draft is forgotten. Refuses with ReasonNeeded, ChangedMeanwhile or IsCancelled.
    """
    _need(reason)
    drafting(edition.id)
    changes = []
    for slot in _take(edition, seen):
        _cancel(slot, reason, now=now)
        changes.append(_change(slot, "cancelled", _announced(slot), None, reason))
    return _released(edition, "cancel_slots", changes, changes, by=by, now=now)


@transactional
def restore_slots(
    edition: Edition,
    *,
    seen: Mapping[str, int],
    reason: Bilingual = Bilingual(),  # noqa: B008  it is frozen
    by: str = "",
    now: datetime,
) -> Release:
    """Say that these slots (code and version) go on after all, when and where they were.

    What waited in the draft is forgotten: this was decided later. Refuses with ChangedMeanwhile
    or GoesOn, or with IsReplaced where something else goes on there.
    """
    drafting(edition.id)
    changes = []
    for slot in _take(edition, seen, is_cancelled=True):
        instead = slot.replaced_by
        if instead is not None and not instead.is_cancelled:
            raise IsReplaced(title=instead.session.title.text())
        slot.state, slot.replaced_by_id, slot.reason = "scheduled", None, reason
        slot.delay_minutes = 0
        draft.discard(slot)
        _mark(slot, now=now)
        changes.append(_change(slot, "back", None, _announced(slot), reason))
    return _released(edition, "restore_slots", changes, changes, by=by, now=now)


@transactional
def declare_full(
    slot: Slot,
    *,
    is_full: bool,
    seen: int,
    reason: Bilingual = Bilingual(),  # noqa: B008  it is frozen
    by: str = "",
    now: datetime,
) -> Release:
    """Say that the room is full, or not any more. Nobody who booked loses a place.

    Refuses with ChangedMeanwhile or IsCancelled.
    """
    edition = slot.session.edition
    [slot] = _take(edition, {slot.code: seen})
    slot.is_full = is_full
    if reason or not (slot.delay_minutes or slot.leaves_note):
        slot.reason = reason  # or else why it is late or was moved, stays
    slot.changed_at = now
    change = _change(slot, "full" if is_full else "open", None, _expected(slot), reason)
    return _released(edition, "declare_full", [change], (), by=by, now=now)


@transactional
def replace_slot(
    slot: Slot, session: Session, *, seen: int, reason: Bilingual, by: str = "", now: datetime
) -> Release:
    """Cancel a slot and have `session` in its place, free to walk into.

    Refuses with ReasonNeeded, ChangedMeanwhile, IsCancelled or SameSession.
    """
    edition = slot.session.edition
    _need(reason)
    drafting(edition.id)
    [slot] = _take(edition, {slot.code: seen})
    if session.id == slot.session_id:
        raise SameSession
    instead = Slot(
        code=codes.readable(),
        session_id=session.id,
        stage_id=slot.stage_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        delay_minutes=slot.delay_minutes,
        places=None,
        is_public=True,
        changed_at=now,
    )
    db.session.add(instead)
    _show(session)
    _cancel(slot, reason, now=now)
    slot.replaced_by = instead
    db.session.flush()
    db.session.expire(session, ["all_slots", "slots"])
    place = _announced(slot)
    changes = [
        replace(
            _change(slot, "replaced", place, None, reason),
            instead=session.title,
            instead_slug=session.slug,
        ),
        _change(instead, "new", None, place, reason),
    ]
    return _released(edition, "replace_slot", changes, changes, by=by, now=now)


def _hold(edition: Edition) -> None:
    """Hold the edition's row: one release or change on the day at a time.

    Not FOR UPDATE: who orders tickets meanwhile only refers to the edition.
    """
    db.session.execute(
        select(Edition.id).where(Edition.id == edition.id).with_for_update(key_share=True)
    )


def _take(edition: Edition, seen: Mapping[str, int], *, is_cancelled: bool = False) -> list[Slot]:
    """Lock the slots that the maker saw, and read them anew; all of them go on, or none does.

    Refuses with ChangedMeanwhile, IsCancelled or GoesOn.
    """
    _hold(edition)
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
        # Not FOR UPDATE: who books another slot of the same ticket only refers to these.
        .with_for_update(of=Slot, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    if {slot.code: slot.version for slot in slots} != dict(seen):
        raise ChangedMeanwhile
    if any(slot.is_cancelled != is_cancelled for slot in slots):
        raise GoesOn if is_cancelled else IsCancelled
    if any(slot.draft for slot in slots):
        drafting(edition.id)  # who looked at what the next release does to it, looks again
    for slot in slots:
        slot.version += 1
    return list(slots)


def _need(reason: Bilingual) -> None:
    if not reason:
        raise ReasonNeeded


def _check_agreed(changes: Sequence[Change], agreed: Collection[str]) -> None:
    """After the slots were written: who books at the same time was counted, or was refused."""
    dropped = {change.slot_code: change for change in changes if change.kind == "cancelled"}
    missing = queries.live_bookings(dropped).keys() - set(agreed)
    if missing:
        titles = sorted({dropped[code].title.text() for code in missing})
        raise DropsBookings(titles=", ".join(titles))


def _cancel(slot: Slot, reason: Bilingual, *, now: datetime) -> None:
    slot.state, slot.reason = "cancelled", reason
    draft.discard(slot)
    _mark(slot, now=now)


def _show(session: Session) -> None:
    """A session that waited for its first release is public from now on, with who is in it."""
    if session.is_public:
        return
    session.is_public = True
    for person in (*session.speakers, *session.hosts):
        person.is_public = True


def _mark(slot: Slot, *, now: datetime) -> None:
    """Calendars take a change only with a higher number."""
    slot.sequence += 1
    slot.changed_at = now


def _announced(slot: Slot) -> Where:
    return Where(slot.starts_at, slot.ends_at, slot.stage.name)


def _expected(slot: Slot) -> Where:
    return Where(slot.expected_starts_at, slot.expected_ends_at, slot.stage.name)


def _change(
    slot: Slot,
    kind: str,
    before: Where | None,
    after: Where | None,
    reason: Bilingual,
    *,
    minutes: int = 0,
) -> Change:
    session = slot.session
    return Change(
        kind=kind,
        session_id=session.id,
        slug=session.slug,
        title=session.title,
        slot_code=slot.code,
        before=before,
        after=after,
        session_kind=session.kind,
        minutes=minutes,
        reason=reason,
    )


def _released(
    edition: Edition,
    verb: str,
    changes: Sequence[Change],
    told: Sequence[Change],
    *,
    by: str,
    now: datetime,
) -> Release:
    """Enter the change into the list of releases and tell whom `told` concerns.

    The slots are in the database before anybody looks who has a place in them.
    """
    db.session.flush()
    release = publishing.add_release(
        edition,
        kind="change",
        name=in_both(lambda: headline_of(changes)),
        note=Bilingual(),
        changes=list(changes),
        by=by,
        now=now,
    )
    raise_programme_version(edition.id)
    audit.record(verb, f"release {release.number}", now=now, edition=edition.slug)
    letters.to_bookers(edition, told, now=now)
    letters.to_waiting(edition, told, now=now)
    letters.to_speakers(edition, told, former={}, now=now)
    return release
