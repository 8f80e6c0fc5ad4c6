"""Many bookers: no more statements than for a few, and the worker's queue is left alone."""

from datetime import timedelta

import pytest

from festival import codes, jobs
from festival.bookings.models import Booking
from festival.db import db
from festival.mail import rules as mail
from festival.mail.models import Letter
from festival.programme.rules import slots
from festival.releases.rules import publishing
from festival.tickets.models import Order, Ticket
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW


def booked_slot(number: int):
    """A slot with so many bookers, which is moved in the draft."""
    slot, of = make.slot(places=number, taken=number), make.ticket_type(pool=make.pool())
    orders = [
        Order(
            edition_id=of.edition_id, code=codes.readable(10), secret=codes.secret(),
            form_key=codes.secret(), name=f"Bezoeker {n}", email=f"bezoeker{n}@example.org",
            language="en" if n % 5 == 0 else "nl", total_cents=0, reference=codes.secret(),
            placed_at=NOW, confirmed_at=NOW,
            tickets=[
                Ticket(
                    type=of, code=codes.readable(10), secret=codes.secret(),
                    pass_id=codes.secret(), holder_name=f"Houder {n}", price_cents=0,
                )
            ],
        )
        for n in range(number)
    ]  # fmt: skip
    make._kept(*orders)
    make._kept(*(Booking(ticket=each.tickets[0], slot=slot, booked_at=NOW) for each in orders))
    later = timedelta(hours=1)
    slots.move_slot(
        slot, stage=slot.stage, starts_at=slot.starts_at + later, ends_at=slot.ends_at + later,
        seen=slot.version, now=NOW,
    )  # fmt: skip
    return slot


def test_three_hundred_bookers_cost_no_more_statements_than_sixty(
    any_app, queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[object] = []
    monkeypatch.setattr(jobs, "after_commit", lambda name, row: woken.append(row))
    sent = []
    for number in (60, 300):
        slot = booked_slot(number)
        edition = slot.session.edition
        with queries() as statements:
            publishing.publish_release(edition, name=Bilingual("Veel"), now=NOW)
        sent.append(len(statements))
        assert db.session.query(Letter).filter(Letter.body_text.contains(slot.code)).count() == (
            number
        )
    assert sent[1] == sent[0]
    assert woken == [], "the sweep finds them"
    assert {letter.state for letter in db.session.query(Letter)} == {"waiting"}


def test_a_few_letters_go_at_once(app, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[object] = []
    monkeypatch.setattr(jobs, "after_commit", lambda name, row: woken.append(row))
    slot = booked_slot(3)
    publishing.publish_release(slot.session.edition, name=Bilingual("Weinig"), now=NOW)
    assert len(woken) == 3
    assert mail.MOST_WAKING >= 3
