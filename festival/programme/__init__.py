"""The kernel of the programme: sessions, slots, people, stages; draft, snapshot and publishing."""

from flask import Flask

from festival.programme.models import places, releases, sessions, timetable  # noqa: F401


def init_app(app: Flask) -> None:
    """Adds nothing: the pages belong to the capabilities above."""
    del app
