"""The QR codes of pages and paper say what they should, to a reader that is not ours."""

import re
from html import unescape
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from festival import qr

ADDRESS = "HTTPS://FESTIVAL.EXAMPLE.ORG/T/" + "AEAACABC" * 15 + "ABCD"


def read(rows, module=3):
    """What an independent reader finds in rows of modules, drawn with a quiet zone."""
    size = (len(rows) + 2 * qr.QUIET_ZONE) * module
    picture = Image.new("L", (size, size), 255)
    draw = ImageDraw.Draw(picture)
    for y, row in enumerate(rows, start=qr.QUIET_ZONE):
        for x, dark in enumerate(row, start=qr.QUIET_ZONE):
            if dark:
                draw.rectangle(
                    (x * module, y * module, (x + 1) * module - 1, (y + 1) * module - 1), fill=0
                )
    [found] = zxingcpp.read_barcodes(picture)
    return found.text


def test_a_png_is_what_a_camera_reads():
    picture = Image.open(BytesIO(qr.png(ADDRESS)))
    assert (picture.format, picture.mode) == ("PNG", "1")
    picture.load()  # checks its sums
    [found] = zxingcpp.read_barcodes(picture.convert("L"))
    assert found.text == ADDRESS
    edge = qr.QUIET_ZONE * 6
    assert picture.crop((0, 0, picture.width, edge)).getextrema() == (255, 255)
    assert len(qr.png(ADDRESS)) < 4000


def rows_of(path, size):
    """The modules that the bars of an SVG path cover."""
    rows = [[False] * size for _ in range(size)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        for column in range(int(x), int(x) + int(width)):
            rows[int(y)][column] = True
    inner = slice(qr.QUIET_ZONE, size - qr.QUIET_ZONE)
    return [row[inner] for row in rows[inner]]


def test_the_path_draws_exactly_the_modules():
    svg = qr.svg(ADDRESS, label="Code")
    size = int(re.search(r'viewBox="0 0 (\d+) ', svg)[1])
    path = re.findall(r'<path[^>]* d="([^"]+)"', svg)[1]
    assert rows_of(path, size) == qr.modules(ADDRESS)
    assert read(rows_of(path, size)) == ADDRESS


@pytest.mark.parametrize(("host", "wide"), [("FESTIVAL.EXAMPLE.NL", 41), ("F" * 40 + ".NL", 45)])
def test_how_wide_a_ticket_s_code_is(host, wide):
    # At 45 mm on paper even the wider one has modules of a millimetre.
    assert len(qr.modules(f"HTTPS://{host}/T/{'A' * 124}")) == wide


@pytest.mark.parametrize(
    "text", ["a", "BCD\n002\n1\nSCT\n\nPluk\nNL91ABNA0417164300\nEUR45.00", "é€"]
)
def test_other_texts_are_read_back(text):
    assert read(qr.modules(text)) == text


def test_the_label_is_escaped():
    svg = qr.svg("A", label='"><script>')
    assert "<script>" not in svg
    assert '"><script>' in unescape(svg)


def test_the_drawing_is_made_once():
    qr.svg("EENMALIG", label="Een")
    before = qr._drawing.cache_info()
    qr.svg("EENMALIG", label="Twee")
    qr.data_url("EENMALIG")
    after = qr._drawing.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 2)
