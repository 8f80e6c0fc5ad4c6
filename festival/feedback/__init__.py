"""Visitors' opinions of sessions, read by the host and the team.

They are anonymous, and are accepted from the start of a slot until three days after its end.
"""

from flask import Flask

from festival.feedback import backoffice, models, views  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
