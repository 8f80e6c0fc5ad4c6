"""Typed text: what stays of it, and what nobody may put into it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from festival import text
from festival.text import unlinked

FAMILY = "👩‍👩‍👧"  # joined by ZWJ
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "unseen",
    [
        *("", " ", "\t\n", "\u00a0", "\u200b", "\u200b \u2060", "\u200d", "\u202e", "\u200f"),
        *("\x07\x1b", "\ufeff", "\u3164", "\uffa0", "\u2800", "\u115f\u1160", "\u034f", "\u00ad"),
        *("\ufe0f", "\u0301", "\U000e0041", "\ud800", "\uffff", "\U0001d159", "\u061c", "\ufffc"),
    ],
)
def test_what_nobody_sees_is_nothing(unseen):
    assert (text.line(unseen), text.lines(unseen)) == ("", "")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Mia \u00a0 Jansen\r\n", "Mia Jansen"),
        ("Mia\u2028Jansen", "Mia Jansen"),
        ("Mi\u200ba\u202e Jan\u2066sen\x07\x1b[1m", "Mia Jansen[1m"),
        ("Zoe\u0308", "Zoë"),
        ("Jan\u200dsen", "Jansen"),
        ("e\u200c\u0301", "é"),
        ("\u3164Mia\u3164", "Mia"),
        ("‘t Hart–de Vries", "‘t Hart–de Vries"),
        ("\u06dd5", "\u06dd5"),  # Arabic signs before a number are seen
    ],
)
def test_names_are_cleaned(typed, kept):
    assert text.line(typed) == kept


@pytest.mark.parametrize(
    "good",
    [
        *("می‌خواهم", "क्‍ष", "ශ්‍රී", "ന്‍"),  # joiners as Persian, Hindi, Sinhala and Malayalam need
        *(FAMILY, "❤️‍🔥", "🏳️‍🌈", "🤦🏽‍♀️", "🙂‍↔️", ENGLAND, "葛\U000e0100城"),
        *("Łucja Żółć", "Αναστασία", "Олександр", "山田太郎", "한글", "สมชาย", "ኣበበ", "5", "?!"),
    ],
)
def test_every_script_and_emoji_stays(good):
    assert text.line(good) == unicodedata.normalize("NFC", good)


def test_line_breaks_stay_only_where_there_may_be_several_lines():
    typed = "  Beste  Mia,\r\n\r\n\tTot morgen! \u2029Groet"
    assert text.lines(typed) == "Beste Mia,\n\nTot morgen!\nGroet"
    assert text.line(typed) == "Beste Mia, Tot morgen! Groet"


def test_text_that_is_laid_out_keeps_its_blanks():
    assert text.plain("  a\tb\r\n   c\u202e ") == "  a\tb\n   c "


@given(st.text())
def test_cleaning_twice_changes_nothing_more(typed):
    for clean in (text.line, text.lines, text.plain):
        once = clean(typed)
        assert clean(once) == once
        assert unicodedata.is_normalized("NFC", once)
        once.encode()  # no lone surrogates


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
