"""What an order comes to."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from festival import money
from festival.payments import summary
from festival.web.languages import Bilingual


@dataclass(frozen=True)
class Priced:
    price_cents: int
    vat_percent: int


PRICED = st.builds(Priced, st.integers(0, 100_000), st.sampled_from([0, 9, 21]))


def test_lines_count_the_same_name_at_the_same_price():
    weekend, day = Bilingual("Weekend"), Bilingual("Vrijdag")
    lines = summary.lines([(weekend, 6500), (day, 4500), (weekend, 6500), (weekend, 5000)])
    assert [(line.number, str(line.name.nl), line.total_cents) for line in lines] == [
        (2, "Weekend", 13000),
        (1, "Vrijdag", 4500),
        (1, "Weekend", 5000),
    ]


def test_vat_stands_per_rate_and_not_for_nothing():
    tickets = [Priced(4500, 21), Priced(2500, 9), Priced(4500, 21), Priced(0, 0), Priced(1000, 0)]
    assert summary.vat_by_rate(tickets) == {21: 1562, 9: 206}


@given(st.lists(PRICED, max_size=40), st.lists(PRICED, max_size=40))
def test_two_orders_apart_or_together_hold_the_same_vat(one, other):
    apart = [summary.vat_by_rate(one), summary.vat_by_rate(other)]
    together = summary.vat_by_rate([*one, *other])
    assert together == {rate: sum(each.get(rate, 0) for each in apart) for rate in together}
    assert sum(together.values()) == sum(sum(each.values()) for each in apart)


@given(st.lists(PRICED, max_size=40))
def test_vat_is_part_of_the_price_and_near_the_exact_share(tickets):
    for rate, vat in summary.vat_by_rate(tickets).items():
        of_rate = [each.price_cents for each in tickets if each.vat_percent == rate]
        assert 0 < vat < sum(of_rate)
        exact = sum(of_rate) * rate / (100 + rate)
        assert abs(vat - exact) <= len(of_rate) / 2 + 1e-6
        assert vat == sum(money.vat_included(price, rate) for price in of_rate)
