"""Orders and money: checking out, bank transfers, what is due, and orders that lapse."""

from flask import Flask

from festival import jobs
from festival.payments import backoffice, models, rules, views  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
    jobs.repeat(app, "look_after_orders", rules.look_after_orders, every_minutes=10)
