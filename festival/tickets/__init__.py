"""Ticket types, pools, orders and tickets."""

from flask import Flask

from festival import money
from festival.tickets import backoffice, models, views  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
    app.jinja_env.filters["money"] = money.shown
