"""The makers' screens: sessions, people, stages, themes, the editor, coaching, spreadsheets."""

from flask import Flask

from festival.scheduling.backoffice import (  # noqa: F401  screens only need to be read
    exchange,
    people,
    places,
    sessions,
    slots,
)
from festival.scheduling.backoffice.base import bp
from festival.scheduling.coaching import backoffice as coaching
from festival.scheduling.editor import views as editor


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    for pages in (bp, editor.bp, coaching.bp):
        app.register_blueprint(pages)
