"""The files that go with letters: of the right tickets, for the right person, as it is now."""

import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from icalendar import Calendar
from PIL import Image

from festival.bookings import stars
from festival.bookings.rules import places
from festival.config import ROOT
from festival.corrections.people import Correction, Maker, Person, mark_of
from festival.corrections.rules import correcting
from festival.db import db, transactional
from festival.mail import attachments, messages
from festival.mail import rules as mail
from festival.mail.attachments import NoAttachment
from festival.mail.messages import AttachedFile
from festival.mail.models import Attachment, Letter
from festival.payments.rules import cancelling, lapsing, recording
from festival.programme.rules import people, sessions
from festival.team.outbox import ATTACHMENT_WORDS
from festival.tickets import letters as ticket_letters
from festival.tickets import ticket_qr
from festival.tickets.models import Order, Ticket
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW


def file_of(kind: str, reference: str) -> AttachedFile:
    return attachments.make_file(Attachment(kind, reference), now=NOW)


def tickets_of(order: Order, email: str = "") -> AttachedFile:
    return file_of("tickets_pdf", f"{order.code}|{email or order.email}")


def text_of(file: AttachedFile) -> str:
    """All that stands in a PDF, on one line."""
    document = pypdfium2.PdfDocument(file.content)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return " ".join(" ".join(pages).split())


def events(file: AttachedFile) -> list[tuple[str, str]]:
    """Title and state of each moment in a calendar, in order of time."""
    found = Calendar.from_ical(file.content).walk("VEVENT")
    ordered = sorted(found, key=lambda event: event.decoded("dtstart"))
    return [(str(event["summary"]), str(event.get("status", "CONFIRMED"))) for event in ordered]


def family() -> Order:
    """Three tickets of one order, of which the second goes to somebody else."""
    order = make.order(tickets=3, email="mia@example.org")
    order.tickets[1].holder_email = "omer@example.org"
    for ticket, name in zip(order.tickets, ("Mia", "Omer", "Zus"), strict=True):
        ticket.holder_name = name
    db.session.commit()
    return order


# -- tickets ----------------------------------------------------------------------------------


def test_everybody_gets_the_tickets_that_go_to_their_address(app: Flask) -> None:
    order = family()
    for email, names in (("mia@example.org", {"Mia", "Zus"}), ("omer@example.org", {"Omer"})):
        text = text_of(tickets_of(order, email))
        assert {name for name in ("Mia", "Omer", "Zus") if name in text} == names, email
        codes = {ticket.holder_name: ticket.code for ticket in order.tickets}
        assert {name for name, code in codes.items() if code in text.replace(" ", "")} == names


def test_a_ticket_that_was_given_back_is_not_on_paper(app: Flask) -> None:
    order = family()
    order.tickets[0].released_at = NOW
    db.session.commit()
    text = text_of(tickets_of(order))
    assert "Zus" in text
    assert "Mia" not in text


def given_back(order: Order) -> None:
    for ticket in order.tickets:
        ticket.released_at = NOW


def not_paid(order: Order) -> None:
    order.confirmed_at = None


def cancelled(order: Order) -> None:
    order.cancelled_at = NOW


def lapsed(order: Order) -> None:
    order.lapsed_at = NOW


@pytest.mark.parametrize("happened", [given_back, not_paid, cancelled, lapsed])
def test_what_does_not_open_the_gate_is_not_on_paper(
    app: Flask, happened: Callable[[Order], None]
) -> None:
    order = family()
    happened(order)
    db.session.commit()
    with pytest.raises(NoAttachment, match="not valid any more"):
        tickets_of(order)
    with pytest.raises(NoAttachment, match="not valid any more"):
        file_of("ticket_qr", order.tickets[0].secret)


@pytest.mark.parametrize(
    "email", ["", "iemand@example.org", "MIA@EXAMPLE.ORG", "mia@example.org|x"]
)
def test_who_has_no_ticket_in_the_order_gets_none(app: Flask, email: str) -> None:
    order = family()
    with pytest.raises(NoAttachment):
        file_of("tickets_pdf", f"{order.code}|{email}")


def test_a_letter_of_before_names_the_order_by_its_link(app: Flask) -> None:
    order = family()
    assert "Omer" in text_of(file_of("tickets_pdf", f"{order.secret}|omer@example.org"))


@pytest.mark.parametrize(
    ("kind", "reference"),
    [
        ("tickets_pdf", "weg|mia@example.org"),
        ("tickets_pdf", ""),
        ("ticket_qr", "weg"),
        ("agenda_ics", "weg"),
        ("agenda_ics", ""),
        ("speaker_ics", "weg"),
        ("speaker_ics", ""),
        ("onbekend", "x"),
    ],
)
def test_there_is_no_file_of_what_is_not_there(app: Flask, kind: str, reference: str) -> None:
    family()
    with pytest.raises(NoAttachment):
        file_of(kind, reference)


def test_the_code_of_each_ticket_stands_in_the_letter_of_its_reader(app: Flask) -> None:
    """A mail program draws what goes along, by its id; a camera reads the right ticket in it."""
    order = family()
    transactional(ticket_letters.order_confirmed)(order, now=NOW)
    for email, names in (("mia@example.org", ["Mia", "Zus"]), ("omer@example.org", ["Omer"])):
        letter = db.session.query(Letter).filter_by(to=email).one()
        parcel = mail.claim(letter.id, now=NOW)
        assert parcel
        files = attachments.make_files(parcel.attachments, now=NOW)
        raw = messages.compose(parcel, files, now=NOW).as_bytes()
        message = email_from(raw)
        related = message.get_body(("related",))
        assert related.get_param("type") == "text/html"
        html = message.get_body(("html",)).get_content()
        shown = re.findall(r'src="cid:([^"]+)"', html)
        pictures = {
            part["Content-ID"].strip("<>"): part
            for part in related.iter_parts()
            if part.get_content_type() == "image/png"
        }
        assert list(pictures) == shown
        read = [codes_in(part.get_content()) for part in pictures.values()]
        of = {ticket.holder_name: ticket_qr.address(ticket) for ticket in order.tickets}
        assert read == [[of[name]] for name in names]
        assert [part.get_content_type() for part in message.iter_attachments()] == [
            "application/pdf"
        ]


def corrected(order: Order, of: Order | Ticket, email: str) -> None:
    """Give the buyer, or one holder, another address: their links end."""
    name = of.name if isinstance(of, Order) else of.holder_name
    person = Person(name, email, mark_of(of))
    wanted = Correction(person) if isinstance(of, Order) else Correction(None, {of.code: person})
    correcting.correct_people(order, wanted, by=Maker("buyer"), now=NOW)


def waiting(email: str) -> tuple[list[AttachedFile], Any]:
    """The files of the oldest letter to `email` that still waits, and the message with them."""
    row = db.session.query(Letter).filter_by(to=email).order_by(Letter.id).first()
    assert row
    parcel = mail.claim(row.id, now=NOW)
    assert parcel
    files = attachments.make_files(parcel.attachments, now=NOW)
    return files, email_from(messages.compose(parcel, files, now=NOW).as_bytes())


def test_others_get_their_tickets_when_the_buyer_is_corrected_meanwhile(app: Flask) -> None:
    order = family()
    transactional(ticket_letters.order_confirmed)(order, now=NOW)
    corrected(order, order, "mia.nieuw@example.org")
    sheet, code = waiting("omer@example.org")[0]
    assert "Omer" in text_of(sheet)
    assert codes_in(code.content) == [ticket_qr.address(order.tickets[1])]


def test_a_letter_that_waits_leaves_out_the_code_of_a_ticket_that_goes_elsewhere(
    app: Flask,
) -> None:
    order = family()
    transactional(ticket_letters.order_confirmed)(order, now=NOW)
    corrected(order, order.tickets[2], "zus@example.org")
    (sheet, code), message = waiting("mia@example.org")
    assert "Zus" not in text_of(sheet)
    assert codes_in(code.content) == [ticket_qr.address(order.tickets[0])]
    html = message.get_body(("html",)).get_content()
    assert re.findall(r'src="cid:([^"]+)"', html) == [code.content_id]


def test_a_letter_without_any_ticket_left_does_not_go(app: Flask) -> None:
    order = family()
    transactional(ticket_letters.order_confirmed)(order, now=NOW)
    corrected(order, order.tickets[1], "omar@example.org")
    with pytest.raises(NoAttachment):
        waiting("omer@example.org")


def email_from(raw: bytes) -> Any:
    return message_from_bytes(raw, policy=policy.SMTP)


def codes_in(picture: bytes) -> list[str]:
    image = Image.open(BytesIO(picture)).convert("L")
    return [code.text for code in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize(("language", "name"), [("nl", "kaartjes-"), ("en", "tickets-")])
def test_tickets_are_in_the_language_of_their_order(app: Flask, language: str, name: str) -> None:
    of = make.ticket_type(name=Bilingual("Hele festival", "Whole festival"))
    order = make.order(of=of, language=language)
    file = tickets_of(order)
    assert (file.name, file.mimetype) == (f"{name}{order.code}.pdf", "application/pdf")
    assert of.name.text(language) in text_of(file)


# -- days and moments as a calendar -----------------------------------------------------------


def test_the_day_of_one_ticket_and_of_no_other(app: Flask) -> None:
    bread = make.slot(make.session(title=Bilingual("Brood bakken", "Baking bread")))
    saw = make.slot(make.session(title=Bilingual("Zagen")), starts=bread.ends_at)
    mine, other = make.order(tickets=2).tickets
    places.book_slot(mine, bread, now=NOW)
    places.book_slot(other, saw, now=NOW)
    file = file_of("agenda_ics", mine.secret)
    assert (file.name, file.mimetype) == (f"mijn-dag-{mine.code}.ics", "text/calendar")
    assert events(file) == [("Brood bakken", "CONFIRMED")]


def test_a_day_in_the_language_of_its_order(app: Flask) -> None:
    slot = make.slot(make.session(title=Bilingual("Brood bakken", "Baking bread")))
    ticket = make.ticket(language="en")
    places.book_slot(ticket, slot, now=NOW)
    file = file_of("agenda_ics", ticket.secret)
    assert file.name == f"my-day-{ticket.code}.ics"
    assert events(file) == [("Baking bread", "CONFIRMED")]


def test_a_file_holds_places_and_no_stars(app: Flask) -> None:
    """A file in somebody's calendar cannot take back a star that is taken away later."""
    ticket, slot = make.ticket(), make.slot(places=None)
    stars.sync_stars(ticket, add=[slot.code], now=NOW)
    assert events(file_of("agenda_ics", ticket.secret)) == []


def test_the_day_of_a_ticket_that_was_given_back_takes_its_places_out_of_the_calendar(
    app: Flask,
) -> None:
    ticket = make.ticket(of=make.ticket_type(price_cents=1000))
    slot = make.slot(make.session(title=Bilingual("Zagen")))
    places.book_slot(ticket, slot, now=NOW)
    cancelling.cancel_order(ticket.order, now=NOW + timedelta(hours=1))
    assert events(file_of("agenda_ics", ticket.secret)) == [("Afgezegd: Zagen", "CANCELLED")]


def test_no_secret_of_the_holder_stands_in_a_calendar(app: Flask) -> None:
    """People share their calendars."""
    ticket = make.ticket()
    places.book_slot(ticket, make.slot(), now=NOW)
    content = file_of("agenda_ics", ticket.secret).content.decode()
    unfolded = content.replace("\r\n ", "")
    for secret in (ticket.secret, ticket.order.secret, ticket.pass_id, ticket.order.email):
        assert secret not in unfolded


@pytest.mark.parametrize(("language", "name"), [("nl", "mijn-momenten"), ("en", "my-moments")])
def test_the_moments_of_a_speaker(app: Flask, language: str, name: str) -> None:
    edition = make.edition()
    speakers = [
        people.save_speaker(
            edition, None, {"slug": slug, "name": slug.title(), "language": language}, now=NOW
        )
        for slug in ("ria", "kees")
    ]
    for speaker, title in zip(speakers, ("Soep", "Zagen"), strict=True):
        session = sessions.save_session(
            edition,
            None,
            {"slug": title.lower(), "kind": "talk", "title": Bilingual(title, f"{title} (en)")},
            speakers=[speaker],
            now=NOW,
        )
        session.is_public = True
        make.slot(session, places=None)
    file = file_of("speaker_ics", speakers[0].secret)
    assert (file.name, file.mimetype) == (f"{name}.ics", "text/calendar")
    assert events(file) == [("Soep" if language == "nl" else "Soep (en)", "CONFIRMED")]
    assert speakers[0].secret not in file.content.decode().replace("\r\n ", "")


# -- which files go with which letter ---------------------------------------------------------


def test_which_files_go_with_which_letter(app: Flask) -> None:
    paid_later = make.ticket_type(price_cents=1000)
    order = make.order(of=paid_later, email="mia@example.org", confirmed_at=None, due_at=NOW)
    ticket = order.tickets[0]
    slot = make.slot()
    booking = places.book_slot(ticket, slot, now=NOW)
    lapsing.send_letters_again(order, now=NOW)
    recording.record_payment(order, 1000, NOW, "een", now=NOW)
    places.cancel_booking(booking, now=NOW)
    cancelling.cancel_order(order, now=NOW)
    found = {
        row.name: [Attachment(**each).kind for each in row.attachments]
        for row in db.session.query(Letter).order_by(Letter.id)
    }
    assert found == {
        "bookings/place_booked": ["agenda_ics"],
        "payments/pay_by_transfer": [],
        "payments/payment_received": ["tickets_pdf", "ticket_qr"],
        "bookings/booking_cancelled": ["agenda_ics"],
        "payments/order_cancelled": [],
    }


def test_every_kind_of_file_has_a_name_for_the_team(app: Flask) -> None:
    assert set(ATTACHMENT_WORDS) == set(app.extensions["attachments"])


def test_every_kind_that_letters_name_can_be_made(app: Flask) -> None:
    """A kind that is misspelt would fail each letter for good."""
    sources = [path.read_text(encoding="utf-8") for path in ROOT.glob("festival/**/letters.py")]
    named = set(re.findall(r'Attachment\((?:kind=)?"(\w+)"', " ".join(sources)))
    named |= set(re.findall(r'"(invoice_(?:pdf|ubl))"', " ".join(sources)))
    assert named == set(app.extensions["attachments"])
