"""Questions that an order form asks besides names, and their answers until these are erased."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from festival import jobs
from festival.questions import backoffice, erasing, models, views  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
    jobs.repeat(
        app,
        "erase_answers",
        erasing.erase_overdue,
        every_minutes=60,
        words=_l("Antwoorden wissen die niet meer nodig zijn"),
    )
