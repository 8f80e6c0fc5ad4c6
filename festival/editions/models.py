"""What an edition is: one festival in one year, its place, its texts and its partners."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Composite, Mapped, mapped_column, relationship

from festival.config import HOME_ZONE
from festival.db import EmailAddress, Model, UtcDateTime
from festival.web.languages import Bilingual, bilingual

# A festival day ends the next morning: what happens after midnight belongs to the day before.
DAY_BEGINS = time(6)
_BEFORE_DAY_BEGINS = timedelta(hours=DAY_BEGINS.hour)
# Places where people live, by their names in the time zone database.
ZONES = tuple(
    sorted(
        name
        for name in available_timezones()
        if re.match(r"(Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/|UTC$", name)
    )
)
# What visitors read of an edition, and editors may write. Its name is part of its address.
TEXTS = ("theme", "intro", "route", "access", "house_rules", "privacy")
# Days that move along with the festival's.
DEADLINES = ("changes_until_on", "cancel_until_on", "cancel_free_until_on")
LAST_POSITION = 999  # of partners and questions; equal positions keep the order of adding


class Edition(Model):
    """One yearly edition. At most one is the current one, which visitors see."""

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    is_current: Mapped[bool] = mapped_column(default=False)
    name: Composite[Bilingual] = bilingual("name")
    theme: Composite[Bilingual] = bilingual("theme")
    intro: Composite[Bilingual] = bilingual("intro")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    timezone: Mapped[str] = mapped_column(Text, default=HOME_ZONE)  # of ZONES
    venue_name: Mapped[str] = mapped_column(Text, default="")
    venue_address: Mapped[str] = mapped_column(Text, default="")
    city: Mapped[str] = mapped_column(Text, default="")
    route: Composite[Bilingual] = bilingual("route")
    access: Composite[Bilingual] = bilingual("access")
    house_rules: Composite[Bilingual] = bilingual("house_rules")
    privacy: Composite[Bilingual] = bilingual("privacy")
    organiser_name: Mapped[str] = mapped_column(Text, default="")
    organiser_email: Mapped[str] = mapped_column(EmailAddress, default="")
    organiser_address: Mapped[str] = mapped_column(Text, default="")
    organiser_iban: Mapped[str] = mapped_column(Text, default="")
    # What the law wants on an invoice, where a postal address is not enough.
    organiser_street: Mapped[str] = mapped_column(Text, default="", server_default="")
    organiser_postal_code: Mapped[str] = mapped_column(Text, default="", server_default="")
    organiser_city: Mapped[str] = mapped_column(Text, default="", server_default="")
    organiser_kvk: Mapped[str] = mapped_column(Text, default="", server_default="")
    organiser_vat_id: Mapped[str] = mapped_column(Text, default="", server_default="")
    # Whether every paid order gets an invoice, also if its buyer asks for none.
    invoices_always: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # An unpaid order lapses this many days after it was placed.
    payment_days: Mapped[int] = mapped_column(default=5)
    # The most coaching slots that one ticket may book.
    coaching_per_ticket: Mapped[int] = mapped_column(default=1)
    # Booking closes this many minutes before the slot starts.
    booking_closes_minutes: Mapped[int] = mapped_column(default=15)
    # The minutes to walk from one stage to another, unless the team set a time for the two.
    walk_minutes: Mapped[int] = mapped_column(default=5, server_default="5")
    # Whether visitors may say what they thought of a session.
    takes_feedback: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    # Until this day, itself included, holders and buyers correct names and addresses and pass a
    # ticket on; None: until the festival begins.
    changes_until_on: Mapped[date | None]
    # Until this day, itself included, buyers cancel what they paid; None: only the team does.
    cancel_until_on: Mapped[date | None]
    # Until this day they pay no fee for that; None: there is no such day.
    cancel_free_until_on: Mapped[date | None]
    # The fee for each ticket: a fixed part and a part of its price; never more than the price.
    cancel_fee_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    cancel_fee_percent: Mapped[int] = mapped_column(default=0, server_default="0")
    # When somebody said that it does not go on, and why. Nothing is sold after that.
    called_off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_off_reason: Composite[Bilingual] = bilingual("called_off_reason")
    # Raised by every rule that changes what the programme shows; rendered cards are kept by it.
    programme_version: Mapped[int] = mapped_column(default=0, server_default="0")
    # Raised by every rule that changes what the next release will show.
    draft_version: Mapped[int] = mapped_column(default=0, server_default="0")
    # Raised with every change of this row, so that the later of two editors is warned.
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    # One row for each day from starts_on to ends_on; see match_days.
    day_rows: Mapped[list["EditionDay"]] = relationship(
        back_populates="edition", order_by="EditionDay.held_on", cascade="all, delete-orphan"
    )
    partners: Mapped[list["Partner"]] = relationship(
        back_populates="edition", order_by="Partner.position, Partner.id"
    )
    questions: Mapped[list["Question"]] = relationship(
        back_populates="edition", order_by="Question.position, Question.id"
    )

    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="ends_after_start"),
        CheckConstraint("cancel_fee_cents >= 0", name="fee_not_negative"),
        CheckConstraint("cancel_fee_percent BETWEEN 0 AND 100", name="fee_part_of_price"),
        Index(
            "one_current_edition",
            "is_current",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of this edition."""
        return ZoneInfo(self.timezone)

    @property
    def days(self) -> list[date]:
        """The days of the festival, in order."""
        return [
            self.starts_on + timedelta(days=n)
            for n in range((self.ends_on - self.starts_on).days + 1)
        ]

    def match_days(self) -> None:
        """Add and remove day rows, so that there is one for each of `days`."""
        there = {row.held_on: row for row in self.day_rows}
        self.day_rows = [there.get(day) or EditionDay(held_on=day) for day in self.days]

    def local(self, moment: datetime) -> datetime:
        """Returns `moment` in the zone of the edition."""
        return moment.astimezone(self.zone)

    def moment(self, day: date, at: time) -> datetime:
        """Returns the moment in UTC at which the festival's clocks show `at` on `day`."""
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    def day_of(self, moment: datetime) -> date:
        """Returns the festival day of `moment`: the night until six belongs to the day before."""
        return (self.local(moment) - _BEFORE_DAY_BEGINS).date()

    def booking_closes_at(self, starts_at: datetime) -> datetime:
        """Returns when booking and cancelling close for a slot announced for `starts_at`."""
        return starts_at - timedelta(minutes=self.booking_closes_minutes)

    def day_begins(self, day: date) -> datetime:
        """Returns in UTC when a festival day begins and the day before ends."""
        return self.moment(day, DAY_BEGINS)


class EditionDay(Model):
    """One day of an edition. What is for a day refers to its row, so it moves along with it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    held_on: Mapped[date]

    edition: Mapped[Edition] = relationship(back_populates="day_rows")

    __table_args__ = (UniqueConstraint("edition_id", "held_on"),)


class Partner(Model):
    """An organisation that makes this edition possible, shown on the front page."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(Text)
    kind: Composite[Bilingual] = bilingual("kind")
    url: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    edition: Mapped[Edition] = relationship(back_populates="partners")


class Question(Model):
    """A question that visitors often ask, with its answer, on the practical page."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE"), index=True
    )
    question: Composite[Bilingual] = bilingual("question")
    answer: Composite[Bilingual] = bilingual("answer")
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    edition: Mapped[Edition] = relationship(back_populates="questions")
