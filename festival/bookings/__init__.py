"""Places in slots, the waiting list, and the holder's own day."""

from flask import Flask

from festival.bookings import backoffice, models, views  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
