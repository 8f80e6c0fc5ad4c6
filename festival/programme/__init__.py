"""Sessions, slots, stages and speakers: what is on, when and where."""

from flask import Flask

from festival.programme import models  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    del app
