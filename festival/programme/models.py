"""The programme: sessions are what happens, slots are when and where, each with its own places.

What visitors see is in the columns of rows that are public. What makers change there stands in
`draft` until the next release, see draft.py; private fields (needs, contact) change at once.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
)
from sqlalchemy.orm import Composite, Mapped, mapped_column, relationship

from festival import codes
from festival.db import Base, Model, UtcDateTime
from festival.editions.models import Edition
from festival.languages import Bilingual, bilingual

# lezing, workshop, muziek, spel, coaching, verhaal
KINDS = ("talk", "workshop", "music", "game", "coaching", "story")
BOOKABLE_KINDS = ("workshop", "coaching")
LEVELS = ("open", "experienced")
# step-free, hearing loop, sign language, quiet
ACCESS = ("step_free", "hearing_loop", "sign_language", "quiet")
# On the programme; cancelled and shown so in its place; off the programme, known to who had it.
SLOT_STATES = ("scheduled", "cancelled", "dropped")

speaker_of_session = Table(
    "session_speaker",
    Base.metadata,
    Column("session_id", ForeignKey("session.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "speaker_id", ForeignKey("speaker.id", ondelete="CASCADE"), primary_key=True, index=True
    ),
    Column("position", Integer, default=0, nullable=False),
    # A speaker is announced; a host leads the session and is told what speakers are told.
    Column("role", Text, default="speaker", server_default="speaker", nullable=False),
    # What the speaker said on their own page: '', 'yes' or 'no'.
    Column("answer", Text, default="", server_default="", nullable=False),
    Column("answered_at", UtcDateTime),
    CheckConstraint("role IN ('speaker', 'host')", name="known_role"),
    CheckConstraint("answer IN ('', 'yes', 'no')", name="known_answer"),
)


class Stage(Model):
    """A place at the festival where sessions happen."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    slug: Mapped[str] = mapped_column(Text)
    name: Composite[Bilingual] = bilingual("name")
    floor: Composite[Bilingual] = bilingual("floor")  # how to find it, in a few words
    capacity: Mapped[int | None]
    is_step_free: Mapped[bool] = mapped_column(default=False)
    has_hearing_loop: Mapped[bool] = mapped_column(default=False)
    is_quiet: Mapped[bool] = mapped_column(default=False)
    # The least number of minutes between two sessions.
    changeover_minutes: Mapped[int] = mapped_column(default=10, server_default="10")
    position: Mapped[int] = mapped_column(default=0)
    # Raised with every change of the row, so that of two editors the later one is told.
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    edition: Mapped[Edition] = relationship()
    hours: Mapped[list["StageHours"]] = relationship(
        order_by="StageHours.starts_at", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("edition_id", "slug"),
        CheckConstraint("capacity >= 0", name="capacity_not_negative"),
        CheckConstraint("changeover_minutes >= 0", name="changeover_not_negative"),
    )


class StageHours(Model):
    """From when to when a stage can be used. A stage without any is always open."""

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("starts_at < ends_at", name="ends_after_start"),)


class Walk(Model):
    """How many minutes it takes to walk between two stages, where it is not the edition's usual."""

    stage_id: Mapped[int] = mapped_column(
        ForeignKey("stage.id", ondelete="CASCADE"), primary_key=True
    )
    other_id: Mapped[int] = mapped_column(
        ForeignKey("stage.id", ondelete="CASCADE"), primary_key=True
    )
    minutes: Mapped[int]

    __table_args__ = (
        CheckConstraint("stage_id < other_id", name="each_pair_once"),
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
    )


class Theme(Model):
    """What a session is about, to filter by."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    slug: Mapped[str] = mapped_column(Text)
    name: Composite[Bilingual] = bilingual("name")
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (UniqueConstraint("edition_id", "slug"),)


class Speaker(Model):
    """Somebody on stage: a speaker, maker, coach or resident."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    pronunciation: Mapped[str] = mapped_column(Text, default="")
    organisation: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(Text, default="")
    bio: Composite[Bilingual] = bilingual("bio")
    links: Mapped[list[str]] = mapped_column(JSON, default=list)  # web addresses
    photo: Mapped[str] = mapped_column(Text, default="")  # name in storage, '' for none
    photo_alt: Composite[Bilingual] = bilingual("photo_alt")
    # Private, from here on: for the team and the speaker.
    secret: Mapped[str] = mapped_column(Text, unique=True, default=codes.secret)  # their own page
    email: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(Text, default="nl")  # of letters
    needs: Mapped[str] = mapped_column(Text, default="")
    is_public: Mapped[bool] = mapped_column(default=False)
    draft: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    # What visitors may know of; viewonly, see rules.set_speakers.
    sessions: Mapped[list["Session"]] = relationship(
        secondary=speaker_of_session,
        secondaryjoin=lambda: and_(
            Session.id == speaker_of_session.c.session_id, Session.is_public
        ),
        viewonly=True,
        order_by="Session.slug",
    )
    availability: Mapped[list["Availability"]] = relationship(
        order_by="Availability.starts_at", cascade="all, delete-orphan"
    )
    files: Mapped[list["SpeakerFile"]] = relationship(
        order_by="SpeakerFile.id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("edition_id", "slug"),
        CheckConstraint("language IN ('nl', 'en')", name="known_language"),
    )


class Availability(Model):
    """When a speaker can be there. A speaker without any is there all the time."""

    id: Mapped[int] = mapped_column(primary_key=True)
    speaker_id: Mapped[int] = mapped_column(
        ForeignKey("speaker.id", ondelete="CASCADE"), index=True
    )
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("starts_at < ends_at", name="ends_after_start"),)


class SpeakerFile(Model):
    """A file that a speaker gave for the host: slides, a sound. Never shown as a page of ours."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True, default=codes.readable)
    speaker_id: Mapped[int] = mapped_column(
        ForeignKey("speaker.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(Text)  # as the speaker called it
    stored: Mapped[str] = mapped_column(Text)  # its name in storage
    mimetype: Mapped[str] = mapped_column(Text)
    size: Mapped[int]  # bytes
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    speaker: Mapped[Speaker] = relationship(viewonly=True)


class Session(Model):
    """Something on the programme. When and where is in its slots; given twice, it has two."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    slug: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    title: Composite[Bilingual] = bilingual("title")
    summary: Composite[Bilingual] = bilingual("summary")
    description: Composite[Bilingual] = bilingual("description")
    bring: Composite[Bilingual] = bilingual("bring")
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    languages: Mapped[str] = mapped_column(Text, default="nl")  # "nl", "en" or "nl+en"
    level: Mapped[str] = mapped_column(Text, default="open")
    min_age: Mapped[int | None]
    access: Mapped[list[str]] = mapped_column(JSON, default=list)  # of ACCESS; the stage has more
    photo: Mapped[str] = mapped_column(Text, default="")  # name in storage, '' for none
    photo_alt: Composite[Bilingual] = bilingual("photo_alt")
    # Open to everybody, also without a ticket; who must book a place needs one all the same.
    is_free: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_highlight: Mapped[bool] = mapped_column(default=False)
    takes_feedback: Mapped[bool] = mapped_column(default=True)
    # Private, from here on: for the team.
    host_notes: Mapped[str] = mapped_column(Text, default="")
    needs: Mapped[str] = mapped_column(Text, default="")  # technique, set-up
    minutes_before: Mapped[int] = mapped_column(default=0)  # to set up
    minutes_after: Mapped[int] = mapped_column(default=0)  # to clear up
    is_public: Mapped[bool] = mapped_column(default=False)
    draft: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    edition: Mapped[Edition] = relationship()
    theme: Mapped[Theme | None] = relationship()
    # Announced, in this order; rules.set_speakers writes both.
    speakers: Mapped[list[Speaker]] = relationship(
        secondary=speaker_of_session,
        primaryjoin=lambda: and_(
            Session.id == speaker_of_session.c.session_id,
            speaker_of_session.c.role == "speaker",
        ),
        viewonly=True,
        order_by=speaker_of_session.c.position,
    )
    hosts: Mapped[list[Speaker]] = relationship(
        secondary=speaker_of_session,
        primaryjoin=lambda: and_(
            Session.id == speaker_of_session.c.session_id, speaker_of_session.c.role == "host"
        ),
        viewonly=True,
        order_by=speaker_of_session.c.position,
    )
    # What visitors see: released, and not taken off the programme; cancelled ones too.
    slots: Mapped[list["Slot"]] = relationship(
        primaryjoin=lambda: and_(
            Session.id == Slot.session_id, Slot.is_public, Slot.state != "dropped"
        ),
        viewonly=True,
        order_by="Slot.starts_at",
    )
    # Every slot, for the team.
    all_slots: Mapped[list["Slot"]] = relationship(
        back_populates="session", order_by="Slot.starts_at", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("edition_id", "slug"),
        CheckConstraint(f"kind IN {KINDS}", name="known_kind"),
        CheckConstraint(f"level IN {LEVELS}", name="known_level"),
        CheckConstraint("languages IN ('nl', 'en', 'nl+en')", name="known_languages"),
    )


class Slot(Model):
    """One time and place at which a session happens, with its own places.

    `places` is how many may be booked beforehand (None: just walk in), `taken` how many are;
    `door_places` are kept for who comes to the door and are not in `places`.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)  # public: in addresses and feeds
    session_id: Mapped[int] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), index=True
    )
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    places: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    door_places: Mapped[int] = mapped_column(default=0)
    is_public: Mapped[bool] = mapped_column(default=False)
    draft: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # What happens on the day. starts_at and ends_at stay what was announced: a delay comes on top.
    state: Mapped[str] = mapped_column(Text, default="scheduled", server_default="scheduled")
    delay_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    is_full: Mapped[bool] = mapped_column(default=False)  # the room is, whatever was booked
    reason: Composite[Bilingual] = bilingual("reason")
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id", ondelete="SET NULL"))
    # Where it stood before it was last moved, and whether that place shows a note of it.
    moved_from_stage_id: Mapped[int | None] = mapped_column(
        ForeignKey("stage.id", ondelete="SET NULL")
    )
    moved_from_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its start there
    leaves_note: Mapped[bool] = mapped_column(default=False)
    moved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when that was
    # For calendars (RFC 5545): raised with each change of time, place, title or state.
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Raised with every change by a maker, so that of two the later one is told.
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    session: Mapped[Session] = relationship(back_populates="all_slots")
    stage: Mapped[Stage] = relationship(foreign_keys=[stage_id])
    moved_from_stage: Mapped[Stage | None] = relationship(foreign_keys=[moved_from_stage_id])
    replaced_by: Mapped["Slot | None"] = relationship(remote_side=[id])

    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="ends_after_start"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
        CheckConstraint("places IS NULL OR taken <= places", name="never_overbooked"),
        CheckConstraint("door_places >= 0", name="door_places_not_negative"),
        CheckConstraint(f"state IN {SLOT_STATES}", name="known_state"),
        Index("ix_slot_starts_at", "starts_at"),
    )

    @property
    def is_bookable(self) -> bool:
        """Whether a place must be booked (others are free to walk into)."""
        return self.places is not None

    @property
    def places_left(self) -> int | None:
        """How many places can still be booked; None where nobody needs to."""
        return None if self.places is None else self.places - self.taken

    @property
    def is_cancelled(self) -> bool:
        """Whether it does not happen after all."""
        return self.state != "scheduled"

    @property
    def expected_starts_at(self) -> datetime:
        """When it starts, with its delay."""
        return self.starts_at + timedelta(minutes=self.delay_minutes)

    @property
    def expected_ends_at(self) -> datetime:
        """When it ends, with its delay."""
        return self.ends_at + timedelta(minutes=self.delay_minutes)

    @property
    def day(self) -> date:
        """The festival day it belongs to."""
        return self.session.edition.day_of(self.starts_at)

    @property
    def booking_closes_at(self) -> datetime:
        """From this moment on nobody books or cancels any more."""
        return self.starts_at - timedelta(minutes=self.session.edition.booking_closes_minutes)


class Block(Model):
    """Time in which nothing is placed: a break, that visitors see too, or a blocker."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True, default=codes.readable)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    # None: at every stage.
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("stage.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)  # break, blocker
    title: Composite[Bilingual] = bilingual("title")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_public: Mapped[bool] = mapped_column(default=False)
    draft: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    stage: Mapped[Stage | None] = relationship()

    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="ends_after_start"),
        CheckConstraint("kind IN ('break', 'blocker')", name="known_kind"),
    )


class AcceptedClash(Model):
    """A warning that a maker looked at and let be; it stays quiet from then on."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    key: Mapped[str] = mapped_column(Text)  # see clashes.Clash.key
    reason: Mapped[str] = mapped_column(Text)
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_by: Mapped[str] = mapped_column(Text, default="")  # a name of the team

    __table_args__ = (UniqueConstraint("edition_id", "key"),)


class WantedTogether(Model):
    """Two sessions that more visitors starred or booked together than chance would have it.

    Counted by bookings, which knows the visitors; here so that the timetable can warn.
    """

    session_id: Mapped[int] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), primary_key=True
    )
    other_id: Mapped[int] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), primary_key=True
    )
    visitors: Mapped[int]  # how many want both
    expected: Mapped[float]  # how many would by chance

    __table_args__ = (CheckConstraint("session_id < other_id", name="each_pair_once"),)


class Release(Model):
    """One published state of the programme, or one change on the day. Never written again.

    `changes` is what was different from the one before, as changes.as_json writes it; `programme`
    the whole of it as archive.plan_as_json writes it, of a release only.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)  # release, change (on the day)
    name: Composite[Bilingual] = bilingual("name")
    note: Composite[Bilingual] = bilingual("note")
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_by: Mapped[str] = mapped_column(Text, default="")  # a name of the team, for the team
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    programme: Mapped[dict[str, Any] | None] = mapped_column(JSON, deferred=True)

    edition: Mapped[Edition] = relationship()

    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        CheckConstraint("kind IN ('release', 'change')", name="known_kind"),
    )


class Feedback(Model):
    """What a visitor said after a session, without a name."""

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), index=True
    )
    slot_id: Mapped[int | None] = mapped_column(
        ForeignKey("slot.id", ondelete="SET NULL"), index=True
    )
    # Made by the form, so that a second click is not a second opinion.
    form_key: Mapped[str] = mapped_column(Text, unique=True)
    useful: Mapped[int]  # 1 (not at all) to 5 (very)
    words: Mapped[str] = mapped_column(Text, default="")
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)

    session: Mapped[Session] = relationship()
    slot: Mapped[Slot | None] = relationship()

    __table_args__ = (CheckConstraint("useful BETWEEN 1 AND 5", name="useful_1_to_5"),)
