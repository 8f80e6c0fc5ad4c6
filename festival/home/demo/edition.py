"""Loading the demo edition itself: programme, tickets on sale and gates, through the real rules."""

from datetime import date, datetime, time, timedelta
from typing import Any

from festival.checkin.models import Gate
from festival.db import db
from festival.editions import rules as editions
from festival.editions.models import Edition
from festival.home.demo.texts import bilingual, read
from festival.programme import draft
from festival.programme.models.places import Stage, Theme
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.programme.rules import people, sessions, slots, stages_and_themes
from festival.releases.rules import publishing
from festival.tickets import queries as tickets
from festival.tickets.models import Pool, TicketType
from festival.tickets.vouchers import fund
from festival.tickets.vouchers import rules as vouchers
from festival.web.languages import Bilingual

_PLAIN = ("venue_name", "venue_address", "city", "timezone", "starts_on", "ends_on", "slug")
_ORGANISER = (
    *("organiser_name", "organiser_email", "organiser_address", "organiser_iban"),
    *("organiser_street", "organiser_postal_code", "organiser_city"),
    *("organiser_kvk", "organiser_vat_id"),
)
_TEXTS = ("name", "theme", "intro", "route", "access", "house_rules", "privacy")

GATES = (
    ("noord", "Ingang Noord", False),
    ("zuid", "Ingang Zuid", False),
    ("oefendeur", "Oefendeur", True),
)


# Something to see in the list of changes: two weeks ago the programme was released without
# CAME_LATER, and with WAS_LATER half an hour later than now.
CAME_LATER = "levend-ganzenbord"
WAS_LATER = "touwtrekken-met-regels"
WAS_LATER_BY = timedelta(minutes=30)
AGO = timedelta(days=14)


def load_edition(*, now: datetime) -> Edition:
    """Create the demo edition and make it current, with all that belongs to it except orders."""
    table = read("edition")
    facts = table["edition"]
    edition = editions.create_edition(
        {name: facts[name] for name in (*_PLAIN, *_ORGANISER)} | bilingual(facts, *_TEXTS), now=now
    )
    editions.make_current(edition, now=now)
    for partner in table["partner"]:
        values = {"name": partner["name"], "url": partner.get("url", "")}
        editions.save_partner(edition, None, values | bilingual(partner, "kind"), now=now)
    for question in table["question"]:
        values = bilingual(question, "question", "answer")
        editions.save_question(edition, None, values, now=now)
    load_programme(edition, now=now)
    load_ticket_types(edition, now=now)
    db.session.add_all(
        Gate(edition_id=edition.id, slug=slug, name=name, is_practice=is_practice, position=n)
        for n, (slug, name, is_practice) in enumerate(GATES, start=1)
    )
    db.session.flush()
    return edition


def load_programme(edition: Edition, *, now: datetime) -> None:
    """Load stages, themes, people, sessions and their slots."""
    stages = {
        stage["slug"]: stages_and_themes.save_stage(
            edition,
            None,
            {
                "slug": stage["slug"],
                "position": stage["order"],
                "capacity": stage["capacity"],
                "is_step_free": stage["step_free"],
                "has_hearing_loop": stage["hearing_loop"],
                "is_quiet": stage["quiet"],
            }
            | bilingual(stage, "name", "floor"),
            now=now,
        )
        for stage in read("stages")["stage"]
    }
    themes = {
        theme["slug"]: stages_and_themes.save_theme(
            edition,
            None,
            {"slug": theme["slug"], "position": position} | bilingual(theme, "name"),
            now=now,
        )
        for position, theme in enumerate(read("themes")["theme"], start=1)
    }
    speakers = {
        speaker["slug"]: people.save_speaker(
            edition,
            None,
            {"slug": speaker["slug"], "name": speaker["name"]}
            | {"email": f"{speaker['slug']}@example.org"}
            | {name: speaker.get(name, "") for name in ("pronunciation", "organisation", "place")}
            | {"links": [speaker["link"]] if "link" in speaker else []}
            | bilingual(speaker, "bio"),
            now=now,
        )
        for speaker in read("speakers")["speaker"]
    }
    tables = {table["slug"]: table for table in read("sessions")["session"]}
    loaded = {
        slug: _load_session(edition, table, stages, themes, speakers, now=now)
        for slug, table in tables.items()
        if slug != CAME_LATER
    }
    moved = loaded[WAS_LATER].all_slots[0]
    _move(moved, WAS_LATER_BY, now=now)
    _publish(edition, Bilingual("Het hele programma", "The whole programme"), now=now - AGO)
    _load_session(edition, tables[CAME_LATER], stages, themes, speakers, now=now)
    _move(moved, -WAS_LATER_BY, now=now)
    name = Bilingual("Ganzenbord erbij", "Now with a game of goose")
    note = Bilingual(
        "Jullie vroegen om iets voor het hele gezin. Hier is het.",
        "You asked for something for the whole family. Here it is.",
    )
    _publish(edition, name, note, now=now)


def _publish(
    edition: Edition,
    name: Bilingual,
    note: Bilingual = Bilingual(),  # noqa: B008  it is frozen
    *,
    now: datetime,
) -> None:
    publishing.publish_release(edition, name=name, note=note, tells=False, now=now)


def _move(slot: Slot, by: timedelta, *, now: datetime) -> None:
    slots.move_slot(
        slot,
        stage=slot.stage,
        starts_at=draft.value(slot, "starts_at") + by,
        ends_at=draft.value(slot, "ends_at") + by,
        seen=slot.version,
        now=now,
    )


def load_ticket_types(edition: Edition, *, now: datetime) -> None:
    """Load the pools, the ticket types that draw from them, and the vouchers for these."""
    table = read("tickets")
    pools = {
        pool["slug"]: Pool(
            edition_id=edition.id,
            slug=pool["slug"],
            name=pool["name"],
            capacity=pool["capacity"],
            taken=0,
        )
        for pool in table["pool"]
    }
    for position, sold in enumerate(table["ticket_type"], start=1):
        plain = {
            name: sold[name] for name in ("slug", "price_cents", "min_per_order", "max_per_order")
        }
        db.session.add(
            TicketType(
                edition_id=edition.id,
                pool=pools[sold["pool"]],
                position=position,
                is_hidden=sold.get("is_hidden", False),
                vat_category=sold.get("vat_category", ""),  # free tickets have none
                is_sold_at_door=sold.get("is_sold_at_door", False),
                is_companion=sold.get("is_companion", False),
                audience_kind=sold.get("audience_kind", "regular"),
                least_cents=sold.get("least_cents"),
                low_cents=sold.get("low_cents"),
                high_cents=sold.get("high_cents"),
                days=[row for row in edition.day_rows if str(row.held_on) in sold["days"]],
                sale_from=_moment(edition, sold["sale_from"]),
                sale_until=_moment(edition, sold["sale_until"]),
                **plain,
                **bilingual(sold, "name", "description", "audience", "hand_out"),
            )
        )
    db.session.flush()
    types = {each.slug: each for each in tickets.ticket_types(edition)}
    fund.set_ticket_price(edition, types["zaterdag"].price_cents, now=now)
    for given in table["voucher"]:
        vouchers.add_vouchers(
            edition,
            {
                "types": [types[slug] for slug in given.get("types", ())],
                "pool_id": pools[given["pool"]].id if "pool" in given else None,
                **{
                    name: given.get(name, standard)
                    for name, standard in (
                        ("effect", ""), ("value", 0), ("uses", None), ("max_per_order", None),
                        ("tag", ""), ("note", ""), ("is_solidarity", False),
                    )
                },
            },
            given["codes"],
            now=now,
        )  # fmt: skip


def _load_session(
    edition: Edition,
    table: dict[str, Any],
    stages: dict[str, Stage],
    themes: dict[str, Theme],
    speakers: dict[str, Speaker],
    *,
    now: datetime,
) -> Session:
    session = sessions.save_session(
        edition,
        None,
        {
            "slug": table["slug"],
            "kind": table["kind"],
            "theme_id": themes[table["theme"]].id if "theme" in table else None,
            "languages": table["language"],
            "level": table["level"],
            "min_age": table.get("min_age"),
            "is_free": table.get("free", False),
            "is_highlight": table.get("highlight", False),
        }
        | bilingual(table, "title", "summary", "description", "bring"),
        speakers=[speakers[slug] for slug in table.get("speakers", ())],
        now=now,
    )
    for slot in table.get("slot", ()):
        slots.add_slot(
            session,
            stage=stages[slot["stage"]],
            starts_at=_moment(edition, slot["starts_at"]),
            ends_at=_moment(edition, slot["ends_at"]),
            places=slot.get("places"),
            door_places=slot.get("door_places", 0),
            now=now,
        )
    if "coach_from" in table:
        _load_coach(edition, session, table, stages[table["stage"]], now=now)
    return session


def _load_coach(
    edition: Edition, session: Session, table: dict[str, Any], stage: Stage, *, now: datetime
) -> None:
    day: date = table["day"]
    begins: time = table["coach_from"]
    slots.add_coaching_slots(
        session,
        stage=stage,
        starts_at=edition.moment(day, begins),
        minutes=table["coach_minutes"],
        pause=table["coach_pause"],
        number=table["slots"],
        now=now,
    )


def _moment(edition: Edition, local: datetime) -> datetime:
    """Returns the moment of a time without zone, as the festival's clocks show it."""
    return edition.moment(local.date(), local.time())
