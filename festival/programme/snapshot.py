"""The whole programme as one value: what visitors see, or the draft that makers work on.

Clashes, differences between versions, and feeds are all made from snapshots, without any other
query.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from festival.programme.replacements import replacement
from festival.programme.timing import Span, Timed
from festival.web.languages import Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSnapshot:
    """A stage."""

    id: int
    slug: str
    name: Bilingual
    floor: Bilingual
    capacity: int | None
    changeover_minutes: int
    access: tuple[str, ...]  # of models.ACCESS
    no_access: tuple[str, ...] = ()  # said not to be there
    hours: tuple[Span, ...]  # when it can be used; () for always


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeSnapshot:
    """A theme."""

    id: int
    slug: str
    name: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerSnapshot:
    """A speaker, without private data except their availability."""

    id: int
    slug: str
    name: str
    pronunciation: str
    organisation: str
    place: str
    bio: Bilingual
    links: tuple[str, ...]
    photo: str
    photo_alt: Bilingual
    availability: tuple[Span, ...]  # () for always


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSnapshot(Timed):
    """A slot. `starts_at` and `ends_at` are as announced; a delay is added to them."""

    id: int
    code: str
    session_id: int
    stage_id: int
    starts_at: datetime
    ends_at: datetime
    places: int | None  # that can be booked; None: walk in
    taken: int
    door_places: int
    state: str  # of models.SLOT_STATES
    delay_minutes: int
    is_full: bool = False  # the room itself is full, whatever was booked
    reason: Bilingual
    replaced_by_id: int | None
    moved_from_stage_id: int | None
    moved_from_at: datetime | None
    leaves_note: bool
    sequence: int
    changed_at: datetime
    version: int
    is_public: bool

    @property
    def is_bookable(self) -> bool:
        """Whether visitors must book a place. If not, they just walk in."""
        return self.places is not None

    @property
    def places_left(self) -> int | None:
        """How many places can still be booked; None if visitors just walk in."""
        return None if self.places is None else self.places - self.taken


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSnapshot:
    """A session with its speakers, its hosts, and its slots in order of time."""

    id: int
    slug: str
    kind: str
    title: Bilingual
    summary: Bilingual
    description: Bilingual
    bring: Bilingual
    theme_id: int | None
    languages: str  # see session_languages.py
    level: str
    min_age: int | None
    is_free: bool = False  # open to everybody, even without a ticket
    is_highlight: bool = False  # on the front page
    access: tuple[str, ...]
    no_access: tuple[str, ...] = ()
    photo: str
    photo_alt: Bilingual
    minutes_before: int
    minutes_after: int
    takes_feedback: bool = True
    speaker_ids: tuple[int, ...]
    host_ids: tuple[int, ...]
    slots: tuple[SlotSnapshot, ...]
    version: int
    is_public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSnapshot:
    """A break, or in the draft also a blocker. A `stage_id` of None means every stage."""

    id: int
    code: str
    kind: str
    title: Bilingual
    stage_id: int | None
    starts_at: datetime
    ends_at: datetime
    version: int

    @property
    def span(self) -> Span:
        """Its start and end."""
        return Span(self.starts_at, self.ends_at)


@dataclass(frozen=True)
class Snapshot:
    """A whole programme, each list in its order. Its ids are those of the database.

    It holds no database rows, so it can be kept between requests.
    """

    walk_minutes: int  # between two stages, unless `walks` has another number
    stages: dict[int, StageSnapshot]
    themes: dict[int, ThemeSnapshot]
    speakers: dict[int, SpeakerSnapshot]
    sessions: dict[int, SessionSnapshot]
    blocks: list[BlockSnapshot]
    walks: dict[tuple[int, int], int] = field(default_factory=dict)  # lower id first; minutes
    dropped: list[SlotSnapshot] = field(
        default_factory=list
    )  # slots that visitors saw before; empty in a draft

    @cached_property
    def slots(self) -> list[SlotSnapshot]:
        """All slots in order of time."""
        slots = [slot for session in self.sessions.values() for slot in session.slots]
        return sorted(slots, key=lambda slot: (slot.starts_at, slot.stage_id, slot.code))

    @cached_property
    def slots_by_code(self) -> dict[str, SlotSnapshot]:
        """All slots, by their public code."""
        return {slot.code: slot for slot in self.slots}

    @cached_property
    def _slots_by_id(self) -> dict[int, SlotSnapshot]:
        return {slot.id: slot for slot in self.slots}

    def replacement_of(self, slot: SlotSnapshot) -> SessionSnapshot | None:
        """Returns the session that goes on instead of a slot, if it is still in the programme."""
        other = replacement(slot, lambda each: self._slots_by_id.get(each.replaced_by_id or 0))
        return self.sessions[other.session_id] if other else None

    def speakers_of(self, session: SessionSnapshot) -> list[SpeakerSnapshot]:
        """Returns the announced speakers of the session, in order."""
        return [self.speakers[each] for each in session.speaker_ids if each in self.speakers]

    def walk(self, stage_id: int, other_id: int) -> timedelta:
        """Returns how long the walk from one stage to another takes."""
        if stage_id == other_id:
            return timedelta(0)
        pair = (min(stage_id, other_id), max(stage_id, other_id))
        return timedelta(minutes=self.walks.get(pair, self.walk_minutes))
