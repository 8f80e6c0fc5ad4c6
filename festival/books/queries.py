"""The books of an edition: every entry of its ledgers, on the day on which it counts, and sums.

A charge counts on the day on which it was entered; money on the day on which it came in or went
back, which whoever recorded it says. So all days together are the whole ledger.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from festival.books.models import ClosedSums
from festival.db import db
from festival.editions.models import Edition
from festival.invoices.models import Invoice
from festival.payments.models import InvoicedEntry, Payment, Refund
from festival.tickets import ledger
from festival.tickets.ledger import LedgerEntry
from festival.tickets.models import Order
from festival.vat import Vat


@dataclass(frozen=True)
class BookEntry:
    """One entry of a ledger, and what the bookkeeper wants to know about it."""

    on: date
    entered_on: date
    kind: str
    order_code: str
    name_nl: str
    name_en: str
    amount_cents: int
    vat: Vat
    vat_cents: int
    method: str  # '' for what did not move
    invoice_number: str


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`; None: there is no end on that side."""

    first: date | None = None
    last: date | None = None

    def is_after(self, day: date) -> bool:
        """Whether `day` is before the period."""
        return self.first is not None and day < self.first

    def holds(self, day: date) -> bool:
        """Whether `day` is in the period."""
        return not self.is_after(day) and (self.last is None or day <= self.last)


@dataclass
class Sums:
    """Amounts in cents by kind of entry, each as people say it: what went back is positive."""

    sold: int = 0
    taken_back: int = 0
    other: int = 0  # fees, gifts, and what a ticket became cheaper afterwards
    received: int = 0
    paid_back: int = 0
    vat: int = 0
    due: int = 0  # what all orders together owed at the end

    @property
    def charged(self) -> int:
        """What the orders cost more, all together."""
        return self.sold - self.taken_back + self.other

    @property
    def change(self) -> int:
        """How much more is due than before."""
        return self.charged - self.received + self.paid_back

    def __add__(self, other: "Sums") -> "Sums":
        """Both together; what is due at the end is that of the later, `other`."""
        moved = ("sold", "taken_back", "other", "received", "paid_back", "vat")
        both = {name: getattr(self, name) + getattr(other, name) for name in moved}
        return Sums(**both, due=other.due)

    def add(self, line: BookEntry) -> None:
        """Add one entry."""
        match line.kind:
            case "sale":
                self.sold += line.amount_cents
            case "reversal":
                self.taken_back -= line.amount_cents
            case "fee":
                self.other += line.amount_cents
            case "payment":
                self.received -= line.amount_cents
            case "refund":
                self.paid_back += line.amount_cents
        self.vat += line.vat_cents


@dataclass
class VatSums:
    """What was charged with one VAT, and the VAT in it, in cents."""

    vat: Vat
    gross: int = 0
    vat_cents: int = 0

    @property
    def net(self) -> int:
        """The amount without VAT."""
        return self.gross - self.vat_cents


@dataclass
class MethodSums:
    """What came in and went back by one way of paying, in cents."""

    method: str
    received: int = 0
    paid_back: int = 0

    @property
    def net(self) -> int:
        """What was kept."""
        return self.received - self.paid_back


@dataclass
class Books:
    """The sums of a period: of all of it, by day, by VAT and by way of paying."""

    due_before: int = 0
    total: Sums = field(default_factory=Sums)
    days: list[tuple[date, Sums]] = field(default_factory=list)
    vat: list[VatSums] = field(default_factory=list)
    methods: list[MethodSums] = field(default_factory=list)


@dataclass(frozen=True)
class ChangedSums:
    """A sum of an edition up to a closed month that changed since the month was closed."""

    month: date
    edition_slug: str
    name: str  # charged, received, paid_back, vat
    then_cents: int
    now_cents: int


def entries(edition: Edition) -> Iterator[BookEntry]:
    """Yields every entry of the ledgers of `edition`, in the order in which they count.

    Never more than a thousand of them are in memory.
    """
    happened_at = func.coalesce(Payment.received_at, Refund.done_at, LedgerEntry.entered_at)
    rows = db.session.execute(
        select(
            happened_at,
            LedgerEntry.entered_at,
            LedgerEntry.kind,
            Order.code,
            LedgerEntry.__table__.c.name_nl,
            LedgerEntry.__table__.c.name_en,
            LedgerEntry.amount_cents,
            LedgerEntry.vat_category,
            LedgerEntry.vat_percent,
            LedgerEntry.vat_reason,
            LedgerEntry.vat_cents,
            func.coalesce(Payment.method, Refund.method, ""),
            func.coalesce(Invoice.number, ""),
        )
        .join(Order, Order.id == LedgerEntry.order_id)
        .outerjoin(Payment, Payment.entry_id == LedgerEntry.id)
        .outerjoin(Refund, Refund.entry_id == LedgerEntry.id)
        .outerjoin(InvoicedEntry, InvoicedEntry.entry_id == LedgerEntry.id)
        .outerjoin(Invoice, Invoice.id == InvoicedEntry.invoice_id)
        .where(Order.edition_id == edition.id)
        .order_by(happened_at, LedgerEntry.id)
        .execution_options(yield_per=1000)
    )
    for (
        at, entered_at, kind, code, nl, en, cents, category, percent, reason, vat_cents, method,
        number,
    ) in rows:  # fmt: skip
        yield BookEntry(
            edition.local(at).date(), edition.local(entered_at).date(), kind, code, nl, en, cents,
            Vat(category, percent, reason), vat_cents, method, number,
        )  # fmt: skip


def books_and_months(
    lines: Iterable[BookEntry], period: Period
) -> tuple[Books, list[tuple[date, Sums]]]:
    """Returns the sums of those of `lines` in the period, and those of each month of all of them.

    Reads the lines once, however many there are. A month is named by its first day; months in which
    nothing happened are left out.
    """
    found = Books()
    days: defaultdict[date, Sums] = defaultdict(Sums)
    of_months: defaultdict[date, Sums] = defaultdict(Sums)
    by_vat: dict[Vat, VatSums] = {}
    methods: dict[str, MethodSums] = {}
    for line in lines:
        of_months[line.on.replace(day=1)].add(line)
        if period.is_after(line.on):
            found.due_before += line.amount_cents
        if not period.holds(line.on):
            continue
        found.total.add(line)
        days[line.on].add(line)
        if line.kind in ledger.CHARGES:
            of_vat = by_vat.setdefault(line.vat, VatSums(line.vat))
            of_vat.gross += line.amount_cents
            of_vat.vat_cents += line.vat_cents
        else:
            way = methods.setdefault(line.method, MethodSums(line.method))
            way.received -= min(line.amount_cents, 0)
            way.paid_back += max(line.amount_cents, 0)
    found.days = sorted(days.items())
    _run_on(found.due_before, [sums for _day, sums in found.days])
    found.total.due = found.due_before + found.total.change
    found.vat = sorted(by_vat.values(), key=lambda each: (-each.vat.percent, each.vat))
    found.methods = sorted(methods.values(), key=lambda each: (-each.received, each.method))
    months = sorted(of_months.items())
    _run_on(0, [sums for _month, sums in months])
    return found, months


def books(lines: Iterable[BookEntry], period: Period) -> Books:
    """Returns the sums of those of `lines` that lie in the period."""
    return books_and_months(lines, period)[0]


def months(lines: Iterable[BookEntry]) -> list[tuple[date, Sums]]:
    """Returns the sums of each month in which something happened."""
    return books_and_months(lines, Period())[1]


def sums_until(edition: Edition, last: date) -> Sums:
    """Returns the sums of an edition from its first day to `last`."""
    return books(entries(edition), Period(last=last)).total


def kept(sums: Sums) -> dict[str, int]:
    """Returns the sums that are kept when a month is closed, by their column."""
    return {
        "charged_cents": sums.charged,
        "received_cents": sums.received,
        "paid_back_cents": sums.paid_back,
        "vat_cents": sums.vat,
    }


def changed_since_closing() -> list[ChangedSums]:
    """Returns each sum of a closed month that is not what it was when the month was closed."""
    rows = db.session.scalars(
        select(ClosedSums)
        .options(joinedload(ClosedSums.edition, innerjoin=True))
        .order_by(ClosedSums.edition_id, ClosedSums.month)
    ).all()
    found = []
    for _id, of_edition in groupby(rows, key=lambda row: row.edition_id):
        closed = list(of_edition)
        of_months = months(entries(closed[0].edition))
        for row in closed:
            until = [sums for month, sums in of_months if month <= row.month]
            for column, now in kept(sum(until, Sums())).items():
                then = getattr(row, column)
                if now != then:
                    name = column.removesuffix("_cents")
                    found.append(ChangedSums(row.month, row.edition.slug, name, then, now))
    return found


def _run_on(due: int, ordered: Iterable[Sums]) -> None:
    """Write down what was due at the end of each."""
    for sums in ordered:
        due += sums.change
        sums.due = due
