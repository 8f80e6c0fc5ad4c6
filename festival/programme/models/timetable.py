"""What the timetable knows besides slots: breaks, accepted clashes, pairs that visitors want."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Composite, Mapped, mapped_column, relationship

from festival import codes
from festival.db import Model, UtcDateTime
from festival.programme.models.places import Stage
from festival.web.languages import Bilingual, bilingual


class Block(Model):
    """Time in which no session should be: a break, which visitors see too, or a blocker."""

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
    """A clash that a maker looked at and accepted. Nobody is warned of it again."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    key: Mapped[str] = mapped_column(Text)  # see clashes.Clash.key
    reason: Mapped[str] = mapped_column(Text)
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_by: Mapped[str] = mapped_column(Text, default="")  # a name in the team

    __table_args__ = (UniqueConstraint("edition_id", "key"),)


class WantedTogether(Model):
    """Two sessions that more visitors starred or booked together than chance would predict.

    The bookings capability counts them; they are kept here so that the timetable can warn.
    """

    session_id: Mapped[int] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), primary_key=True
    )
    other_id: Mapped[int] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), primary_key=True
    )
    visitors: Mapped[int]  # how many visitors want both
    expected: Mapped[float]  # how many would want both by chance

    __table_args__ = (CheckConstraint("session_id < other_id", name="each_pair_once"),)
