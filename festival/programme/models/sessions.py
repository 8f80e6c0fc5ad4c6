"""Sessions, speakers and slots. They refer to each other, so they share a file."""

from datetime import date, datetime
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
from festival.db import Base, EmailAddress, Model, UtcDateTime
from festival.editions.models import Edition
from festival.programme.models.places import Stage, Theme
from festival.programme.timing import Timed
from festival.web.languages import Bilingual, bilingual

# lezing, workshop, muziek, spel, coaching, verhaal
KINDS = ("talk", "workshop", "music", "game", "coaching", "story")
BOOKABLE_KINDS = ("workshop", "coaching")
LEVELS = ("open", "experienced")
# step-free, hearing loop, sign language, quiet
ACCESS = ("step_free", "hearing_loop", "sign_language", "quiet")
# On the programme; shown as cancelled; taken off it and known only to those who booked it.
SLOT_STATES = ("scheduled", "cancelled", "dropped")

speaker_of_session = Table(
    "session_speaker",
    Base.metadata,
    Column("session_id", ForeignKey("session.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "speaker_id", ForeignKey("speaker.id", ondelete="CASCADE"), primary_key=True, index=True
    ),
    Column("position", Integer, default=0, nullable=False),
    # A speaker is announced; a host leads the session and gets the same messages as speakers.
    Column("role", Text, default="speaker", server_default="speaker", nullable=False),
    # What the speaker said on their own page: '', 'yes' or 'no'.
    Column("answer", Text, default="", server_default="", nullable=False),
    Column("answered_at", UtcDateTime),
    Column("reason", Text, default="", server_default="", nullable=False),  # of a no
    CheckConstraint("role IN ('speaker', 'host')", name="known_role"),
    CheckConstraint("answer IN ('', 'yes', 'no')", name="known_answer"),
)


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
    # Private from here on: for the team and the speaker only.
    secret: Mapped[str] = mapped_column(Text, unique=True, default=codes.secret)  # their own page
    # When the link to that page was mailed, when they were last reminded to answer, and when we
    # gave up on such a letter; all of the present link.
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unreached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    email: Mapped[str] = mapped_column(EmailAddress, default="")
    phone: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(Text, default="nl")  # for letters
    needs: Mapped[str] = mapped_column(Text, default="")
    is_public: Mapped[bool] = mapped_column(default=False)
    draft: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    # What visitors may see; viewonly, rules.set_speakers writes it.
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
    """A span in which a speaker can be there. A speaker without any can always be there."""

    id: Mapped[int] = mapped_column(primary_key=True)
    speaker_id: Mapped[int] = mapped_column(
        ForeignKey("speaker.id", ondelete="CASCADE"), index=True
    )
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("starts_at < ends_at", name="ends_after_start"),)


class SpeakerFile(Model):
    """A file from a speaker for the host: slides or sound. Downloaded only, never shown."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True, default=codes.readable)
    speaker_id: Mapped[int] = mapped_column(
        ForeignKey("speaker.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(Text)  # as the speaker named it
    stored: Mapped[str] = mapped_column(Text)  # its name in storage
    mimetype: Mapped[str] = mapped_column(Text)
    size: Mapped[int]  # bytes
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    speaker: Mapped[Speaker] = relationship(viewonly=True)


class Session(Model):
    """Something on the programme. Its slots say when and where; a session given twice has two."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    slug: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    title: Composite[Bilingual] = bilingual("title")
    summary: Composite[Bilingual] = bilingual("summary")
    description: Composite[Bilingual] = bilingual("description")
    bring: Composite[Bilingual] = bilingual("bring")
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    languages: Mapped[str] = mapped_column(Text, default="nl")  # see session_languages.py
    level: Mapped[str] = mapped_column(Text, default="open")
    min_age: Mapped[int | None]
    access: Mapped[list[str]] = mapped_column(JSON, default=list)  # of ACCESS; the stage has more
    # What was said not to be there, of ACCESS; the rest nobody said anything about.
    no_access: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    photo: Mapped[str] = mapped_column(Text, default="")  # name in storage, '' for none
    photo_alt: Composite[Bilingual] = bilingual("photo_alt")
    # Open to everybody, even without a ticket; booking a place still needs a ticket.
    is_free: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_highlight: Mapped[bool] = mapped_column(default=False)
    takes_feedback: Mapped[bool] = mapped_column(default=True)
    # Private from here on: for the team only.
    host_notes: Mapped[str] = mapped_column(Text, default="")
    needs: Mapped[str] = mapped_column(Text, default="")  # technique, set-up
    minutes_before: Mapped[int] = mapped_column(default=0)  # to set up
    minutes_after: Mapped[int] = mapped_column(default=0)  # to clear up
    is_public: Mapped[bool] = mapped_column(default=False)
    draft: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    edition: Mapped[Edition] = relationship()
    theme: Mapped[Theme | None] = relationship()
    # Announced, in this order. rules.set_speakers writes speakers and hosts.
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
    # What visitors see: released and not taken off the programme, including cancelled slots.
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
        CheckConstraint("languages <> ''", name="has_a_language"),
    )


class Slot(Timed, Model):
    """One time and place at which a session happens, with its own places.

    `places` is how many can be booked in advance (None: just walk in), `taken` how many are booked.
    `door_places` are kept for people at the door and are not included in `places`.
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
    # What happens on the day. starts_at and ends_at stay as announced: a delay is added to them.
    state: Mapped[str] = mapped_column(Text, default="scheduled", server_default="scheduled")
    delay_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    is_full: Mapped[bool] = mapped_column(
        default=False
    )  # the room itself is full, whatever was booked
    reason: Composite[Bilingual] = bilingual("reason")
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id", ondelete="SET NULL"))
    # Where it was before its last move, and whether a note stays behind at that place.
    moved_from_stage_id: Mapped[int | None] = mapped_column(
        ForeignKey("stage.id", ondelete="SET NULL")
    )
    moved_from_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its former start
    leaves_note: Mapped[bool] = mapped_column(default=False)
    moved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it was moved
    # For calendars (RFC 5545): raised with each change of time, place, title or state.
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Raised with every change by a maker, so that the later of two is told about the earlier one.
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
        """Whether visitors must book a place. If not, they just walk in."""
        return self.places is not None

    @property
    def places_left(self) -> int | None:
        """How many places can still be booked; None if visitors just walk in."""
        return None if self.places is None else self.places - self.taken

    @property
    def day(self) -> date:
        """The festival day it belongs to."""
        return self.session.edition.day_of(self.starts_at)

    @property
    def booking_closes_at(self) -> datetime:
        """From this moment on, nobody can book or cancel."""
        return self.session.edition.booking_closes_at(self.starts_at)
