"""The demo edition as it stands in the database."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival import clock
from festival.accounts.models import TeamMember
from festival.bookings.models import Booking, Star
from festival.checkin.models import Gate
from festival.db import db
from festival.doorsales.models import DoorSale, TillCount
from festival.editions.models import Edition, Partner, Question
from festival.home import consistency_checks
from festival.home.demo import orders, team
from festival.mail.models import Letter
from festival.payments.models import Payment, Refund
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Session, Speaker
from festival.team.models import AuditEntry
from festival.tickets.models import Order, Pool, Ticket, TicketType
from tests.home.demo.conftest import TODAY
from tests.kept_pages import forget_pages


@pytest.fixture
def demo(loaded: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The loaded demo, to be looked at: what a test changes, it must put back."""
    monkeypatch.setattr(clock, "now", lambda: TODAY)
    with loaded.app_context():
        forget_pages()
        yield loaded
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def visitor(demo: Flask) -> FlaskClient:
    return demo.test_client()


def test_every_address_is_one_that_does_not_exist(demo: Flask) -> None:
    addresses = [
        address
        for column in (
            Order.email,
            Ticket.holder_email,
            Speaker.email,
            TeamMember.email,
            Letter.to,
            Letter.reply_to,
            Edition.organiser_email,
        )
        for (address,) in db.session.query(column)
        if address
    ]
    assert len(addresses) > 100
    assert [each for each in addresses if not each.endswith("@example.org")] == []


def test_no_letter_leaves(demo: Flask) -> None:
    assert {state for (state,) in db.session.query(Letter.state)} == {"kept"}
    assert db.session.query(Letter).count() > 30


def test_every_counter_is_true(demo: Flask) -> None:
    for recount in (
        consistency_checks.pools,
        consistency_checks.slots,
        consistency_checks.bookings,
        consistency_checks.stars,
        consistency_checks.lost_places,
        consistency_checks.totals,
        consistency_checks.endings,
        consistency_checks.payments,
        consistency_checks.movements,
        consistency_checks.entries,
    ):
        assert recount() == [], recount.__name__
    # What is to go back was asked for: nothing is owed that nobody knows of.
    waits = db.session.query(Refund.order_id).filter(Refund.state != "done").distinct().count()
    assert len(consistency_checks.money_of_others()) == waits


def test_there_is_one_of_every_kind(demo: Flask) -> None:
    for kind in (
        *(AuditEntry, Booking, Gate, Partner, Payment, Pool, Question),
        *(DoorSale, Release, Star, TicketType, TillCount),
    ):
        assert db.session.query(kind).count(), kind.__name__
    kinds = {kind for (kind,) in db.session.query(Session.kind)}
    assert kinds == {"talk", "workshop", "music", "game", "coaching", "story"}
    assert {order.state for order in db.session.query(Order)} >= {"confirmed", "pending"}
    assert {language for (language,) in db.session.query(Order.language)} == {"nl", "en"}
    assert {gate.slug: gate.is_practice for gate in db.session.query(Gate)} == {
        "noord": False,
        "zuid": False,
        "oefendeur": True,
    }


def test_nobody_ordered_before_the_sale_or_after_today(demo: Flask) -> None:
    for ticket in db.session.query(Ticket):
        assert ticket.type.sale_from <= ticket.order.placed_at <= TODAY, ticket.order.name
    for payment in db.session.query(Payment):
        assert payment.received_at >= payment.order.placed_at


def test_everybody_is_somebody_else(demo: Flask) -> None:
    emails = [email for (email,) in db.session.query(Order.email).filter(Order.email != "")]
    # Somebody ordered by hand twice more, to have something to merge.
    assert len(set(emails)) == len(emails) - 2


def test_places_and_stars_are_on_days_of_their_tickets(demo: Flask) -> None:
    for row in (*db.session.query(Booking), *db.session.query(Star)):
        assert row.ticket.admits(row.slot), row.ticket.code
    assert {slot.places for star in db.session.query(Star) for slot in [star.slot]} == {None}


def test_nobody_is_at_two_workshops_at_once(demo: Flask) -> None:
    live = db.session.query(Booking).filter(Booking.cancelled_at.is_(None))
    held: dict[int, list[Booking]] = {}
    for booking in live:
        held.setdefault(booking.ticket_id, []).append(booking)
    for bookings in held.values():
        ordered = sorted(bookings, key=lambda each: each.slot.starts_at)
        for one, next_ in pairwise(ordered):
            assert one.slot.ends_at <= next_.slot.starts_at


def test_coaches_were_asked_something_and_others_nothing(demo: Flask) -> None:
    asked = Counter(
        (b.slot.session.kind == "coaching", bool(b.question)) for b in db.session.query(Booking)
    )
    assert set(asked) == {(True, True), (False, False)}


def test_the_visitor_has_a_full_day(demo: Flask, visitor: FlaskClient) -> None:
    ticket = db.session.query(Ticket).filter_by(holder_name=orders.VISITOR[0]).one()
    assert (ticket.order.state, ticket.email) == ("confirmed", orders.VISITOR[1])
    booked = db.session.query(Booking).filter_by(ticket_id=ticket.id, cancelled_at=None)
    kinds = Counter(booking.slot.session.kind for booking in booked)
    assert (kinds["workshop"], kinds["coaching"]) == (2, 1)
    page = visitor.get(f"/kaartje/{ticket.secret}").text
    for booking in booked:
        assert booking.slot.session.title.nl.split(",")[0] in page.replace("\xad", "")


def test_the_programme_changed_once_so_that_there_is_news(
    demo: Flask, visitor: FlaskClient
) -> None:
    releases = db.session.query(Release).order_by(Release.number).all()
    assert [release.released_at for release in releases] == [TODAY - timedelta(days=14), TODAY]
    news = visitor.get("/wijzigingen").text.replace("\xad", "")
    assert "Ganzenbord erbij" in news
    assert "Touwtrekken" in news
    english = visitor.get("/en/wijzigingen").text
    assert "Now with a game of goose" in english


@pytest.mark.parametrize("path", ["/", "/programma", "/sprekers", "/praktisch", "/kaartjes"])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_visitors_see_it_in_both_languages(visitor: FlaskClient, path: str, prefix: str) -> None:
    answer = visitor.get(prefix + path)
    assert answer.status_code == 200
    assert f'<html lang="{"en" if prefix else "nl"}"' in answer.text


@pytest.mark.parametrize("member", team.MEMBERS, ids=lambda member: member.role)
def test_each_member_of_the_team_gets_in_with_what_is_printed(
    demo: Flask, monkeypatch: pytest.MonkeyPatch, member: team.DemoMember
) -> None:
    monkeypatch.undo()  # codes are of the real clock
    client = demo.test_client()
    row = db.session.query(TeamMember).filter_by(email=member.email).one()
    assert row.role_names == [member.role]
    assert row.has_code_app is row.needs_second_factor
    answer = client.post("/team/inloggen", data={"email": member.email, "password": team.PASSWORD})
    if row.needs_second_factor:
        assert answer.headers["Location"].startswith("/team/code")
        code = team.code_now(row)
        assert re.fullmatch(r"\d{6}", code)
        answer = client.post("/team/code", data={"code": code})
    assert answer.status_code == 302
    page = client.get("/team/")
    assert (page.status_code, member.name in page.text) == (200, True)


def test_a_second_demo_beside_it_is_refused_in_a_sentence(demo: Flask) -> None:
    counts = [db.session.query(kind).count() for kind in (Edition, Order, Letter, TeamMember)]
    db.session.rollback()
    for args, says in (
        (["demo", "load"], "There is an edition already."),
        (["demo", "load", "--anyway"], "samen-2027"),
    ):
        result = demo.test_cli_runner().invoke(args=args)
        assert result.exit_code == 1
        assert result.output.startswith("Error: "), result.output
        assert says in result.output
    db.session.rollback()
    assert counts == [
        db.session.query(kind).count() for kind in (Edition, Order, Letter, TeamMember)
    ]
