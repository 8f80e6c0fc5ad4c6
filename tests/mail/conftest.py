"""A mail server, and a letter to send through it."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from festival.db import db, transactional
from festival.mail import rules
from festival.mail.models import Letter
from tests import make
from tests.mail import server

_TEXT = """\
{% extends "mail/letter_base.txt" %}
{% block subject %}Dag {{ name }}, é €{% endblock %}
{% block body %}
Dag {{ name }},

.een regel die met een punt begint
Tot ziens in de Spoorzone: café, ijs, €.
{% endblock %}
"""
_HTML = """\
{% extends "mail/letter_base.html" %}
{% import "mail/letter_parts.html" as parts %}
{% block body %}
<h1>Dag {{ name }}</h1>
{{ parts.button("Bekijk", "http://localhost/x") }}
{% endblock %}
"""


@pytest.fixture
def post() -> Iterator[server.Post]:
    """A mail server of our own."""
    with server.running() as post:
        yield post


Queue = Callable[..., Letter]


@pytest.fixture
def queue_letter() -> Queue:
    """Queues a letter in a transaction of its own: `queue_letter(app, to=…, name=…)`."""
    return _queue_letter


def add_letter(app: Flask) -> None:
    """Give `app` the letter `test/hello`."""
    letters = {"test/letters/hello.txt": _TEXT, "test/letters/hello.html": _HTML}
    if not isinstance(app.jinja_env.loader, ChoiceLoader):
        app.jinja_env.loader = ChoiceLoader([DictLoader(letters), app.jinja_env.loader])


def _queue_letter(app: Flask, *, to="bezoeker@example.org", name="Noor", **values) -> Letter:
    add_letter(app)

    @transactional
    def action() -> Letter:
        return rules.queue(
            "test/hello",
            about=(),
            to=to,
            language="nl",
            now=make.NOW,
            person=None,
            name=name,
            **values,
        )

    letter = action()
    db.session.refresh(letter)
    return letter
