"""Who waits for tickets of a type that is sold out."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival import search_index
from festival.db import EmailAddress, Model, UtcDateTime
from festival.sorting import person_key
from festival.tickets.models import TicketType

OUTCOMES = ("", "ordered", "lapsed", "left")  # '' while in line, or while an offer is open
_IN_LINE = text("ended_at IS NULL")


class TicketWait(Model):
    """Somebody in line for tickets of a type, by the order of confirming their address.

    An offer is a hold with the same secret (see holds/): the link in the letter opens the order
    form with it.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"), index=True)
    secret: Mapped[str] = mapped_column(Text, unique=True)
    code: Mapped[str] = mapped_column(Text, unique=True)  # in the team's addresses
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(EmailAddress)
    number: Mapped[int]  # of tickets
    language: Mapped[str] = mapped_column(Text)
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When the owner of the mailbox said that it was them; in line from then on.
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Whoever confirmed: a digest, see Hold.network.
    network: Mapped[str] = mapped_column(Text, default="", server_default="")
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offer_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(Text, default="")
    name_key: Mapped[str] = search_index.sort_column("name", person_key)
    found_by: Mapped[str] = search_index.folded_column("name", "email")

    type: Mapped[TicketType] = relationship()

    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint(f"outcome IN {OUTCOMES}", name="known_outcome"),
        CheckConstraint("(ended_at IS NULL) = (outcome = '')", name="ends_with_an_outcome"),
        CheckConstraint(
            "(offered_at IS NULL) = (offer_ends_at IS NULL)", name="an_offer_has_an_end"
        ),
    )

    @property
    def state(self) -> str:
        """`unconfirmed`, `waiting`, `offered`, or how it ended."""
        in_line = "waiting" if self.confirmed_at else "unconfirmed"
        return self.outcome or ("offered" if self.offered_at else in_line)


one_wait_per_type = Index(
    "one_wait_per_type",
    TicketWait.type_id,
    TicketWait.email,
    unique=True,
    sqlite_where=_IN_LINE,
    postgresql_where=_IN_LINE,
)
