"""Gates, devices and scans: who is let in."""

from flask import Flask

from festival.checkin import backoffice, history, mailings, models, queries, views  # noqa: F401
from festival.mailings import filters
from festival.tickets import use
from festival.tickets.history import register


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
    register(app, history.of_order)
    use.register(app, queries.tickets_inside)
    filters.register(app, mailings.FILTER)
