"""Places in slots, the waiting list, and the holder's own day."""

from flask import Flask

from festival.bookings import models  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    del app
