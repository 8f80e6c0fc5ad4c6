"""Front page, fixed pages, the team's dashboard and the demo; may use all other capabilities."""

from flask import Flask

from festival.home import (
    backoffice,  # noqa: F401  its pages are on the blueprint of the views
    doctor,
    editions,  # noqa: F401  the same
    gallery,
    health,
    models,  # noqa: F401
    views,
    worker,
)
from festival.home.demo import commands


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    worker.init_app(app)
    doctor.init_app(app)
    app.register_blueprint(health.bp)
    gallery.init_app(app)
    app.register_blueprint(views.bp)
    commands.init_app(app)
