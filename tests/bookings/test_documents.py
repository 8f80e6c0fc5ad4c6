"""Tickets on paper: what stands on them, looked at as pictures and as a screen reader would."""

import re
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
import zxingcpp

from festival import pdf
from festival.bookings import documents
from festival.lanes import FOR_VISITORS
from festival.tickets import ticket_qr
from festival.tickets.extras.taking import ExtraRequest
from festival.tickets.rules import ordering
from festival.web.languages import Bilingual
from tests import make
from tests.test_pdf import complaints, unpacked  # noqa: F401

ELEVEN = datetime(2026, 10, 23, 9, 0, tzinfo=UTC)
LONG_NAMES = [
    "Wolfeschlegelsteinhausenbergerdorffwelch",
    "Małgorzata Wiśniewska-Brzęczyszczykiewicz",
    "Şükrü Çağlayan Öztürkoğlu",
    "Jo",
    "Maria Johanna Petronella van der Westerlaken-de Groot",
]


def page(pdf, dpi=100):
    return pypdfium2.PdfDocument(pdf)[0].render(scale=dpi / 72).to_pil()


def words(pdf, number=0):
    text = pypdfium2.PdfDocument(pdf)[number].get_textpage().get_text_range()
    # What was cut over two lines is read as one word again.
    return " ".join(re.sub("\N{HYPHEN}\\s*|\ufffe", "", text).split())


@pytest.mark.parametrize("dpi", [100, 200])
def test_the_printed_code_is_read_as_the_pass_of_this_ticket(app, dpi):
    ticket = make.ticket()
    picture = page(documents.tickets_pdf([ticket], "nl"), dpi)
    [code] = zxingcpp.read_barcodes(picture)
    assert code.text == ticket_qr.address(ticket)
    assert ticket_qr.read(code.text) == ticket_qr.TicketQr(ticket.order.edition_id, ticket.pass_id)
    corners = code.position
    side = (corners.top_right.x - corners.top_left.x) / dpi * 25.4
    assert side >= 30, f"only {side:.1f} mm wide"


def test_it_reads_in_black_and_white_and_from_a_poor_print(app):
    ticket = make.ticket()
    picture = page(documents.tickets_pdf([ticket], "nl"), 100).convert("L")
    faded = picture.point(lambda grey: 90 + grey * 120 // 255)
    [code] = zxingcpp.read_barcodes(faded)
    assert code.text == ticket_qr.address(ticket)


def test_it_is_tagged_and_says_its_language_and_title(app, complaints):  # noqa: F811
    ticket = make.ticket(language="en")
    for language in ("nl", "en"):
        made = documents.tickets_pdf([ticket], language)
        document = pypdfium2.PdfDocument(made)
        assert ticket.holder_name in document.get_metadata_dict()["Title"]
        everything = made + unpacked(made)
        assert f"/Lang ({language})".encode() in everything
        assert b"pdfuaid:part" in everything
        for tag in (b"/S /H1", b"/S /Figure", b"/Alt"):
            assert tag in everything, tag
    assert complaints == []


def test_it_is_in_the_requested_language(app):
    ticket = make.ticket()
    make.booking(ticket, make.slot(make.session(title=Bilingual("Brood", "Bread"))), now=make.NOW)
    dutch, english = (words(documents.tickets_pdf([ticket], each)) for each in ("nl", "en"))
    assert "vrijdag 23 oktober" in dutch
    assert "11.00–12.00 uur" in dutch
    assert "Brood" in dutch
    assert "Friday 23 October" in english
    assert "Bread" in english
    assert "uur" not in english


@pytest.mark.parametrize("name", LONG_NAMES)
def test_every_name_fits_above_the_type(app, name):
    ticket = make.ticket(of=make.ticket_type(name=Bilingual("Weekend", "Weekend")))
    ticket.holder_name = name
    made = documents.tickets_pdf([ticket], "nl")
    assert name.replace(" ", "").replace("-", "") in words(made).replace(" ", "").replace("-", "")
    # Between the end of the name's box and the type there is a band without ink; and to the
    # right of the name there is paper.
    picture = page(made, 100).convert("L")
    millimetre = 100 / 25.4
    front = [int(edge * millimetre) for edge in (106, 148.5 + 72.2, 209, 148.5 + 73.6)]
    assert picture.crop(front).getextrema()[0] > 200
    margin = [int(edge * millimetre) for edge in (203, 148.5 + 20, 209.5, 148.5 + 72)]
    assert picture.crop(margin).getextrema()[0] > 200


@pytest.mark.parametrize("days", [["2026-10-23"], ["2026-10-23", "2026-10-24"]])
def test_twelve_places_fit_inside(app, days):
    ticket = make.ticket(of=make.ticket_type(days=days))
    floor = Bilingual("Begane grond, rechts langs de oude kraan en dan de tweede deur", "")
    stage = make.stage(name=Bilingual("De Wielendraaierij", ""), floor=floor)
    for number in range(12):
        title = f"Een tamelijk lange titel van een workshop, nummer {number + 1:02}"
        day = timedelta(days=number % len(days))
        slot = make.slot(
            make.session(title=Bilingual(title, "")),
            starts=ELEVEN + day + timedelta(minutes=45 * (number // len(days))),
            minutes=45,
            stage=stage,
        )
        make.booking(ticket, slot, now=make.NOW)
    made = documents.tickets_pdf([ticket], "nl")
    text = words(made)
    for number in range(12):
        assert f"nummer {number + 1:02}" in text
    assert len(pypdfium2.PdfDocument(made)) == 1
    # The inside stands upside down: near the middle fold, at its lower edge, nothing is cut off.
    picture = page(made, 100).convert("L")
    millimetre = 100 / 25.4
    edge = [int(at * millimetre) for at in (8, 1, 96, 7)]
    assert picture.crop(edge).getextrema()[0] > 200


def test_more_than_fits_is_said_and_not_cut_off(app):
    edition = make.edition(coaching_per_ticket=99)
    ticket = make.ticket(of=make.ticket_type(edition_id=edition.id, days=["2026-10-23"]))
    coach = make.session(kind="coaching", title=Bilingual("Waar begin ik?", ""))
    for number in range(36):
        slot = make.slot(coach, starts=ELEVEN + timedelta(minutes=15 * number), minutes=15)
        make.booking(ticket, slot, question="Hoe?", now=make.NOW)
    text = words(documents.tickets_pdf([ticket], "nl"))
    shown = text.count("Waar begin ik?")
    left_out = sum(int(number) for number in re.findall(r"En nog (\d+) plek", text))
    assert 16 <= shown < 36
    assert shown + left_out == 36


def test_an_order_has_a_sheet_for_each_ticket_each_with_its_own_code(app):
    order = make.order(tickets=3)
    document = pypdfium2.PdfDocument(documents.tickets_pdf(order.tickets, "nl"))
    assert len(document) == 3
    for number, ticket in enumerate(order.tickets):
        [code] = zxingcpp.read_barcodes(document[number].render(scale=150 / 72).to_pil())
        assert ticket_qr.read(code.text).pass_id == ticket.pass_id


def test_the_queries_do_not_grow_with_the_tickets(app, count_queries):
    small, large = make.order(tickets=1), make.order(tickets=5)
    for order in (small, large):
        for ticket in order.tickets:
            make.booking(ticket, make.slot(), now=make.NOW)
    counts = []
    for order in (small, large):
        assert [ticket.type.name for ticket in order.tickets]
        assert order.edition.name
        with count_queries() as queries:
            documents.tickets_pdf(order.tickets, "nl")
        counts.append(len(queries))
    assert counts[1] <= counts[0]


def test_a_pdf_is_made_once_for_its_content(app, monkeypatch):
    made = []
    make_pdf = pdf.make
    monkeypatch.setattr(
        pdf, "make", lambda html, **values: made.append(1) or make_pdf(html, **values)
    )
    order = make.order(tickets=2)
    first = documents.tickets_pdf(order.tickets, "nl")
    assert documents.tickets_pdf(order.tickets, "nl") is first
    assert len(made) == 1
    documents.tickets_pdf(order.tickets, "en")
    documents.tickets_pdf(order.tickets[:1], "nl")
    assert len(made) == 3
    order.tickets[0].holder_name = "Iemand anders"
    assert documents.tickets_pdf(order.tickets, "nl") != first
    make.booking(order.tickets[0], make.slot(), now=make.NOW)
    assert documents.tickets_pdf(order.tickets, "nl") != first
    assert len(made) == 5


def test_a_visitor_who_asks_for_a_pdf_while_others_do_is_told_to_come_back(
    app, visitor, monkeypatch
):
    monkeypatch.setattr(FOR_VISITORS, "_seconds", 0)
    ticket = make.ticket()
    path = f"/kaartje/{ticket.secret}/kaartje.pdf"
    with FOR_VISITORS.turn():
        answer = visitor.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "te druk" in answer.text
    made = visitor.get(path)
    assert made.status_code == 200
    with FOR_VISITORS.turn():
        again = visitor.get(path)
    assert again.status_code == 200, "what is kept takes nobody's turn"
    assert again.data == made.data


def test_one_ticket_is_not_fetched_without_end(app, visitor):
    ticket, other = make.ticket(), make.ticket()
    paths = [f"/kaartje/{each.secret}/kaartje.pdf" for each in (ticket, other)]
    statuses = [visitor.get(paths[0]).status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    assert visitor.get(paths[1]).status_code == 200, "others behind the same address"


def test_it_tells_what_was_ordered_with_it(app):
    of = make.ticket_type(price_cents=0)
    make.extra(slug="lunch", name=Bilingual("Lunch zaterdag", "Saturday lunch"), price_cents=0)
    make.extra(
        slug="shirt", name=Bilingual("T-shirt M", "T-shirt M"), price_cents=0, is_per_ticket=False
    )
    request = make.order_request(
        of, of, extras=[ExtraRequest("lunch", 1), ExtraRequest("shirt"), ExtraRequest("shirt")]
    )
    order = ordering.place_order(of.edition, request, now=make.NOW)
    made = documents.tickets_pdf(order.tickets, "nl")
    assert "Erbij: 2 × T-shirt M" in words(made, 0), "what goes with the order, on the buyer's own"
    assert "Erbij: Lunch zaterdag" in words(made, 1)
    assert "Extra: Saturday lunch" in words(documents.tickets_pdf([order.tickets[1]], "en"))
    assert "Erbij" not in words(documents.tickets_pdf([make.ticket()], "nl"))
