from hypothesis import given
from hypothesis import strategies as st

from festival import money


def test_amounts_are_shown_as_people_write_them(app):
    assert money.shown(123456, "nl") == "€\xa01.234,56"
    assert money.shown(4500, "en") == "€45.00"


def test_vat_is_rounded_half_up_per_line():
    assert money.vat_included(4500, 9) == 372  # 371.56
    assert money.vat_included(121, 21) == 21
    assert money.vat_included(4500, 0) == 0


@given(gross=st.integers(0, 10**9), percent=st.integers(0, 100))
def test_net_and_vat_are_the_gross_and_vat_is_within_half_a_cent(gross, percent):
    vat = money.vat_included(gross, percent)
    assert 0 <= vat <= gross
    assert abs(vat * (100 + percent) - gross * percent) * 2 <= 100 + percent
