"""The programme: sessions are what happens, slots are when and where, each with its own places."""

from datetime import date, datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Composite, Mapped, mapped_column, relationship

from festival.db import Base, Model, UtcDateTime
from festival.editions.models import Edition
from festival.languages import Bilingual, bilingual

# lezing, workshop, muziek, spel, coaching, verhaal
KINDS = ("talk", "workshop", "music", "game", "coaching", "story")
BOOKABLE_KINDS = ("workshop", "coaching")
LEVELS = ("open", "experienced")

speaker_of_session = Table(
    "session_speaker",
    Base.metadata,
    Column("session_id", ForeignKey("session.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "speaker_id", ForeignKey("speaker.id", ondelete="CASCADE"), primary_key=True, index=True
    ),
    Column("position", Integer, default=0, nullable=False),
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
    position: Mapped[int] = mapped_column(default=0)
    # Raised with every change of the row, so that of two editors the later one is told.
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    edition: Mapped[Edition] = relationship()

    __table_args__ = (
        UniqueConstraint("edition_id", "slug"),
        CheckConstraint("capacity >= 0", name="capacity_not_negative"),
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
    link: Mapped[str] = mapped_column(Text, default="")
    photo: Mapped[str] = mapped_column(Text, default="")  # name in storage, '' for none
    photo_alt: Composite[Bilingual] = bilingual("photo_alt")
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    sessions: Mapped[list["Session"]] = relationship(
        secondary=speaker_of_session, viewonly=True, order_by="Session.slug"
    )

    __table_args__ = (UniqueConstraint("edition_id", "slug"),)


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
    is_highlight: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    edition: Mapped[Edition] = relationship()
    theme: Mapped[Theme | None] = relationship()
    # In the order in which they are announced; rules.set_speakers writes it.
    speakers: Mapped[list[Speaker]] = relationship(
        secondary=speaker_of_session, viewonly=True, order_by=speaker_of_session.c.position
    )
    slots: Mapped[list["Slot"]] = relationship(
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

    session: Mapped[Session] = relationship(back_populates="slots")
    stage: Mapped[Stage] = relationship()

    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="ends_after_start"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
        CheckConstraint("places IS NULL OR taken <= places", name="never_overbooked"),
        CheckConstraint("door_places >= 0", name="door_places_not_negative"),
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
    def day(self) -> date:
        """The festival day it belongs to."""
        return self.session.edition.day_of(self.starts_at)

    @property
    def booking_closes_at(self) -> datetime:
        """From this moment on nobody books or cancels any more."""
        return self.starts_at - timedelta(minutes=self.session.edition.booking_closes_minutes)
