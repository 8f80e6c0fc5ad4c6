"""The books: what was charged, paid and paid back, by day, with VAT, for the bookkeeper."""

from flask import Flask

from festival.books import backoffice, models  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(backoffice.bp)
