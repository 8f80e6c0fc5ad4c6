"""What visitors thought of a session: asked after it, read by its host and the team.

Without a name, from the start of a moment until three days after its end.
"""

from flask import Flask

from festival.feedback import backoffice, models, views  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
