"""What is measured: the demo's programme as it is or ten times over, and many tickets.

The festival begins a month from today, so that everything can be booked whenever this runs.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from flask_security import hash_password
from sqlalchemy import insert, text

from festival import clock, codes, search_index
from festival.accounts import rules as accounts
from festival.checkin.models import Gate
from festival.config import ROOT
from festival.db import db
from festival.editions.models import Edition, EditionDay, Partner, Question
from festival.programme.models.places import Stage, Theme
from festival.programme.models.sessions import Session, Slot, Speaker, speaker_of_session
from festival.tickets import ticket_qr
from festival.tickets.models import Order, Pool, Ticket, TicketType
from festival.tickets.rules import ordering
from festival.web.languages import Bilingual

TEXTS = ROOT / "festival" / "home" / "demo"
BEGINS_IN = timedelta(days=30)
PLENTY = 1_000_000  # places and tickets: nothing sells out while we measure
CREW = ("crew@example.org", "geen echt wachtwoord")
GATE = "hoofdingang"


@dataclass(frozen=True)
class Holder:
    """What the holder of a ticket knows: its secret link, its QR code and its calendar feed."""

    secret: str
    token: str
    agenda: str  # secret of the calendar feed


@dataclass(frozen=True)
class Filled:
    """What the benchmark needs to know of the filled database."""

    sessions: int
    slots: tuple[str, ...]  # codes of workshops that can be booked
    free_type: str  # the slug of a free ticket that anybody may order
    stage: str  # the slug of one
    holders: tuple[Holder, ...]


def fill(*, times: int, tickets: int) -> Filled:
    """Fill the empty database: the programme `times` over, and `tickets` confirmed tickets."""
    edition = _edition()
    sessions = _programme(edition, times)
    of = _ticket_types(edition)
    db.session.add(Gate(edition=edition, name="Hoofdingang", slug=GATE))
    db.session.commit()
    _crew_member()
    holders = _tickets(edition, of, tickets)
    slots = [
        slot.code
        for session in sessions
        if session.kind == "workshop"
        for slot in session.all_slots
        if slot.places
    ]
    db.session.commit()
    with db.engine.connect() as connection:  # as autovacuum would have done by now
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    [free_type, *_] = [
        row["slug"]
        for row in _read("tickets")["ticket_type"]
        if row["price_cents"] == 0 and not row.get("code") and row["min_per_order"] == 1
    ]
    filled = Filled(
        len(sessions),
        tuple(slots),
        free_type,
        stage=_read("stages")["stage"][0]["slug"],
        holders=tuple(holders),
    )
    db.session.remove()
    return filled


@cache
def _read(name: str) -> dict[str, Any]:
    with (TEXTS / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def _bilingual(row: dict[str, Any], name: str) -> Bilingual:
    return Bilingual(row.get(f"{name}_nl", "").strip(), row.get(f"{name}_en", "").strip())


def _first_day() -> date:
    return clock.now().date() + BEGINS_IN


def _edition() -> Edition:
    texts = _read("edition")
    row = texts["edition"]
    edition = Edition(
        slug=row["slug"],
        is_current=True,
        starts_on=_first_day(),
        ends_on=_first_day() + (row["ends_on"] - row["starts_on"]),
        **{name: row[name] for name in ("venue_name", "venue_address", "city", "organiser_name")},
        **{name: row[name] for name in ("organiser_email", "organiser_iban")},
        **{
            name: _bilingual(row, name)
            for name in ("name", "theme", "intro", "route", "access", "house_rules", "privacy")
        },
    )
    edition.partners = [
        Partner(name=partner["name"], kind=_bilingual(partner, "kind"), position=number)
        for number, partner in enumerate(texts["partner"])
    ]
    edition.questions = [
        Question(
            question=_bilingual(each, "question"),
            answer=_bilingual(each, "answer"),
            position=number,
        )
        for number, each in enumerate(texts["question"])
    ]
    edition.match_days()
    db.session.add(edition)
    db.session.flush()
    return edition


def _programme(edition: Edition, times: int) -> list[Session]:
    """Adds the demo's sessions `times` over, each time on stages of their own."""
    themes = {
        row["slug"]: Theme(edition_id=edition.id, slug=row["slug"], name=_bilingual(row, "name"))
        for row in _read("themes")["theme"]
    }
    speakers = {
        row["slug"]: Speaker(
            edition_id=edition.id,
            slug=row["slug"],
            is_public=True,
            bio=_bilingual(row, "bio"),
            **{name: row.get(name, "") for name in ("name", "organisation", "place")},
        )
        for row in _read("speakers")["speaker"]
    }
    db.session.add_all([*themes.values(), *speakers.values()])
    sessions = []
    for time in range(times):
        more = f"-{time + 1}" if time else ""
        stages = {
            row["slug"]: Stage(
                edition_id=edition.id,
                slug=row["slug"] + more,
                name=_bilingual(row, "name"),
                floor=_bilingual(row, "floor"),
                capacity=row["capacity"],
                position=row["order"] + 10 * time,
            )
            for row in _read("stages")["stage"]
        }
        db.session.add_all(stages.values())
        for row in _read("sessions")["session"]:
            session = _session(edition, row, more, themes)
            session.all_slots = _slots(edition, row, stages)
            db.session.add(session)
            db.session.flush()
            for position, slug in enumerate(row["speakers"]):
                db.session.execute(
                    insert(speaker_of_session).values(
                        session_id=session.id, speaker_id=speakers[slug].id, position=position
                    )
                )
            sessions.append(session)
    return sessions


def _session(edition: Edition, row: dict[str, Any], more: str, themes: dict[str, Theme]) -> Session:
    return Session(
        edition_id=edition.id,
        slug=row["slug"] + more,
        kind=row["kind"],
        is_public=True,
        theme=themes[row["theme"]],
        languages=row["language"],
        level=row["level"],
        is_highlight=row.get("highlight", False) and not more,
        **{name: _bilingual(row, name) for name in ("title", "summary", "description", "bring")},
    )


def _slots(edition: Edition, row: dict[str, Any], stages: dict[str, Stage]) -> list[Slot]:
    later = edition.starts_on - _read("edition")["edition"]["starts_on"]
    if row["kind"] != "coaching":
        return [
            Slot(
                code=codes.readable(),
                is_public=True,
                changed_at=clock.now(),
                stage=stages[slot["stage"]],
                starts_at=_moment(edition, slot["starts_at"] + later),
                ends_at=_moment(edition, slot["ends_at"] + later),
                places=PLENTY if "places" in slot else None,
                door_places=slot.get("door_places", 0),
            )
            for slot in row["slot"]
        ]
    begins = datetime.combine(row["day"] + later, row["coach_from"])
    lasts, pause = (timedelta(minutes=row[name]) for name in ("coach_minutes", "coach_pause"))
    return [
        Slot(
            code=codes.readable(),
            is_public=True,
            changed_at=clock.now(),
            stage=stages[row["stage"]],
            starts_at=_moment(edition, begins + number * (lasts + pause)),
            ends_at=_moment(edition, begins + number * (lasts + pause) + lasts),
            places=1,
        )
        for number in range(row["slots"])
    ]


def _moment(edition: Edition, local: datetime) -> datetime:
    return edition.moment(local.date(), local.time())


def _ticket_types(edition: Edition) -> TicketType:
    """Adds the demo's ticket types. Returns one more that admits today, so it can be scanned."""
    texts = _read("tickets")
    now = clock.now()
    later = edition.starts_on - _read("edition")["edition"]["starts_on"]
    pools = {
        row["slug"]: Pool(
            edition_id=edition.id, slug=row["slug"], name=row["name"], capacity=PLENTY
        )
        for row in texts["pool"]
    }

    def ticket_type(row: dict[str, Any], **values: Any) -> TicketType:
        return TicketType(
            **{
                "edition_id": edition.id,
                "pool": pools[row["pool"]],
                "days": [
                    each for each in edition.day_rows if str(each.held_on - later) in row["days"]
                ],
                "sale_from": now - timedelta(days=1),
                "sale_until": now + BEGINS_IN,
                "is_hidden": "code" in row,
                "vat_category": row.get("vat_category", ""),
                **{
                    name: row[name]
                    for name in (
                        "slug",
                        "price_cents",
                        "min_per_order",
                        "max_per_order",
                    )
                },
                **{
                    name: _bilingual(row, name)
                    for name in ("name", "description", "audience", "hand_out")
                },
                **values,
            }
        )

    types = [ticket_type(row, position=number) for number, row in enumerate(texts["ticket_type"])]
    today = edition.day_of(now)
    # Two days more than the festival has, on which tickets can be scanned while we measure.
    edition.day_rows += [EditionDay(held_on=day) for day in (today, today + timedelta(days=1))]
    scannable = ticket_type(
        texts["ticket_type"][0], slug="opbouw", days=list(edition.day_rows), is_hidden=True
    )
    db.session.add_all([*types, scannable])
    db.session.flush()
    return scannable


def _crew_member() -> None:
    email, password = CREW
    member = accounts.add_member("Bo van de Poort", email, ["checkin"], now=clock.now())
    member.password = hash_password(password)
    db.session.commit()


def _tickets(edition: Edition, of: TicketType, number: int) -> list[Holder]:
    """Adds `number` confirmed orders of one ticket each, in bulk."""
    now = clock.now()
    orders = [_order(edition, now, n) for n in range(number)]
    if not orders:
        return []
    db.session.execute(insert(Order), orders)
    ids = db.session.execute(text("SELECT id, secret FROM orders")).tuples().all()
    order_ids = {secret: order_id for order_id, secret in ids}
    tickets = [
        {
            "order_id": order_ids[order["secret"]],
            "type_id": of.id,
            "code": codes.readable(10),
            "secret": codes.secret(),
            "pass_id": ticket_qr.new_id(),
            "holder_name": order["name"],
            "holder_email": "",
            "price_cents": 0,
        }
        for order in orders
    ]
    db.session.execute(insert(Ticket), tickets)
    search_index.fill(Order)
    search_index.fill(Ticket)
    of.pool.taken = number
    db.session.commit()
    return [
        Holder(ticket.secret, ticket_qr.token(ticket), ticket.agenda_secret)
        for ticket in db.session.query(Ticket).join(Ticket.order).order_by(Ticket.id)
    ]


def _order(edition: Edition, now: datetime, number: int) -> dict[str, Any]:
    code = codes.readable(10)
    return {
        "edition_id": edition.id,
        "code": code,
        "secret": codes.secret(),
        "form_key": codes.secret(),
        "name": f"Bezoeker van der Testen {number}",
        "email": f"bezoeker{number}@example.org",
        "language": "nl",
        "total_cents": 0,
        "reference": ordering.reference(code),
        "placed_at": now,
        "confirmed_at": now,
    }
