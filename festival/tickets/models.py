"""Ticket types and the pools they draw from; orders and the tickets in them."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Composite, Mapped, mapped_column, relationship, validates

from festival import codes, search_index
from festival.accounts.models import TeamMember
from festival.db import Base, EmailAddress, Model, UtcDateTime
from festival.editions.models import Edition, EditionDay
from festival.email_addresses import mailbox_of
from festival.programme.models.sessions import Slot
from festival.sorting import person_key, title_key
from festival.tickets.vat_columns import NEXT_HAS_A_DAY, WithVat
from festival.web.languages import Bilingual, bilingual

# A day on which a type admits is one of its edition's, and cannot be taken off it unnoticed.
day_of_type = Table(
    "ticket_type_day",
    Base.metadata,
    Column("type_id", ForeignKey("ticket_type.id", ondelete="CASCADE"), primary_key=True),
    Column("day_id", ForeignKey("edition_day.id"), primary_key=True, index=True),
)

# No row of a voucher here: it goes for every type that is not hidden.
type_of_voucher = Table(
    "voucher_type",
    Base.metadata,
    Column("voucher_id", ForeignKey("voucher.id", ondelete="CASCADE"), primary_key=True),
    Column("type_id", ForeignKey("ticket_type.id"), primary_key=True, index=True),
)


class Pool(Model):
    """A number of tickets, for one type or for several that share it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (
        UniqueConstraint("edition_id", "slug"),
        CheckConstraint("taken BETWEEN 0 AND capacity", name="never_oversold"),
    )

    @property
    def left(self) -> int:
        """How many are left."""
        return self.capacity - self.taken


# Who a ticket type is for. The shop shows those of each together, in this order.
AUDIENCES = ("regular", "student", "resident", "child", "crew")


class TicketType(WithVat, Model):
    """A kind of ticket that visitors can choose. A hidden one needs a voucher that is for it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"), index=True)
    slug: Mapped[str] = mapped_column(Text)
    name: Composite[Bilingual] = bilingual("name")
    description: Composite[Bilingual] = bilingual("description")
    audience_kind: Mapped[str] = mapped_column(Text, default="regular", server_default="regular")
    audience: Composite[Bilingual] = bilingual("audience")  # who it is for, in a sentence
    hand_out: Composite[Bilingual] = bilingual("hand_out")  # what the crew gives at the gate
    price_cents: Mapped[int]  # VAT included
    # Pay what you can: the least, and two levels around the price. None: it costs what it costs.
    least_cents: Mapped[int | None]
    low_cents: Mapped[int | None]
    high_cents: Mapped[int | None]
    min_per_order: Mapped[int] = mapped_column(default=1)
    max_per_order: Mapped[int] = mapped_column(default=10)
    sale_from: Mapped[datetime] = mapped_column(UtcDateTime)
    sale_until: Mapped[datetime] = mapped_column(UtcDateTime)
    is_hidden: Mapped[bool] = mapped_column(default=False)
    # Also at the gates, on the days of the festival, whatever the sale on the web does.
    is_sold_at_door: Mapped[bool] = mapped_column(default=False, server_default=false())
    # For whoever comes along to help somebody: each goes with another ticket (companions.py).
    is_companion: Mapped[bool] = mapped_column(default=False, server_default=false())
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    edition: Mapped[Edition] = relationship()
    pool: Mapped[Pool] = relationship()
    days: Mapped[list[EditionDay]] = relationship(
        secondary=day_of_type, order_by=EditionDay.held_on
    )

    __table_args__ = (
        UniqueConstraint("edition_id", "slug"),
        CheckConstraint("price_cents >= 0", name="price_not_negative"),
        CheckConstraint(f"audience_kind IN {AUDIENCES}", name="known_audience"),
        CheckConstraint(
            "(least_cents IS NULL) = (low_cents IS NULL)"
            " AND (least_cents IS NULL) = (high_cents IS NULL)"
            " AND (least_cents IS NULL OR 0 <= least_cents AND least_cents <= low_cents"
            " AND low_cents < price_cents AND price_cents < high_cents)",
            name="levels_around_the_price",
        ),
        CheckConstraint(NEXT_HAS_A_DAY, name="next_vat_has_a_day"),
        CheckConstraint("1 <= min_per_order AND min_per_order <= max_per_order", name="min_max"),
        CheckConstraint("sale_from < sale_until", name="sale_ends_after_start"),
    )

    @property
    def admits_on(self) -> list[date]:
        """The days on which it admits its holder."""
        return [day.held_on for day in self.days]


# What a voucher does to the price: it is `value` cents, so many percent or cents less, or nothing;
# or it stays what it is, and the voucher only opens hidden types.
EFFECTS = ("fixed", "percent", "amount", "free", "opens")


class Voucher(Model):
    """A code that changes the price of tickets, opens hidden types, or both.

    With a pool it blocks a place there for each use that is left, and goes for types of that pool.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    code: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)  # the code as codes.tidy leaves it
    code_key: Mapped[str] = search_index.sort_column("code", title_key)
    effect: Mapped[str] = mapped_column(Text)
    value: Mapped[int] = mapped_column(default=0)  # cents or percent
    uses: Mapped[int | None]  # how many tickets in all; None: no limit
    used: Mapped[int] = mapped_column(default=0)
    max_per_order: Mapped[int | None]
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("pool.id"), index=True)
    blocked: Mapped[int] = mapped_column(default=0)  # of the pool's `taken`, places held for it
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What buyers gave pays for each use; see SolidarityFund.
    is_solidarity: Mapped[bool] = mapped_column(default=False, server_default=false())
    # A digest of the form that made it and of all that was in it: sent again, it makes no more.
    form_key: Mapped[str] = mapped_column(Text, default="", server_default="", index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    tag: Mapped[str] = mapped_column(Text, default="")
    tag_key: Mapped[str] = mapped_column(Text, default="", info=search_index.made_of("tag"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    edition: Mapped[Edition] = relationship()
    pool: Mapped[Pool | None] = relationship()
    types: Mapped[list[TicketType]] = relationship(
        secondary=type_of_voucher, order_by=TicketType.position
    )

    __table_args__ = (
        CheckConstraint(f"effect IN {EFFECTS}", name="known_effect"),
        CheckConstraint("value >= 0 AND (effect <> 'percent' OR value <= 100)", name="value"),
        CheckConstraint("0 <= used AND (uses IS NULL OR used <= uses)", name="never_overused"),
        CheckConstraint(
            "0 <= blocked AND (blocked = 0 OR pool_id IS NOT NULL)", name="blocks_in_a_pool"
        ),
        CheckConstraint("pool_id IS NULL OR uses IS NOT NULL", name="blocks_a_number"),
        CheckConstraint("valid_from < valid_until", name="ends_after_start"),
        CheckConstraint("effect = 'free' OR NOT is_solidarity", name="fund_pays_all"),
    )

    @validates("tag")
    def _keep_tag_key(self, _field: str, tag: str) -> str:
        self.tag_key = title_key(tag)
        return tag

    @property
    def left(self) -> int | None:
        """How many more tickets may use it; None if that is unlimited."""
        return None if self.uses is None else self.uses - self.used

    def is_for(self, of: TicketType) -> bool:
        """Whether it changes the price of tickets of this type, or opens it."""
        in_pool = self.pool_id is None or self.pool_id == of.pool_id
        return in_pool and (of in self.types if self.types or of.is_hidden else True)

    def price_of(self, of: TicketType) -> int:
        """Returns the price in cents of a ticket of this type with it, never above the usual."""
        full = of.price_cents
        match self.effect:
            case "fixed":
                return min(self.value, full)
            case "percent":
                return (full * (100 - self.value) + 50) // 100
            case "amount":
                return max(full - self.value, 0)
            case "free":
                return 0
        return full


class SolidarityFund(Model):
    """What buyers gave above the price, as free tickets for people who cannot pay for one.

    What was given is added up from the tickets; see vouchers/fund.py.
    """

    edition_id: Mapped[int] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    ticket_cents: Mapped[int]  # what one ticket takes out of it
    used: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("ticket_cents > 0", name="costs_something"),
        CheckConstraint("used >= 0", name="used_not_negative"),
    )


one_voucher_per_code = UniqueConstraint(Voucher.edition_id, Voucher.key)


class BuyerMailbox(Model):
    """Somebody's mailbox, and when its owner opened the link that we mailed there."""

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(Text)  # see email_addresses.mailbox_of
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
    name_key: Mapped[str] = search_index.sort_column("name", person_key)
    email: Mapped[str] = mapped_column(EmailAddress)  # '': nobody is written to
    # Whose mail it is: the address without a `+tag`, by which holds are counted.
    mailbox: Mapped[str] = mapped_column(
        Text,
        default=lambda context: mailbox_of(context.get_current_parameters()["email"]),
        info=search_index.made_of("email"),
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
    # Who of the team ordered it for somebody; None: the buyer did. And why it costs nothing.
    placed_by_id: Mapped[int | None] = mapped_column(ForeignKey("team_member.id"))
    free_reason: Mapped[str] = mapped_column(Text, default="", server_default="")

    edition: Mapped[Edition] = relationship()
    placed_by: Mapped[TeamMember | None] = relationship()
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

    The price is what it was ordered for, with its voucher if it has one; the ledger has the VAT in
    it.
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
    holder_key: Mapped[str] = search_index.sort_column("holder_name", person_key)
    holder_email: Mapped[str] = mapped_column(EmailAddress, default="")  # '' means the order's
    # Of a ticket that was ordered without a name: in the link with which somebody names it, once.
    naming_secret: Mapped[str | None] = mapped_column(Text, unique=True)
    named_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    price_cents: Mapped[int]
    # What the buyer pays above the usual price, as a gift: not a part of `price_cents`.
    gift_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("voucher.id"), index=True)
    # The ticket of the person whom the holder of this one comes along with, in the same order.
    accompanies_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    # When it went back to the pool: it or its order was cancelled, or that lapsed. It no longer
    # admits anyone.
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When it was cancelled by itself: it does not come back with its order.
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Why the team cancelled it, for the team.
    cancel_note: Mapped[str] = mapped_column(Text, default="", server_default="")

    order: Mapped[Order] = relationship(back_populates="tickets")
    type: Mapped[TicketType] = relationship()
    voucher: Mapped[Voucher | None] = relationship()
    accompanies: Mapped["Ticket | None"] = relationship(remote_side=id)

    __table_args__ = (
        Index("ix_ticket_holder_email", "holder_email"),
        CheckConstraint("gift_cents >= 0", name="gift_not_negative"),
        CheckConstraint(
            "named_at IS NULL OR naming_secret IS NOT NULL", name="only_the_nameless_are_named"
        ),
        CheckConstraint(
            "cancelled_at IS NULL OR released_at IS NOT NULL", name="cancelled_is_released"
        ),
    )

    @validates("holder_name")
    def _keep_holder_key(self, _field: str, name: str) -> str:
        self.holder_key = person_key(name)
        return name

    @property
    def is_nameless(self) -> bool:
        """Whether nobody said yet whose it is. Its `holder_name` then says with whom it came."""
        return self.naming_secret is not None and self.named_at is None

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


voucher_word = search_index.word_table(
    Voucher,
    # A code is also found by a part of it, as the words of a note are.
    lambda voucher: search_index.words_of(voucher.code, voucher.note, voucher.tag),
    of=("code", "note", "tag"),
)
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
    part_of=(Order, "order_id"),
)
