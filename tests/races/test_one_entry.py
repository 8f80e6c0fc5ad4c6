"""Sixteen phones look at one ticket at the same instant: one lets it in."""

from datetime import UTC, datetime

from festival.checkin import rules
from festival.checkin.models import Device, Gate, Scan
from festival.db import db
from festival.tickets import ticket_qr
from tests import make
from tests.races.at_once import at_once

PHONES = 16
MORNING = datetime(2026, 10, 23, 7, 41, tzinfo=UTC)


def test_one_of_sixteen_phones_lets_a_ticket_in(any_app):
    gate = make.gate()
    devices = [make.device().id for _ in range(PHONES)]
    for _ in range(3):
        text = ticket_qr.address(make.ticket())

        def scan(n, text=text):
            reading = rules.ScanReading(text, "camera", f"{text[-9:]}-{n}", MORNING)
            device = db.session.get(Device, devices[n])
            answer = rules.scan(
                db.session.get(Gate, gate.id), device, reading, member_id=None, now=MORNING
            )
            return answer.outcome

        outcomes = at_once(any_app, scan)
        assert sorted(outcomes) == ["admitted"] + ["already_in"] * (PHONES - 1)


def test_one_reading_sent_sixteen_times_at_once_is_one_scan(any_app):
    gate, device, text = make.gate(), make.device(), ticket_qr.address(make.ticket())
    gate_id, device_id = gate.id, device.id

    def scan(_):
        reading = rules.ScanReading(text, "camera", "the same", MORNING)
        return rules.scan(
            db.session.get(Gate, gate_id),
            db.session.get(Device, device_id),
            reading,
            member_id=None,
            now=MORNING,
        ).outcome

    assert at_once(any_app, scan) == ["admitted"] * PHONES
    assert db.session.query(Scan).count() == 1
