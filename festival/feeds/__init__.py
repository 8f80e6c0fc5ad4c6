"""The programme for other people's software: calendars, schedule files, pictures, JSON-LD."""

from flask import Flask

from festival.feeds import views


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
