"""Three hundred and fifty invented orders with booked places, made through the real rules.

They are always the same, from a seeded generator; only codes and secrets differ each time.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from festival.bookings.rules import waiting_list
from festival.db import db
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.home.demo.extras import chosen_extras
from festival.home.demo.texts import read
from festival.payments.basket import RequestedPlace
from festival.payments.rules import cancelling, checking_out, lapsing, recording
from festival.programme.models.sessions import Session, Slot
from festival.team.editing import slug_of
from festival.tickets.models import Order, Ticket, TicketType
from festival.tickets.rules.ordering import OrderRequest, TicketRequest
from festival.tickets.vouchers.queries import vouchers_for

SEED = 2027
# The visitor whose ticket `flask demo logins` shows.
VISITOR = ("Noor Zonnevijlle", "noor.zonnevijlle@example.org")

# Ticket type, number of orders, and the possible numbers of tickets in an order.
_MIX: tuple[tuple[str, int, tuple[int, ...]], ...] = (
    ("weekend", 78, (1, 1, 1, 2, 2, 3, 4)),
    ("vrijdag", 46, (1, 1, 1, 1, 2, 5)),
    ("zaterdag", 58, (1, 2, 2, 2, 3, 4)),
    ("bewoner", 62, (1, 1, 1, 2, 2, 2, 3, 10)),
    ("student", 32, (1, 1, 1, 2)),
    ("begeleider", 12, (2,)),
    ("vrijwilliger", 34, (1, 1, 1, 2)),
    ("vroege-vogel", 27, (1, 1, 2, 2)),
)
# Percentages of the orders that cost money; the rest is paid.
_PENDING, _LAPSED, _CANCELLED = 9, 7, 3
# Percentages of the tickets that book a workshop, and a coach.
_BOOKING, _COACHED = 60, 6
# The most people who wait for a full workshop.
_LONGEST_LINE = 12
# How far slots may fill.
_FILLED = (1, 1, 0.95, 0.9, 0.8, 0.7, 0.5, 0.3)


_SOLIDARITY = (("Rachida Bos", "SAMEN4KAN"), ("Wim van Loon", "SAMEN7BUS"))


@dataclass
class _Places:
    """The places that may still be booked in each slot, so that no order in the demo is refused.

    Some slots may fill up completely and others only in part, as at a real festival.
    """

    slots: list[Slot]
    left: dict[int, int]
    days: dict[int, date]
    questions: dict[str, list[dict[str, str]]]
    held: dict[int, list[Slot]] = field(default_factory=lambda: defaultdict(list))

    def fits(self, ticket: int, slot: Slot, days: Sequence[date]) -> bool:
        """Returns whether ticket number `ticket` of the current order can book `slot`."""
        return (
            self.left[slot.id] > 0
            and self.days[slot.id] in days
            and all(
                other.session_id != slot.session_id
                and (other.ends_at <= slot.starts_at or slot.ends_at <= other.starts_at)
                and not (other.session.kind == slot.session.kind == "coaching")
                for other in self.held[ticket]
            )
        )

    def take(self, ticket: int, slot: Slot) -> None:
        """Note that the ticket takes a place in `slot`."""
        self.left[slot.id] -= 1
        self.held[ticket].append(slot)


def load_orders(edition: Edition, *, now: datetime) -> None:
    """Place the orders as if in the months before `now`; some are paid, lapse or are cancelled."""
    chance = random.Random(SEED)  # noqa: S311  invented people need no cryptography
    people = _People(chance)
    types = {
        row.slug: row
        for row in db.session.scalars(select(TicketType).where(TicketType.edition_id == edition.id))
    }
    places = _places(edition, chance)
    # Nobody orders after the festival has begun, whenever the demo is loaded.
    last = min(now, edition.moment(edition.starts_on - timedelta(days=2), datetime.min.time()))
    _load_visitor(edition, types["weekend"], places, now=last - timedelta(days=20))
    wanted = [(slug, sizes) for slug, number, sizes in _MIX for _ in range(number)]
    chance.shuffle(wanted)
    for slug, sizes in wanted:
        _load_order(edition, types[slug], chance.choice(sizes), chance, people, places, last=last)
    _load_lines(edition, chance, now=last)
    _load_solidarity(edition, types["zaterdag"], now=last)


def _load_visitor(edition: Edition, of: TicketType, places: _Places, *, now: datetime) -> None:
    """Load the paid order of a visitor with two workshops and a coach."""
    places.held.clear()
    choices = []
    for kind in ("workshop", "workshop", "coaching"):
        slot = next(
            slot
            for slot in places.slots
            if slot.session.kind == kind and places.fits(0, slot, of.admits_on)
        )
        places.take(0, slot)
        choices.append(RequestedPlace(0, slot.code, _question(places, slot, "nl")))
    name, email = VISITOR
    request = OrderRequest(
        "demo-visitor", name, email, [TicketRequest(of.slug, name, email)], language="nl"
    )
    order = checking_out.check_out(edition, request, choices, now=now)
    paid_at = now + timedelta(days=2)
    recording.record_payment(order, order.total_cents, paid_at, "demo-visitor", now=paid_at)


def _load_order(
    edition: Edition,
    of: TicketType,
    size: int,
    chance: random.Random,
    people: "_People",
    places: _Places,
    *,
    last: datetime,
) -> None:
    fate = _fate(of, chance)
    placed_at = _placed_at(of, fate, chance, last)
    name, email = people.one()
    language = "en" if chance.random() < 0.12 else "nl"
    # In groups only the buyer has an address; friends sometimes have one too.
    others = [people.one() for _ in range(size - 1)]
    # A companion comes along with a resident, who orders for both.
    tickets = [TicketRequest("bewoner" if of.is_companion else of.slug, name, email)]
    tickets += [
        TicketRequest(of.slug, other, address if size < 5 and chance.random() < 0.3 else "")
        for other, address in others
    ]
    request = OrderRequest(
        form_key=f"demo-{email}", name=name, email=email, tickets=tickets, language=language,
        code=next((each.code for each in vouchers_for(of)), "") if of.is_hidden else "",
        amounts=_amounts(of, len(email)),
        extras=chosen_extras(of.slug, len(email), size),
    )  # fmt: skip
    places.held.clear()
    choices = [
        choice
        for ticket in range(size)
        for choice in _choices(ticket, of.admits_on, chance, places, language)
    ]
    order = checking_out.check_out(edition, request, choices, now=placed_at)
    _settle(order, fate, chance, last=last)
    if fate in {"lapsed", "cancelled"}:
        for slots in places.held.values():
            for slot in slots:
                places.left[slot.id] += 1


def _amounts(of: TicketType, number: int) -> dict[str, int]:
    """Returns what a buyer pays who may choose: now and then more, or less."""
    own = {0: of.high_cents, 1: of.low_cents}.get(number % 4)
    return {} if own is None else {of.slug: own}


def _load_solidarity(edition: Edition, of: TicketType, *, now: datetime) -> None:
    """Load tickets that were paid by what others gave."""
    for number, (name, code) in enumerate(_SOLIDARITY):
        email = f"potje{number}@example.org"
        request = OrderRequest(
            f"demo-{email}", name, email, [TicketRequest(of.slug, name)], code=code
        )
        checking_out.check_out(edition, request, [], now=now - timedelta(days=number + 1))


def _load_lines(edition: Edition, chance: random.Random, *, now: datetime) -> None:
    """Put some people, and the visitor of `flask demo logins`, on the lists of full workshops."""
    tickets = list(
        db.session.scalars(
            select(Ticket)
            .join(Ticket.order)
            .where(Order.edition_id == edition.id, Ticket.released_at.is_(None))
            .order_by(Ticket.id)
        )
    )
    full = db.session.scalars(
        select(Slot)
        .join(Slot.session)
        .where(
            Session.edition_id == edition.id, Session.kind == "workshop", Slot.taken == Slot.places
        )
        .order_by(Slot.starts_at, Slot.id)
    ).all()
    visitor = next(ticket for ticket in tickets if ticket.holder_name == VISITOR[0])
    for place, slot in enumerate(full):
        in_line = chance.sample(tickets, chance.randrange(3, _LONGEST_LINE))
        in_line += [visitor] if place < 3 else []
        for number, ticket in enumerate(in_line):
            # The random choice ignores that some have something else then; those are refused.
            with suppress(Refusal):
                joined_at = now - timedelta(hours=len(in_line) - number)
                waiting_list.join_waiting_list(ticket, slot, now=joined_at)


def _fate(of: TicketType, chance: random.Random) -> str:
    """Returns what will happen to the order: free, paid, pending, lapsed or cancelled."""
    if of.price_cents == 0 or of.slug == "vroege-vogel":
        return "paid" if of.price_cents else "free"
    drawn = chance.randrange(100)
    if drawn < _PENDING:
        return "pending"
    if drawn < _PENDING + _LAPSED:
        return "lapsed"
    return "cancelled" if drawn < _PENDING + _LAPSED + _CANCELLED else "paid"


def _placed_at(of: TicketType, fate: str, chance: random.Random, last: datetime) -> datetime:
    """Returns a moment at which this type was on sale, and which fits `fate`."""
    if fate == "pending":
        return last - timedelta(minutes=chance.randrange(60, 9 * 24 * 60))
    until = min(last - timedelta(days=1 if fate == "free" else 24), of.sale_until)
    from_ = max(of.sale_from, until - timedelta(days=160))
    minutes = max(int((until - from_).total_seconds()) // 60, 1)
    # More orders as the festival comes nearer.
    return max(from_, until - timedelta(minutes=int(minutes * chance.random() ** 1.6) + 1))


def _settle(order: Order, fate: str, chance: random.Random, *, last: datetime) -> None:
    """Pay, lapse or cancel the order according to `fate`."""
    later = order.placed_at + timedelta(minutes=chance.randrange(60, 9 * 24 * 60))
    if fate == "paid":
        method = "ideal" if order.id % 3 == 0 else "bank_transfer"
        recording.record_payment(
            order, order.total_cents, later, f"demo-{order.code}", method=method, now=later
        )
    elif fate == "lapsed" and order.due_at:
        lapsing.lapse_order(order, now=min(order.due_at + timedelta(days=3), last))
    elif fate == "cancelled":
        cancelling.cancel_order(order, now=later)


def _choices(
    ticket: int, days: Sequence[date], chance: random.Random, places: _Places, language: str
) -> list[RequestedPlace]:
    """Returns what this ticket books: up to two workshops and now and then a coach."""
    chosen = []
    for _ in range(chance.choice((1, 1, 1, 2)) if chance.randrange(100) < _BOOKING else 0):
        fitting = [
            slot
            for slot in places.slots
            if slot.session.kind != "coaching" and places.fits(ticket, slot, days)
        ]
        if fitting:
            [slot] = chance.choices(fitting, [places.left[slot.id] for slot in fitting])
            places.take(ticket, slot)
            chosen.append(RequestedPlace(ticket, slot.code))
    if chance.randrange(100) < _COACHED:
        fitting = [
            slot
            for slot in places.slots
            if slot.session.kind == "coaching" and places.fits(ticket, slot, days)
        ]
        if fitting:
            slot = chance.choice(fitting)
            places.take(ticket, slot)
            chosen.append(RequestedPlace(ticket, slot.code, _question(places, slot, language)))
    return chosen


def _question(places: _Places, slot: Slot, language: str) -> str:
    """Returns the next question for this coach; '' if the slot is not with a coach."""
    if slot.session.kind != "coaching":
        return ""
    questions = places.questions[slot.session.slug]
    questions.append(questions.pop(0))
    return questions[-1][language]


def _places(edition: Edition, chance: random.Random) -> _Places:
    slots = list(
        db.session.scalars(
            select(Slot)
            .join(Slot.session)
            .where(Session.edition_id == edition.id, Slot.places.is_not(None))
            .options(contains_eager(Slot.session))
            .order_by(Slot.starts_at, Slot.stage_id)
        )
    )
    questions: dict[str, list[dict[str, str]]] = defaultdict(list)
    for question in read("people")["questions"]:
        questions[question["session"]].append(question)
    return _Places(
        slots=slots,
        left={slot.id: round((slot.places or 0) * chance.choice(_FILLED)) for slot in slots},
        days={slot.id: edition.day_of(slot.starts_at) for slot in slots},
        questions=questions,
    )


class _People:
    """Invented people, each with an address of their own."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        texts = read("people")
        self._first_names: list[str] = texts["first_names"]
        self._surnames: list[str] = texts["surnames"]
        self._seen = {VISITOR[1]}

    def one(self) -> tuple[str, str]:
        """Returns a name and an e-mail address that were not used before."""
        while True:
            first, last = (
                self._chance.choice(self._first_names),
                self._chance.choice(self._surnames),
            )
            email = f"{slug_of(first)}.{slug_of(last)}@example.org"
            if email not in self._seen:
                self._seen.add(email)
                return f"{first} {last}", email
