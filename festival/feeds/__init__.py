"""The programme for other people's software: calendars, schedule files, pictures, JSON-LD."""

from flask import Flask

from festival.feeds import source, views


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    source.init_app(app)
    app.register_blueprint(views.bp)
