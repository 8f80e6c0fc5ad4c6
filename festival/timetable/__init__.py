"""The programme as visitors read it: pages, filters, search, my day."""

from flask import Flask

from festival.timetable import views


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
