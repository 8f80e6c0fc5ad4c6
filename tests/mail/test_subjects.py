"""Letters point at what they are about; old letters and audit entries fill the columns."""

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from festival.accounts import queries as accounts
from festival.bookings import letters as bookings
from festival.db import db
from festival.mail import rules as mail
from festival.mail.models import Letter, LetterSubject
from festival.payments.rules import checking_out, recording
from festival.programme.models.sessions import Speaker, speaker_of_session
from festival.speakers import rules as speakers
from festival.team import rules as team
from festival.tickets.models import Order, Ticket
from festival.tickets.rules import ending
from tests import make
from tests.make import NOW
from tests.world import World, build_world


def about() -> dict[str, list[tuple[str, int]]]:
    """What the letters of each name and address are about."""
    db.session.expire_all()
    return {
        f"{letter.name} {letter.to}": [(each.kind, each.row_id) for each in letter.subjects]
        for letter in db.session.scalars(select(Letter).order_by(Letter.id))
    }


def contacts() -> list[tuple[object, ...]]:
    columns = (Speaker.slug, Speaker.invited_at, Speaker.reminded_at, Speaker.unreached_at)
    return [tuple(row) for row in db.session.execute(select(*columns).order_by(Speaker.slug))]


def reasons() -> list[str]:
    return list(db.session.scalars(select(speaker_of_session.c.reason)))


def a_festival() -> World:
    """An order for two addresses, tickets sent again, a member, and speakers."""
    world = build_world()
    of = make.ticket_type(price_cents=4500)
    request = make.order_request(of, of, emails=("", "noor@example.org"))
    order = checking_out.check_out(of.edition, request, [], now=NOW)
    recording.record_payment(order, 9000, NOW, "geld", now=NOW)
    ending.send_again(of.edition, "mia@example.org", language="nl", now=NOW)
    team.invite_member("Bo", "bo@example.org", ["editor"], language="nl", now=NOW)
    world.ria.email = "ria@example.org"
    db.session.commit()
    speakers.invite_speakers([world.ria], now=NOW)
    speakers.remind_speakers([world.ria], now=NOW + speakers.LETTERS_APART)
    speakers.answer_session(world.ria, world.talk, "no", reason="Ziek", now=NOW)
    return world


def test_each_letter_says_what_it_is_about(any_app: Flask) -> None:
    world = a_festival()
    order = db.session.scalars(select(Order)).one()
    member = accounts.member_by_email("bo@example.org")
    assert member
    of_order, ria = [("orders", order.id)], ("speaker", world.ria.id)
    assert about() == {
        "payments/pay_by_transfer mia@example.org": of_order,
        "payments/payment_received mia@example.org": of_order,
        "tickets/your_tickets noor@example.org": of_order,
        "tickets/tickets_again mia@example.org": of_order,
        "accounts/invitation bo@example.org": [("team_member", member.id)],
        "speakers/speaker_invited ria@example.org": [ria],
        "speakers/speaker_reminded ria@example.org": [ria],
        "speakers/speaker_answered hallo@example.org": [("session", world.talk.id), ria],
    }


def test_a_letter_about_a_place_is_about_its_ticket_and_its_slot(app: Flask) -> None:
    ticket, slot = make.ticket(), make.slot()
    booking = make.booking(ticket, slot)
    bookings.place_booked(booking, now=NOW)
    db.session.commit()
    [found] = about().values()
    assert found == [("slot", slot.id), ("ticket", ticket.id)]


def test_many_letters_at_once_and_copies_say_it_too(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "MOST_WAKING", 1)
    world = build_world()
    people = [make.ticket() for _ in range(3)]
    monkeypatch.setattr(mail, "_written", _row)
    letters = [{"to": f"{row.id}@example.org", "language": "nl", "about": (row,)} for row in people]
    with db.session.begin_nested():
        mail.queue_many("x/y", letters, now=NOW)
    db.session.commit()
    del world
    assert about() == {f"x/y {row.id}@example.org": [("ticket", row.id)] for row in people}
    letter = db.session.scalars(select(Letter).order_by(Letter.id)).first()
    assert letter
    letter.state = "sent"
    db.session.commit()
    copy = mail.send_again(letter, now=NOW)
    assert [(each.kind, each.row_id) for each in copy.subjects] == [("ticket", people[0].id)]


def _row(name: str, *, to: str, language: str, now: object, values: object) -> dict[str, object]:
    del values
    texts = dict.fromkeys(("subject", "body_text", "body_html"), "x")
    return {
        **texts, "to": to, "language": language, "name": name, "message_id": to,
        "queued_at": now, "next_try_at": now, "attachments": [],
    }  # fmt: skip


def test_old_letters_and_entries_fill_the_columns(any_app: Flask) -> None:
    a_festival()
    before = about(), contacts(), reasons()
    assert before[1] == [("ria", NOW, NOW + speakers.LETTERS_APART, None)]
    db.session.remove()
    flask_migrate.downgrade(revision="0015")
    flask_migrate.upgrade()
    after = about(), contacts(), reasons()
    # Which session somebody answered for stood nowhere but in the words of the letter.
    before[0]["speakers/speaker_answered hallo@example.org"].pop(0)
    assert after == before


def test_the_team_finds_all_post_about_an_order(visitor: FlaskClient, world: World) -> None:
    of = make.ticket_type(price_cents=4500)
    order, other = (
        checking_out.check_out(of.edition, make.order_request(of, form_key=key), [], now=NOW)
        for key in "ab"
    )
    make.sign_in(visitor, "finance")
    page = visitor.get(f"/team/bestellingen/{order.code}").text
    assert f'href="/team/post/?over=orders-{order.id}"' in page
    shown = visitor.get(f"/team/post/?over=orders-{order.id}").text
    [letter] = db.session.scalars(
        select(Letter).join(Letter.subjects).where(LetterSubject.row_id == order.id)
    )
    assert f'href="/team/post/{letter.id}"' in shown
    assert shown.count('href="/team/post/1"') + shown.count('href="/team/post/2"') == 1
    assert f"Je ziet de post over bestelling {order.code}." in shown
    opened = visitor.get(f"/team/post/{letter.id}").text
    assert f'href="/team/bestellingen/{order.code}">bestelling {order.code}</a>' in opened
    for nonsense in ("orders-x", "-1", "orders-99999999999999", "onzin-1", "orders-9999"):
        assert visitor.get(f"/team/post/?over={nonsense}").status_code == 200
    del other


def test_no_secret_link_is_readable_in_the_outbox(visitor: FlaskClient, any_app: Flask) -> None:
    a_festival()
    secrets = [
        *db.session.scalars(select(Order.secret)),
        *db.session.scalars(select(Ticket.secret)),
        *db.session.scalars(select(Ticket.agenda_secret)),
        *db.session.scalars(select(Speaker.secret)),
    ]
    rows = list(db.session.scalars(select(Letter)))
    assert any(secret in letter.body_text for letter in rows for secret in secrets)
    client = any_app.test_client()
    make.sign_in(client, "organiser")
    for letter in rows:
        for path in ("", "/html"):
            page = client.get(f"/team/post/{letter.id}{path}")
            assert page.status_code == 200
            assert [secret for secret in secrets if secret in page.text] == []
        assert not ("/team/link/" in page.text and "/team/link/…" not in page.text)
