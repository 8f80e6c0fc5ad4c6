"""The outbox: letters are queued with the change they report and delivered by the worker."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from festival import jobs
from festival.mail import delivery, models  # noqa: F401
from festival.text import unlinked


def init_app(app: Flask) -> None:
    """Register the jobs that deliver letters, and the filter for what strangers typed in them."""
    app.jinja_env.filters["unlinked"] = unlinked
    jobs.define(app, "deliver_letter", delivery.deliver_queued)
    jobs.repeat(
        app, "deliver_letters", delivery.deliver_due, every_minutes=1, words=_l("Brieven versturen")
    )
