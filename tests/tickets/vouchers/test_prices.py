"""What tickets cost with a voucher."""

from datetime import timedelta

import pytest

from festival.tickets.models import TicketType, Voucher
from festival.tickets.vouchers import prices
from festival.tickets.vouchers.queries import voucher_of
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("effect", "value", "full", "price"),
    [
        ("fixed", 1500, 6500, 1500),
        ("fixed", 1500, 900, 900),  # never dearer than without
        ("percent", 25, 6500, 4875),
        ("percent", 33, 1001, 671),  # 670,67 cents
        ("percent", 50, 1001, 501),  # half a cent is for the festival
        ("percent", 100, 6500, 0),
        ("amount", 1000, 6500, 5500),
        ("amount", 1000, 900, 0),
        ("free", 0, 6500, 0),
        ("opens", 0, 6500, 6500),
    ],
)
def test_each_effect_has_its_price(effect, value, full, price):
    voucher = Voucher(effect=effect, value=value)
    assert voucher.price_of(TicketType(price_cents=full)) == price


def test_a_voucher_without_types_is_for_all_that_are_not_hidden(app):
    shown, hidden = make.ticket_type(), make.ticket_type(is_hidden=True)
    for_all, for_hidden = make.voucher(), make.voucher(types=[hidden])
    assert [for_all.is_for(of) for of in (shown, hidden)] == [True, False]
    assert [for_hidden.is_for(of) for of in (shown, hidden)] == [False, True]


def test_a_voucher_that_blocks_places_is_for_types_of_that_pool(app):
    of, other = make.ticket_type(), make.ticket_type()
    voucher = make.voucher(pool_id=of.pool_id, uses=3)
    assert [voucher.is_for(each) for each in (of, other)] == [True, False]


def test_uses_go_to_hidden_types_first_and_then_where_they_save_most(app):
    cheap, dear = make.ticket_type(price_cents=1000), make.ticket_type(price_cents=5000)
    hidden = make.ticket_type(price_cents=100, is_hidden=True)
    types = [cheap, dear, hidden, dear]
    voucher = make.voucher(types=[cheap, dear, hidden], uses=2)

    def costs(types):
        return [each.price_cents for each in prices.priced(types, voucher, now=NOW)]

    assert costs(types) == [1000, 0, 0, 5000]
    assert costs([cheap, dear, dear]) == [1000, 0, 0]
    voucher.max_per_order = 1
    assert costs([dear, dear]) == [0, 5000]


def test_no_use_is_spent_where_it_does_nothing(app):
    free = make.ticket_type()
    [sold] = prices.priced([free], make.voucher(effect="percent", value=50), now=NOW)
    assert sold.voucher is None
    # Unless a place was blocked for it.
    blocking = make.voucher(effect="opens", pool_id=free.pool_id, uses=1)
    [sold] = prices.priced([free], blocking, now=NOW)
    assert sold.voucher == blocking


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({}, None),
        ({"valid_from": NOW, "valid_until": NOW + HOUR}, None),
        ({"valid_from": NOW + HOUR}, "VoucherSoon"),
        ({"valid_until": NOW}, "VoucherExpired"),
        ({"off_at": NOW}, "VoucherOff"),
        ({"uses": 2, "used": 2}, "VoucherGone"),
    ],
)
def test_it_says_why_a_voucher_does_not_work(app, values, refusal):
    of, voucher = make.ticket_type(price_cents=5000), make.voucher(**values)
    said = prices.why_not(voucher, now=NOW)
    assert (said and said.code) == refusal
    [sold] = prices.priced([of], voucher, now=NOW)
    assert sold.price_cents == (5000 if refusal else 0)


def test_a_bill_names_the_voucher_that_changed_the_price(app):
    of = make.ticket_type(name=Bilingual("Weekend", "Weekend pass"), price_cents=5000)
    for effect, name in (("free", "Weekend, met code BUREN27"), ("opens", "Weekend")):
        assert prices.sale_name(of, make.voucher(code="BUREN27", effect=effect)).nl == name
        make.db.session.query(Voucher).delete()
    assert prices.sale_name(of, None).en == "Weekend pass"


@pytest.mark.parametrize(
    ("code", "typed", "is_found"),
    [
        ("HESJE27", "HESJE27", True),
        ("HESJE27", " hesje-27\n", True),
        ("Hesje 27", "hesje27", True),
        ("CAFÉ-2026", "café2026", True),
        ("HESJE27", "", False),
        ("HESJE27", "HESJE2", False),
        ("HESJE27", "HESJE277", False),
        ("HESJE27", "🎪" * 20, False),
    ],
)
def test_a_voucher_is_found_by_its_code_however_it_is_written(app, code, typed, is_found):
    voucher = make.voucher(code=code)
    assert voucher_of(voucher.edition, typed) == (voucher if is_found else None)
    assert voucher_of(make.edition(is_current=False), code) is None
