"""The EPC code, field by field as EPC069-12 numbers them."""

import re

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from stdnum import iso11649

from festival import codes, qr
from festival.payments import epc
from festival.tickets.rules.ordering import reference

IBAN = "NL91ABNA0417164300"
REFERENCE = reference("K7PM4WXQ")


def text(**changed):
    return epc.transfer_text(
        **{
            "name": "Stichting Voorbeeld",
            "iban": IBAN,
            "amount_cents": 4500,
            "reference": REFERENCE,
            **changed,
        }
    )


def test_every_field_stands_in_its_line():
    assert text().split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "",
        "Stichting Voorbeeld",
        "NL91ABNA0417164300",
        "EUR45.00",
        "",
        REFERENCE,
    ]


def test_spaces_in_iban_and_name_are_tidied():
    assert text(iban="NL91 ABNA 0417 1643 00") == text()
    assert text(name="  Stichting\nVoorbeeld ") == text()


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_cents": 0},
        {"amount_cents": -1},
        {"amount_cents": 100_000_000_000},
        {"name": "  "},
        {"iban": ""},
        {"iban": "NL92ABNA0417164300"},
        {"reference": "RF00K7PM4WXQ"},
    ],
)
def test_what_the_standard_forbids_is_refused(wrong):
    with pytest.raises(ValueError):
        text(**wrong)


# Letters of Europe: at most two bytes each.
NAMES = st.text(st.characters(max_codepoint=0x7FF), min_size=1, max_size=200).filter(str.strip)


def test_a_name_of_too_many_bytes_is_refused():
    with pytest.raises(ValueError, match="too long"):
        text(name="𐌰" * 80, amount_cents=99_999_999_999, reference=reference("A" * 21))


@given(st.integers(1, 99_999_999_999), NAMES)
def test_any_amount_and_name_keep_the_form(cents, name):
    lines = text(amount_cents=cents, name=name).split("\n")
    assert len(lines) == 10
    assert len(lines[5]) <= 70
    currency, euros = lines[7][:3], lines[7][3:]
    assert currency == "EUR"
    assert round(float(euros) * 100) == cents
    assert len("\n".join(lines).encode()) <= 331


@given(st.text(alphabet=codes.READABLE, min_size=8, max_size=8))
def test_every_order_has_a_valid_reference(code):
    assert iso11649.validate(reference(code)) == reference(code)


def test_a_phone_reads_it_back():
    """The very picture of the page, drawn bar by bar and read."""
    picture = str(qr.svg(text(), label="Betaal"))
    size = int(re.search(r'viewBox="0 0 (\d+)', picture).group(1))
    scale = 6
    image = Image.new("L", (size * scale, size * scale), 255)
    draw = ImageDraw.Draw(image)
    for bar in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", picture):
        x, y, width = (int(number) * scale for number in bar)
        draw.rectangle((x, y, x + width - 1, y + scale - 1), fill=0)
    [found] = zxingcpp.read_barcodes(image)
    assert found.text == text()
    assert size - 2 * qr.QUIET_ZONE <= 69  # version 13, the largest that the standard allows
