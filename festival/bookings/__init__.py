"""Places in slots, the waiting list, and the holder's own day."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from festival import jobs
from festival.bookings import (
    attachments,
    background,
    backoffice,
    co_interest,
    models,  # noqa: F401
    own_words,
    paper_views,  # noqa: F401
    views,
)
from festival.bookings.queries import held_places
from festival.mail import prose, subjects
from festival.mail.attachments import register
from festival.speakers import questions


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
    # The forms on the ticket's own page. Devices keep that page for when there is no network, so it
    # holds no token and sets no cookie. The secret in the address is the only key: anyone who can
    # forge a request to it has that key already.
    for view in (
        views.change_stars,
        views.keep,
        views.leave_waiting_list,
        views.renew_agenda_address,
    ):
        app.extensions["csrf"].exempt(view)
    register(app, "tickets_pdf", attachments.tickets_pdf)
    register(app, "ticket_qr", attachments.ticket_code)
    register(app, "agenda_ics", attachments.agenda_ics)
    subjects.describe_with(app, "ticket", backoffice.subject_links)
    questions.register(app, held_places.questions_of)
    jobs.define(app, "fill_slot", background.fill_slot)
    jobs.repeat(
        app,
        "fill_slots",
        background.fill_slots,
        every_minutes=1,
        words=_l("Vrije plekken geven aan wie wacht"),
    )
    jobs.repeat(
        app,
        "count_wishes",
        background.count_wishes,
        every_minutes=60,
        words=_l("Tellen wat bezoekers samen willen"),
    )
    app.cli.add_command(co_interest.command)
    for letter in own_words.LETTERS:
        prose.register(app, letter)
