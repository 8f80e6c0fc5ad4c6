"""Front page, fixed pages, the team's dashboard, the demo edition: may look at everything."""

from flask import Flask

from festival.home import (  # noqa: F401  models and screens only need to be read
    backoffice,
    doctor,
    gallery,
    health,
    models,
    outbox,
    views,
    worker,
)
from festival.home.demo import commands


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    worker.init_app(app)
    doctor.init_app(app)
    app.register_blueprint(health.bp)
    app.register_blueprint(outbox.bp)
    gallery.init_app(app)
    app.register_blueprint(views.bp)
    commands.init_app(app)
