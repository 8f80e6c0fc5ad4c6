"""What tickets cost, as schema.org describes offers, for search engines (JSON-LD)."""

from datetime import datetime
from typing import Any

from festival.editions.models import Edition
from festival.money import CURRENCY
from festival.tickets import queries
from festival.tickets.waiting import queries as waiting
from festival.web import languages

# A type that is not on sale yet has no availability: `validFrom` says when the sale starts.
_AVAILABILITY = {"on_sale": "InStock", "sold_out": "SoldOut"}


def offers(edition: Edition, *, now: datetime) -> list[dict[str, Any]]:
    """Returns the ticket types for everybody whose sale is not over, in the page's language."""
    shown = [each for each in queries.ticket_types(edition) if not each.is_hidden]
    waited = waiting.pools_waited_for({each.pool_id for each in shown}, now=now)
    return [
        {
            "@type": "Offer",
            "name": str(each.type.name),
            "url": languages.url_in(languages.current(), "tickets.choose"),
            "price": f"{each.type.price_cents // 100}.{each.type.price_cents % 100:02}",
            "priceCurrency": CURRENCY,
            "validFrom": edition.local(each.type.sale_from).isoformat(),
            "validThrough": edition.local(each.type.sale_until).isoformat(),
        }
        | (
            {"availability": f"https://schema.org/{_AVAILABILITY[each.state]}"}
            if each.state in _AVAILABILITY
            else {}
        )
        for each in queries.offers(shown, waited=waited, now=now)
        if each.state != "closed"
    ]
