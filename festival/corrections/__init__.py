"""Correcting names and addresses in an order, handing tickets on, and remarks of the team."""

from flask import Flask

from festival.corrections import (
    backoffice,
    history,
    merging_backoffice,  # noqa: F401
    models,  # noqa: F401
    naming_backoffice,  # noqa: F401
    naming_views,  # noqa: F401
    own_words,
    views,
)
from festival.mail import prose
from festival.tickets.history import register


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
    register(app, history.of_order)
    for letter in own_words.LETTERS:
        prose.register(app, letter)
