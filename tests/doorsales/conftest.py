"""Friday morning at the gate, with a ticket type that is sold there."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from festival import clock
from festival.tickets.models import TicketType
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW

MORNING = datetime(2026, 10, 23, 7, 41, tzinfo=UTC)  # Friday 09.41 at the festival


@pytest.fixture(autouse=True)
def _morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MORNING)


def door_type(**values: object) -> TicketType:
    """A day ticket of 40 euros, of which the sale on the web is over."""
    return make.ticket_type(
        **{
            "slug": "dag",
            "name": Bilingual("Dagkaart", "Day ticket"),
            "hand_out": Bilingual("oranje polsbandje", "orange wristband"),
            "price_cents": 4000,
            "is_sold_at_door": True,
            "sale_until": NOW + timedelta(days=1),
            **values,
        }
    )


@pytest.fixture
def phone(visitor: FlaskClient) -> FlaskClient:
    """A volunteer's phone, signed in and named, at the gate `noord`."""
    make.sign_in(visitor, "checkin")
    make.gate(slug="noord", name="Ingang Noord")
    visitor.post("/team/deur", data={"name": "Sjoerds telefoon", "gate": "noord"})
    return visitor
