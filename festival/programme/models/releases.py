"""What was published, and when."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Composite, Mapped, mapped_column, relationship

from festival.db import Model, UtcDateTime
from festival.editions.models import Edition
from festival.web.languages import Bilingual, bilingual


class Release(Model):
    """One published state of the programme, or one change on the day. Never changed afterwards.

    `changes` lists the differences from the previous one. `programme` is the whole programme, for
    a release only. Both are as kept_json.py writes them.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)  # release, change (on the day)
    name: Composite[Bilingual] = bilingual("name")
    note: Composite[Bilingual] = bilingual("note")
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_by: Mapped[str] = mapped_column(
        Text, default=""
    )  # a name in the team; only the team sees it
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    programme: Mapped[dict[str, Any] | None] = mapped_column(JSON, deferred=True)

    edition: Mapped[Edition] = relationship()

    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        CheckConstraint("kind IN ('release', 'change')", name="known_kind"),
    )
