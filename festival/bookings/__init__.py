"""Places in slots, the waiting list, and the holder's own day."""

from flask import Flask

from festival.bookings import backoffice, models, togetherness, views  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
    # What stands on the ticket's own page: it is kept for when there is no network, so it holds no
    # token and sets no cookie. The secret in the address is the only key, and who forges a request
    # to it has that key already.
    for view in (
        views.change_stars,
        views.keep,
        views.leave_waiting_list,
        views.renew_agenda_address,
    ):
        app.extensions["csrf"].exempt(view)
    app.cli.add_command(togetherness.command)
