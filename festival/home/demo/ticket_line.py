"""A ticket type of the demo that is sold out: some people wait, and one is offered a place."""

from datetime import datetime, timedelta

from festival.editions.models import Edition
from festival.tickets import queries, ticket_type_rules
from festival.tickets.rules import ordering
from festival.tickets.rules.ordering import OrderRequest, TeamTerms, TicketRequest
from festival.tickets.waiting import rules
from festival.web.languages import Bilingual

SEATS = 8
_KNOWN = 3
_WAITING = (
    ("Saar Lindeman", 1, "nl"),
    ("Bram Oosterwijk", 4, "nl"),
    ("Grace Holloway", 2, "en"),
    ("Noa Verhulst", 1, "nl"),
)


def load_ticket_line(edition: Edition, *, now: datetime) -> None:
    """Load a breakfast of which all seats are taken, and the line for it, before the sale ends.

    The last one did not confirm their address yet.
    """
    sale_until = queries.ticket_types(edition)[0].sale_until
    now = min(now, sale_until - timedelta(days=2))
    began = now - timedelta(days=9)
    pool = ticket_type_rules.add_pool(edition, "Ontbijt", SEATS, now=began)
    of = ticket_type_rules.add_type(
        edition,
        {
            "slug": "ontbijt",
            "name": Bilingual("Ontbijt op het plein", "Breakfast on the square"),
            "audience": Bilingual("Voor buren", "For neighbours"),
            "description": Bilingual(
                "Zaterdag om negen uur, aan één lange tafel", "Saturday at nine, at one long table"
            ),
            "price_cents": 0,
            "pool_id": pool.id,
            "min_per_order": 1,
            "max_per_order": 4,
            "days": edition.day_rows[-1:],
            "sale_from": began,
            "sale_until": sale_until,
            "position": 90,
        },
        now=began,
    )
    table = OrderRequest(
        form_key="demo-ontbijt",
        name="Buurthuis De Linde",
        email="linde@example.org",
        # Some of the guests are known, the others sign up with the neighbourhood worker later.
        tickets=[
            TicketRequest(of.slug, f"Gast {n} van De Linde" if n <= _KNOWN else "")
            for n in range(1, SEATS + 1)
        ],
        by_team=TeamTerms(None, "samen met het buurthuis"),
    )
    ordering.place_order(edition, table, now=began)
    waits = [
        rules.join_line(
            of,
            name=name,
            email=f"{name.lower().replace(' ', '.')}@example.org",
            number=number,
            language=language,
            now=began + timedelta(days=day),
        )
        for day, (name, number, language) in enumerate(_WAITING, start=1)
    ]
    for wait in waits[:-1]:
        rules.confirm_place(wait, network="", now=wait.joined_at + timedelta(minutes=5))
    ticket_type_rules.change_pool(pool, pool.name, SEATS + 1, seen=pool.version, now=now)
    rules.offer_places(waits[0].id, now=now)
