"""`flask demo …`: load the demo edition, reset it, and show how to sign in."""

from datetime import datetime

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import func, select, update

from festival import clock
from festival.accounts.queries import member_by_email
from festival.db import db, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.home.demo.closed_books import load_closed_books
from festival.home.demo.corrections import load_corrections
from festival.home.demo.doorsales import load_door_sales
from festival.home.demo.edition import load_edition
from festival.home.demo.extras import load_extras
from festival.home.demo.invoices import load_invoices
from festival.home.demo.mailings import load_mailings
from festival.home.demo.orders import VISITOR, load_orders
from festival.home.demo.payouts import load_payouts
from festival.home.demo.questions import load_questions
from festival.home.demo.refunds import load_refunds
from festival.home.demo.stars import load_stars
from festival.home.demo.statement import load_statement
from festival.home.demo.swaps import load_swaps
from festival.home.demo.team import MEMBERS, PASSWORD, code_now, key_of, load_team
from festival.home.demo.ticket_line import load_ticket_line
from festival.mail.models import Letter
from festival.tickets.models import Ticket
from festival.web import languages

demo = AppGroup("demo", help="The demo edition: a festival full of invented people.")


def init_app(app: Flask) -> None:
    """Add the commands to `app`."""
    app.cli.add_command(demo)


@demo.command("load")
@click.option("--anyway", is_flag=True, help="Also when there are editions already.")
def load(*, anyway: bool) -> None:
    """Load the demo edition into an empty database."""
    _refuse_in_production()
    if db.session.query(Edition).first() is not None and not anyway:
        raise click.ClickException(
            "There is an edition already. --anyway loads the demo beside it."
        )
    try:
        load_demo(now=clock.now())
    except Refusal as refusal:  # it is there already
        raise click.ClickException(str(refusal)) from refusal
    click.echo("The demo edition is loaded.")


@demo.command("reset")
def reset() -> None:
    """Delete all data and load the demo edition again."""
    _refuse_in_production()
    shown = db.session.scalar(select(func.max(Edition.programme_version))) or 0
    empty_database()
    load_demo(now=clock.now())
    _pass(shown)
    click.echo("The demo edition is as new.")


@demo.command("logins")
def logins() -> None:
    """Show a visitor's ticket, and the team's addresses, password and codes."""
    _refuse_in_production()
    ticket = db.session.scalar(
        select(Ticket).where(Ticket.holder_name == VISITOR[0]).order_by(Ticket.id).limit(1)
    )
    if ticket is not None:
        url = languages.url_in("nl", "bookings.ticket", secret=ticket.secret)
        click.echo(f"  Visitor      {url}")
    for member in MEMBERS:
        row = member_by_email(member.email)
        if row is None:
            continue
        click.echo(f"  {member.what:<12} {member.email}  password: {PASSWORD}")
        if row.tf_totp_secret:
            click.echo(
                f"               code for now: {code_now(row)}  key for a code app: {key_of(row)}"
            )


@transactional
def _pass(version: int) -> None:
    """Make the new programme version higher than `version`, the last that servers may have kept."""
    db.session.execute(
        update(Edition)
        .where(Edition.programme_version <= version)
        .values(programme_version=version + 1)
    )


@transactional
def load_demo(*, now: datetime) -> None:
    """Load the demo edition with all that belongs to it, in one transaction."""
    edition = load_edition(now=now)
    load_team(now=now)
    load_extras(edition, now=now)
    load_orders(edition, now=now)
    load_questions(edition, now=now)
    load_payouts(edition, now=now)
    load_door_sales(edition, now=now)
    load_statement(edition, now=now)
    load_invoices(edition, now=now)
    load_refunds(edition, now=now)
    load_corrections(edition, now=now)
    load_swaps(edition, now=now)
    load_stars(edition, now=now)
    load_mailings(edition, now=now)
    load_ticket_line(edition, now=now)
    load_closed_books(edition, now=now)
    # Nobody really did what these letters report: they are kept for reading, not sent.
    db.session.execute(update(Letter).where(Letter.state == "waiting").values(state="kept"))


@transactional
def empty_database() -> None:
    """Delete every row of every table."""
    for table in reversed(db.metadata.sorted_tables):
        db.session.execute(table.delete())


def _refuse_in_production() -> None:
    if current_app.config["PRODUCTION"]:
        raise click.ClickException("This is a festival in production: no demo here.")
