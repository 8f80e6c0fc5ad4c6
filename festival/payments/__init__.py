"""Orders and money: checking out, bank transfers, what is due, and orders that lapse."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from festival import jobs
from festival.mail import subjects
from festival.payments import backoffice, models, rules, views  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
    subjects.describe_with(app, "orders", backoffice.subject_links)
    jobs.repeat(
        app,
        "remind_unpaid",
        rules.remind_unpaid,
        every_minutes=10,
        words=_l("Herinneren aan betalen"),
    )
    jobs.repeat(
        app,
        "lapse_overdue",
        rules.lapse_overdue,
        every_minutes=10,
        words=_l("Bestellingen laten vervallen die niet betaald zijn"),
    )
