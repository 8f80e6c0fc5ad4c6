"""The ticket's A4 drawn with reportlab: the yardstick for the PDF in the benchmark.

The same content as templates/pdf/ticket.html in the same fonts, laid out by hand: no HTML, no
style sheet, no tags. It is the least time a ticket could take if its code need not be readable.
"""

import io
from functools import cache

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from festival import qr
from festival.bookings import ticket_sheet
from festival.bookings.queries import held_places
from festival.config import ROOT
from festival.editions import dates
from festival.tickets import ticket_qr

FONTS = ROOT / "static" / "vendor" / "fonts" / "ttf"
INK, THREAD, STAMP, GREY = "#1c1a17", "#e8341f", "#c22412", "#8d8578"
NAME_POINTS = (57, 45, 36, 30, 23, 15, 9)
WIDTH, HEIGHT = A4


def ticket_pdf(ticket):
    """Returns the PDF of one ticket with its bookings, like documents.tickets_pdf."""
    styles = _styles()
    file = io.BytesIO()
    page = Canvas(file, pagesize=A4)
    page.setTitle(f"Kaartje van {ticket.holder_name}")
    sheet = ticket_sheet.sheet_of(ticket, held_places.live_bookings([ticket.id]))
    edition = ticket.order.edition
    _ticks(page)
    _front(page, ticket, sheet, edition, styles)
    page.saveState()
    page.translate(WIDTH, HEIGHT)
    page.rotate(180)
    _inside(page, sheet, styles)
    page.restoreState()
    _back(page, edition, styles)
    page.showPage()
    page.save()
    return file.getvalue()


@cache
def _styles():
    for name in ("bricolage-grotesque-800", "bricolage-grotesque-condensed-800"):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))
    for style in ("400-normal", "700-normal"):
        name = f"atkinson-hyperlegible-next-{style}"
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))
    text, bold = "atkinson-hyperlegible-next-400-normal", "atkinson-hyperlegible-next-700-normal"
    display, narrow = "bricolage-grotesque-800", "bricolage-grotesque-condensed-800"

    def style(font, size, leading=1.2, **more):
        return ParagraphStyle(
            f"{font}{size}",
            fontName=font,
            fontSize=size,
            leading=size * leading,
            textColor=INK,
            **more,
        )

    return {
        "edition": style(bold, 10),
        "theme": style(text, 10),
        "type": style(display, 15, 1.1),
        "days": style(text, 10.5),
        "code": style(text, 8, 1.25, alignment=1),
        "code-bold": style(bold, 13, alignment=1),
        "h2": style(display, 22, 1.05),
        "h3": style(display, 13, 1.05),
        "hours": style(bold, 9.5, 1.25),
        "what": style(display, 11.5, 1.12),
        "where": style(text, 9.5, 1.3),
        "back-h2": style(display, 17, 1.05),
        "back-h3": style(display, 11, 1.05),
        "address": style(bold, 10),
        "back": style(text, 8, 1.28),
        "fold": style(text, 7),
        **{f"name-{size}": style(narrow, size, 0.94) for size in NAME_POINTS},
    }


def _put(page, words, style, x, y, width=89):
    """Draw a paragraph with its top left corner at x, y (mm from the top left). Returns its end."""
    paragraph = Paragraph(words, style)
    _, height = paragraph.wrap(width * mm, HEIGHT)
    paragraph.drawOn(page, x * mm, HEIGHT - y * mm - height)
    return y + height / mm


def _ticks(page):
    page.setStrokeColor(GREY)
    page.setLineWidth(0.2 * mm)
    half, middle, tick = HEIGHT / 2, WIDTH / 2, 6 * mm
    page.lines(
        [
            (0, half, tick, half),
            (WIDTH - tick, half, WIDTH, half),
            (middle, 0, middle, tick),
            (middle, HEIGHT - tick, middle, HEIGHT),
        ]
    )


def _front(page, ticket, sheet, edition, styles):
    left, top = 113, 148.5
    _put(page, str(edition.name), styles["edition"], left, top + 8.5)
    page.setFillColor(INK)
    page.rect(left * mm, HEIGHT - (top + 16) * mm, 89 * mm, 1.1 * mm, stroke=0, fill=1)
    _put(page, str(edition.theme), styles["theme"], left, top + 17.6)
    name = sheet["front"]["name"]
    size = next((size for size in NAME_POINTS if size <= name.size), NAME_POINTS[-1])
    _put(page, " ".join(name.lines), styles[f"name-{size}"], left, top + 26)
    _put(page, str(ticket.type.name), styles["type"], left, top + 74.5)
    _put(page, dates.days(ticket.type.admits_on), styles["days"], left, top + 82)
    _qr(page, ticket_qr.address(ticket), left, top + 93.5, 45)
    page.saveState()
    page.translate((left + 70) * mm, HEIGHT - (top + 109.5) * mm)
    page.rotate(9)
    page.setStrokeColor(STAMP)
    page.setFillColor(STAMP)
    page.setLineWidth(0.9 * mm)
    page.roundRect(-19 * mm, -6 * mm, 38 * mm, 12 * mm, 6 * mm)
    page.setLineWidth(0.3 * mm)
    page.roundRect(-17.5 * mm, -4.5 * mm, 35 * mm, 9 * mm, 5 * mm)
    page.setFont("bricolage-grotesque-800", 11)
    page.drawCentredString(0, -3, "INGESCHREVEN")
    page.restoreState()
    y = _put(page, "Lukt scannen niet? Noem je code:", styles["code"], left + 50.5, top + 126, 39)
    _put(page, ticket.code, styles["code-bold"], left + 50.5, y, 39)


def _qr(page, text, x, y, size):
    modules = _modules(text)
    module = size * mm / len(modules)
    top = HEIGHT - y * mm
    path = page.beginPath()
    for row, line in enumerate(modules):
        start = None
        for column, dark in enumerate([*line, False]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                bottom = top - (row + 1) * module
                path.rect(x * mm + start * module, bottom, (column - start) * module, module)
                start = None
    page.setFillColor("#000000")
    page.drawPath(path, stroke=0, fill=1)


@cache
def _modules(text):
    return qr.modules(text)  # kept, as the path of the other page is


def _inside(page, sheet, styles):
    for x, parts in ((8, sheet["left"]), (114, sheet["right"])):
        y = 9
        y = _put(page, "Mijn dagen", styles["h2"], x, y) + 3.5 if x == 8 else y + 11.2
        for part in parts:
            y = _put(page, part.label, styles["h3"], x, y) + 2.6
            top, knots = y, []
            for place in part.places:
                knots.append(y + 1.5)
                y = _put(page, place.hours, styles["hours"], x + 6.7, y, 81)
                y = _put(page, str(place.title), styles["what"], x + 6.7, y, 81)
                y = _put(page, place.where(sheet["density"]), styles["where"], x + 6.7, y, 81) + 3
            page.setStrokeColor(THREAD)
            page.setFillColor("#ffffff")
            page.setLineWidth(0.9 * mm)
            if knots:
                page.line((x + 2) * mm, HEIGHT - top * mm, (x + 2) * mm, HEIGHT - y * mm)
            for knot in knots:
                page.circle((x + 2) * mm, HEIGHT - knot * mm, 1.3 * mm, fill=1)


def _back(page, edition, styles):
    y = _put(page, edition.venue_name, styles["back-h2"], 8, 157.5)
    y = _put(page, edition.venue_address, styles["address"], 8, y + 0.8)
    for heading, texts in (
        ("Zo kom je er", edition.route),
        ("Zo gaan we met elkaar om", edition.house_rules),
    ):
        y = _put(page, heading, styles["back-h3"], 8, y + 3.4) + 1.1
        for paragraph in str(texts).split("\n\n"):
            y = _put(page, paragraph.strip(), styles["back"], 8, y) + 1.1
    fold = "Print op ware grootte. Vouw de bovenste helft naar achteren en daarna de linkerhelft"
    fold += " naar achteren. Vragen? hallo@example.org"
    _put(page, fold, styles["fold"], 8, 283)
