"""Letters to many: who gets them, how they go, and how somebody stops invitations."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from festival import jobs
from festival.mail import prose, subjects
from festival.mailings import (
    answers,
    audiences,
    backoffice,
    filters,
    letter_pages,
    models,  # noqa: F401
    own_words,
    sending,
    speakers,
    ticket_line,
    views,
    visitors,
)


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
    app.register_blueprint(letter_pages.bp)
    prose.look_up_with(app, own_words.look_up)
    # Mail programs post to the address in the letter's header; they have no page and no session.
    app.extensions["csrf"].exempt(views.one_click)
    subjects.describe_with(app, "mailing", backoffice.subject_links)
    for each in (visitors, ticket_line, speakers):
        audiences.register(app, each.AUDIENCE)
    for one in (*visitors.FILTERS, answers.FILTER, *ticket_line.FILTERS, *speakers.FILTERS):
        filters.register(app, one)
    jobs.define(app, "send_mailing", sending.send_queued)
    jobs.repeat(
        app,
        "send_mailings",
        sending.send_due,
        every_minutes=1,
        words=_l("Brieven aan velen schrijven"),
    )
