"""The team's programme screens: sessions, people, stages, themes, timetable, coaching."""

from flask import Flask

from festival.scheduling.backoffice import (  # noqa: F401  importing them registers their pages
    exchange,
    people,
    sessions,
    slots,
    stages_and_themes,
)
from festival.scheduling.backoffice.base import bp
from festival.scheduling.coaching import backoffice as coaching
from festival.scheduling.editor import views as editor


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    for pages in (bp, editor.bp, coaching.bp):
        app.register_blueprint(pages)
