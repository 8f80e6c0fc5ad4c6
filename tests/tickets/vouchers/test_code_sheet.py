"""Codes on paper: whatever they are called, each stays on its own card and can be read."""

import pypdfium2

from festival.web.languages import Bilingual
from tests import make
from tests.bookings.test_names_on_paper import EXTREMES, LONG, missing_letters, names
from tests.make import NOW
from tests.test_pdf import unpacked

LIST = "/team/codes/lijst.pdf"
MM = 200 / 25.4  # at 200 dpi
WIDE, HIGH, EDGE = 64.5, 34.9, 8.0  # of one card, and around all of them


def test_every_text_stays_on_its_card(visitor):
    edition = make.edition(name=Bilingual((LONG * 3)[:200]))
    given = [*EXTREMES, *names()[-16:]]
    for number, name in enumerate(given):
        of = make.ticket_type(edition_id=edition.id, name=Bilingual(name))
        make.voucher(
            edition_id=edition.id, code=f"{number:02}{name}"[:40], types=[of], valid_until=NOW
        )
    make.sign_in(visitor, "organiser")
    made = visitor.get(f"{LIST}?sort=made").data
    document = pypdfium2.PdfDocument(made)
    assert len(document) == -(-len(given) // 24) >= 2
    wrong = []
    for page in document:
        picture = page.render(scale=200 / 72, grayscale=True).to_pil()
        for place in range(24):
            down, across = divmod(place, 3)
            left, top = EDGE + across * WIDE, EDGE + down * HIGH
            for what, box in {
                "left": (left + 0.8, top + 1, left + 3.2, top + HIGH - 1),
                "right": (left + WIDE - 3.2, top + 1, left + WIDE - 0.8, top + HIGH - 1),
                "below": (left + 1, top + HIGH - 2.2, left + WIDE - 1, top + HIGH - 0.8),
            }.items():
                if picture.crop([round(edge * MM) for edge in box]).getextrema()[0] < 200:
                    wrong.append((place, f"ink {what} its text"))
    assert wrong == []
    assert b"DejaVu" not in made + unpacked(made)


def test_an_ordinary_code_is_whole(visitor):
    make.voucher(code="BUREN2027")
    make.sign_in(visitor, "organiser")
    page = pypdfium2.PdfDocument(visitor.get(LIST).data)[0]
    assert missing_letters("BUREN2027", page) == []
