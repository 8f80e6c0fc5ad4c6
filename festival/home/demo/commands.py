"""`flask demo …`: loading the demo edition, making it new, and telling how to get in."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from festival import clock
from festival.db import db, transactional
from festival.editions.models import Edition
from festival.home.demo.edition import load_edition

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
    load_demo()
    click.echo("The demo edition is loaded.")


@demo.command("reset")
def reset() -> None:
    """Throw everything away and load the demo edition anew."""
    _refuse_in_production()
    empty_database()
    load_demo()
    click.echo("The demo edition is as new.")


@transactional
def load_demo() -> None:
    """The demo edition with all that belongs to it, or nothing of it."""
    load_edition(now=clock.now())


@transactional
def empty_database() -> None:
    """Delete every row of every table."""
    for table in reversed(db.metadata.sorted_tables):
        db.session.execute(table.delete())


def _refuse_in_production() -> None:
    if current_app.config["PRODUCTION"]:
        raise click.ClickException("This is a festival in production: no demo here.")
