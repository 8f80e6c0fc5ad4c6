"""The audit trail: which member did what, and when."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival import search_index
from festival.accounts.models import TeamMember
from festival.db import Model, UtcDateTime


class AuditEntry(Model):
    """One action: `verb` (such as `record_payment`) on `subject` (such as `order K7P…`).

    Without a member it was a command or the worker.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("team_member.id"))
    verb: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    found_by: Mapped[str] = search_index.folded_column("subject")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    member: Mapped[TeamMember | None] = relationship()

    __table_args__ = (Index("ix_audit_entry_at", "at"),)
