"""Builders: one plain function per thing, with whatever the test does not care about filled in."""

import itertools
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from flask_security import hash_password

from festival import codes
from festival.accounts import rules as accounts_rules
from festival.accounts.models import TeamMember
from festival.bookings.models import Booking
from festival.bookings.rules.places import PlaceRequest, book_slots
from festival.bookings.stars import sync_stars
from festival.checkin.models import Device, Gate, Scan
from festival.corrections.people import Maker, Person, mark_of
from festival.corrections.rules import handing_on
from festival.db import Model, db
from festival.editions.models import Edition, EditionDay
from festival.mailings.models import Mailing
from festival.payments.models import Payment, Refund
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Session, Slot
from festival.questions.models import OrderAnswer, OrderQuestion, QuestionOption
from festival.tickets import ledger
from festival.tickets.extras.models import Extra
from festival.tickets.holds.models import HeldPlaces, Hold
from festival.tickets.models import Order, Pool, Ticket, TicketType, Voucher
from festival.tickets.nameless import stand_in
from festival.tickets.rules import sales
from festival.tickets.rules.ordering import OrderRequest, TicketRequest
from festival.tickets.vouchers.queries import voucher_of
from festival.tickets.waiting.models import TicketWait
from festival.web.languages import Bilingual

# The festival's days lie in summer time; NOW, three weeks before, too. The clocks change on
# 25 October 2026, between them and the edition's last payments.
FRIDAY = date(2026, 10, 23)
SUNDAY = date(2026, 10, 25)
NOW = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)

_numbers = itertools.count(1)


def _kept(*rows: Model) -> None:
    db.session.add_all(rows)
    db.session.commit()


def edition(**values: Any) -> Edition:
    """The current edition: Friday to Sunday, over the night in which the clocks change."""
    number = next(_numbers)
    row = Edition(
        **{
            "slug": f"editie-{number}",
            "is_current": True,
            "name": Bilingual("Innovatiefestival", "Innovation festival"),
            "theme": Bilingual("Doe het samen", "Do it together"),
            "starts_on": FRIDAY,
            "ends_on": SUNDAY,
            "organiser_name": "Stichting Voorbeeld",
            "organiser_email": "hallo@example.org",
            "organiser_iban": "NL91ABNA0417164300",
            "payment_days": 14,
            **values,
        }
    )
    row.match_days()
    _kept(row)
    return row


def current_edition() -> Edition:
    """The current edition; made where there is none yet."""
    return db.session.query(Edition).filter_by(is_current=True).one_or_none() or edition()


def stage(**values: Any) -> Stage:
    """A stage."""
    number = next(_numbers)
    row = Stage(
        **{
            "edition_id": current_edition().id,
            "slug": f"podium-{number}",
            "name": Bilingual(f"Podium {number}", f"Stage {number}"),
            "capacity": 100,
            **values,
        }
    )
    _kept(row)
    return row


def session(**values: Any) -> Session:
    """A workshop on the programme, without slots."""
    number = next(_numbers)
    row = Session(
        **{
            "edition_id": current_edition().id,
            "slug": f"onderdeel-{number}",
            "kind": "workshop",
            "title": Bilingual(f"Onderdeel {number}", f"Session {number}"),
            "is_public": True,
            **values,
        }
    )
    _kept(row)
    return row


def slot(
    of: Session | None = None, *, starts: datetime | None = None, minutes: int = 60, **values: Any
) -> Slot:
    """A slot with twenty places, by default on Friday at 11.00 of the festival's clocks."""
    of = of or session()
    starts = starts or datetime(2026, 10, 23, 9, 0, tzinfo=UTC)
    row = Slot(
        **{
            "code": codes.readable(),
            "session": of,
            "stage": values.pop("stage", None) or stage(),
            "starts_at": starts,
            "ends_at": starts + timedelta(minutes=minutes),
            "places": 20,
            "is_public": True,
            "changed_at": NOW,
            **values,
        }
    )
    _kept(row)
    return row


def pool(**values: Any) -> Pool:
    """A pool of a hundred tickets."""
    number = next(_numbers)
    row = Pool(
        **{
            "edition_id": current_edition().id,
            "slug": f"contingent-{number}",
            "name": f"Contingent {number}",
            "capacity": 100,
            **values,
        }
    )
    _kept(row)
    return row


def days(*isos: str, of: Edition | None = None) -> list[EditionDay]:
    """The days of the edition with these dates."""
    return [row for row in (of or current_edition()).day_rows if str(row.held_on) in isos]


def ticket_type(**values: Any) -> TicketType:
    """A free ticket type for all days of the edition or for `days` (ISO), on sale."""
    number = next(_numbers)
    of = db.session.get(Edition, values["edition_id"]) if "edition_id" in values else None
    rows = (of or current_edition()).day_rows
    isos = values.pop("days", [str(row.held_on) for row in rows])
    code = values.pop("code", "")
    row = TicketType(
        **{
            "edition_id": current_edition().id,
            "pool": values.pop("pool", None) or pool(),
            "slug": f"kaart-{number}",
            "name": Bilingual(f"Kaart {number}", f"Ticket {number}"),
            "price_cents": 0,
            "vat_category": "reduced",
            "days": [row for row in rows if str(row.held_on) in isos],
            "sale_from": NOW - timedelta(days=30),
            "sale_until": NOW + timedelta(days=30),
            "is_hidden": bool(code),
            **values,
        }
    )
    _kept(row)
    if code:
        _open_with(row, code)
    return row


def _open_with(of: TicketType, code: str) -> None:
    """Let a voucher with this code open the type too."""
    edition = db.session.get_one(Edition, of.edition_id)
    if found := voucher_of(edition, code):
        found.types.append(of)
        db.session.commit()
    else:
        voucher(code=code, types=[of], edition_id=of.edition_id, effect="opens")


def voucher(**values: Any) -> Voucher:
    """A voucher for a free ticket of any type, as often as one likes; what it blocks is taken."""
    code = values.setdefault("code", codes.readable())
    row = Voucher(
        **{
            "edition_id": current_edition().id,
            "key": codes.tidy(code),
            "effect": "free",
            "used": 0,
            "created_at": NOW,
            **values,
        }
    )
    if pool_id := values.get("pool_id"):
        row.blocked = values["uses"] - row.used
        db.session.get_one(Pool, pool_id).taken += row.blocked
    _kept(row)
    return row


def hold(of: TicketType, number: int = 1, **values: Any) -> Hold:
    """A hold of so many places in the pool of this type, for twenty minutes from NOW."""
    row = Hold(
        **{
            "edition_id": of.edition_id,
            "secret": codes.secret(),
            "network": "een netwerk",
            "ends_at": NOW + timedelta(minutes=20),
            "places": [HeldPlaces(pool_id=of.pool_id, number=number)],
            **values,
        }
    )
    of.pool.taken += number
    _kept(row)
    return row


def wait(of: TicketType, number: int = 1, **values: Any) -> TicketWait:
    """Somebody in line for tickets of this type, without a letter about it."""
    row = TicketWait(
        **{
            "type": of,
            "secret": codes.secret(),
            "code": codes.readable(),
            "name": f"Wachter {next(_numbers)}",
            "email": f"wachter{next(_numbers)}@example.org",
            "number": number,
            "language": "nl",
            "joined_at": NOW,
            "confirmed_at": NOW,
            **values,
        }
    )
    _kept(row)
    return row


def order(*, tickets: int = 1, of: TicketType | None = None, **values: Any) -> Order:
    """A confirmed order of free tickets, its places taken from the pool."""
    of = of or ticket_type()
    number = next(_numbers)
    row = Order(
        **{
            "edition_id": of.edition_id,
            "code": codes.readable(),
            "secret": codes.secret(),
            "form_key": codes.secret(),
            "name": f"Bezoeker {number}",
            "email": f"bezoeker{number}@example.org",
            "language": "nl",
            "total_cents": of.price_cents * tickets,
            "reference": f"RF00TEST{number}",
            "placed_at": NOW,
            "confirmed_at": NOW,
            **values,
        }
    )
    row.tickets = [
        Ticket(
            type=of,
            code=codes.readable(),
            secret=codes.secret(),
            pass_id=f"{next(_numbers):020x}",
            holder_name=f"Houder {next(_numbers)}",
            price_cents=of.price_cents,
        )
        for _ in range(tickets)
    ]
    of.pool.taken += tickets
    _kept(row)
    if not {"lapsed_at", "cancelled_at"} & values.keys():
        sales.enter_sale(row, row.tickets, now=row.placed_at)
        db.session.commit()
    return row


def extra(**values: Any) -> Extra:
    """Something to order with a ticket, for twelve euros fifty, without an end to it."""
    number = next(_numbers)
    row = Extra(
        **{
            "edition_id": current_edition().id,
            "slug": f"extra-{number}",
            "name": Bilingual(f"Lunch {number}", f"Lunch {number}"),
            "is_per_ticket": True,
            "price_cents": 1250,
            "vat_category": "reduced",
            "taken": 0,
            "is_on": True,
            **values,
        }
    )
    _kept(row)
    return row


def question(*options: str, **values: Any) -> OrderQuestion:
    """A question for each ticket, on, with these options (Dutch labels); text without any."""
    number = next(_numbers)
    types = values.pop("types", [])
    row = OrderQuestion(
        **{
            "edition_id": current_edition().id,
            "about": "ticket",
            "kind": "choice" if options else "text",
            "label": Bilingual(f"Vraag {number}?", f"Question {number}?"),
            "purpose": Bilingual("Om te weten.", "To know."),
            "sensitivity": "ordinary",
            "erase_on": SUNDAY + timedelta(days=14),
            "types": types,
            "is_for_all": not types,
            "options": [QuestionOption(label=Bilingual(each)) for each in options],
            **values,
        }
    )
    _kept(row)
    return row


def answer(to: OrderQuestion, value: str, of: Ticket) -> OrderAnswer:
    """What the holder of a ticket answered."""
    row = OrderAnswer(question=to, order=of.order, ticket=of, value=value, answered_at=NOW)
    _kept(row)
    return row


def payment(of: Order, cents: int, **values: Any) -> Payment:
    """Money that came in for the order, and nothing that follows from it."""
    entry = ledger.move(of, "payment", cents, now=values.get("received_at", NOW))
    row = Payment(
        **{
            "order": of,
            "entry": entry,
            "method": "bank_transfer",
            "amount_cents": cents,
            "received_at": NOW,
            "form_key": codes.secret(),
            **values,
        }
    )
    _kept(row)
    return row


def refund(of: Order, cents: int, **values: Any) -> Refund:
    """Money that went back to the buyer, and nothing that follows from it."""
    entry = ledger.move(of, "refund", cents, now=values.get("done_at", NOW))
    row = Refund(
        **{
            "order": of,
            "entry_id": entry.id,
            "method": "bank_transfer",
            "amount_cents": cents,
            "state": "done",
            "requested_at": NOW,
            "done_at": NOW,
            "form_key": codes.secret(),
            **values,
        }
    )
    _kept(row)
    return row


def order_request(
    *types: TicketType,
    form_key: str = "een formulier",
    names: Sequence[str] = (),
    emails: Sequence[str] = (),
    **values: Any,
) -> OrderRequest:
    """A request by Mia for one ticket of each of `types`."""
    return OrderRequest(
        **{
            "form_key": form_key,
            "name": "Mia Jansen",
            "email": "Mia@Example.org",
            "tickets": [
                TicketRequest(
                    of.slug,
                    names[n] if n < len(names) else f"Houder {n}",
                    emails[n] if n < len(emails) else "",
                )
                for n, of in enumerate(types)
            ],
            **values,
        }
    )


def ticket(**values: Any) -> Ticket:
    """A valid ticket."""
    return order(**values).tickets[0]


def nameless(*, tickets: int = 3, **values: Any) -> Order:
    """An order of Mia of which only the first ticket has a name."""
    row = order(tickets=tickets, **{"name": "Mia Jansen", "email": "mia@example.org", **values})
    for number, each in enumerate(row.tickets[1:], start=2):
        each.holder_name, each.naming_secret = stand_in(row, number), codes.secret()
    db.session.commit()
    return row


def handed_on(of: Ticket, *, name: str = "Bo de Wit", now: datetime = NOW) -> Ticket:
    """The same ticket after its holder gave it to somebody else."""
    email = f"{codes.readable().lower()}@example.org"
    to = Person(name, email, mark_of(of))
    handing_on.hand_on(of, to, by=Maker("holder"), now=now)
    return of


def booking(of: Ticket, slot: Slot, *, question: str = "", now: datetime = NOW) -> Booking:
    """A place in `slot`, without a letter about it."""
    [row] = book_slots([PlaceRequest(of, slot, question)], now=now)
    return row


def star(of: Ticket, slot: Slot, *, now: datetime = NOW) -> None:
    """What the holder wants to remember."""
    sync_stars(of, add=[slot.code], now=now)


def mailing(**values: Any) -> Mailing:
    """A draft of a letter to many, in both languages, to everybody with a ticket."""
    of = values.pop("edition", None) or current_edition()
    row = Mailing(
        **{
            "edition_id": of.id,
            "audience_id": of.id,
            "code": codes.readable(),
            "kind": "service",
            "criteria": {},
            "subject": Bilingual("Tot zaterdag", "See you on Saturday"),
            "body": Bilingual(
                "Dag {voornaam},\n\nDit heb je:\n\n{kaartjes}",
                "Hello {voornaam},\n\nThis is what you have:\n\n{kaartjes}",
            ),
            "made_at": NOW,
            **values,
        }
    )
    _kept(row)
    return row


def gate(**values: Any) -> Gate:
    """A gate of the current edition."""
    number = next(_numbers)
    row = Gate(
        **{
            "edition_id": current_edition().id,
            "slug": f"ingang-{number}",
            "name": f"Ingang {number}",
            **values,
        }
    )
    _kept(row)
    return row


def device() -> Device:
    """A phone of the crew."""
    row = Device(token=codes.secret(), name=f"Telefoon {next(_numbers)}", first_seen_at=NOW)
    _kept(row)
    return row


def scan(of: Ticket | None = None, **values: Any) -> Scan:
    """The entry of a ticket on Friday, or another scan of it."""
    row = Scan(
        **{
            "gate": values.pop("gate", None) or gate(),
            "device": values.pop("device", None) or device(),
            "nonce": codes.secret(),
            "ticket": of,
            "read": of.code if of else "",
            "method": "camera",
            "outcome": "admitted",
            "admitted_on": FRIDAY if values.get("outcome", "admitted") == "admitted" else None,
            "scanned_at": NOW,
            "received_at": NOW,
            **values,
        }
    )
    _kept(row)
    return row


# The password of every member that the builder makes.
PASSWORD = "vier losse woorden graag"


def member(*roles: str, **values: Any) -> TeamMember:
    """Somebody of the team with these roles, able to sign in with PASSWORD."""
    number = next(_numbers)
    row = accounts_rules.add_member(
        f"Teamlid {number}", f"team{number}@example.org", roles, now=datetime.now(UTC)
    )
    row.password = hash_password(PASSWORD)
    for name, value in values.items():
        setattr(row, name, value)
    _kept(row)
    return row


def roles(who: TeamMember, *names: str) -> None:
    """Give a member other roles."""
    accounts_rules.change_roles(who, names)


def sign_in(client: FlaskClient, who: TeamMember | str) -> TeamMember:
    """Give `client` the session of `who`: a member, or the role of a new one."""
    signed_in = member(who) if isinstance(who, str) else who
    with client.session_transaction() as session:
        session["_user_id"] = signed_in.get_id()
        session["_fresh"] = True
        session["fs_paa"] = time.time()
    return signed_in
