"""The fonts of paper: which characters they have, and that none is loaded for nothing."""

import unicodedata

import pypdfium2
import pytest

from festival import fonts, pdf
from tests.test_pdf import PAGE, unpacked

# Of the 5401 characters of Big5's first level, none of npm's Chinese fonts has these.
IN_NO_FONT = set("杗姅詨跦穋歜觼鑤")
OF_NAMES = "髙﨑𠮷栁濵瀨德祐神福羽隆昻曻槗嵜琦桒邉邊齋齊斎斉𣘺㐂"


def characters(charset: str, rows: range) -> str:
    """Returns the characters of two bytes in `charset` whose first byte is one of `rows`."""
    found = []
    for row in rows:
        for cell in range(0x40, 0xFF):
            try:
                found.append(bytes([row, cell]).decode(charset))
            except UnicodeDecodeError:
                continue
    return "".join(sign for sign in found if len(sign) == 1)


def test_all_characters_of_japanese_names_are_drawn() -> None:
    first_and_second_level = characters("euc_jp", range(0xB0, 0xF5))
    assert len(first_and_second_level) == 2965 + 3390
    assert fonts.unwritable(first_and_second_level) == set()
    assert fonts.unwritable(characters("euc_jp", range(0xA1, 0xA9))) <= set("≒")  # signs and kana
    assert fonts.unwritable(OF_NAMES) == set()


def test_all_characters_of_traditional_chinese_names_are_drawn() -> None:
    first_level = characters("big5", range(0xA4, 0xC7))
    ideographs = [sign for sign in first_level if unicodedata.category(sign) == "Lo"]
    assert len(set(ideographs)) >= 5401
    assert fonts.unwritable("".join(ideographs)) == IN_NO_FONT


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("Jan de Vries — €\N{NO-BREAK SPACE}25,00 · zaal 3", []),
        ("zaal 3 → foyer", ["noto-sans-jp"]),
        ("Anna Łódzka, Søren, Şükrü", []),
        ("Олександр 🎉", ["noto-sans-400", "noto-emoji"]),
        ("王小明 陳偉 さくら 김민준", ["noto-sans-sc", "noto-sans-kr"]),
        ("𠮷田", ["noto-sans-sc", "noto-sans-jp"]),
        ("偀 縴", ["noto-sans-jp", "noto-sans-tc"]),
    ],
)
def test_a_text_loads_only_the_fonts_it_needs(text: str, files: list[str]) -> None:
    assert [each.regular for each in fonts.fallbacks_for(text)] == files


@pytest.mark.parametrize(
    ("name", "font"),
    [("𠮷田 濵", b"noto-sans-jp"), ("偀", b"noto-sans-jp"), ("縴", b"noto-sans-tc")],
)
def test_a_rare_character_is_drawn_from_its_own_font(name: str, font: bytes) -> None:
    made = pdf.make(PAGE.format(f"<h1>{name}</h1>"), style="ticket")
    text = pypdfium2.PdfDocument(made)[0].get_textpage().get_text_range()
    assert name.split()[0] in text
    assert b"Paper-" + font in unpacked(made) + made
