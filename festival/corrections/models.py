"""What the team writes about an order for each other."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.accounts.models import TeamMember
from festival.db import Model, UtcDateTime
from festival.tickets.models import Order


class OrderComment(Model):
    """A remark of a member about an order. Buyers and holders never read it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("team_member.id"))
    words: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # A digest of what the form sent, with its key: a second click does not write it twice.
    form_key: Mapped[str] = mapped_column(Text)

    order: Mapped[Order] = relationship()
    member: Mapped[TeamMember] = relationship()


one_comment_per_form = Index("one_comment_per_form", OrderComment.form_key, unique=True)
