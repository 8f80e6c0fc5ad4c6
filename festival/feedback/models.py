"""What visitors say after a session."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.db import Model, UtcDateTime
from festival.programme.models.sessions import Session, Slot


class Feedback(Model):
    """An anonymous opinion of a visitor about a session."""

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), index=True
    )
    slot_id: Mapped[int | None] = mapped_column(
        ForeignKey("slot.id", ondelete="SET NULL"), index=True
    )
    # Made by the form, and a digest of what was sent with it: a second click is no second opinion,
    # and another opinion under the same form is another one. '' in those from before the digest.
    form_key: Mapped[str] = mapped_column(Text)
    form_digest: Mapped[str] = mapped_column(Text, default="", server_default="")
    useful: Mapped[int]  # 1 (not at all) to 5 (very)
    words: Mapped[str] = mapped_column(Text, default="")
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)

    session: Mapped[Session] = relationship()
    slot: Mapped[Slot | None] = relationship()

    __table_args__ = (CheckConstraint("useful BETWEEN 1 AND 5", name="useful_1_to_5"),)


one_opinion_per_form = UniqueConstraint(Feedback.form_key, Feedback.form_digest)
