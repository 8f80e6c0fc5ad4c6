"""Gates, the phones at them, and every scan: who was let in, and who was not and why."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.accounts.models import TeamMember
from festival.db import Model, UtcDateTime
from festival.editions.models import Edition
from festival.tickets.models import Ticket

# Admitted, or why not.
OUTCOMES = (
    "admitted",
    "already_in",
    "not_paid",
    "released",
    "handed_on",
    "wrong_day",
    "wrong_edition",
    "forged",
    "unknown",
)

_SUCCESS = text("outcome = 'admitted' AND undone_at IS NULL")


class Gate(Model):
    """An entrance. At a practice gate the crew learns to scan; its scans do not count."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    is_practice: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)

    edition: Mapped[Edition] = relationship()


one_gate_per_slug = Index("one_gate_per_slug", Gate.edition_id, Gate.slug, unique=True)


class Device(Model):
    """A phone or scanner of the crew. A cookie on it holds `token`."""

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Scan(Model):
    """One reading of one code. The device makes `nonce`, so a scan sent twice counts once."""

    id: Mapped[int] = mapped_column(primary_key=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"), index=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    nonce: Mapped[str] = mapped_column(Text)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    read: Mapped[str] = mapped_column(
        Text
    )  # what the camera read or somebody typed, at most 300 characters
    method: Mapped[str] = mapped_column(Text)  # "camera", "typed" or "name"
    outcome: Mapped[str] = mapped_column(Text)
    is_practice: Mapped[bool] = mapped_column(default=False)
    admitted_on: Mapped[date | None]  # the festival day, where admitted
    scanned_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when it was read
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)  # on the server's clock
    member_id: Mapped[int | None] = mapped_column(ForeignKey("team_member.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    gate: Mapped[Gate] = relationship()
    device: Mapped[Device] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    member: Mapped[TeamMember | None] = relationship()

    __table_args__ = (
        CheckConstraint(f"outcome IN {OUTCOMES}", name="known_outcome"),
        CheckConstraint("method IN ('camera', 'typed', 'name')", name="known_method"),
        CheckConstraint(
            "(outcome = 'admitted') = (admitted_on IS NOT NULL)", name="admitted_has_day"
        ),
    )


one_scan_per_nonce = Index("one_scan_per_nonce", Scan.device_id, Scan.nonce, unique=True)
# Lets a ticket in once a day, however many phones scan it.
one_entry_a_day = Index(
    "one_entry_a_day",
    Scan.ticket_id,
    Scan.admitted_on,
    Scan.is_practice,
    unique=True,
    sqlite_where=_SUCCESS,
    postgresql_where=_SUCCESS,
)
