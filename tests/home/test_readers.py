"""Who may read what: a mark in every private field, looked for on every page, in every letter."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import Column, String, Text, select, update
from sqlalchemy.orm import InstrumentedAttribute
from werkzeug.test import TestResponse

from festival import pdf, storage
from festival.accounts.models import (
    ROLES,
    EndedSession,
    SignInLink,
    WebAuthn,
    WrongGuess,
)
from festival.bookings.rules import places
from festival.checkin.models import Device
from festival.corrections.models import OrderComment
from festival.db import EmailAddress, db
from festival.doorsales.models import DoorSale, TillCount
from festival.feedback.models import Feedback
from festival.home.not_private import COPIES, HARMLESS, SHOWN_TO_NOBODY
from festival.home.readers import READERS, Field
from festival.invoices.models import Invoice
from festival.mail.models import Letter
from festival.mailings import sending
from festival.payments.basket import RequestedPlace
from festival.payments.models import BankLine, InvoiceRequest, Refund
from festival.payments.rules import checking_out, recording, refunding
from festival.payments.stripe.models import PaymentAttempt, StripeEvent
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Session, Speaker, SpeakerFile
from festival.programme.models.timetable import AcceptedClash
from festival.programme.rules import people
from festival.questions.models import OrderAnswer
from festival.speakers import rules as speakers
from festival.team.models import AuditEntry
from festival.tickets import holding
from festival.tickets.changes import OrderChange, OrderMerge
from festival.tickets.models import Order, Ticket, TicketType
from festival.tickets.rules.ordering import OrderRequest, TicketRequest
from festival.tickets.swaps.models import TicketSwap
from festival.web.languages import Bilingual
from tests import make
from tests.crawl import crawl
from tests.make import NOW
from tests.world import World, build_world

# Everything after the dot of these is drawn from something else.
HOLDER, BUYER, QUESTION = "Houdster Merkteken", "Bestelster Merkteken", "Merkvraag hoe begin ik?"

NOBODY: frozenset[str] = frozenset()
# One of a few words, which stand on any page.
STATES = {"session_speaker.answer", "passkey.usage", "passkey.device_type"}
# In these tables ordinary rows hold ordinary words: only those of the marked row are looked for.
IN_A_ROW_OF_ITS_OWN = {"letter", "audit_entry", "scan", "device", "release", "team_member"}


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
    of = make.ticket_type(price_cents=4500)
    make.voucher(code="MERKCODE-9", note="Merknotitie van een code")
    make.hold(make.ticket_type(), network="merk-netwerk")
    make.nameless(tickets=2)
    full = make.ticket_type(pool=make.pool(capacity=0))
    make.wait(full, name="Merkwachter", email="wacht-merk@example.org", secret="merk-wacht-geheim")
    request = OrderRequest(
        form_key="merksleutel-bestelling", name=BUYER, email="koper-merk@example.org",
        tickets=[
            TicketRequest(of.slug, "Kind van de koper"),
            TicketRequest(of.slug, HOLDER, "houder-merk@example.org"),
        ],
    )  # fmt: skip
    meetings = world.coach.slots
    order = checking_out.check_out(
        world.edition, request, [RequestedPlace(1, meetings[0].code, QUESTION)], now=NOW
    )
    recording.record_payment(order, 9000, NOW, "merksleutel-geld", note="Merkaantekening", now=NOW)
    recording.record_refund(order, 100, NOW, "merksleutel-terug", "Merkgeldterug", now=NOW)
    db.session.execute(update(Refund).values(iban="NL00MERKREKENING"))
    refunds = refunding.request_refund(order, 100, "", "merksleutel-vallen", now=NOW)
    refunding.drop_refund(refunds[0], "Merkreden van vallenlaten", now=NOW)
    db.session.execute(update(Ticket).values(cancel_note="Merkannuleernotitie"))
    make.answer(make.question(), "Merkantwoord van de koper", order.tickets[0])
    other = make.ticket()
    booking = make.booking(other, meetings[1], question="Merkvraag van een ander")
    places.swap_booking(booking, meetings[2], now=NOW)
    holding.ask_owner(world.edition, "koper-merk@example.org", language="nl", now=NOW)
    speakers.invite_speakers([world.ria, coach], now=NOW)
    invitation = Bilingual("Kom je ook, {naam}?", "Will you come, {naam}?")
    mailings = (
        make.mailing(),
        make.mailing(criteria={"payment": ["unpaid"]}),
        make.mailing(kind="invitation", state="sending", subject=invitation, body=invitation),
    )
    sending.write_piece(mailings[-1].id, at_most=9, now=NOW)
    speakers.answer_session(world.ria, world.talk, "no", reason="Merkterugreden", now=NOW)
    _mark_the_rest(world)
    return world


def _mark_the_rest(world: World) -> None:
    """A row with a mark in each text of the team, of machines, and of what visitors thought."""
    somebody = make.member("editor", name="Merklid", email="merklid@example.org", code="MERKLID")
    for name in (
        "fs_webauthn_user_handle", "us_phone_number", "username", "us_totp_secrets",
        "last_login_ip", "current_login_ip", "tf_totp_secret", "tf_phone_number",
    ):  # fmt: skip
        setattr(somebody, name, f"merk-{name}"[:60])
    somebody.password, somebody.fs_uniquifier = "merk-password", "merk-uniquifier"
    somebody.mf_recovery_codes = ["merk-herstelcode"]
    device = Device(token="merktoken" * 4, name="Merktoestel", first_seen_at=NOW)
    letter = {
        name: f"merkbrief {name}"
        for name in (
            "subject", "body_text", "body_html", "message_id", "lease", "problem", "answer",
            "unsubscribe_url",
        )
    }  # fmt: skip
    db.session.add_all(
        [
            device,
            WebAuthn(
                credential_id=b"merk-credential", public_key=b"merk-public", sign_count=0,
                transports=["merk-transport"], backup_state=False, device_type="single_device",
                extensions="merk-extensions", lastuse_datetime=NOW, name="merk-passkey",
                usage="first", user_id=somebody.id,
            ),
            SignInLink(
                member_id=somebody.id, secret_hash="merk-secret-hash", made_at=NOW, expires_at=NOW
            ),
            PaymentAttempt(
                order_id=db.session.scalar(select(Order.id)), number=1, state="paid",
                amount_cents=100, language="nl", excludes_slow=False, begun_at=NOW,
                expires_at=NOW, session_id="cs_merk", intent_id="pi_merk", url="https://merk",
                problem="Merkprobleem van een poging",
            ),
            BankLine(
                key="merk-bankregel", booked_on=NOW.date(), amount_cents=100, imported_at=NOW,
                payer_name="Merkbetaler", payer_iban="NL91MERK0417164300",
                reference="MERKKENMERK", description="Merkomschrijving",
                settled_at=NOW, set_aside_note="Merkopzij",
            ),
            InvoiceRequest(
                order_id=db.session.scalar(select(Order.id)), country="NL", requested_at=NOW,
                **{
                    name: f"merkaanvraag {name}"
                    for name in (
                        "name", "attention", "street", "postal_code", "city", "kvk", "vat_id",
                        "po_number",
                    )
                },
            ),
            OrderComment(
                order_id=db.session.scalar(select(Order.id)), member_id=somebody.id,
                words="Merkopmerking van het team", written_at=NOW, form_key="merk-opmerking-key",
            ),
            OrderChange(
                order_id=db.session.scalar(select(Order.id)), kind="handed_on", changed_at=NOW,
                maker="team", member_id=somebody.id,
                **{
                    name: f"merkwijziging-{name}"
                    for name in (
                        "old_name", "new_name", "old_email", "new_email", "reason",
                        "void_secret", "void_code", "void_pass_id",
                    )
                },
            ),
            OrderMerge(
                order_id=db.session.scalar(select(Order.id)),
                merged_id=db.session.scalar(select(Order.id)), merged_at=NOW,
                member_id=somebody.id, reason="Merkreden van samenvoegen",
            ),
            TicketSwap(
                order_id=db.session.scalar(select(Order.id)),
                ticket_id=db.session.scalar(select(Ticket.id)),
                from_type_id=db.session.scalar(select(TicketType.id)),
                to_type_id=db.session.scalar(select(TicketType.id)),
                from_cents=100, to_cents=100, maker="team", member_id=somebody.id,
                reason="Merkreden van een wissel", form_key="merk-wissel-sleutel",
                requested_at=NOW, ended_at=NOW, outcome="done",
            ),
            Invoice(
                edition_id=world.edition.id, kind="invoice", number="2026-0001", year=2026,
                sequence=1, subject_kind="orders", subject_id=1, language="nl",
                event_name="Festival", issued_at=NOW, issued_on=NOW.date(),
                supplied_on=NOW.date(), total_cents=100, vat_cents=0, seller_name="Wij",
                seller_email="wij@example.org", seller_street="Straat 1",
                seller_postal_code="1234 AB", seller_city="Tilburg", seller_kvk="12345678",
                seller_vat_id="", customer_email="merkfactuur@example.org",
                **{
                    name: f"merkfactuur {name}"
                    for name in (
                        "subject_code", "payment_reference", "po_number", "customer_name",
                        "customer_attention", "customer_street", "customer_postal_code",
                        "customer_city", "customer_kvk", "customer_vat_id",
                    )
                },
            ),
            StripeEvent(
                event_id="evt_merk", kind="x", session_id="cs_merk2", intent_id="pi_merk2",
                received_at=NOW,
            ),
            EndedSession(session_hash="merk-session-hash", ended_at=NOW),
            DoorSale(
                order_id=db.session.scalar(select(Order.id)), device=device, gate=make.gate(),
                sold_on=NOW.date(), form_key="merk-door-key",
            ),
            TillCount(
                edition_id=world.edition.id, device=device, held_on=NOW.date(), cash_cents=1,
                card_cents=1, sold_cash_cents=1, sold_card_cents=1, counted_at=NOW,
                note="Merkkassa", form_key="merk-till-key",
            ),
            WrongGuess(account_hash="merk-account", from_address="merk-address", at=NOW),
            AuditEntry(at=NOW, verb="add", subject="merkonderwerp", details={"wat": "merkdetail"}),
            AcceptedClash(
                edition_id=world.edition.id, key="k", reason="Merkreden botsing", accepted_at=NOW,
                accepted_by="Merkmaker",
            ),
            Feedback(
                session_id=world.talk.id, form_key="merk-form-key", form_digest="merk-digest",
                useful=5, words="Merkwoorden van een bezoeker", said_at=NOW,
            ),
            Letter(
                to="merkbrief@example.org", reply_to="merkbriefje@example.org", language="nl",
                name="tickets/tickets_sent", queued_at=NOW, next_try_at=NOW, **letter,
            ),
        ]
    )  # fmt: skip
    db.session.execute(update(Release).values(released_by="Merkuitgever"))
    db.session.execute(update(SpeakerFile).values(stored="merk-stored"))
    db.session.execute(update(OrderAnswer).values(stored="merk-stored-antwoord"))
    make.voucher(form_key="merk-formulier-van-codes")
    storage.put("merk-stored", b"%PD")
    db.session.execute(
        update(Order).values(form_digest="merk-order-digest", free_reason="Merkgratis")
    )
    db.session.commit()
    make.scan(None, device=device, nonce="merknonce", read="merkgelezen", outcome="unknown")


def marks() -> dict[str, set[str]]:
    """What stands in each private column, where it can be told from anything else."""
    found: dict[str, set[str]] = {}
    for name in _private_texts():
        table, column = name.split(".")
        values = db.session.scalars(select(db.metadata.tables[table].c[column]))
        texts = {text for value in values for text in _texts_of(value) if len(text) > 5}
        if table in IN_A_ROW_OF_ITS_OWN:
            texts = {each for each in texts if "merk" in each.casefold()}
        if table == "letter":
            texts = {each for each in texts if "merkbrief" in each}
        found[name] = texts
    return found


def _texts_of(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case bytes():
            yield value.decode("latin-1")
        case list():
            for each in value:
                yield from _texts_of(each)


def _private_texts() -> list[str]:
    return [
        name
        for name, column in _columns().items()
        if name in PRIVATE and isinstance(column.type, (String, Text, EmailAddress))
        if name not in STATES
    ]


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


def faults(reader: set[str], page: str, text: str, marks: dict[str, set[str]]) -> Iterator[str]:
    for field, values in marks.items():
        if reader.isdisjoint(PRIVATE[field]):
            who = "organiser" if "organiser" in reader else "/".join(sorted(reader))
            yield from (f"{who} reads {field} at {page}" for each in values if each in text)


def test_only_its_readers_find_a_private_field(app: Flask, marked: World) -> None:
    order = db.session.scalars(select(Order).where(Order.name == BUYER)).one()
    mine, holders = order.tickets
    known = marks()
    secrets = {field: values for field, values in known.items() if field.endswith("secret")}
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
        "/team/boeken/regels.csv",
        *(f"/team/wie-komt/wie-komt.{kind}" for kind in ("csv", "xlsx")),
        *(f"/team/wie-komt/{kind}.csv" for kind in ("catering", "workshops")),
        "/team/wie-komt/deurlijst",
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
    links = {
        _table_and_name(field)
        for field in (
            Order.secret,
            Ticket.secret,
            Ticket.agenda_secret,
            Ticket.naming_secret,
            Speaker.secret,
        )
    } | {"buyer_mailbox.secret", "invitation_choice.secret"}
    found: list[str] = []
    # Not the one that holds marks for the outbox.
    for letter in db.session.scalars(select(Letter).where(Letter.to != "merkbrief@example.org")):
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


def test_every_private_text_has_a_mark(app: Flask, marked: World) -> None:
    without = [name for name, values in marks().items() if not values]
    assert without == []


def test_every_column_is_declared_once() -> None:
    """As private with its readers, or in not_private.py; whoever adds one says which."""
    declared = [*map(_table_and_name, READERS)]
    for group in (SHOWN_TO_NOBODY, COPIES, HARMLESS):
        declared += _names_in(group)
    assert set(_columns()) - set(declared) == set(), "say in festival/home who may read these"
    assert set(declared) - set(_columns()) == set(), "there are no such columns"
    assert [name for name in declared if declared.count(name) > 1] == []


def test_columns_with_telling_names_are_private() -> None:
    telling = {"secret", "token", "agenda_secret", "question", "phone", "needs", "password"}
    assert {name for name in _columns() if name.split(".")[1] in telling} - set(PRIVATE) == set()


def _columns() -> dict[str, Column[Any]]:
    return {
        f"{table.name}.{column.name}": column
        for table in db.metadata.tables.values()
        for column in table.columns
    }


def _names_in(group: Mapping[str, str]) -> list[str]:
    return [f"{table}.{column}" for table, columns in group.items() for column in columns.split()]


def _table_and_name(field: Field) -> str:
    if isinstance(field, Column):
        return f"{field.table.name}.{field.name}"
    assert isinstance(field, InstrumentedAttribute)
    [column] = field.property.columns
    return f"{column.table.name}.{column.name}"


PRIVATE: dict[str, frozenset[str]] = {
    **{_table_and_name(field): who for field, who in READERS.items()},
    **dict.fromkeys(_names_in(SHOWN_TO_NOBODY), NOBODY),
}
