"""Ticket types and the pools they draw from; orders and the tickets in them."""

from collections.abc import Callable
from datetime import date, datetime
from hmac import compare_digest
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint
from sqlalchemy.orm import Composite, Mapped, mapped_column, relationship, validates

from festival import codes, search_index
from festival.db import Base, EmailAddress, Model, UtcDateTime
from festival.editions.models import Edition, EditionDay
from festival.email_addresses import canonical
from festival.programme.models.sessions import Slot
from festival.sorting import person_key
from festival.web.languages import Bilingual, bilingual

# A day on which a type admits is one of its edition's, and cannot be taken off it unnoticed.
day_of_type = Table(
    "ticket_type_day",
    Base.metadata,
    Column("type_id", ForeignKey("ticket_type.id", ondelete="CASCADE"), primary_key=True),
    Column("day_id", ForeignKey("edition_day.id"), primary_key=True, index=True),
)


def _key_of(column: str) -> Callable[[Any], str]:
    """Returns the default of a column to sort by, also for rows that are inserted in bulk."""
    return lambda context: person_key(context.get_current_parameters()[column])


class Pool(Model):
    """A number of tickets, for one type or for several that share it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("edition_id", "slug"),
        CheckConstraint("taken BETWEEN 0 AND capacity", name="never_oversold"),
    )

    @property
    def left(self) -> int:
        """How many are left."""
        return self.capacity - self.taken


class TicketType(Model):
    """A kind of ticket that visitors can choose. `code` hides it from others."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"), index=True)
    slug: Mapped[str] = mapped_column(Text)
    name: Composite[Bilingual] = bilingual("name")
    description: Composite[Bilingual] = bilingual("description")
    audience: Composite[Bilingual] = bilingual("audience")  # who it is for
    hand_out: Composite[Bilingual] = bilingual("hand_out")  # what the crew gives at the gate
    price_cents: Mapped[int]  # VAT included
    vat_percent: Mapped[int]
    min_per_order: Mapped[int] = mapped_column(default=1)
    max_per_order: Mapped[int] = mapped_column(default=10)
    sale_from: Mapped[datetime] = mapped_column(UtcDateTime)
    sale_until: Mapped[datetime] = mapped_column(UtcDateTime)
    code: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)

    edition: Mapped[Edition] = relationship()
    pool: Mapped[Pool] = relationship()
    days: Mapped[list[EditionDay]] = relationship(
        secondary=day_of_type, order_by=EditionDay.held_on
    )

    __table_args__ = (
        UniqueConstraint("edition_id", "slug"),
        CheckConstraint("price_cents >= 0", name="price_not_negative"),
        CheckConstraint("vat_percent BETWEEN 0 AND 100", name="vat_is_percentage"),
        CheckConstraint("1 <= min_per_order AND min_per_order <= max_per_order", name="min_max"),
        CheckConstraint("sale_from < sale_until", name="sale_ends_after_start"),
    )

    def opens_with(self, code: str) -> bool:
        """Whether `code` opens this type. A wrong one takes as long as the right one."""
        typed, wanted = codes.tidy(code).encode(), codes.tidy(self.code).encode()
        return compare_digest(typed, wanted) or not wanted

    @property
    def admits_on(self) -> list[date]:
        """The days on which it admits its holder."""
        return [day.held_on for day in self.days]


def mailbox_of(email: str) -> str:
    """Returns the address in its one form, without the `+tag` that many mail servers ignore."""
    name, _at, domain = canonical(email).rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


class BuyerMailbox(Model):
    """Somebody's mailbox, and when its owner opened the link that we mailed there."""

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(Text)  # see mailbox_of
    secret: Mapped[str] = mapped_column(Text, unique=True)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


one_row_per_mailbox = UniqueConstraint(BuyerMailbox.address)


class Order(Model):
    """What somebody ordered in one go. Its secret opens its page; its code is for reading aloud.

    It is pending until it is confirmed (free or paid), lapses or is cancelled. What is due does not
    follow from its state: it is the total less what was paid (see payments).
    """

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    secret: Mapped[str] = mapped_column(Text, unique=True)
    # Made by the form, and a digest of what was sent with it: a second click finds the first order,
    # and another order under the same form is another order. '' in orders from before the digest.
    form_key: Mapped[str] = mapped_column(Text)
    form_digest: Mapped[str] = mapped_column(Text, default="", server_default="")
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text, default=_key_of("name"))
    email: Mapped[str] = mapped_column(EmailAddress)
    # Whose mail it is: the address without a `+tag`, by which holds are counted.
    mailbox: Mapped[str] = mapped_column(
        Text, default=lambda context: mailbox_of(context.get_current_parameters()["email"])
    )
    language: Mapped[str] = mapped_column(Text)
    total_cents: Mapped[int]
    reference: Mapped[str] = mapped_column(Text, unique=True)  # ISO 11649, with check digits
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: nothing to pay
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lapsed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    edition: Mapped[Edition] = relationship()
    tickets: Mapped[list["Ticket"]] = relationship(back_populates="order", order_by="Ticket.id")

    __table_args__ = (
        CheckConstraint("total_cents >= 0", name="total_not_negative"),
        Index("ix_orders_email", "email"),
        Index("ix_orders_mailbox", "mailbox"),
        Index("ix_orders_due_at", "due_at"),
    )

    @validates("name")
    def _keep_name_key(self, _field: str, name: str) -> str:
        self.name_key = person_key(name)
        return name

    @property
    def state(self) -> str:
        """`confirmed`, `pending`, `lapsed` or `cancelled`."""
        if self.cancelled_at:
            return "cancelled"
        if self.lapsed_at:
            return "lapsed"
        return "confirmed" if self.confirmed_at else "pending"


one_order_per_form = UniqueConstraint(Order.form_key, Order.form_digest)


class Ticket(Model):
    """One person's ticket. `secret` is the holder's link; `pass_id` is what the QR code carries.

    Price and VAT are those of when it was ordered.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"), index=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    secret: Mapped[str] = mapped_column(Text, unique=True)
    pass_id: Mapped[str] = mapped_column(Text, unique=True)  # 80 bits, 20 hex digits
    # In the address of the calendar feed. People share that address, so it opens nothing else.
    agenda_secret: Mapped[str] = mapped_column(Text, unique=True, default=codes.secret)
    holder_name: Mapped[str] = mapped_column(Text)
    holder_key: Mapped[str] = mapped_column(Text, default=_key_of("holder_name"))
    holder_email: Mapped[str] = mapped_column(EmailAddress, default="")  # '' means the order's
    price_cents: Mapped[int]
    vat_percent: Mapped[int]
    # When it went back to the pool: its order lapsed or was cancelled. It no longer admits anyone.
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    order: Mapped[Order] = relationship(back_populates="tickets")
    type: Mapped[TicketType] = relationship()

    __table_args__ = (Index("ix_ticket_holder_email", "holder_email"),)

    @validates("holder_name")
    def _keep_holder_key(self, _field: str, name: str) -> str:
        self.holder_key = person_key(name)
        return name

    @property
    def email(self) -> str:
        """Where letters about this ticket go."""
        return self.holder_email or self.order.email

    @property
    def is_valid(self) -> bool:
        """Whether it admits its holder: its order is confirmed and it was not given back."""
        return self.released_at is None and self.order.state == "confirmed"

    def admits(self, slot: Slot) -> bool:
        """Whether this ticket is for the day of `slot`."""
        return slot.day in self.type.admits_on


order_word = search_index.word_table(
    Order,
    lambda order: search_index.words_of(
        order.name, email=order.email, whole=[order.reference], codes=[order.code]
    ),
    of=("name", "email", "reference", "code"),
)
ticket_word = search_index.word_table(
    Ticket,
    lambda ticket: search_index.words_of(
        ticket.holder_name,
        email=ticket.holder_email,
        codes=[ticket.code],
    ),
    of=("holder_name", "holder_email", "code"),
)
