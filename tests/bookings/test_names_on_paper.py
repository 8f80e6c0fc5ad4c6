"""Names of every length and script stay in their box, and the code on the badge stays readable.

Two hundred names go on a few large PDFs, because making one costs more than adding a page.
"""

import random
import re

import pypdfium2
import zxingcpp

from festival import fonts, text_metrics
from festival.bookings import documents
from festival.tickets import ticket_qr
from festival.web.languages import Bilingual
from tests import make
from tests.test_pdf import unpacked

SEEN_OVER_THEIR_CODE = [
    "Mohammed Mohammadi",
    "ANNEMARIE VERMEULEN",
    "Олександр Шевченко",
    "Αναστασία Βασιλείου",
]
GIVEN = [
    *("Mia", "Jo", "Annemarie", "Wilhelmina", "MOHAMMED", "Wim", "Şükrü", "Małgorzata", "Zoë"),
    *("Nguyễn Thị", "D'Artagnan", "Олександр", "Αναστασία", "محمد", "שרה", "अनन्या", "ሰላም"),
    *("王小明", "さくら", "김민준", "สมชาย", "রহিমা", "Անի", "ნინო", "கமலா", "🎉 Ria"),
]
FAMILY = [
    *("Jansen", "VERMEULEN", "van der Westerlaken-de Groot", "WWWWWWWWWW", "MMMMM-WWWWW"),
    *("Wolfeschlegelsteinhausenbergerdorff", "Brzęczyszczykiewicz", "Шевченко-Петренко"),
    *("Βασιλείου", "الهاشمي", "כהן", "शर्मा", "ተስፋዬ", "陳偉", "田中", "박", "ใจดี", "খাতুন"),
]
EXTREMES = [
    *("W" * length for length in (1, 2, 7, 20, 40, 79, 80)),
    *("Ж" * 80, "Щ" * 40, "한" * 80, "國" * 80, "ก" * 80, "ም" * 80, "क" * 80, "م" * 80),
    *("i" * 80, "Å" * 80, "🎉" * 80, "👨‍👩‍👧" * 10, "W W " * 20, "-" * 80, "O'" * 40, "Wm-" * 26),
    *(
        " ".join(["Maria"] * 13),
        "MARIA-JOHANNA-PETRONELLA-WILHELMINA-GEERTRUIDA-CATHARINA-ELISABETH",
    ),
    *("Ấ" * 60, "ที่" * 26, "क्षि" * 16, "M" * 15 + " " + "W" * 15, "ÅÉÎÕÜ " * 13),
]


def names() -> list[str]:
    drawn = random.Random(8)
    mixed = [f"{given} {family}" for given in GIVEN for family in FAMILY]
    drawn.shuffle(mixed)
    cut = [name[: drawn.randint(1, 80)].strip() for name in mixed[150:170]]
    return [name[:80] for name in [*SEEN_OVER_THEIR_CODE, *EXTREMES, *mixed[:150], *cut]]


def test_every_name_stays_in_its_box_and_its_code_is_read(app):
    of = make.ticket_type(pool=make.pool(capacity=300), name=Bilingual("Weekend"))
    order = make.order(tickets=len(names()), of=of)
    for ticket, name in zip(order.tickets, names(), strict=True):
        ticket.holder_name = name
    made = documents.tickets_pdf(order.tickets, "nl")
    document = pypdfium2.PdfDocument(made)
    assert len(document) == len(names()) >= 200
    millimetre = 100 / 25.4
    wrong = []
    for number, ticket in enumerate(order.tickets):
        page = document[number]
        picture = page.render(scale=100 / 72, grayscale=True).to_pil()
        codes = [code.text for code in zxingcpp.read_barcodes(picture)]
        if codes != [ticket_qr.address(ticket)]:
            wrong.append((ticket.holder_name, "the code is not read"))
        for what, box in {
            "above": (106, 148.5 + 23.9, 209, 148.5 + 25.2),
            "below": (106, 148.5 + 72.3, 209, 148.5 + 74.4),
            "left": (106, 148.5 + 20, 112.5, 148.5 + 72),
            "right": (203, 148.5 + 20, 209.5, 148.5 + 72),
        }.items():
            edges = [round(edge * millimetre) for edge in box]
            if picture.crop(edges).getextrema()[0] < 200:
                wrong.append((ticket.holder_name, f"ink {what} its box"))
        wrong += missing_letters(ticket.holder_name, page)
    assert wrong == []
    # All of it in our own fonts, whatever this machine has.
    assert b"DejaVu" not in made + unpacked(made)


def missing_letters(name, page):
    """Letters of `name` that are not printed. Joined scripts come out of a PDF as other letters."""
    if found := fonts.unwritable(name):
        return [(name, f"no font for {found}")]
    if re.search("[\u0590-\u109f🎉👨]", name):
        return []
    printed = re.sub(r"[\W_]", "", page.get_textpage().get_text_range())
    return [] if re.sub(r"[\W_]", "", name) in printed else [(name, "letters are missing")]


def test_ordinary_names_are_large(app):
    for name, least in {"Jo": 57, "Mia Jansen": 57, "Mohammed Mohammadi": 36}.items():
        ticket = make.ticket()
        ticket.holder_name = name
        fitted = documents.sheet_of(ticket, [])["front"]["name"]
        assert fitted.size >= least, (name, fitted)
        assert " ".join(fitted.lines) == name


LONG = "Ontwikkelingsmaatschappij voor wijkgerichte samenwerking en meervoudig ruimtegebruik "


def test_the_texts_around_the_name_stay_in_their_boxes_too(app):
    edition = make.edition(
        name=Bilingual((LONG * 3)[:200]),
        theme=Bilingual((LONG * 3)[:200].upper()),
        venue_name=(LONG * 2)[:120],
        venue_address=(LONG * 3)[:200],
        route=Bilingual("\n\n".join([LONG * 8] * 14)),
        house_rules=Bilingual("\n\n".join([LONG * 8] * 14)),
    )
    of = make.ticket_type(edition_id=edition.id, name=Bilingual(LONG[:80].upper()))
    ticket = make.ticket(of=of)
    document = pypdfium2.PdfDocument(documents.tickets_pdf([ticket], "nl"))
    assert len(document) == 1
    picture = document[0].render(scale=100 / 72, grayscale=True).to_pil()
    [code] = zxingcpp.read_barcodes(picture)
    assert code.text == ticket_qr.address(ticket)
    millimetre = 100 / 25.4
    for what, box in {
        "the right of the front": (203, 150, 209.5, 290),
        "above the theme": (114, 148.5 + 16.5, 209, 148.5 + 17.1),
        "between name and theme": (106, 148.5 + 25.3, 209, 148.5 + 25.9),
        "between type and days": (106, 148.5 + 81.7, 209, 148.5 + 82.0),
        "above the code": (106, 148.5 + 92.8, 209, 148.5 + 93.3),
        "the right of the back": (98, 150, 104, 290),
        "above the folding line": (6, 148.5 + 129.0, 104, 148.5 + 130.5),
    }.items():
        edges = [round(edge * millimetre) for edge in box]
        assert picture.crop(edges).getextrema()[0] > 200, what
    text = " ".join(document[0].get_textpage().get_text_range().split())
    assert "De rest lees je op" in text


def test_measured_text_is_never_narrower_than_printed(app):
    """Every script is measured in the font that writes it."""
    for fallback in fonts.FALLBACKS:
        fitted = text_metrics.fit(
            fallback.sample, "title", width=60, height=40, sizes=(40, 30, 20, 10), leading=1
        )
        assert fitted.height <= 40
        for line in fitted.lines:
            assert text_metrics.measure(line, "title") * fitted.size * text_metrics.MM <= 60
