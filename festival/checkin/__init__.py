"""Gates, devices and scans: who is let in."""

from flask import Flask

from festival.checkin import models  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    del app
