"""No fact lives only in a letter or the audit trail: without both, every other page is the same."""

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from festival import clock, create_app
from festival.db import db
from festival.mail.models import Letter
from festival.mail.rules import claim, settle_failed_try
from festival.programme.models.sessions import Speaker
from festival.speakers import queries, rules
from festival.team.models import AuditEntry
from festival.tickets.models import Order, Ticket
from tests import make
from tests.conftest import Browser, settings_of
from tests.crawl import crawl
from tests.home.demo.conftest import TODAY
from tests.kept_pages import forget_pages

# A mailing's own page says how its letters fare in the outbox.
LOGS = ("outbox_team.", "team.audit", "mailings_team.show")
# What differs each time a page is drawn, and the mark by which a form sends letters only once.
CHANGING = re.compile(
    r'(name="(?:csrf_token|nonce|form_key|version)"\s+(?:id="\S+"\s+)?(?:type="hidden"\s+)?value|'
    r'data-csrf|value)="[\w.-]{20,}"|name="[\w-]*mail_seen"[^>]*'
)


@pytest.fixture
def festival(loaded: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A demo of one's own, in which speakers were written to and answered."""
    file = Path(loaded.config["INSTANCE_PATH"]) / "festival.sqlite3"
    shutil.copy(file, tmp_path / "festival.sqlite3")
    app = create_app(settings_of(tmp_path, f"sqlite:///{tmp_path / 'festival.sqlite3'}"))
    app.test_client_class = Browser
    monkeypatch.setattr(clock, "now", lambda: TODAY)
    with app.app_context():
        _write_to_speakers()
        yield app
        db.session.remove()
        db.engine.dispose()


def _write_to_speakers() -> None:
    people = list(db.session.scalars(select(Speaker).order_by(Speaker.id).limit(8)))
    for number, person in enumerate(people):
        person.email = f"spreker{number}@example.org"
    db.session.commit()
    earlier = TODAY - timedelta(days=9)
    rules.invite_speakers(people[:6], now=earlier)
    rules.remind_speakers(people[:3], now=TODAY - timedelta(days=2))
    [said, *_] = queries.persons([people[0]])[0].answers
    rules.answer_session(people[0], said.session, "no", reason="Naar Gent", now=TODAY)
    undelivered = db.session.scalars(select(Letter).where(Letter.to == people[5].email)).one()
    parcel = claim(undelivered.id, now=TODAY)
    assert parcel
    settle_failed_try(parcel, kind="refused", problem="nee", is_final=True, now=TODAY)
    # The overview counts what waits or failed in the outbox itself; here that is nothing.
    db.session.execute(update(Letter).values(state="kept"))
    db.session.commit()


# The history of an order names the letters about it beside what happened.
OF_LETTERS = re.compile(r"\s*<li data-mail>.*?</li>", re.DOTALL)


def texts(app: Flask, client: FlaskClient, starts: list[str]) -> dict[str, str]:
    """The text of each page, without what is drawn differently each time."""
    forget_pages()
    found = crawl(app, client, starts, without=LOGS)
    return {
        url: OF_LETTERS.sub("", CHANGING.sub("", answer.data.decode(errors="replace")))
        for url, answer in found.items()
        if ".xlsx" not in url
    }


def test_without_letters_and_audit_trail_all_other_pages_are_the_same(festival: Flask) -> None:
    client = festival.test_client()
    make.sign_in(client, "organiser")
    with client.session_transaction() as session:
        session["fs_paa"] = TODAY.timestamp()
    order = db.session.scalars(select(Order).order_by(Order.id)).first()
    ticket = db.session.scalars(select(Ticket).order_by(Ticket.id)).first()
    speakers = db.session.scalars(select(Speaker).order_by(Speaker.id).limit(2)).all()
    assert order
    assert ticket
    starts = ["/", "/team/", "/en/", f"/bestelling/{order.secret}", f"/kaartje/{ticket.secret}"]
    starts += [f"/spreker/{each.secret}" for each in speakers]
    post = f"/team/programma/{order.edition.slug}/sprekers-post"
    starts += [post, *(f"{post}/{each.slug}" for each in speakers)]
    before = texts(festival, client, starts)
    db.session.execute(update(Letter).values(again_of_id=None))
    db.session.execute(delete(Letter))
    db.session.execute(delete(AuditEntry))
    db.session.commit()
    after = texts(festival, client, starts)
    assert len(before) > 100
    assert "Naar Gent" in before[f"{post}/{speakers[0].slug}"]
    assert "brief kwam niet aan" in before[post]
    assert before.keys() == after.keys()
    changed = [url for url, page in before.items() if page != after[url]]
    assert changed == []
