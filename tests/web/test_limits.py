"""Rate limits for a hall behind one address: by address and link; by network, generously."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from festival import create_app
from festival.db import db
from festival.home import doctor
from festival.mail.models import Letter
from festival.web import limits
from tests import make
from tests.conftest import Browser, settings_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", "127.0.0.1"),
    ],
)
def test_a_network_is_an_ipv4_address_or_half_an_ipv6_one(
    app: Flask, address: str, network: str
) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert limits.source() == network


def again(client: FlaskClient, email: str, address: str = "127.0.0.1") -> TestResponse:
    data = {"email": email}
    return client.post("/kaartjes/opnieuw", data=data, environ_base={"REMOTE_ADDR": address})


@pytest.mark.usefixtures("quick")
def test_a_hall_may_ask_for_its_tickets_and_one_mailbox_is_not_filled(visitor: FlaskClient) -> None:
    edition = make.edition()
    order = make.order(edition_id=edition.id, email="mia@example.org")
    assert {again(visitor, f"iemand{n}@example.org").status_code for n in range(60)} == {303}
    answers = [again(visitor, " Mia@Example.org", f"203.0.113.{n}").status_code for n in range(5)]
    assert answers == [303] * 3 + [429] * 2
    assert db.session.query(Letter).filter_by(to=order.email).count() == 3
    page = again(visitor, "mia@example.org").text
    assert "Voor dit e-mailadres is dat net al een paar keer gevraagd." in page
    assert "Wacht tien minuten" in page
    assert (
        "That was asked for this e-mail address"
        in visitor.post("/en/kaartjes/opnieuw", data={"email": "mia@example.org"}).text
    )


@pytest.mark.usefixtures("quick")
def test_another_way_to_write_an_address_is_no_new_count(visitor: FlaskClient) -> None:
    make.edition()
    ways = (
        *("mia@bücher.example", "MIA@xn--bcher-kva.example", "m\u200bia@bücher.example"),
        *("mia+1@bücher.example", "\u200b" * 300 + "mia@bücher.example", "mia@bücher。example"),
    )
    answers = [again(visitor, way, f"203.0.113.{n}").status_code for n, way in enumerate(ways)]
    assert answers == [303] * 3 + [429] * 3


@pytest.mark.usefixtures("quick")
def test_a_flood_from_one_network_keeps_no_other_out(visitor: FlaskClient) -> None:
    make.edition()
    answers = [again(visitor, f"iemand{n}@example.org").status_code for n in range(121)]
    assert answers == [303] * 120 + [429]
    assert again(visitor, "mia@example.org", "203.0.113.7").status_code == 303


@pytest.mark.parametrize(
    ("method", "path", "most"),
    [
        ("POST", "/bestellen", 300),
        ("POST", "/kaartjes", 300),
        ("POST", "/kaartjes/wachtlijst/kaart", 3),
        ("POST", "/kaartjes/opnieuw", 3),
        ("POST", "/programma/zagen/mening", 600),
        ("POST", "/spreker/geheim/bestanden", 60),
        ("POST", "/bestelling/geheim/betalen", 30),
        ("GET", "/bestelling/geheim/betaald", 60),
        ("POST", "/bestelling/geheim/annuleren", 30),
        ("POST", "/bestelling/geheim/rekening", 30),
        ("POST", "/bestelling/geheim/factuur/", 30),
        ("POST", "/team/wachtwoord-vergeten", 5),
        ("POST", "/team/link/geheim", 20),
        ("GET", "/programma-a3.pdf", 120),
        ("GET", "/programma-a5.pdf", 120),
        ("GET", "/podium/hal.pdf", 120),
    ],
)
def test_what_is_dear_or_writes_is_counted(
    visitor: FlaskClient, method: str, path: str, most: int
) -> None:
    make.edition()
    answer = visitor.open(path, method=method)
    assert answer.headers["X-RateLimit-Limit"] == str(most)
    assert answer.headers["X-RateLimit-Remaining"] == str(most - 1)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/bestelling/{}/betalen"),
        ("GET", "/bestelling/{}/betaald"),
        ("POST", "/bestelling/{}/annuleren"),
        ("POST", "/bestelling/{}/rekening"),
        ("POST", "/bestelling/{}/factuur/"),
    ],
)
def test_what_is_about_one_order_is_counted_by_its_link(
    visitor: FlaskClient, method: str, path: str
) -> None:
    make.edition()
    left = [
        visitor.open(path.format(secret), method=method).headers["X-RateLimit-Remaining"]
        for secret in ("een", "een", "twee")
    ]
    assert left[0] == left[2] != left[1]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers take no longer than they need."""
    monkeypatch.setattr("festival.web.same_time.STEP", 0)


def guess(client: FlaskClient, code: str, address: str) -> int:
    answer = client.get(f"/kaartjes?code={code}", environ_base={"REMOTE_ADDR": address})
    return answer.status_code


def test_wrong_codes_are_counted_for_all_addresses_of_one_network(visitor: FlaskClient) -> None:
    make.ticket_type(code="HESJE27")
    answers = [guess(visitor, f"FOUT{n}", f"2001:db8::{n:x}") for n in range(1, 63)]
    assert answers == [200] * 60 + [429] * 2
    assert guess(visitor, "FOUT", "2001:db8:0:1::1") == 200


def test_while_somebody_tries_all_codes_everybody_has_few_guesses(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("festival.tickets.views._FROM_EVERYWHERE", "20 per hour")
    make.ticket_type(code="HESJE27")
    assert {guess(visitor, f"FOUT{n}", f"203.0.113.{n}") for n in range(20)} == {200}
    answers = [guess(visitor, f"MIS{n}", "203.0.113.200") for n in range(7)]
    assert answers == [200] * 5 + [429] * 2
    assert guess(visitor, "HESJE27", "203.0.113.201") == 200, "the right one works"


@pytest.fixture
def redis() -> Iterator[subprocess.Popen[bytes]]:
    """A Redis of our own, to be stopped; its port is its `port`."""
    if not shutil.which("redis-server"):
        pytest.skip("no redis-server on this machine")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
    )
    server.port = port  # type: ignore[attr-defined]
    for _ in range(200):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield server
    server.kill()
    server.wait()


@pytest.mark.usefixtures("quick")
def test_without_redis_limits_are_counted_in_memory_and_those_who_watch_are_told(
    redis: subprocess.Popen[bytes],
    sqlite_template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # All apps of a process have one limiter: later tests must not find it without a storage.
    monkeypatch.setattr(limits.limiter, "_storage_dead", False)
    shutil.copy(sqlite_template, tmp_path / "festival.sqlite3")
    settings = settings_of(tmp_path, f"sqlite:///{tmp_path / 'festival.sqlite3'}")
    url = f"redis://127.0.0.1:{redis.port}/0"  # type: ignore[attr-defined]
    app = create_app(settings | {"RATELIMIT_STORAGE_URI": url})
    app.test_client_class = Browser
    with app.app_context():
        make.edition()
        client = app.test_client()
        assert [again(client, "mia@example.org").status_code for _ in range(4)] == [303] * 3 + [429]
        assert client.get("/readyz").text == "ready\n"
        assert ("rate limits", doctor.GOOD) in levels()
        assert limits.take("letters", "mia", "1 per day")
        assert not limits.take("letters", "mia", "1 per day")

        redis.kill()
        redis.wait()
        answers = [again(client, "bo@example.org").status_code for _ in range(4)]
        assert answers == [303] * 3 + [429]
        assert limits.take("letters", "bo", "1 per day")
        assert not limits.take("letters", "bo", "1 per day")
        watched = client.get("/readyz")
        assert (watched.status_code, watched.text.splitlines()[0]) == (200, "ready")
        assert "Redis does not answer" in watched.text
        assert ("rate limits", doctor.BAD) in levels()
        db.session.remove()
        db.engine.dispose()


def levels() -> list[tuple[str, str]]:
    return [(each.subject, each.level) for each in doctor.examine(make.NOW)]
