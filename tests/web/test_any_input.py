"""Whatever is sent to whatever address: an answer with a status below 500.

Hypothesis makes up JSON, forms and query strings; what broke once is sent every time.
"""

import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule

from festival.web.limits import limiter
from tests import make
from tests.conftest import Browser
from tests.known_rows import FIXED, KnownRows
from tests.world import World

# Few, because every example goes to every address.
_FEW = settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

# Signing out is in tests/accounts; here it would end the session of the other requests.
_LEFT_OUT = {"security.logout", "accounts.end_sessions"}

# Fields that our pages and scripts send, so that made up values reach more than a missing field.
_NAMES = (
    "add", "remove", "text", "method", "nonce", "scanned_at", "slot", "question", "name", "email",
    "form_key", "shown", "version", "seen", "code", "starts", "ends", "stage", "day", "dag",
    "van", "tot", "minutes", "reason", "pick", "amount_cents", "received_on", "title_nl", "kind",
    "q", "page", "sort", "useful", "words", "state", "s", "toon", "kies", "n-weekend", "setup",
    "credential", "answer",
)  # fmt: skip

_ODD = st.sampled_from(
    [
        "0001-01-01T00:00:00+00:00",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01",
        "9" * 400,
        "-1",
        "1e999",
        "NaN",
        "\ud800",
        "\u202e",
        "%",
        "'",
        "٣",
        "²",
        "a" * 5000,
        "../../etc",
        "2026-10-23",
        "25:61",
    ]
)
_TEXTS = st.one_of(_ODD, st.text(max_size=30))
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(_NAMES), inner, max_size=6)
    ),
    max_leaves=12,
)
_FIELDS = st.dictionaries(st.sampled_from(_NAMES), _TEXTS, min_size=8, max_size=20)


@pytest.fixture
def addresses(app: Flask, world: World, visitor: Browser, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Returns the address of a rule, with things that exist or with a made up word."""
    monkeypatch.setattr(limiter, "enabled", False)
    ticket = make.ticket()
    visitor.set_cookie("festival-device", make.device().token)
    make.booking(ticket, world.workshop.slots[0])
    rows = KnownRows(world, ticket)
    make.sign_in(visitor, make.member("organiser", "finance", "checkin", "programme", "editor"))
    urls = app.url_map.bind("localhost")

    def address(rule: Rule, made_up: str | None) -> str:
        values = rows.values(rule)
        if made_up is not None:
            texts = [name for name in values if isinstance(values[name], str)]
            values |= {name: made_up for name in texts if name not in FIXED}
        return urls.build(rule.endpoint, values, method=min(rule.methods - {"HEAD", "OPTIONS"}))

    return address


def rules_of(app: Flask, method: str) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and rule.endpoint not in _LEFT_OUT
    ]


# What these addresses are of, tests/known_rows.py does not make: files, invoices, a sale at a gate.
_NOT_KNOWN = {
    "attendees_team.answered_file", "checkin.hand_out", "checkin.undo", "doorsales.sell",
    "editor_team.block", "feedback_team.remove", "feeds.picture", "invoices_team.download",
    "order_invoices.download", "order_invoices_team.ask_replace", "order_invoices_team.replace",
    "questions.file_of_order", "questions.file_of_ticket", "speakers.own_file",
    "speakers_team.file", "timetable.photo",
}  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_addresses_below_are_of_rows_that_are_there(
    app: Flask, visitor: Browser, addresses: Any, method: str
) -> None:
    nowhere = {
        rule.endpoint
        for rule in rules_of(app, method)
        if rule.arguments
        and visitor.open(addresses(rule, None), method=method).status_code in (404, 405)
    }
    assert nowhere <= _NOT_KNOWN


@_FEW
@given(body=_VALUES.map(json.dumps))
@example(body='"x"')
@example(body="[1]")
@example(body="[" * 20_000 + "]" * 20_000)
@example(
    body='{"add": ["\\ud800"], "text": "\\ud800", "nonce": "\\ud800\\ud800\\ud800\\ud800\\ud800"}'
)
@example(
    body='{"text": "x", "method": "typed", "nonce": "12345678",'
    ' "scanned_at": "0001-01-01T00:00:00+14:00"}'
)
@example(body=json.dumps(dict.fromkeys(_NAMES, True)))
@example(body='{"text": 1e999, "method": [], "nonce": {"a": 1}, "add": {"a": 1}, "remove": 7}')
def test_json_of_any_shape(app: Flask, visitor: Browser, addresses: Any, body: str) -> None:
    for rule in rules_of(app, "POST"):
        address = addresses(rule, None)
        answer = visitor.post(address, data=body, content_type="application/json")
        assert answer.status_code < 500, (address, body[:200])


@_FEW
@given(fields=_FIELDS)
@example(fields=dict.fromkeys(_NAMES, "0001-01-01"))
@example(fields=dict.fromkeys(_NAMES, "\ud800"))
def test_forms_of_any_content(
    app: Flask, visitor: Browser, addresses: Any, fields: dict[str, str]
) -> None:
    sent = {name: value.encode("utf-8", "surrogatepass") for name, value in fields.items()}
    for rule in rules_of(app, "POST"):
        address = addresses(rule, None)
        answer = visitor.post(address, data=sent)
        assert answer.status_code < 500, (address, fields)


@settings(_FEW, max_examples=1)
@given(fields=_FIELDS, made_up=_TEXTS.filter(lambda text: text.isprintable() and text.strip("./")))
@example(fields=dict.fromkeys(_NAMES, "9" * 400), made_up="9" * 400)
@example(fields=dict.fromkeys(_NAMES, "0001-01-01"), made_up="²é\u202e")
def test_addresses_and_arguments_of_any_content(
    app: Flask, visitor: Browser, addresses: Any, fields: dict[str, str], made_up: str
) -> None:
    query = {name: value.encode("utf-8", "replace") for name, value in fields.items()}
    for rule in rules_of(app, "GET"):
        for word in (None, made_up):
            address = addresses(rule, word)
            answer = visitor.get(address, query_string=query)
            assert answer.status_code < 500, (address, fields)
