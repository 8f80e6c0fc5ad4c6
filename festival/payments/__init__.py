"""From basket to paid: checking out, bank transfer, what is due, lapse."""

from flask import Flask

from festival.payments import backoffice, models, views  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
