"""How many statements each page sends to the database, counted in this process."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from bench.browser import field_of
from bench.edition import CREW, GATE, Filled
from bench.failure import BenchmarkFailed
from festival import codes
from festival.db import db

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_KEY = re.compile(r'name="form_key"[^>]*value="([^"]+)"')


def queries_per_page(app: Flask, filled: Filled) -> dict[str, tuple[int, int]]:
    """Returns for each page the number of statements of the first request and of the next one."""
    app.config["PAGE_CACHE_SECONDS"] = 0
    visitor, crew = app.test_client(), app.test_client()
    holder = filled.holders[-1]
    others = iter(filled.holders[::-1])
    token = _found(_TOKEN, _get(visitor, f"/kaartje/{holder.secret}/boeken"))
    crew_token = _sign_in(crew)
    shop = f"/bestellen?n-{filled.free_type}=1"
    shown = field_of(_get(visitor, shop), "shown")

    def book() -> int:
        fields = {"csrf_token": token, "slot": filled.slots[0]}
        return _post(visitor, f"/kaartje/{next(others).secret}/boeken", data=fields)

    def order() -> int:
        fields = {
            "csrf_token": token,
            "form_key": codes.secret(),
            "shown": shown,
            "name": "Bezoeker",
            "email": f"bezoeker-{codes.secret()}@example.org",  # each has one free ticket
            "plek-0-slot": filled.slots[0],
        }
        return _post(visitor, shop, data=fields)

    def scan() -> int:
        reading = {
            "text": f"HTTPS://LOCALHOST/T/{next(others).token}",
            "method": "camera",
            "nonce": codes.secret(),
        }
        headers = {"X-CSRFToken": crew_token}
        return _post(crew, f"/team/deur/{GATE}", json=reading, headers=headers)

    asked: dict[str, Callable[[], object]] = {
        "Programme": lambda: _get(visitor, "/programma"),
        "Programme, filtered": lambda: _get(visitor, "/programma?q=buurt&soort=workshop"),
        "Front page": lambda: _get(visitor, "/"),
        "Tickets to choose from": lambda: _get(visitor, "/kaartjes"),
        "Order form": lambda: _get(visitor, shop),
        "Free order with a place (POST)": order,
        "Ticket": lambda: _get(visitor, f"/kaartje/{holder.secret}"),
        "Places to choose from": lambda: _get(visitor, f"/kaartje/{holder.secret}/boeken"),
        "Booking a place (POST)": book,
        "Ticket as PDF": lambda: _get(visitor, f"/kaartje/{holder.secret}/kaartje.pdf"),
        "Scan (POST)": scan,
    }
    return {name: (_statements(app, ask), _statements(app, ask)) for name, ask in asked.items()}


def _sign_in(crew: FlaskClient) -> str:
    email, password = CREW
    token = _found(_TOKEN, _get(crew, "/team/inloggen"))
    fields = {"csrf_token": token, "email": email, "password": password}
    _post(crew, "/team/inloggen", data=fields)
    token = _found(_TOKEN, _get(crew, "/team/deur"))
    fields = {"csrf_token": token, "name": "Telefoon van Bo", "gate": GATE}
    _post(crew, "/team/deur", data=fields)
    return _found(_TOKEN, _get(crew, f"/team/deur/{GATE}"))


def _get(client: FlaskClient, path: str) -> str:
    answer = client.get(path, base_url="https://localhost")
    if answer.status_code != 200:
        raise BenchmarkFailed(f"{path} was answered {answer.status}")
    return answer.get_data().decode(errors="replace")


def _post(client: FlaskClient, path: str, **what: Any) -> int:
    headers = {"Referer": "https://localhost/", **what.pop("headers", {})}
    answer = client.post(path, base_url="https://localhost", headers=headers, **what)
    if answer.status_code not in {200, 302, 303}:
        raise BenchmarkFailed(f"{path} was answered {answer.status}")
    return answer.status_code


def _found(what: re.Pattern[str], page: str) -> str:
    found = what.search(page)
    if found is None:
        raise BenchmarkFailed(f"no {what.pattern} in the page")
    return unescape(found[1])


def _statements(app: Flask, ask: Callable[[], object]) -> int:
    """Returns the number of statements that `ask` sends, without BEGIN, COMMIT and PRAGMA."""
    with app.app_context():
        engine = db.engine
    sent = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "PRAGMA")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(sent)
