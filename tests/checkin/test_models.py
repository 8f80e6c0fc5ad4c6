"""What the database itself holds to at the gate, whatever a rule forgets."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from festival.checkin.models import OUTCOMES
from festival.db import db
from tests import make
from tests.make import FRIDAY, NOW


def is_refused(**values: Any) -> bool:
    """Whether the database refuses this scan."""
    try:
        make.scan(**values)
    except IntegrityError:
        db.session.rollback()
        return True
    return False


def test_a_ticket_goes_in_once_a_day(any_app: Flask) -> None:
    ticket, other = make.ticket(), make.ticket()
    first = make.scan(ticket)
    assert is_refused(of=ticket), "at whatever gate, with whatever phone"
    assert not is_refused(of=other)
    assert not is_refused(of=ticket, admitted_on=FRIDAY + timedelta(days=1))
    assert not is_refused(of=ticket, is_practice=True)
    assert is_refused(of=ticket, is_practice=True)
    for _ in range(2):
        assert not is_refused(of=ticket, outcome="already_in"), "refusals are all kept"
    first.undone_at = NOW
    db.session.commit()
    assert not is_refused(of=ticket)
    assert is_refused(of=ticket)


def test_a_phone_uses_a_nonce_once(any_app: Flask) -> None:
    device = make.device()
    assert not is_refused(device=device, nonce="een", outcome="unknown")
    assert is_refused(device=device, nonce="een", outcome="forged")
    assert not is_refused(device=device, nonce="twee", outcome="unknown")
    assert not is_refused(device=make.device(), nonce="een", outcome="unknown")


def test_only_an_admitted_scan_has_a_day(any_app: Flask) -> None:
    for outcome in OUTCOMES:
        is_entry = outcome == "admitted"
        assert is_refused(outcome=outcome, admitted_on=None) == is_entry, outcome
        assert is_refused(outcome=outcome, admitted_on=FRIDAY) != is_entry, outcome


def test_only_known_outcomes_and_methods(any_app: Flask) -> None:
    assert is_refused(outcome="welcome", admitted_on=None)
    assert is_refused(outcome="unknown", method="magic")
    for method in ("camera", "typed", "name"):
        assert not is_refused(outcome="unknown", method=method)


def test_a_slug_is_unique_within_an_edition(any_app: Flask) -> None:
    gate = make.gate(slug="noord")
    make.gate(slug="noord", edition_id=make.edition(is_current=False).id)
    with pytest.raises(IntegrityError):
        make.gate(slug="noord")
    db.session.rollback()
    assert (gate.is_practice, gate.position) == (False, 0)


def test_a_device_is_known_by_a_token_of_its_own(any_app: Flask) -> None:
    first, second = make.device(), make.device()
    second.token = first.token
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()


def test_a_ticket_with_scans_cannot_be_deleted(any_app: Flask) -> None:
    ticket = make.ticket()
    make.scan(ticket)
    with pytest.raises(IntegrityError):
        db.session.execute(text("DELETE FROM ticket"))
    db.session.rollback()
