"""Who is coming: the tickets of an edition as a list, as files and on paper."""

from flask import Flask

from festival.attendees import backoffice


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(backoffice.bp)
