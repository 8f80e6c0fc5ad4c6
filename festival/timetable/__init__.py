"""The programme as visitors read it: pages, filters, search, my day."""

from flask import Flask

from festival.timetable import reading, views


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    reading.init_app(app)
    app.register_blueprint(views.bp)
