"""The speakers' own page behind a secret link, and the team's correspondence with speakers."""

from flask import Flask

from festival.mail.attachments import register
from festival.speakers import agenda, backoffice, views


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
    register(app, "speaker_ics", agenda.attached)
