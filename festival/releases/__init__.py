"""Releases: publishing the programme, changes on the day itself, and telling those affected."""

from flask import Flask

from festival.mail import prose
from festival.releases import backoffice, own_words, today, views


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
    app.register_blueprint(today.bp)
    for letter in own_words.LETTERS:
        prose.register(app, letter)
