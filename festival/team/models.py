"""The audit trail: who of the team did what, when."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.accounts.models import TeamMember
from festival.db import Model, UtcDateTime


class AuditEntry(Model):
    """One deed of a member: `verb` (such as `mark_paid`) on `subject` (such as `order K7P…`)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("team_member.id"))
    verb: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    member: Mapped[TeamMember | None] = relationship()

    __table_args__ = (Index("ix_audit_entry_at", "at"),)
