"""The PDF of one ticket: our own with WeasyPrint, and the same sheet drawn with reportlab."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app
from sqlalchemy import select

from bench import aims, reportlab_ticket
from bench.edition import Filled
from bench.failure import BenchmarkFailed
from festival import clock, memory
from festival.bookings import documents
from festival.bookings.queries import held_places
from festival.bookings.rules import places
from festival.db import db
from festival.errors import Refusal
from festival.programme.models.sessions import Slot

PLACES = 4  # booked on the ticket that is drawn


@dataclass(frozen=True)
class Papers:
    """Milliseconds for a warm PDF of one ticket, its queries included."""

    ours_ms: float
    reportlab_ms: float

    @property
    def ratio(self) -> float:
        """How many times as long ours takes."""
        return self.ours_ms / self.reportlab_ms


def compare(app: Flask, filled: Filled, *, times: int) -> Papers:
    """Returns the medians of `times` PDFs of each, in turn, after three to warm up."""
    secret = filled.holders[-1].secret
    with app.test_request_context(base_url="https://localhost"):
        _book_some(secret, filled)
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(times + 3):
            ours.append(_took_ms(_ours, secret))
            theirs.append(_took_ms(_reportlab, secret))
    return Papers(aims.median(ours[3:]), aims.median(theirs[3:]))


def _book_some(secret: str, filled: Filled) -> None:
    ticket = held_places.ticket_by_secret(secret)
    assert ticket
    held = len(held_places.live_bookings([ticket.id]))
    for slot in db.session.scalars(select(Slot).where(Slot.code.in_(filled.slots))).all():
        if held == PLACES:
            return
        try:
            places.book_slot(ticket, slot, now=clock.now())
        except Refusal:
            continue  # overlaps with another booking
        held += 1
    raise BenchmarkFailed(f"only {held} places could be booked on one ticket")


def _ours(secret: str) -> bytes:
    ticket = held_places.ticket_by_secret(secret)
    assert ticket
    return documents.tickets_pdf([ticket], "nl")


def _reportlab(secret: str) -> bytes:
    ticket = held_places.ticket_by_secret(secret)
    assert ticket
    return reportlab_ticket.ticket_pdf(ticket)


def _took_ms(draw: Callable[[str], bytes], secret: str) -> float:
    db.session.remove()
    memory.forget(current_app)  # or ours would be made only once
    began = time.perf_counter()
    pdf = draw(secret)
    took = (time.perf_counter() - began) * 1000
    if not pdf.startswith(b"%PDF"):
        raise BenchmarkFailed("what was drawn is no PDF")
    return took
