"""Tickets as schema.org describes offers, for search engines."""

from datetime import UTC, datetime, timedelta

import pytest

from festival.tickets import jsonld
from festival.web.languages import Bilingual, speaking
from tests import make
from tests.make import NOW


def offers(language="nl", now=NOW):
    with speaking(language):
        return jsonld.offers(make.current_edition(), now=now)


def test_an_offer_says_what_it_is_what_it_costs_and_when_it_is_sold(app):
    make.ticket_type(
        name=Bilingual("Weekend", "The whole weekend"),
        price_cents=6505,
        sale_from=datetime(2026, 1, 5, 9, tzinfo=UTC),
        # The second half past two of the night in which the clocks go back.
        sale_until=datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )
    dutch = {
        "@type": "Offer",
        "name": "Weekend",
        "url": "http://localhost/kaartjes",
        "price": "65.05",
        "priceCurrency": "EUR",
        "validFrom": "2026-01-05T10:00:00+01:00",
        "validThrough": "2026-10-25T02:30:00+01:00",
        "availability": "https://schema.org/InStock",
    }
    assert offers() == [dutch]
    english = {"name": "The whole weekend", "url": "http://localhost/en/kaartjes"}
    assert offers("en") == [dutch | english]


@pytest.mark.parametrize(
    ("cents", "price"), [(0, "0.00"), (5, "0.05"), (100, "1.00"), (123_456, "1234.56")]
)
def test_a_price_has_two_digits_behind_a_point_in_every_language(app, cents, price):
    make.ticket_type(price_cents=cents)
    assert [offers(language)[0]["price"] for language in ("nl", "en")] == [price] * 2


def test_what_may_be_had_is_said_where_it_is_known(app):
    make.ticket_type(name=Bilingual("Op"), pool=make.pool(capacity=1, taken=1))
    make.ticket_type(name=Bilingual("Samen"), min_per_order=2, pool=make.pool(capacity=2, taken=1))
    make.ticket_type(name=Bilingual("Straks"), sale_from=NOW + timedelta(seconds=1))
    make.ticket_type(name=Bilingual("Voorbij"), sale_until=NOW)
    make.ticket_type(name=Bilingual("Nu"), sale_from=NOW, sale_until=NOW + timedelta(seconds=1))
    waited_for = make.ticket_type(name=Bilingual("Rij"), pool=make.pool(capacity=2, taken=1))
    make.wait(waited_for)
    assert [(each["name"], each.get("availability")) for each in offers()] == [
        ("Op", "https://schema.org/SoldOut"),
        ("Samen", "https://schema.org/SoldOut"),
        ("Straks", None),
        ("Nu", "https://schema.org/InStock"),
        ("Rij", "https://schema.org/SoldOut"),
    ]


def test_hidden_types_and_those_of_another_year_are_no_offers(app):
    edition = make.edition()
    other = make.edition(is_current=False)
    make.ticket_type(code="HESJE27")
    make.ticket_type(edition_id=other.id, pool=make.pool(edition_id=other.id))
    assert jsonld.offers(edition, now=NOW) == []
    assert len(jsonld.offers(other, now=NOW)) == 1


def test_offers_stand_in_the_order_of_the_shop(app):
    for name, position in (("Drie", 9), ("Een", 1), ("Twee", 1)):
        make.ticket_type(name=Bilingual(name), position=position)
    assert [each["name"] for each in offers()] == ["Een", "Twee", "Drie"]
