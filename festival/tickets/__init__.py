"""Ticket types, pools, orders and tickets."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from festival import jobs, money
from festival.mail import prose
from festival.tickets import backoffice, models, own_words, vat_backoffice, views  # noqa: F401
from festival.tickets.extras import backoffice as extras_backoffice
from festival.tickets.holds import rules as hold_rules
from festival.tickets.vouchers import backoffice as voucher_backoffice
from festival.tickets.vouchers import rules as voucher_rules
from festival.tickets.waiting import backoffice as waiting_team
from festival.tickets.waiting import rules as waiting_rules
from festival.tickets.waiting import views as waiting_views


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
    app.register_blueprint(voucher_backoffice.bp)
    app.register_blueprint(vat_backoffice.bp)
    app.register_blueprint(extras_backoffice.bp)
    app.register_blueprint(waiting_views.bp)
    app.register_blueprint(waiting_team.bp)
    app.jinja_env.filters["money"] = money.shown
    for letter in own_words.LETTERS:
        prose.register(app, letter)
    for fixed in own_words.FIXED:
        prose.register_fixed(app, fixed)
    jobs.repeat(
        app,
        "stop_blocking_expired",
        voucher_rules.stop_blocking_expired,
        every_minutes=10,
        words=_l("Plaatsen vrijgeven van codes die verlopen zijn"),
    )
    jobs.repeat(
        app,
        "serve_lines",
        waiting_rules.serve_lines,
        every_minutes=1,
        words=_l("Vrije kaartjes aanbieden aan wie wacht"),
    )
    # The shop's page is kept and the same for everybody, so its form holds no token.
    app.extensions["csrf"].exempt(views.hold)
    jobs.repeat(
        app,
        "lapse_holds",
        hold_rules.lapse_holds,
        every_minutes=1,
        words=_l("Kaartjes vrijgeven die niemand besteld heeft"),
    )
