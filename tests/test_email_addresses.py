"""E-mail addresses in their one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from festival.email_addresses import canonical, shown


@pytest.mark.parametrize(
    "typed",
    [
        *("mia@bücher.example", "Mia@BÜCHER.example", "mia@bu\u0308cher.example"),
        *(" mia@xn--bcher-kva.example\u200b", "mia@XN--BCHER-KVA.example", "mia@bücher。example"),
    ],
)
def test_an_address_has_one_form(typed):
    assert canonical(typed) == "mia@xn--bcher-kva.example"
    assert shown(canonical(typed)) == "mia@bücher.example"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Mia@Example.ORG", "mia@example.org"),
        ("José@example.org", "josé@example.org"),
        ("geen adres", "geen adres"),
        ("@", "@"),
        ("", ""),
        ("mia@-ü-.example", "mia@-ü-.example"),
        ("a@b@bücher.example", "a@b@xn--bcher-kva.example"),
        ("mia@xn--99999999999.example", "mia@xn--99999999999.example"),
    ],
)
def test_what_has_no_other_form_stays(typed, kept):
    assert canonical(typed) == kept
    shown(kept)


@given(st.text())
def test_the_one_form_is_its_own_form(typed):
    assert canonical(canonical(typed)) == canonical(typed)
