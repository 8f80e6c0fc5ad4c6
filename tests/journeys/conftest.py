"""A festival that is going on right now, on a real server, with a mail server of its own."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from festival import clock
from festival.db import db
from festival.home import worker
from festival.web.languages import Bilingual
from tests import make
from tests.browser import chromium
from tests.mail import server as mail_server


@dataclass
class Site:
    """Where the festival is, and how its worker does its round."""

    app: Flask
    address: str
    post: mail_server.Post
    deliver: Callable[[], None]

    def letters_to(self, address: str) -> list[EmailMessage]:
        """What was delivered to `address`, after the worker's round."""
        self.deliver()
        return [letter for letter in self.post.letters if address in str(letter["To"])]


@pytest.fixture
def site(sqlite_app: Flask) -> Iterator[Site]:
    """The app behind a threaded server, with an edition that began this morning."""
    app = sqlite_app
    _festival_of_today()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    app.config["PUBLIC_URL"] = address
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with mail_server.running() as post:
        app.config["SMTP_URL"] = post.url

        def deliver() -> None:
            worker.run_due(clock.now())
            db.session.rollback()

        yield Site(app, address, post, deliver)
    server.shutdown()
    thread.join()
    server.server_close()


def _festival_of_today() -> None:
    """Three days from today; tomorrow a workshop given twice, a coach and a lecture."""
    now = datetime.now(UTC)
    first = make.edition(
        starts_on=now.date(), ends_on=now.date(), venue_name="De Wagenmakerij", city="Tilburg"
    )
    first.starts_on = first.day_of(now)
    first.ends_on = first.starts_on + timedelta(days=2)
    first.name = Bilingual("Festival van de Draad", "Festival of the Thread")
    first.match_days()
    db.session.commit()
    sale = {"sale_from": now - timedelta(days=1), "sale_until": now + timedelta(days=2)}
    pool = make.pool(capacity=50)
    make.ticket_type(slug="bewoner", name=Bilingual("Bewoner", "Resident"), pool=pool, **sale)
    make.ticket_type(
        slug="weekend",
        name=Bilingual("Weekend", "Weekend"),
        hand_out=Bilingual("oranje polsbandje", "orange wristband"),
        price_cents=4500,
        pool=pool,
        **sale,
    )
    # Of the festival: its night lasts until six.
    tomorrow = datetime.combine(first.days[1], time(8), UTC)
    stage = make.stage(name=Bilingual("De Werkbank", "The Workbench"))
    soup = make.session(slug="soep", title=Bilingual("Soep met de straat", "Soup with the street"))
    make.slot(soup, starts=tomorrow, places=4, stage=stage)
    make.slot(soup, starts=tomorrow + timedelta(hours=4), places=4, stage=stage)
    coach = make.session(
        slug="coach", kind="coaching", title=Bilingual("Praten met Ria", "Talking with Ria")
    )
    make.slot(coach, starts=tomorrow + timedelta(hours=2), minutes=20, places=1, stage=stage)
    talk = make.session(
        slug="lezing", kind="talk", title=Bilingual("De lange adem", "Staying power")
    )
    make.slot(talk, starts=tomorrow + timedelta(hours=6), places=None, stage=stage)
    make.gate(slug="noord", name="Ingang Noord")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all journeys of a module."""
    with chromium() as browser:
        yield browser
