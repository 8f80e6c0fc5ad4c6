"""Ten tickets on a sheet: each code is read from a poor print, and each name stays in its box."""

import pypdfium2
import pytest
import zxingcpp

from festival.bookings import compact_sheet, documents
from festival.db import db
from festival.tickets import ticket_qr
from festival.web.languages import Bilingual
from tests import make

NAMES = [
    "Mia Jansen",
    "Wolfeschlegelsteinhausenbergerdorffwelch",
    "Maria Johanna Petronella van der Westerlaken-de Groot",
    "Олександр Шевченко",
    "محمد",
    "王小明",
    "Kaartje 7 van Buurthuis De Linde in de Hoogstraat",
    "W" * 80,
]


def pictures(made, dpi=100):
    return [page.render(scale=dpi / 72).to_pil() for page in pypdfium2.PdfDocument(made)]


@pytest.fixture
def crowd(app):
    long = Bilingual("Weekendkaart voor bewoners van de Hoogstraat en omgeving", "Weekend ticket")
    order = make.order(tickets=13, of=make.ticket_type(name=long))
    for ticket, name in zip(order.tickets, NAMES, strict=False):
        ticket.holder_name = name
    db.session.commit()
    return order


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_code_is_read_at_100_dpi_in_grey(crowd, language):
    made = documents.compact_pdf(crowd.tickets, language)
    sheets = pictures(made)
    assert len(sheets) == 2
    read = []
    for sheet in sheets:
        faded = sheet.convert("L").point(lambda grey: 90 + grey * 120 // 255)
        read += [code.text for code in zxingcpp.read_barcodes(faded)]
    assert sorted(read) == sorted(ticket_qr.address(ticket) for ticket in crowd.tickets)


def test_each_name_and_code_stands_on_it_once(crowd):
    document = pypdfium2.PdfDocument(documents.compact_pdf(crowd.tickets, "nl"))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert all(text.count(ticket.code) == 1 for ticket in crowd.tickets)
    assert "Mia Jansen" in text
    assert "Bestelling" not in text.partition("Mia")[0]  # nothing but tickets


def test_no_ink_between_the_texts_and_the_edge_of_a_ticket(crowd):
    millimetre = 200 / 25.4
    [sheet, _] = pictures(documents.compact_pdf(crowd.tickets, "nl"), 200)
    for place in range(10):
        down, across = divmod(place, compact_sheet.ACROSS)
        left, top = 6 + across * compact_sheet.WIDE, 6 + down * compact_sheet.HIGH
        for box in (
            (left + 95.5, top + 1, left + 98.5, top + 56),  # right of the texts
            (left + 43.5, top + 1, left + 45.8, top + 56),  # between code and texts
            (left + 46, top + 1, left + 98, top + 4.5),
            (left + 46, top + 53, left + 98, top + 56.5),
        ):
            cut = sheet.convert("L").crop([int(edge * millimetre) for edge in box])
            assert cut.getextrema()[0] > 200, (place, box)


def test_the_buyers_sheet_has_only_what_goes_to_the_buyer(visitor):
    order = make.nameless()
    order.tickets[1].holder_email = "zoe@example.org"
    db.session.commit()
    answer = visitor.get(f"/bestelling/{order.secret}/vel.pdf")
    assert answer.content_type == "application/pdf"
    [sheet] = pictures(answer.data)
    read = {code.text for code in zxingcpp.read_barcodes(sheet)}
    assert read == {ticket_qr.address(order.tickets[number]) for number in (0, 2)}


def test_no_sheet_of_tickets_that_are_not_valid(visitor):
    order = make.nameless(confirmed_at=None)
    assert visitor.get(f"/bestelling/{order.secret}/vel.pdf").status_code == 404
