"""In a year of the small business scheme nothing that is sold has VAT."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from festival.db import db
from festival.team.models import AuditEntry
from festival.tickets import ledger, offers, queries, small_business, vat_rules
from festival.tickets.models import Order, TicketType
from festival.tickets.rules import ordering
from festival.tickets.vouchers.prices import SoldTicket
from festival.vat import Vat
from tests import make
from tests.make import FRIDAY, NOW

KOR = Vat("kor", 0)
NEW_YEAR = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)  # midnight of the festival's clocks


def priced(**values: object) -> TicketType:
    return make.ticket_type(**{"price_cents": 4500, "vat_category": "standard"} | values)


def ordered(of: TicketType, key: str = "een formulier", *, now: datetime = NOW) -> Order:
    return ordering.place_order(of.edition, make.order_request(of, form_key=key), now=now)


def use(year: int = 2026, *, on: bool = True) -> bool:
    return vat_rules.use_scheme(year, use=on, today=NOW.date(), now=NOW)


def test_what_is_sold_in_such_a_year_is_exempt(any_app: Flask) -> None:
    of = priced(sale_until=NEW_YEAR + timedelta(days=9))
    before = ordered(of, "ervoor")
    assert use()
    meanwhile = ordered(of, "erin")
    after = ordered(of, "erna", now=NEW_YEAR)
    seen = [[entry.vat for entry in ledger.entries_of(each)] for each in (before, meanwhile, after)]
    assert seen == [[Vat("standard", 21)], [KOR], [Vat("standard", 21)]]
    assert [entry.vat_cents for entry in ledger.entries_of(meanwhile)] == [0]


def test_it_is_switched_once_and_off_again(any_app: Flask) -> None:
    assert [use(), use()] == [True, False]
    assert small_business.applies(FRIDAY)
    assert not small_business.applies(FRIDAY.replace(year=2027))
    assert [use(on=False), use(on=False)] == [True, False]
    assert not small_business.applies(FRIDAY)
    kept = db.session.query(AuditEntry).filter_by(verb="use_small_business_scheme")
    assert [(each.subject, each.details) for each in kept.order_by(AuditEntry.id)] == [
        ("year 2026", {"use": True}),
        ("year 2026", {"use": False}),
    ]


@pytest.mark.parametrize("on", [True, False])
def test_a_year_that_is_over_stays_as_it_was(app: Flask, on: bool) -> None:
    with pytest.raises(vat_rules.YearIsOver):
        use(2025, on=on)


def test_a_type_without_a_category_is_on_sale(app: Flask) -> None:
    of = priced(vat_category="")
    assert queries.offers([of], None, now=NOW)[0].state == "unready"
    with pytest.raises(ordering.NotReady):
        ordered(of)
    use()
    assert queries.offers([of], None, now=NOW)[0].state == "on_sale"
    assert ordered(of).total_cents == 4500


def test_whoever_saw_another_vat_is_asked_again(app: Flask) -> None:
    of = priced()
    shown = offers.offer_of(of.edition, [SoldTicket(of, of.price_cents, None)], None, now=NOW)
    use()
    request = make.order_request(of, shown=shown)
    with pytest.raises(ordering.OfferChanged, match="0% btw; eerst was dat 21%"):
        ordering.place_order(of.edition, request, now=NOW)


def test_turnover_is_of_the_year_and_without_vat(any_app: Flask) -> None:
    of = priced(sale_until=NEW_YEAR + timedelta(days=9))
    ordered(of, "een")
    ordered(priced(vat_category="outside"), "buiten")
    taken_back = ordered(of, "twee")
    make.payment(taken_back, 4500)
    ledger.reverse(taken_back, ledger.standing(taken_back), now=NOW)
    ordered(of, "volgend jaar", now=NEW_YEAR)
    db.session.commit()
    assert small_business.turnover_cents(2026) == 4500 - 781
    assert small_business.turnover_cents(2027) == 4500 - 781
