"""The ledger of an order: append-only rows that add up to what is due.

What was sold, taken back and charged raises or lowers what the order costs; what was paid and paid
back lowers or raises what is due. Nothing here names a person, so it stays when people are erased.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Select, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Composite, Mapped, mapped_column, relationship

from festival import vat
from festival.db import Model, UtcDateTime, db
from festival.tickets.models import Order
from festival.vat import Vat
from festival.web.languages import Bilingual, bilingual

# What the order costs, and the money that moved.
CHARGES = ("sale", "reversal", "fee")
MOVEMENTS = ("payment", "refund")
KINDS = (*CHARGES, *MOVEMENTS)


class LedgerEntry(Model):
    """One amount in cents. Positive: the buyer owes it; negative: it lowers what they owe.

    A `reversal` takes one entry back, once. VAT is as it was then, and is part of the amount. The
    database refuses to change a row.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Composite[Bilingual] = bilingual("name")  # of what was sold, as it was called then
    amount_cents: Mapped[int]
    vat_category: Mapped[str] = mapped_column(Text, default="")  # '' for money that moved
    vat_percent: Mapped[int] = mapped_column(default=0)
    vat_reason: Mapped[str] = mapped_column(Text, default="")
    vat_cents: Mapped[int] = mapped_column(default=0)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    order: Mapped[Order] = relationship()

    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="known_kind"),
        CheckConstraint("amount_cents <> 0", name="not_nothing"),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="what_it_reverses"),
    )

    @property
    def vat(self) -> Vat:
        """The VAT on it, as it was then."""
        return Vat(self.vat_category, self.vat_percent, self.vat_reason)


one_reversal_each = UniqueConstraint(LedgerEntry.reverses_id)


@dataclass(frozen=True)
class Charge:
    """Something to enter that the buyer owes: what it is called, its price, and the VAT in it."""

    name: Bilingual
    amount_cents: int
    vat: Vat
    ticket_id: int | None = None
    kind: str = "sale"


def enter(order: Order, charges: Sequence[Charge], *, now: datetime) -> list[LedgerEntry]:
    """Enter what `order`, which the caller has locked, costs more. Nothing for what is free.

    They get what they add to the VAT of the whole order, so that it is rounded once per rate.
    """
    priced = [charge for charge in charges if charge.amount_cents]
    return _insert(
        [
            LedgerEntry(
                order_id=order.id,
                kind=charge.kind,
                name=charge.name,
                amount_cents=charge.amount_cents,
                vat_category=charge.vat.category,
                vat_percent=charge.vat.percent,
                vat_reason=charge.vat.reason,
                ticket_id=charge.ticket_id,
                entered_at=now,
            )
            for charge in priced
        ],
        order,
    )


def reverse(order: Order, entries: Sequence[LedgerEntry], *, now: datetime) -> list[LedgerEntry]:
    """Take `entries` of `order`, which the caller has locked, back: each once, in full."""
    return _insert(
        [
            LedgerEntry(
                order_id=order.id,
                kind="reversal",
                name=entry.name,
                amount_cents=-entry.amount_cents,
                vat_category=entry.vat_category,
                vat_percent=entry.vat_percent,
                vat_reason=entry.vat_reason,
                ticket_id=entry.ticket_id,
                reverses_id=entry.id,
                entered_at=now,
            )
            for entry in entries
        ],
        order,
    )


def move(order: Order, kind: str, amount_cents: int, *, now: datetime) -> LedgerEntry:
    """Enter a `payment` or a `refund` of `amount_cents` (more than 0). Returns the entry."""
    entry = LedgerEntry(
        order_id=order.id,
        kind=kind,
        name=Bilingual("", ""),
        amount_cents=-amount_cents if kind == "payment" else amount_cents,
        entered_at=now,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def standing(order: Order) -> Sequence[LedgerEntry]:
    """Returns the charges of `order` that were not taken back, in the order of entering."""
    taken_back = select(LedgerEntry.reverses_id).where(
        LedgerEntry.order_id == order.id, LedgerEntry.reverses_id.is_not(None)
    )
    return db.session.scalars(
        select(LedgerEntry)
        .where(
            LedgerEntry.order_id == order.id,
            LedgerEntry.kind.in_(("sale", "fee")),
            LedgerEntry.id.not_in(taken_back),
        )
        .order_by(LedgerEntry.id)
    ).all()


def entries_of(order: Order) -> Sequence[LedgerEntry]:
    """Returns all entries of `order`, in the order of entering."""
    return db.session.scalars(
        select(LedgerEntry).where(LedgerEntry.order_id == order.id).order_by(LedgerEntry.id)
    ).all()


def sum_of(*kinds: str) -> Select[int]:
    """Returns the query for the sum in cents of the entries of these kinds; add its condition."""
    return select(func.coalesce(func.sum(LedgerEntry.amount_cents), 0)).where(
        LedgerEntry.kind.in_(kinds)
    )


def _insert(entries: list[LedgerEntry], order: Order) -> list[LedgerEntry]:
    if not entries:
        return []
    shares = vat.of_lines(
        [(entry.vat, entry.amount_cents) for entry in entries], _gross_by_percent(order)
    )
    for entry, share in zip(entries, shares, strict=True):
        entry.vat_cents = share
    db.session.add_all(entries)
    db.session.flush()
    return entries


def _gross_by_percent(order: Order) -> dict[int, int]:
    """Returns what is charged already, by percentage of VAT."""
    charged = (
        select(LedgerEntry.vat_percent, func.sum(LedgerEntry.amount_cents))
        .where(LedgerEntry.order_id == order.id, LedgerEntry.kind.in_(CHARGES))
        .group_by(LedgerEntry.vat_percent)
    )
    return {percent: int(cents) for percent, cents in db.session.execute(charged)}
