"""Stages with their hours and the walks between them, and themes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Composite, Mapped, mapped_column, relationship

from festival.db import Model, UtcDateTime
from festival.editions.models import Edition
from festival.web.languages import Bilingual, bilingual


class Stage(Model):
    """A place at the festival where sessions happen."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    slug: Mapped[str] = mapped_column(Text)
    name: Composite[Bilingual] = bilingual("name")
    floor: Composite[Bilingual] = bilingual("floor")  # how to find it, in a few words
    capacity: Mapped[int | None]
    # Each is yes, no, or None where nobody said so: visitors read only what was said.
    is_step_free: Mapped[bool | None]
    has_hearing_loop: Mapped[bool | None]
    is_quiet: Mapped[bool | None]
    # The minimum number of minutes between two sessions.
    changeover_minutes: Mapped[int] = mapped_column(default=10, server_default="10")
    position: Mapped[int] = mapped_column(default=0)
    # Raised with every change, so that the later of two editors is told about the earlier change.
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

    @property
    def access(self) -> tuple[str, ...]:
        """What holds for everything at this stage, of ACCESS in models/sessions.py."""
        return tuple(name for name, is_so in self._access.items() if is_so)

    @property
    def no_access(self) -> tuple[str, ...]:
        """What was said not to be there, of ACCESS."""
        return tuple(name for name, is_so in self._access.items() if is_so is False)

    @property
    def _access(self) -> dict[str, bool | None]:
        return {
            "step_free": self.is_step_free,
            "hearing_loop": self.has_hearing_loop,
            "quiet": self.is_quiet,
        }


class StageHours(Model):
    """A span in which a stage can be used. A stage without hours is always open."""

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("starts_at < ends_at", name="ends_after_start"),)


class Walk(Model):
    """The minutes it takes to walk between two stages, if not the edition's usual number."""

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
    """The subject of a session, to filter by."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    slug: Mapped[str] = mapped_column(Text)
    name: Composite[Bilingual] = bilingual("name")
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (UniqueConstraint("edition_id", "slug"),)
