"""The outbox: letters are queued with the deed they tell of and delivered by the worker."""

from flask import Flask

from festival.mail import models  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    del app
