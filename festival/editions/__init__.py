"""One yearly edition: its theme, dates, venue, organiser, texts and partners."""

from flask import Flask

from festival.editions import models  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    del app
