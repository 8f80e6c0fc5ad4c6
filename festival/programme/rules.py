"""Making the programme: stages, themes, people on stage, sessions, and when and where they are.

Stages, themes and numbers of places change at once, and raise the programme's version so that no
page shows an old card. All else is the draft, until a release (publishing.py). Every rule holds
the edition's row from its beginning, so that no release takes half of what it does.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import CursorResult, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import ObjectDeletedError

from festival import codes
from festival.backoffice import audit
from festival.backoffice.editing import (
    RESERVED,
    ChangedMeanwhile,
    slug_of,
    take_version,
    write,
)
from festival.db import db, transactional
from festival.editions.models import Edition
from festival.editions.rules import raise_programme_version
from festival.errors import Refusal
from festival.languages import Bilingual
from festival.programme import clashes, draft
from festival.programme.draft import write_draft
from festival.programme.models import (
    AcceptedClash,
    Availability,
    Block,
    Session,
    Slot,
    Speaker,
    Stage,
    StageHours,
    Theme,
    Walk,
    speaker_of_session,
)
from festival.programme.plan import Span

T = TypeVar("T", Stage, Theme, Speaker, Session, Block)

MOST_SLOTS_AT_ONCE = 60


class StageInUse(Refusal):
    """Op dit podium staat nog iets. Verplaats dat eerst."""


class ThemeInUse(Refusal):
    """Er zijn nog onderdelen met dit thema. Geef die eerst een ander thema."""


class SpeakerOnStage(Refusal):
    """Deze spreker staat nog bij een onderdeel. Haal de naam daar eerst weg."""


class SessionHasSlots(Refusal):
    """Dit onderdeel heeft nog momenten. Haal die eerst weg."""


class EndsBeforeStart(Refusal):
    """Het einde ligt niet na het begin. Kijk de tijden na."""


class OutsideEdition(Refusal):
    """Dit moment valt niet op een dag van het festival. Kies een andere dag."""


class PlacesTaken(Refusal):
    """Er zijn al {taken} plekken geboekt. Minder kunnen het er niet worden."""


class TooManySlots(Refusal):
    """Je kunt hoogstens {most} gesprekken in één keer maken."""


class SessionWasPublished(Refusal):
    """Bezoekers kennen dit onderdeel al. Haal de momenten weg en publiceer: dan vervalt het."""


class SlotGone(Refusal):
    """Iemand anders heeft dit intussen weggehaald. Wat jij deed, is niet bewaard."""


class PlacedMeanwhile(Refusal):
    """Iemand anders heeft dit onderdeel intussen ook een plek gegeven. Wat jij deed, is niet
    bewaard."""


class ReasonMissing(Refusal):
    """Schrijf erbij waarom dit zo mag. Dan weet wie na jou komt het ook."""


class ClashGone(Refusal):
    """Deze botsing is er niet meer: iemand heeft intussen iets veranderd."""


class NoSlots(Refusal):
    """Vul in hoeveel gesprekken je wilt maken, en hoe lang ze duren."""


class SomeChanged(Refusal):
    """Iemand anders heeft dit intussen gewijzigd: {titles}. Er is daarom niets veranderd. Kijk wat
    er nu staat en doe het dan opnieuw."""


@transactional
def save_stage(
    edition: Edition,
    stage: Stage | None,
    values: dict[str, Any],
    *,
    hours: Sequence[Span] | None = None,
    walks: dict[Stage, int | None] | None = None,
    seen: int = 0,
    now: datetime,
) -> Stage:
    """Add a stage (with None) or change one, with its `hours` and `walks` where they are given.

    Refuses with ChangedMeanwhile, SlugTaken or EndsBeforeStart.
    """
    drafting(edition.id)
    row = _row(Stage, edition, stage, seen)
    write(row, values)
    if hours is not None:
        set_hours(row, hours, now=now)
    if walks is not None:
        set_walks(row, walks, now=now)
    _changed(edition.id, "save_stage", f"stage {row.slug}", now)
    return row


@transactional
def remove_stage(stage: Stage, *, now: datetime) -> None:
    """Take a stage away. Refuses with StageInUse."""
    drafting(stage.edition_id)
    if _is_drafted(Slot, stage.edition_id, "stage_id", stage.id):
        raise StageInUse
    if db.session.query(Slot).filter_by(stage_id=stage.id).first() is not None:
        raise StageInUse
    _changed(stage.edition_id, "remove_stage", f"stage {stage.slug}", now)
    _delete(stage, StageInUse())


@transactional
def save_theme(
    edition: Edition, theme: Theme | None, values: dict[str, Any], *, seen: int = 0, now: datetime
) -> Theme:
    """Add a theme (with None) or change one. Refuses with ChangedMeanwhile or SlugTaken."""
    drafting(edition.id)
    row = _row(Theme, edition, theme, seen)
    write(row, values)
    _changed(edition.id, "save_theme", f"theme {row.slug}", now)
    return row


@transactional
def remove_theme(theme: Theme, *, now: datetime) -> None:
    """Take a theme away. Refuses with ThemeInUse."""
    drafting(theme.edition_id)
    if _is_drafted(Session, theme.edition_id, "theme_id", theme.id):
        raise ThemeInUse
    if db.session.query(Session).filter_by(theme_id=theme.id).first() is not None:
        raise ThemeInUse
    _changed(theme.edition_id, "remove_theme", f"theme {theme.slug}", now)
    _delete(theme, ThemeInUse())


@transactional
def save_speaker(
    edition: Edition,
    speaker: Speaker | None,
    values: dict[str, Any],
    *,
    availability: Sequence[Span] | None = None,
    seen: int = 0,
    now: datetime,
) -> Speaker:
    """Add somebody (with None) or change them, with when they can be there where it is given.

    Refuses with ChangedMeanwhile, SlugTaken or EndsBeforeStart.
    """
    drafting(edition.id)
    row = _row(Speaker, edition, speaker, seen)
    if write_draft(row, values):
        raise_programme_version(edition.id)
    if availability is not None:
        set_availability(row, availability, now=now)
    audit.record("save_speaker", f"speaker {row.slug}", now=now)
    return row


@transactional
def set_availability(speaker: Speaker, spans: Sequence[Span], *, now: datetime) -> None:
    """The speaker can be there in these spans only; with none, all the time.

    Refuses with EndsBeforeStart.
    """
    drafting(speaker.edition_id)
    _check_spans(spans)
    speaker.availability = [Availability(starts_at=a, ends_at=b) for a, b in spans]
    audit.record("set_availability", f"speaker {speaker.slug}", now=now)


@transactional
def set_hours(stage: Stage, spans: Sequence[Span], *, now: datetime) -> None:
    """The stage can be used in these spans only; with none, all the time.

    Refuses with EndsBeforeStart.
    """
    drafting(stage.edition_id)
    _check_spans(spans)
    stage.hours = [StageHours(starts_at=a, ends_at=b) for a, b in spans]
    audit.record("set_hours", f"stage {stage.slug}", now=now)


@transactional
def set_walks(stage: Stage, minutes: dict[Stage, int | None], *, now: datetime) -> None:
    """How long it takes from `stage` to each of the others; None: as long as usual."""
    drafting(stage.edition_id)
    for other, takes in minutes.items():
        first, second = sorted((stage.id, other.id))
        db.session.execute(delete(Walk).where(Walk.stage_id == first, Walk.other_id == second))
        if takes is not None and first != second:
            db.session.add(Walk(stage_id=first, other_id=second, minutes=takes))
    db.session.flush()
    audit.record("set_walks", f"stage {stage.slug}", now=now)


@transactional
def remove_speaker(speaker: Speaker, *, now: datetime) -> None:
    """Take somebody off the programme. Refuses with SpeakerOnStage."""
    drafting(speaker.edition_id)
    if any(
        _is_drafted(Session, speaker.edition_id, role, speaker.id) for role in ("speakers", "hosts")
    ):
        raise SpeakerOnStage
    on_stage = speaker_of_session.select().where(speaker_of_session.c.speaker_id == speaker.id)
    if db.session.execute(on_stage).first() is not None:
        raise SpeakerOnStage
    _changed(speaker.edition_id, "remove_speaker", f"speaker {speaker.slug}", now)
    _delete(speaker, SpeakerOnStage())


@transactional
def save_session(
    edition: Edition,
    session: Session | None,
    values: dict[str, Any],
    *,
    speakers: Sequence[Speaker],
    hosts: Sequence[Speaker] = (),
    seen: int = 0,
    now: datetime,
) -> Session:
    """Add a session (with None) or change one, with who is in it, in that order.

    Somebody is either a speaker or a host. Refuses with ChangedMeanwhile or SlugTaken.
    """
    drafting(edition.id)
    row = _row(Session, edition, session, seen)
    speakers = list(dict.fromkeys(speakers))
    hosts = [host for host in dict.fromkeys(hosts) if host not in speakers]
    people = {"speakers": [each.id for each in speakers], "hosts": [each.id for each in hosts]}
    if write_draft(row, values | people if row.is_public else values):
        raise_programme_version(edition.id)
    if not row.is_public:
        set_speakers(row, speakers, hosts)
    audit.record("save_session", f"session {row.slug}", now=now)
    return row


@transactional
def save_sessions(
    edition: Edition, seen: Mapping[Session, int], values: dict[str, Any], *, now: datetime
) -> None:
    """Write the same `values` into several sessions, as the maker saw each of them.

    All or none of them. Refuses with SomeChanged.
    """
    drafting(edition.id)
    changed, is_seen = [], False
    for session, version in seen.items():
        try:
            take_version(session, version)
        except ChangedMeanwhile:
            changed.append(draft.value(session, "title").text())
        else:
            is_seen |= write_draft(session, values)
            audit.record("save_session", f"session {session.slug}", now=now, together=len(seen))
    if changed:
        raise SomeChanged(titles=", ".join(changed))
    if is_seen:
        raise_programme_version(edition.id)


@transactional
def copy_session(session: Session, *, title: Bilingual, now: datetime) -> Session:
    """A new session called `title`, with the texts and the people of this one, without slots."""
    edition = session.edition
    drafting(edition.id)
    values = draft.merged(session) | {"title": title}
    people = {
        person.id: person for person in db.session.query(Speaker).filter_by(edition_id=edition.id)
    }
    speakers, hosts = (
        [people[n] for n in values.pop(role) if n in people] for role in ("speakers", "hosts")
    )
    private = ("takes_feedback", "host_notes", "needs", "minutes_before", "minutes_after")
    values |= {name: getattr(session, name) for name in private}
    values["slug"] = free_slug(edition, Session, slug_of(title.text("nl")))
    return save_session(edition, None, values, speakers=speakers, hosts=hosts, now=now)


@transactional
def discard_draft(row: Session | Speaker | Slot, *, seen: int, now: datetime) -> None:
    """Forget what was changed of `row` since the last release. Refuses with ChangedMeanwhile."""
    edition_id = row.session.edition_id if isinstance(row, Slot) else row.edition_id
    drafting(edition_id)
    take_version(row, seen)
    draft.discard(row)
    db.session.flush()
    name = row.code if isinstance(row, Slot) else row.slug
    audit.record("discard_draft", f"{type(row).__name__.lower()} {name}", now=now)


@transactional
def remove_session(session: Session, *, now: datetime) -> None:
    """Take a session away that visitors never saw.

    Refuses with SessionHasSlots or SessionWasPublished.
    """
    drafting(session.edition_id)
    if session.is_public:
        raise SessionWasPublished
    if session.all_slots:
        raise SessionHasSlots
    audit.record("remove_session", f"session {session.slug}", now=now)
    _delete(session, SessionHasSlots())


@transactional
def set_speakers(
    session: Session, speakers: Sequence[Speaker], hosts: Sequence[Speaker] = ()
) -> None:
    """These people are in the session, announced in this order, at once."""
    write_people(session, [each.id for each in speakers], [host.id for host in hosts])


def write_people(session: Session, speaker_ids: Sequence[int], host_ids: Sequence[int]) -> None:
    """Who is in the session, as part of a rule. What somebody answered on their own page stays."""
    of = speaker_of_session.c
    answers: dict[int, Any] = {
        speaker_id: {"answer": answer, "answered_at": answered_at}
        for speaker_id, answer, answered_at in db.session.execute(
            select(of.speaker_id, of.answer, of.answered_at).where(of.session_id == session.id)
        )
    }
    db.session.execute(delete(speaker_of_session).where(of.session_id == session.id))
    roles = dict.fromkeys(host_ids, "host") | dict.fromkeys(speaker_ids, "speaker")
    in_order = dict.fromkeys([*speaker_ids, *host_ids])
    nothing = {"answer": "", "answered_at": None}
    if in_order:
        db.session.execute(
            insert(speaker_of_session),
            [
                {"session_id": session.id, "speaker_id": n, "role": roles[n], "position": position}
                | answers.get(n, nothing)
                for position, n in enumerate(in_order)
            ],
        )
    db.session.expire(session, ["speakers", "hosts"])


@transactional
def add_slot(
    session: Session,
    *,
    stage: Stage,
    starts_at: datetime,
    ends_at: datetime,
    places: int | None,
    door_places: int = 0,
    now: datetime,
) -> Slot:
    """Give the session a moment. Refuses with EndsBeforeStart or OutsideEdition."""
    drafting(session.edition_id)
    _check_times(session.edition, starts_at, ends_at)
    slot = Slot(
        code=codes.readable(),
        session_id=session.id,
        stage_id=stage.id,
        starts_at=starts_at,
        ends_at=ends_at,
        places=places,
        door_places=door_places,
        changed_at=now,
    )
    db.session.add(slot)
    db.session.flush()
    db.session.expire(session, ["all_slots"])
    audit.record("add_slot", f"slot {slot.code}", now=now, session=session.slug)
    return slot


@transactional
def place_session(
    session: Session,
    *,
    stage: Stage,
    starts_at: datetime,
    ends_at: datetime,
    places: int | None,
    door_places: int = 0,
    seen: int,
    now: datetime,
) -> Slot:
    """Give the session a moment, as the maker saw it with `seen` moments in the draft.

    Refuses with PlacedMeanwhile, EndsBeforeStart or OutsideEdition.
    """
    drafting(session.edition_id)
    if sum(not draft.is_dropped(slot) for slot in session.all_slots) != seen:
        raise PlacedMeanwhile
    return add_slot(
        session,
        stage=stage,
        starts_at=starts_at,
        ends_at=ends_at,
        places=places,
        door_places=door_places,
        now=now,
    )


@transactional
def add_coaching_slots(
    session: Session,
    *,
    stage: Stage,
    starts_at: datetime,
    minutes: int,
    pause: int,
    number: int,
    now: datetime,
) -> list[Slot]:
    """Give a coach `number` meetings of one place, each `minutes` long with `pause` between them.

    Refuses with NoSlots, TooManySlots or OutsideEdition.
    """
    if number < 1 or minutes < 1 or pause < 0:
        raise NoSlots
    if number > MOST_SLOTS_AT_ONCE:
        raise TooManySlots(most=MOST_SLOTS_AT_ONCE)
    length, step = timedelta(minutes=minutes), timedelta(minutes=minutes + pause)
    return [
        add_slot(
            session,
            stage=stage,
            starts_at=starts_at + n * step,
            ends_at=starts_at + n * step + length,
            places=1,
            now=now,
        )
        for n in range(number)
    ]


@transactional
def update_slot(
    slot: Slot,
    *,
    stage: Stage,
    starts_at: datetime,
    ends_at: datetime,
    places: int | None,
    door_places: int,
    seen: int,
    now: datetime,
) -> None:
    """Change when and where in the draft, and for how many at once.

    Refuses with ChangedMeanwhile, EndsBeforeStart, OutsideEdition or PlacesTaken.
    """
    move_slot(slot, stage=stage, starts_at=starts_at, ends_at=ends_at, seen=seen, now=now)
    # Guarded: while we look, somebody may book. Nobody who holds a place may lose it here.
    enough = Slot.taken == 0 if places is None else Slot.taken <= places
    changed = db.session.execute(
        update(Slot)
        .where(Slot.id == slot.id, enough)
        .values(places=places, door_places=door_places)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(changed, CursorResult)
    db.session.expire(slot)
    if changed.rowcount != 1:
        raise PlacesTaken(taken=slot.taken)
    raise_programme_version(slot.session.edition_id)


@transactional
def move_slot(
    slot: Slot,
    *,
    stage: Stage,
    starts_at: datetime,
    ends_at: datetime,
    seen: int,
    now: datetime,
) -> None:
    """Change when and where in the draft, as the maker saw it in version `seen`.

    Refuses with ChangedMeanwhile, EndsBeforeStart or OutsideEdition.
    """
    edition = _session_of(slot).edition
    drafting(edition.id)
    _check_times(edition, starts_at, ends_at)
    take_version(slot, seen)
    values = {"stage_id": stage.id, "starts_at": starts_at, "ends_at": ends_at, "dropped": False}
    write_draft(slot, values if slot.is_public else _without_dropped(values))
    audit.record("move_slot", f"slot {slot.code}", now=now, session=slot.session.slug)


@transactional
def drop_slot(slot: Slot, *, seen: int, now: datetime) -> None:
    """Take a moment off the draft. One that visitors know goes with the next release.

    Refuses with ChangedMeanwhile.
    """
    session = _session_of(slot)
    drafting(session.edition_id)
    take_version(slot, seen)
    audit.record("drop_slot", f"slot {slot.code}", now=now, session=session.slug)
    if slot.is_public:
        write_draft(slot, {"dropped": True})
        return
    db.session.delete(slot)
    db.session.flush()
    db.session.expire(session, ["all_slots"])


@transactional
def save_block(
    edition: Edition, block: Block | None, values: dict[str, Any], *, seen: int = 0, now: datetime
) -> Block:
    """Add a break or blocker (with None) or change one.

    Refuses with ChangedMeanwhile, EndsBeforeStart or OutsideEdition.
    """
    drafting(edition.id)
    row = _row(Block, edition, block, seen)
    _check_times(edition, values["starts_at"], values["ends_at"])
    write_draft(row, values if row.is_public else _without_dropped(values))
    audit.record("save_block", f"block {row.code}", now=now)
    return row


@transactional
def accept_clash(edition: Edition, key: str, reason: str, *, by: str, now: datetime) -> None:
    """Let a clash of the draft be: nobody is warned of it again. `key` is clashes.Clash.key.

    Refuses with ReasonMissing or ClashGone.
    """
    drafting(edition.id)
    if not reason.strip():
        raise ReasonMissing
    if key not in {clash.key for clash in clashes.of_draft(edition)}:
        raise ClashGone
    row = clashes.accepted(edition).get(key) or AcceptedClash(edition_id=edition.id, key=key)
    row.reason, row.accepted_by, row.accepted_at = reason.strip(), by, now
    db.session.add(row)
    db.session.flush()
    audit.record("accept_clash", f"clash {key}", now=now, reason=row.reason)


@transactional
def withdraw_acceptance(edition: Edition, key: str, *, now: datetime) -> str:
    """Warn of a clash again; answers the reason why not. Refuses with ClashGone."""
    drafting(edition.id)
    row = clashes.accepted(edition).get(key)
    if row is None:
        raise ClashGone
    reason = row.reason
    db.session.delete(row)
    db.session.flush()
    audit.record("withdraw_acceptance", f"clash {key}", now=now, reason=reason)
    return reason


@transactional
def drop_block(block: Block, *, seen: int, now: datetime) -> None:
    """Take a break or blocker off the draft. Refuses with ChangedMeanwhile."""
    try:
        drafting(block.edition_id)
    except ObjectDeletedError as gone:
        raise ChangedMeanwhile from gone
    take_version(block, seen)
    audit.record("drop_block", f"block {block.code}", now=now)
    if block.is_public:
        write_draft(block, {"dropped": True})
    else:
        db.session.delete(block)
    db.session.flush()


def drafting(edition_id: int) -> None:
    """Hold the edition's row until the rule ends, and say that the draft is another now."""
    db.session.execute(
        update(Edition)
        .where(Edition.id == edition_id)
        .values(draft_version=Edition.draft_version + 1)
        .execution_options(synchronize_session=False)
    )


def free_slug(
    edition: Edition, kind: type[Session] | type[Speaker], wanted: str, taken: Iterable[str] = ()
) -> str:
    """`wanted`, or with a number behind it where something of the edition has it, or `taken`."""
    used = {*taken, *RESERVED}
    used |= set(db.session.scalars(select(kind.slug).where(kind.edition_id == edition.id)))
    numbered = (f"{wanted[:56]}-{n}" for n in itertools.count(2))
    return next(slug for slug in itertools.chain([wanted], numbered) if slug not in used)


def _session_of(slot: Slot) -> Session:
    """The session of a slot that somebody may have taken away a moment ago."""
    try:
        return slot.session
    except ObjectDeletedError as gone:
        raise ChangedMeanwhile from gone


def _row(kind: type[T], edition: Edition, row: T | None, seen: int) -> T:
    """The row to write: a new one, or the one that the editor saw in version `seen`."""
    if row is None:
        return kind(edition_id=edition.id)
    take_version(row, seen)
    return row


def _is_drafted(kind: type[Session] | type[Slot], edition_id: int, name: str, value: int) -> bool:
    """Whether the draft of some row has `value` as its `name`, or in it where that is a list."""
    query = select(kind.draft).where(Session.edition_id == edition_id)
    for waiting in db.session.scalars(query.join(Slot.session) if kind is Slot else query):
        drafted = waiting.get(name)
        if drafted == value or (isinstance(drafted, list) and value in drafted):
            return True
    return False


def _without_dropped(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "dropped"}


def _changed(edition_id: int, verb: str, subject: str, now: datetime) -> None:
    """Visitors see it at once."""
    raise_programme_version(edition_id)
    audit.record(verb, subject, now=now)


def _delete(row: Stage | Theme | Speaker | Session, refusal: Refusal) -> None:
    # Somebody may have begun to use it a moment ago; then the database says no.
    db.session.delete(row)
    try:
        db.session.flush()
    except IntegrityError as used:
        raise refusal from used


def _check_times(edition: Edition, starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise EndsBeforeStart
    if edition.day_of(starts_at) not in edition.days:
        raise OutsideEdition


def _check_spans(spans: Sequence[Span]) -> None:
    if any(ends_at <= starts_at for starts_at, ends_at in spans):
        raise EndsBeforeStart
