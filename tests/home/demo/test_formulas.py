"""Names that a spreadsheet would run become formulas in no file that the team downloads."""

import csv
import io
import itertools
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from festival import create_app
from festival.bookings.models import Booking
from festival.checkin.models import Device
from festival.config import ROOT
from festival.db import db
from festival.editions.models import Edition
from festival.feedback.models import Feedback
from festival.payments.models import Refund
from festival.programme.models.sessions import Session, Speaker
from festival.questions.models import OrderAnswer, OrderQuestion
from festival.team.models import AuditEntry
from festival.tickets.extras.models import Extra, OrderedExtra
from festival.tickets.models import Order, Ticket, TicketType, Voucher
from festival.web.languages import Bilingual
from tests import make
from tests.conftest import Browser, settings_of

HOSTILE = ('=HYPERLINK("http://x.example";"klik")', "+1", "@SUM(A1)", "-2+3", "\t=1+1", "\r=1+1")
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER = re.compile(r"-?\d+(,\d+)?")
WRITERS = re.compile(r"\b(csv_response|csv_stream|xlsx_response)\b")
# Whatever people or the team type and a file may show.
TYPED: tuple[InstrumentedAttribute[Any], ...] = (
    *(Order.name, Order.free_reason, Ticket.holder_name, Ticket.cancel_note),
    *(Voucher.note, Voucher.tag, Refund.reason, Feedback.words, Booking.question),
    *(OrderAnswer.value, Device.name, AuditEntry.subject, Speaker.name, Speaker.organisation),
    *(Session.host_notes, TicketType.vat_reason),
)
BILINGUAL = (Session.title, TicketType.name, Extra.name, OrderQuestion.label)


@pytest.fixture
def client(loaded: Flask, tmp_path: Path) -> Iterator[FlaskClient]:
    """A member with every role, of a copy of the demo in which everything typed is a formula."""
    file = "festival.sqlite3"
    shutil.copy(Path(loaded.config["INSTANCE_PATH"]) / file, tmp_path / file)
    app = create_app(settings_of(tmp_path, f"sqlite:///{tmp_path / file}"))
    app.test_client_class = Browser
    with app.app_context():
        ticket = db.session.scalars(select(Ticket).where(Ticket.released_at.is_(None))).first()
        assert ticket
        lunch = db.session.scalars(select(Extra)).first()
        sold = OrderedExtra(order=ticket.order, ticket=ticket, extra=lunch, price_cents=0)
        db.session.add(sold)
        for column in (*TYPED, *BILINGUAL):
            every = db.session.scalars(select(column.class_)).all()
            rows = [row for row in every if getattr(row, column.key)]
            for row, each in zip(rows, itertools.cycle(HOSTILE), strict=False):
                setattr(
                    row,
                    column.key,
                    Bilingual(each, each) if any(column is one for one in BILINGUAL) else each,
                )
        db.session.commit()
        client = app.test_client()
        make.sign_in(client, make.member("organiser", "finance", "checkin", "programme", "editor"))
        yield client
        db.session.remove()
        db.engine.dispose()


def files(app: Flask) -> list[tuple[str, str]]:
    """The endpoint and address of each of the team's files for a spreadsheet, in each format."""
    edition = db.session.query(Edition).filter_by(is_current=True).one()
    sold = db.session.query(OrderedExtra).first()
    booked = db.session.query(Booking).filter(Booking.cancelled_at.is_(None)).first()
    assert sold
    assert booked
    slugs = {
        "extras_team.who_csv": sold.extra.slug,
        "bookings_team.who_comes_csv": booked.slot.session.slug,
    }
    found = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/team/") or "csv" not in rule.rule:
            continue
        values = {
            "format_": ["csv", "xlsx"],
            "part": ["regels", "dagen", "btw"],
            "what": ["onderdelen", "mensen", "podia", "themas"],
            "edition_slug": [edition.slug],
            "payout_id": ["po_demo_1"],
            "slug": [slugs.get(rule.endpoint, "")],
        }
        names = sorted(rule.arguments)
        for chosen in itertools.product(*(values[name] for name in names)):
            given = dict(zip(names, chosen, strict=True))
            found.append((rule.endpoint, app.url_map.bind("").build(rule.endpoint, given)))
    return found


def cells_of(content: bytes, kind: str) -> list[str]:
    """The texts in a file; of a workbook each must be a text to the spreadsheet too."""
    if kind.startswith("text/csv"):
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        return [cell for row in csv.reader(text, delimiter=";") for cell in row]
    rows = load_workbook(io.BytesIO(content)).active.iter_rows()
    cells = [cell for row in rows for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    return []


def test_no_file_of_the_team_holds_a_formula(client: FlaskClient) -> None:
    seen, guarded = set(), set()
    for endpoint, address in files(client.application):
        answer = client.get(address)
        if endpoint.endswith("wrong_rows"):  # of what somebody uploaded: nobody did
            assert answer.status_code in {302, 303, 404}
            continue
        assert answer.status_code == 200, address
        seen.add(endpoint)
        for cell in cells_of(answer.data, answer.content_type):
            bare = cell.lstrip(" ")
            assert not bare.startswith(RUNS) or NUMBER.fullmatch(bare), (address, cell)
            if cell.startswith("'"):
                guarded.add(endpoint)
    # What shows nothing of what was changed here; all others do. Invoices never change.
    assert seen - guarded <= {
        "attendees_team.catering",
        "books_team.export",
        "feedback_team.opinions_csv",  # nobody in the demo has given any yet
        "invoices_team.invoices_csv",
        "payouts_team.lines_csv",  # codes and Stripe's own words
        "scheduling_team.blank",
        "scheduling_team.example",
        "tickets_team.blank",
        "tickets_team.example",
    }
    writers = {
        f"festival.{'.'.join(path.relative_to(ROOT / 'festival').with_suffix('').parts)}"
        for path in (ROOT / "festival").rglob("*.py")
        if WRITERS.search(path.read_text())
    }
    views = client.application.view_functions
    # Those of imports write for the views of other modules.
    left = writers - {views[each].__module__ for each in seen}
    assert left <= {"festival.team.exports", "festival.team.imports.screens"}
