"""Letters to many: what is written, to whom, who got it, and who wants no invitations."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Composite, Mapped, mapped_column, relationship

from festival.db import EmailAddress, Model, UtcDateTime
from festival.editions.models import Edition
from festival.web.languages import Bilingual, bilingual

# About a ticket that somebody has; or about something else, which nobody need receive.
KINDS = ("service", "invitation")
STATES = ("draft", "sending", "stopped", "sent")


class Mailing(Model):
    """One text in two languages for everybody whom its criteria choose.

    draft → sending → sent. It can be stopped while it is sending, and go on later: who has it
    already does not get it again. The worker writes its letters (see sending.py).
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)  # which writes it
    # Whose people get it: an invitation may go to those of an earlier year.
    audience_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    # Which of them, see audiences.py: people with tickets, in line for them, speakers …
    whom: Mapped[str] = mapped_column(Text, default="visitors", server_default="visitors")
    code: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    # By key of a filter the chosen values, see filters.py. A filter without values is left out.
    criteria: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    subject: Composite[Bilingual] = bilingual("subject")
    body: Composite[Bilingual] = bilingual("body")
    state: Mapped[str] = mapped_column(Text, default="draft")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the last letter was written
    counted: Mapped[int] = mapped_column(default=0)  # how many it was for when it was started
    next_turn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    edition: Mapped[Edition] = relationship(foreign_keys=[edition_id])
    audience: Mapped[Edition] = relationship(foreign_keys=[audience_id])

    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="known_kind"),
        CheckConstraint(f"state IN {STATES}", name="known_state"),
    )

    @property
    def is_invitation(self) -> bool:
        """Whether whoever wants no invitations does not get it."""
        return self.kind == "invitation"


class MailingRecipient(Model):
    """One address that a mailing was written to. The key keeps it from being written to twice."""

    mailing_id: Mapped[int] = mapped_column(
        ForeignKey("mailing.id", ondelete="CASCADE"), primary_key=True
    )
    address: Mapped[str] = mapped_column(EmailAddress, primary_key=True)
    is_wrong: Mapped[bool] = mapped_column(default=False)  # no letter could be written to it
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LetterText(Model):
    """What the team wrote in an automatic letter of an edition, in one language; '' is our text."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    name: Mapped[str] = mapped_column(Text)  # the letter, such as "tickets/order_confirmed"
    language: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text, default="")
    opening: Mapped[str] = mapped_column(Text, default="")
    closing: Mapped[str] = mapped_column(Text, default="")


one_text_per_letter = UniqueConstraint(LetterText.edition_id, LetterText.name, LetterText.language)


class InvitationChoice(Model):
    """Whether an address wants invitations. `secret` is in the link of each invitation to it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(EmailAddress)
    secret: Mapped[str] = mapped_column(Text, unique=True)
    unsubscribed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


one_choice_per_address = UniqueConstraint(InvitationChoice.address)
