"""Selling tickets at a gate, and the till of each device."""

from flask import Flask

from festival.doorsales import backoffice, models, views  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
