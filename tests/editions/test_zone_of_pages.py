"""Moments on the team's pages and on visitors' are in the zone of the edition they are about."""

from datetime import UTC, datetime

from flask.testing import FlaskClient

from festival.db import db
from festival.editions.models import Edition
from festival.team.models import AuditEntry
from tests import make

NIGHT = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # 01.30 in Amsterdam, 23.30 in the Azores


def azores() -> Edition:
    edition = make.edition(timezone="Atlantic/Azores", slug="azoren")
    make.order(placed_at=NIGHT)
    return edition


def test_the_list_of_orders_is_in_the_zone_of_its_edition(visitor: FlaskClient) -> None:
    azores()
    make.sign_in(visitor, "finance")
    assert "1 jul 2026, 23.30" in visitor.get("/team/bestellingen/").text


def test_of_two_editions_the_one_that_is_worked_in_counts(visitor: FlaskClient) -> None:
    azores()
    db.session.query(Edition).update({"is_current": False})
    db.session.commit()
    make.edition()  # in Amsterdam
    make.order(placed_at=NIGHT)
    make.sign_in(visitor, "finance")
    assert "2 jul 2026, 01.30" in visitor.get("/team/bestellingen/").text
    assert "1 jul 2026, 23.30" in visitor.get("/team/bestellingen/?editie=azoren").text


def test_a_day_of_the_audit_trail_is_a_day_there(visitor: FlaskClient) -> None:
    azores()
    db.session.add(AuditEntry(at=NIGHT, verb="cancel_order", subject="order NACHT", details={}))
    db.session.commit()
    make.sign_in(visitor, "organiser")
    assert "order NACHT" in visitor.get("/team/logboek/?day=2026-07-01").text
    assert "order NACHT" not in visitor.get("/team/logboek/?day=2026-07-02").text
