"""What buyers give above the price pays for tickets of others, and for no more than that."""

from datetime import timedelta

import pytest

from festival import clock
from festival.db import db
from festival.home import consistency_checks
from festival.team.models import AuditEntry
from festival.tickets import ledger
from festival.tickets.models import SolidarityFund, Voucher
from festival.tickets.rules import ending, ordering
from festival.tickets.vouchers import fund, prices, rules
from tests import make
from tests.make import NOW

LEVELS = {"price_cents": 2500, "least_cents": 500, "low_cents": 1500, "high_cents": 4000}
LATER = NOW + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def place(of, code="", form_key="formulier", **values):
    wanted = make.order_request(of, code=code, form_key=form_key, **values)
    return ordering.place_order(of.edition, wanted, now=NOW)


def given(of, cents):
    """A paid order with a gift of so much."""
    key = f"gift-{cents}-{db.session.query(Voucher).count()}"
    order = place(of, amounts={of.slug: of.price_cents + cents}, form_key=key)
    ending.confirm_order(order, now=NOW)
    return order


def started(cents=1000):
    of = make.ticket_type(**LEVELS)
    fund.set_ticket_price(of.edition, cents, now=NOW)
    return of


def code(**values):
    return make.voucher(is_solidarity=True, uses=values.pop("uses", 1), **values).code


def counts(of):
    db.session.expire_all()
    stands = fund.standing(of.edition)
    assert consistency_checks.funds() == consistency_checks.vouchers() == []
    return stands.paid_for, stands.used, stands.left


def test_gifts_of_paid_orders_count_and_nothing_else(any_app):
    of = started()
    place(of, amounts={of.slug: 9000})  # nobody paid it
    assert counts(of) == (0, 0, 0)
    given(of, 1999)
    assert counts(of) == (1, 0, 1)
    other = make.edition(is_current=False)
    assert fund.standing(other) is None


def test_a_code_takes_a_ticket_out_of_the_fund_until_it_is_empty(any_app):
    of = started()
    given(of, 2000)
    for number in range(2):
        order = place(of, code(), form_key=f"vrij {number}")
        assert (order.state, order.total_cents) == ("confirmed", 0)
    assert counts(of) == (2, 2, 0)
    last = code()
    assert isinstance(prices.why_not(make_voucher(last), now=NOW), fund.FundEmpty)
    # Who comes without looking at the page first pays, as with any code that stopped working.
    assert place(of, last, form_key="te laat").total_cents == 2500
    assert counts(of) == (2, 2, 0)


def make_voucher(typed):
    return db.session.query(Voucher).filter_by(code=typed).one()


def test_no_more_tickets_than_gifts_in_one_order(any_app):
    of = started()
    given(of, 2000)
    wanted = make.order_request(of, of, of, code=code(uses=3))
    with pytest.raises(fund.TooFewInFund, match=r"kaartjes betalen: 2\. "):
        ordering.place_order(of.edition, wanted, now=NOW)
    db.session.rollback()
    assert counts(of) == (2, 0, 2)


def test_a_ticket_that_is_given_back_goes_back_into_the_fund(any_app):
    of = started()
    given(of, 1000)
    order = place(of, code())
    assert counts(of) == (1, 1, 0)
    ending.end_order(order, lapsed=False, now=LATER)
    assert counts(of) == (1, 0, 1)


def test_an_order_that_comes_back_takes_its_ticket_again_or_stays_away(any_app):
    of = started()
    given(of, 1000)
    wanted = make.order_request(of, make.ticket_type(price_cents=500), code=code())
    order = ordering.place_order(of.edition, wanted, now=NOW)
    assert order.state == "pending"
    ending.end_order(order, lapsed=True, now=LATER)
    assert counts(of) == (1, 0, 1)
    place(of, code(), form_key="een ander")
    assert not ending.revive_order(order, now=LATER)
    assert counts(of) == (1, 1, 0)
    given(of, 1001)
    assert ending.revive_order(order, now=LATER)
    assert counts(of) == (2, 2, 0)


def test_the_price_is_no_higher_than_what_was_given_for_what_is_out(any_app):
    of = started()
    given(of, 2500)
    place(of, code())
    place(of, code(), form_key="nog een")
    with pytest.raises(fund.FundSpent, match=r"2\. Kies hoogstens €\s12,50"):
        fund.set_ticket_price(of.edition, 1251, now=NOW)
    db.session.rollback()
    fund.set_ticket_price(of.edition, 1250, now=NOW)
    assert counts(of) == (2, 2, 0)
    verbs = [verb for (verb,) in db.session.query(AuditEntry.verb)]
    assert verbs.count("set_solidarity_price") == 2


def test_a_code_from_the_fund_stays_free(any_app):
    started()
    voucher = make_voucher(code())
    with pytest.raises(rules.FundPaysAll):
        rules.change_voucher(
            voucher, {"effect": "percent", "value": 50}, seen=voucher.version, now=NOW
        )


def test_from_the_organisers_page_to_the_counter_in_the_shop(organiser):
    of = make.ticket_type(**LEVELS)
    page = organiser.get("/team/codes/potje").text
    assert "Begin het potje" in page
    for wrong in ("", "0", "-5", "1000,01", "veel"):
        assert organiser.post("/team/codes/potje", data={"ticket_cents": wrong}).status_code == 422
    organiser.post("/team/codes/potje", data={"ticket_cents": "10"})
    assert db.session.query(SolidarityFund.ticket_cents).scalar() == 1000
    assert "Dankzij giften" not in organiser.get("/kaartjes").text
    given(of, 2000)
    sent = {"number": "3", "effect": "free", "uses": "1", "pool_id": "0", "tag": "De Kruik"}
    sent |= {"is_solidarity": "y"}
    half = organiser.post("/team/codes/nieuw", data=sent | {"effect": "percent", "percent": "50"})
    assert "Kies dan bij" in half.text
    unlimited = organiser.post("/team/codes/nieuw", data=sent | {"uses": ""})
    assert unlimited.status_code == 422
    assert organiser.post("/team/codes/nieuw", data=sent).status_code == 303
    page = organiser.get("/team/codes/potje").text
    assert "De Kruik" in page
    assert "2 kaartjes" in page
    assert "uit het potje" in organiser.get("/team/codes/").text
    typed = db.session.query(Voucher.code).limit(1).scalar()
    shop = organiser.get(f"/kaartjes?code={typed}").text
    assert "Dankzij giften: 2 kaartjes" in shop
    assert "Je code werkt" in shop
    place(of, typed)
    rest = [each for (each,) in db.session.query(Voucher.code).filter(Voucher.used == 0)]
    place(of, rest[0], form_key="nog een")
    assert "de giften waarvan we ze betalen zijn op" in (
        organiser.get(f"/kaartjes?code={rest[1]}").text
    )


@pytest.mark.parametrize(("went", "left"), [(500, 1), (1000, 1), (1500, 0), (4500, 0)])
def test_a_gift_that_went_back_at_the_bank_pays_for_nobody(any_app, went, left):
    of = started()
    order = given(of, 2000)
    ledger.move(order, "payment", 4500, now=NOW)
    db.session.commit()
    assert counts(of) == (2, 0, 2)
    ledger.move(order, "refund", went, now=NOW)
    db.session.commit()
    assert counts(of)[2] == left
    ledger.move(order, "payment", went, now=NOW)  # the bank gave it again
    db.session.commit()
    assert counts(of) == (2, 0, 2)
