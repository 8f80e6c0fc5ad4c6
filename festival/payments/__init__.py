"""Orders and money: checking out, paying, what is due, and orders that lapse."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from festival import jobs
from festival.mail import prose, subjects
from festival.payments import (  # noqa: F401
    backoffice,
    by_hand,
    history,
    invoice_backoffice,
    invoice_views,
    models,
    order_page,
    own_words,
    refund_ways,
    views,
)
from festival.payments.bank import backoffice as bank
from festival.payments.calling_off import backoffice as calling_off_pages
from festival.payments.refunds import backoffice as refunds
from festival.payments.rules import calling_off, invoicing, lapsing
from festival.payments.stripe import backoffice as stripe_team
from festival.payments.stripe import payouts, sweeps
from festival.payments.stripe import payouts_backoffice as payouts_team
from festival.payments.stripe import queries as stripe_queries
from festival.payments.stripe import views as stripe
from festival.payments.swaps import backoffice as swaps_team
from festival.payments.swaps import views as swap_pages
from festival.tickets.history import register


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(invoice_views.bp)
    app.register_blueprint(invoice_backoffice.bp)
    app.register_blueprint(backoffice.bp)
    app.register_blueprint(stripe.bp)
    app.register_blueprint(stripe_team.bp)
    app.register_blueprint(payouts_team.bp)
    app.extensions["csrf"].exempt(stripe.receive)  # signed by Stripe instead
    app.register_blueprint(by_hand.bp)
    app.register_blueprint(bank.bp)
    app.register_blueprint(refunds.bp)
    app.register_blueprint(swap_pages.bp)
    app.register_blueprint(swaps_team.bp)
    register(app, history.of_order)
    app.register_blueprint(calling_off_pages.bp)
    jobs.define(app, "cancel_called_off_now", calling_off.cancel_queued)
    jobs.repeat(
        app,
        "cancel_called_off",
        calling_off.cancel_called_off,
        every_minutes=1,
        words=_l("Bestellingen annuleren van een editie die niet doorgaat"),
    )
    subjects.describe_with(app, "orders", backoffice.subject_links)
    jobs.repeat(
        app,
        "remind_unpaid",
        lapsing.remind_unpaid,
        every_minutes=10,
        words=_l("Herinneren aan betalen"),
    )
    jobs.repeat(
        app,
        "lapse_overdue",
        sweeps.lapse_overdue,
        every_minutes=10,
        words=_l("Bestellingen laten vervallen die niet betaald zijn"),
    )
    jobs.repeat(
        app,
        "lapse_swaps",
        sweeps.lapse_swaps,
        every_minutes=10,
        words=_l("Wissels laten vervallen die niet betaald zijn"),
    )
    for letter in own_words.LETTERS:
        prose.register(app, letter)
    for fixed in own_words.FIXED:
        prose.register_fixed(app, fixed)
    refund_ways.register(app, stripe_queries.takes_refund, sweeps.queue_refund)
    jobs.define(app, "handle_stripe_event", sweeps.handle_event)
    jobs.define(app, "send_stripe_refund", sweeps.send_refund)
    if app.config["STRIPE_SECRET_KEY"]:
        jobs.repeat(
            app,
            "ask_stripe",
            sweeps.ask_stripe,
            every_minutes=2,
            words=_l("Betalingen navragen bij Stripe"),
        )
        jobs.repeat(
            app,
            "read_payouts",
            payouts.read_payouts,
            every_minutes=60,
            words=_l("Uitbetalingen navragen bij Stripe"),
        )
    jobs.repeat(
        app,
        "settle_invoices",
        invoicing.settle_all,
        every_minutes=10,
        words=_l("Facturen en creditfacturen maken"),
    )
