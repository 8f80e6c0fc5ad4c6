"""What is measured: each case says which requests to send and what they must result in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from json import dumps
from urllib.parse import urlencode

from sqlalchemy import func, select

from bench.aims import Aim
from bench.browser import PROXY, Browser, as_lines, field_of
from bench.edition import CREW, GATE, Filled
from festival import codes
from festival.bookings.models import Booking
from festival.checkin.models import Scan
from festival.db import db
from festival.mail.models import Letter
from festival.tickets.holds.models import Hold
from festival.tickets.models import Order

Request = tuple[str, str, str]  # method, path, body
FORM = "Content-Type: application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Case:
    """One thing that people do, sent as load."""

    name: str
    prepare: Callable[["World", int], list[Request]]  # this many, if they differ
    expect: str = "200"
    headers: Callable[["World"], list[str]] = lambda world: world.visitor.headers()
    # Counts of rows that must grow by one for each response; none if nothing changes.
    rows: tuple[Callable[[], int], ...] = ()
    aim: Aim | None = None
    most_clients: int = 10_000
    is_visit: bool = False  # by lua/visitor.lua instead of lua/requests.lua


@dataclass
class World:
    """The filled database, the browsers of a visitor and the crew, and what is used up already."""

    filled: Filled
    visitor: Browser
    crew: Browser
    used: dict[str, int] = field(default_factory=dict)

    def fresh(self, purpose: str, number: int) -> slice:
        """Returns the next `number` tickets that were not used for this purpose yet.

        Raises ValueError if there are too few.
        """
        first = self.used.get(purpose, 0)
        self.used[purpose] = first + number
        if self.used[purpose] > len(self.filled.holders):
            raise ValueError(f"too few tickets for {purpose}")
        return slice(first, first + number)


def sign_in(world: World) -> None:
    """Get sessions with a form token for the visitor and the crew."""
    world.visitor.get(f"/kaartje/{world.filled.holders[0].secret}/boeken")
    email, password = CREW
    world.crew.get("/team/inloggen")
    world.crew.post("/team/inloggen", email=email, password=password)
    world.crew.get("/team/deur")
    world.crew.post("/team/deur", name="Telefoon van Bo", gate=GATE)
    world.crew.get(f"/team/deur/{GATE}")


def count_of(model: type) -> Callable[[], int]:
    """Returns a function that counts the rows of `model`."""
    return lambda: db.session.scalar(select(func.count()).select_from(model)) or 0


def admitted() -> int:
    """Returns the number of scans that admitted somebody."""
    scans = select(func.count()).where(Scan.outcome == "admitted")
    return db.session.scalar(scans) or 0


def page(path: str) -> Callable[[World, int], list[Request]]:
    """Requests for the same page again and again."""
    return lambda _world, _number: [("GET", path, "")]


def of_tickets(path: str, *, most: int) -> Callable[[World, int], list[Request]]:
    """Requests for a page of at most `most` tickets in turn."""
    return lambda world, _number: [
        ("GET", path.format(secret=holder.secret, agenda=holder.agenda), "")
        for holder in world.filled.holders[:most]
    ]


def kept_pdfs(world: World, number: int) -> list[Request]:
    """PDFs of eight tickets that were made before: making is a lane of one, and refuses others."""
    asked = of_tickets("/kaartje/{secret}/kaartje.pdf", most=8)(world, number)
    for _method, path, _body in asked:
        world.visitor.get(path)
    return asked


def door_screen(world: World, _number: int) -> list[Request]:
    """What the screen of a stage fetches every half minute."""
    return [("GET", f"/scherm/{world.filled.stage}/nu", "")]


def bookings(world: World, number: int) -> list[Request]:
    """A booking for another ticket each time, in one workshop after another."""
    holders = world.filled.holders[world.fresh("booking", number)]
    token = world.visitor.token
    return [
        ("POST", f"/kaartje/{holder.secret}/boeken", urlencode({"csrf_token": token, "slot": slot}))
        for holder, slot in zip(holders, cycle(world.filled.slots), strict=False)
    ]


def orders(world: World, number: int) -> list[Request]:
    """An order of a free ticket, for somebody else each time."""
    form = f"/bestellen?n-{world.filled.free_type}=1"
    shown = field_of(world.visitor.get(form), "shown")
    first = world.used.get("order", 0)
    world.used["order"] = first + number
    return [
        (
            "POST",
            form,
            urlencode(
                {
                    "csrf_token": world.visitor.token,
                    "form_key": codes.secret(),
                    "shown": shown,
                    "name": f"Bezoeker {n}",
                    "email": f"besteller{n}@example.org",
                }
            ),
        )
        for n in range(first, first + number)
    ]


def order_form(world: World, _number: int) -> list[Request]:
    """The form for one free ticket."""
    return [("GET", f"/bestellen?n-{world.filled.free_type}=1", "")]


def held(world: World, number: int) -> list[Request]:
    """A ticket that is kept for a visitor who goes on to the order form, for another each time."""
    return [("POST", "/kaartjes", urlencode({f"n-{world.filled.free_type}": 1}))] * number


def scans(world: World, number: int) -> list[Request]:
    """A scan of another ticket each time, as the scanner's script sends it."""
    holders = world.filled.holders[world.fresh("scan", number)]
    return [
        (
            "POST",
            f"/team/deur/{GATE}",
            dumps(
                {
                    "text": f"HTTPS://LOCALHOST/T/{holder.token}",
                    "method": "camera",
                    "nonce": codes.secret(),
                }
            ),
        )
        for holder in holders
    ]


def visits(world: World, _number: int) -> list[Request]:
    """None: lua/visitor.lua makes its own requests."""
    del world
    return []


FROM_CACHE = [
    Case("Programme page, from cache", page("/programma"), aim=Aim(6)),
    Case("Front page, from cache", page("/")),
    Case("Shop", page("/kaartjes")),
    Case("Order form", order_form),
    Case(
        "Holding a ticket (POST to committed)",
        held,
        expect="303",
        headers=lambda _world: [*as_lines(PROXY), FORM],
        rows=(count_of(Hold),),
    ),
    Case("Ticket page", of_tickets("/kaartje/{secret}", most=500)),
    Case(
        "Booking a place (POST to committed)",
        bookings,
        expect="303",
        headers=lambda world: [*world.visitor.headers(), FORM],
        rows=(count_of(Booking), count_of(Letter)),
        aim=Aim(20),
    ),
    Case(
        "Free order (POST to committed)",
        orders,
        expect="303",
        headers=lambda world: [*world.visitor.headers(), FORM],
        rows=(count_of(Order), count_of(Letter)),
    ),
    Case(
        "Whole free booking of a new visitor (five requests)",
        visits,
        expect="visited",
        rows=(count_of(Order), count_of(Booking), count_of(Letter)),
        aim=Aim(75),
        is_visit=True,
    ),
    Case(
        "Scan that lets somebody in (POST)",
        scans,
        headers=lambda world: [
            *world.crew.headers(),
            "Content-Type: application/json",
            "Accept: application/json",
            f"X-CSRFToken: {world.crew.token}",
        ],
        rows=(admitted,),
        aim=Aim(16),
    ),
    Case("Programme for other software (schedule.json)", page("/schedule.json")),
    Case("Agenda feed of a ticket", of_tickets("/agenda/{agenda}.ics", most=500)),
    Case("Door screen", door_screen),
    # All tickets of the database, in pieces; see tests/attendees for how many are in memory.
    Case(
        "Who comes, as CSV (one client)",
        page("/team/wie-komt/wie-komt.csv"),
        headers=lambda world: world.crew.headers(),
        most_clients=1,
    ),
    # A lane serves one at a time and lets one wait, so more clients would measure refusals.
    Case("Ticket as PDF, kept (one client)", kept_pdfs, most_clients=1),
]

NOT_FROM_CACHE = [
    Case("Programme page, not from cache", page("/programma"), aim=Aim(40)),
    Case("Front page, not from cache", page("/")),
    Case("Door screen, not from cache", door_screen),
]

FOUR_HUNDRED = [Case("Programme page of 400 sessions, not from cache", page("/programma"))]

TEN_TIMES = [
    Case("Programme page of ten times as much, not from cache", page("/programma")),
    Case("schedule.json of ten times as much", page("/schedule.json")),
    Case("Door screen of ten times as much, not from cache", door_screen),
]
