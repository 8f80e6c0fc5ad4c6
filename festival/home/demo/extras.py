"""What one orders with a ticket of the demo edition: lunch, T-shirts, a donation."""

from datetime import datetime
from typing import Any

from festival.editions.models import Edition
from festival.tickets.extras import rules
from festival.tickets.extras.taking import ExtraRequest
from festival.web.languages import Bilingual

_PLAIN: dict[str, Any] = {
    "vat_reason": "",
    "is_on": True,
    "is_handed_out": True,
    "day_id": None,
}


def load_extras(edition: Edition, *, now: datetime) -> None:
    """Load the extras."""
    lunch = {
        "name": Bilingual("Lunch zaterdag", "Lunch on Saturday"),
        "description": Bilingual("Soep, brood en fruit, zonder vlees", "Soup, bread and fruit"),
        "is_per_ticket": True,
        "price_cents": 1250,
        "vat_category": "reduced",
        "capacity": 180,
        "position": 1,
    }
    shirt = {
        "name": Bilingual("T-shirt", "T-shirt"),
        "description": Bilingual("Van biologisch katoen, met de draad", "Organic cotton"),
        "is_per_ticket": False,
        "price_cents": 1900,
        "vat_category": "standard",
        "capacity": 25,
        "position": 2,
    }
    donation = {
        "name": Bilingual("Donatie voor de wijkkas", "Donation to the neighbourhood fund"),
        "description": Bilingual("Voor gereedschap en zaaigoed", "For tools and seeds"),
        "is_per_ticket": False,
        "price_cents": 500,
        "vat_category": "outside",
        "is_handed_out": False,
        "capacity": None,
        "position": 3,
    }
    saturday = next((day.id for day in edition.day_rows if day.held_on.weekday() == 5), None)
    rules.add_extras(edition, _PLAIN | {"day_id": saturday} | lunch, [], now=now)
    rules.add_extras(edition, _PLAIN | shirt, ["S", "M", "L", "XL"], now=now)
    rules.add_extras(edition, _PLAIN | donation, [], now=now)


def chosen_extras(slug: str, number: int, size: int) -> list[ExtraRequest]:
    """Returns what somebody orders with `size` tickets of the type `slug`."""
    if slug != "zaterdag" or number % 3:
        return []
    with_order = [ExtraRequest("t-shirt-m")] if number % 2 else [ExtraRequest("t-shirt-l")]
    return [*(ExtraRequest("lunch-zaterdag", ticket) for ticket in range(size)), *with_order]
