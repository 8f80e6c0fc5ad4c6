"""Who may read what: a mark in every private field, looked for on every page, in every letter."""

import io
import re
import zipfile
from collections.abc import Iterator

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import Column, select, update
from sqlalchemy.orm import InstrumentedAttribute
from werkzeug.test import TestResponse

from festival import pdf, storage
from festival.accounts.models import ROLES
from festival.bookings.rules import places
from festival.checkin.models import Device
from festival.db import db
from festival.home.readers import READERS, Field
from festival.mail.models import Letter
from festival.payments import rules as payments
from festival.payments.basket import RequestedPlace
from festival.programme.models.sessions import Session, Speaker, SpeakerFile
from festival.programme.rules import people
from festival.speakers import rules as speakers
from festival.tickets import holding
from festival.tickets.models import BuyerMailbox, Order, Ticket
from festival.tickets.rules import OrderRequest, TicketRequest
from tests import make
from tests.crawl import crawl
from tests.make import NOW
from tests.world import World, build_world

# Everything after the dot of these is drawn from something else.
HOLDER, BUYER, QUESTION = "Houdster Merkteken", "Bestelster Merkteken", "Merkvraag hoe begin ik?"


@pytest.fixture
def marked(app: Flask) -> World:
    """A programme with a coach, and an order of two tickets, one of them somebody else's."""
    del app
    world = build_world()
    coach = Speaker(
        edition_id=world.edition.id,
        slug="coach-bo",
        name="Bo de Coach",
        is_public=True,
        email="bo-merk@example.org",
        phone="06-merk-11",
        needs="Merkbehoefte spreker",
    )
    db.session.add(coach)
    db.session.commit()
    people.set_speakers(world.coach, [coach])
    db.session.execute(update(Session).values(host_notes="Merknotitie", needs="Merktechniek"))
    db.session.add(
        SpeakerFile(
            speaker_id=coach.id, name="merkbestand.pdf", stored="x", mimetype="application/pdf",
            size=3, uploaded_at=NOW,
        )
    )  # fmt: skip
    world.ria.email, world.ria.phone = "ria-merk@example.org", "06-merk-22"
    world.ria.needs = "Merkbehoefte ria"
    storage.put("x", b"%PD")
    db.session.add(Device(token="merktoken" * 4, name="Telefoon", first_seen_at=NOW))
    db.session.commit()
    of = make.ticket_type(price_cents=4500)
    request = OrderRequest(
        form_key="k", name=BUYER, email="koper-merk@example.org",
        tickets=[
            TicketRequest(of.slug, "Kind van de koper"),
            TicketRequest(of.slug, HOLDER, "houder-merk@example.org"),
        ],
    )  # fmt: skip
    meetings = world.coach.slots
    order = payments.check_out(
        world.edition, request, [RequestedPlace(1, meetings[0].code, QUESTION)], now=NOW
    )
    payments.record_payment(order, 9000, NOW, "geld", note="Merkaantekening", now=NOW)
    other = make.ticket()
    booking = make.booking(other, meetings[1], question="Merkvraag van een ander")
    places.swap_booking(booking, meetings[2], now=NOW)
    holding.ask_owner(world.edition, "koper-merk@example.org", language="nl", now=NOW)
    speakers.invite_speakers([world.ria, coach], now=NOW)
    speakers.answer_session(world.ria, world.talk, "no", reason="Merkreden", now=NOW)
    return world


def marks() -> dict[Field, set[str]]:
    """What stands in each private field, where it can be told from anything else."""
    found: dict[Field, set[str]] = {}
    for field in READERS:
        values = set(db.session.scalars(select(field)))
        found[field] = {each for each in values if each and len(each) > 5}
    return found


def words_in(answer: TestResponse) -> str:
    """All that can be read in an answer: text, the parts of a workbook, the pages of a PDF."""
    data = answer.data
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return " ".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    if data[:4] == b"%PDF":
        document = pypdfium2.PdfDocument(data)
        pages = [page.get_textpage().get_text_range() for page in document]
        return " ".join(" ".join(pages).split())
    return re.sub(r"\r?\n[ \t]", "", data.decode(errors="replace"))  # calendars fold lines


def faults(reader: set[str], page: str, text: str, marks: dict[Field, set[str]]) -> Iterator[str]:
    for field, values in marks.items():
        if reader.isdisjoint(READERS[field]):
            who = "organiser" if "organiser" in reader else "/".join(sorted(reader))
            yield from (f"{who} reads {field} at {page}" for each in values if each in text)


def test_only_its_readers_find_a_private_field(app: Flask, marked: World) -> None:
    order = db.session.scalars(select(Order).where(Order.name == BUYER)).one()
    mine, holders = order.tickets
    known = marks()
    secrets = {field: values for field, values in known.items() if "secret" in str(field)}
    found: list[str] = []

    def look(
        reader: str, starts: list[str], *, own: set[str] = frozenset(), role: str = ""
    ) -> None:
        client = app.test_client()
        if role:
            make.sign_in(client, role)
        as_whom = set(ROLES) if role == "organiser" else {reader}
        pages = crawl(app, client, starts, most=4)
        assert len(pages) > 3, reader
        for url, answer in pages.items():
            text = words_in(answer)
            for secret in own:
                text = text.replace(secret, "")
            found.extend(faults(as_whom, url, text, known))
            if role or not own:
                continue
            # One's own links are one's own; those of others are not.
            found.extend(
                f"{reader} reads {field} at {url}"
                for field, values in secrets.items()
                for each in values
                if each in text
            )

    look("visitor", ["/", "/en/", "/programma", "/kaartjes"])
    for role in ROLES:
        look(role, ["/team/", "/team/post/", *_exports(marked)], role=role)
    paid = {mine.secret, mine.agenda_secret, order.secret}
    look("buyer", [f"/bestelling/{order.secret}", f"/kaartje/{mine.secret}"], own=paid)
    own = {holders.secret, holders.agenda_secret}
    look("holder", [f"/kaartje/{holders.secret}", f"/agenda/{holders.agenda_secret}.ics"], own=own)
    for speaker in db.session.scalars(select(Speaker)):
        reader = "coach" if speaker.slug == "coach-bo" else "speaker"
        look(reader, [f"/spreker/{speaker.secret}"], own={speaker.secret})
    assert found == [], "\n".join(sorted(set(found)))


def _exports(world: World) -> list[str]:
    team = f"/team/programma/{world.edition.slug}"
    return [
        "/team/bestellingen/csv",
        "/team/plekken/coach.csv",
        f"{team}/sprekers-post/coach-bo",
        *(f"{team}/uitvoer/mensen.{kind}" for kind in ("csv", "xlsx")),
        *(f"{team}/uitvoer/onderdelen.{kind}" for kind in ("csv", "xlsx")),
    ]


def test_the_coach_and_the_holder_do_read_the_question(app: Flask, marked: World) -> None:
    client = app.test_client()
    coach = db.session.scalars(select(Speaker).where(Speaker.slug == "coach-bo")).one()
    page = client.get(f"/spreker/{coach.secret}").text
    assert f"{HOLDER} vraagt:" in page
    assert QUESTION in page
    ticket = db.session.scalars(select(Ticket).where(Ticket.holder_name == HOLDER)).one()
    assert QUESTION in client.get(f"/kaartje/{ticket.secret}").text


def test_letters_tell_only_what_their_reader_may_read(app: Flask, marked: World) -> None:
    known = marks()
    readers = {
        "koper-merk@example.org": {"buyer", "owner"},
        "houder-merk@example.org": {"holder"},
        "ria-merk@example.org": {"speaker"},
        "bo-merk@example.org": {"speaker", "coach"},
        "hallo@example.org": {"organiser", *ROLES},
    }
    links = {Order.secret, Ticket.secret, Ticket.agenda_secret, Speaker.secret, BuyerMailbox.secret}
    found: list[str] = []
    for letter in db.session.scalars(select(Letter)):
        reader = readers.get(letter.to, {"holder"})
        text = letter.body_text + letter.body_html
        # Links go to whoever they are for; test_buyer_and_holder looks at those.
        of_letter = {field: values for field, values in known.items() if field not in links}
        found += faults(reader, f"{letter.name} to {letter.to}", text, of_letter)
    assert found == [], "\n".join(sorted(set(found)))


def test_buyer_and_holder_are_two_people(app: Flask, marked: World) -> None:
    order = db.session.scalars(select(Order).where(Order.name == BUYER)).one()
    mine, holders = order.tickets
    page = app.test_client().get(f"/bestelling/{order.secret}").text
    assert HOLDER in page
    assert mine.secret in page
    for private in (holders.secret, marked.coach.title.nl, QUESTION):
        assert private not in page
    to_buyer = [
        letter.body_text + letter.body_html
        for letter in db.session.scalars(select(Letter).where(Letter.to == order.email))
    ]
    assert to_buyer
    for private in (holders.secret, marked.coach.title.nl, QUESTION):
        assert not any(private in text for text in to_buyer)
    try:
        pdf.check()
    except pdf.CannotMakePdf:
        return
    paper = words_in(app.test_client().get(f"/bestelling/{order.secret}/kaartjes.pdf"))
    assert "Kind van de koper" in paper
    assert HOLDER not in paper


def test_secret_columns_are_all_in_the_table() -> None:
    named = {str(field) for field in READERS}
    secret = {
        f"{table.name}.{column.name}"
        for table in db.metadata.tables.values()
        for column in table.columns
        if column.name in {"secret", "token", "agenda_secret", "question", "phone", "needs"}
    }
    known = {_table_and_name(field) for field in READERS}
    assert secret - known == set(), named


def _table_and_name(field: Field) -> str:
    if isinstance(field, Column):
        return f"{field.table.name}.{field.name}"
    assert isinstance(field, InstrumentedAttribute)
    [column] = field.property.columns
    return f"{column.table.name}.{column.name}"
