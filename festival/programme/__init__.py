"""The kernel of the programme: sessions, slots, people, stages; draft, snapshot and publishing."""

from flask import Flask

from festival.programme import labels
from festival.programme.models import places, releases, sessions, timetable  # noqa: F401


def init_app(app: Flask) -> None:
    """Add words for templates; the pages belong to the capabilities above."""
    app.jinja_env.globals["access_labels"] = labels.access_labels
