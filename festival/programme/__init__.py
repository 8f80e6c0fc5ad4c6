"""Sessions, slots, stages and speakers; the timetable."""

from flask import Flask

from festival.programme import backoffice, models, timetable, views  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    timetable.init_app(app)
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
