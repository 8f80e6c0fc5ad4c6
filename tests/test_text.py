"""Text that strangers type, as others receive it."""

import pytest

from festival.text import unlinked


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("evil.shop", "evil. shop"),
        ("bit.ly/abc", "bit. ly/abc"),
        ("https://evil.shop/x?y=1", "https: //evil. shop/x?y=1"),
        ("WWW.Evil.Example", "WWW. Evil. Example"),
        ("winst.рф", "winst. рф"),
        ("例え。テスト", "例え。 テスト"),
        ("evil．shop", "evil． shop"),
        ("evil.\u200bshop", "evil. \u200bshop"),
        ("evil\u200b.shop", "evil\u200b. shop"),
        ("x@evil.shop", "x@evil. shop"),
        ("💃.la", "💃. la"),
        ("x.xn--p1ai", "x. xn--p1ai"),
        ("St.Jan", "St. Jan"),
        ("J.de Vries", "J. de Vries"),
        ("Zin.En dan", "Zin. En dan"),
    ],
)
def test_a_link_is_taken_apart(typed: str, read: str) -> None:
    assert unlinked(typed) == read
    assert unlinked(read) == read


@pytest.mark.parametrize(
    "name",
    [
        "J. de Vries",
        "A.B.C.",
        "J.R.R. Tolkien",
        "13.30 uur",
        "v. 2.0",
        "Żaneta Łąka",
        "drs. Mia",
        "€ 1.250,50",
        "",
    ],
)
def test_names_and_numbers_stay_as_they_are(name: str) -> None:
    assert unlinked(name) == name
