"""VAT is rounded once per rate, and lines share it to the cent."""

from hypothesis import given
from hypothesis import strategies as st

from festival import vat
from festival.vat import Vat

HIGH, LOW, NONE = (vat.of_category(each) for each in ("standard", "reduced", "outside"))


def test_thirty_tickets_are_rounded_once() -> None:
    # 30 × € 37,50 at 9 %: rounded for each ticket it would be 93,00.
    lines = [(LOW, 3750)] * 30
    assert vat.by_rate(lines) == {9: 9289}
    assert sum(vat.of_lines(lines)) == 9289


def test_half_a_cent_goes_away_from_zero() -> None:
    assert vat.included(121, 21) == 21
    assert [vat.included(cents, 100) for cents in (1, 3, -1, -3)] == [1, 2, -1, -2]


def test_lines_get_the_largest_remainders() -> None:
    # Exactly 0.826 of each, so 2.477 of all three: two cents, for the first two lines.
    assert vat.of_lines([(LOW, 10)] * 3) == [1, 1, 0]


def test_rates_are_apart_and_the_highest_comes_first() -> None:
    lines = [(LOW, 1090), (HIGH, 1210), (NONE, 500), (LOW, 1090)]
    assert list(vat.by_rate(lines).items()) == [(21, 210), (9, 180)]
    assert vat.of_lines(lines) == [90, 210, 0, 90]


def test_only_an_exemption_has_a_reason() -> None:
    assert vat.of_category("exempt", "artikel 11") == Vat("exempt", 0, "artikel 11")
    assert vat.of_category("reduced", "artikel 11") == Vat("reduced", 9, "")


_amounts = st.lists(
    st.tuples(st.sampled_from([HIGH, LOW, NONE]), st.integers(-20_000, 90_000)), max_size=40
)


@given(_amounts, _amounts)
def test_what_is_added_adds_up_to_the_whole(
    first: list[tuple[Vat, int]], then: list[tuple[Vat, int]]
) -> None:
    before: dict[int, int] = {}
    for each, cents in first:
        before[each.percent] = before.get(each.percent, 0) + cents
    shares = vat.of_lines(first) + vat.of_lines(then, before)
    for rate in (HIGH, LOW, NONE):
        whole = [(each, cents) for each, cents in first + then if each == rate]
        part = [
            share for share, (each, _) in zip(shares, first + then, strict=True) if each == rate
        ]
        assert sum(part) == vat.included(sum(cents for _, cents in whole), rate.percent)


@given(_amounts)
def test_a_line_is_at_most_a_cent_from_its_own_vat(lines: list[tuple[Vat, int]]) -> None:
    for share, (each, cents) in zip(vat.of_lines(lines), lines, strict=True):
        exact = cents * each.percent / (100 + each.percent)
        assert abs(share - exact) < 2


@given(gross=st.integers(0, 10**9), percent=st.integers(0, 100))
def test_vat_is_within_half_a_cent(gross: int, percent: int) -> None:
    found = vat.included(gross, percent)
    assert 0 <= found <= gross
    assert abs(found * (100 + percent) - gross * percent) * 2 <= 100 + percent
