"""The outbox: letters are queued with the change they tell of and delivered by the worker."""

from flask import Flask

from festival import jobs
from festival.mail import delivery, models  # noqa: F401


def init_app(app: Flask) -> None:
    """Define the work of this capability that the worker does."""
    jobs.define(app, "deliver_letter", delivery.deliver_queued)
    jobs.repeat(app, "sweep", delivery.deliver_due, every_minutes=1)
