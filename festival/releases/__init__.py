"""Releases: publishing the programme, changes on the day itself, and telling those affected."""

from flask import Flask

from festival.releases import backoffice, today, views


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
    app.register_blueprint(today.bp)
