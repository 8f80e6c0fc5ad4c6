"""`flask team`: the team from the command line, for the first organiser or when locked out."""

import click
from flask.cli import AppGroup

from festival import clock
from festival.accounts import queries
from festival.accounts.models import ROLES
from festival.errors import Refusal
from festival.team import rules
from festival.web import languages

group = AppGroup("team", help="People of the team: add, list, let in again.")


@group.command("add")
@click.argument("name")
@click.argument("email")
@click.argument("roles", nargs=-1, required=True, type=click.Choice(ROLES))
def add(name: str, email: str, roles: tuple[str, ...]) -> None:
    """Add NAME with EMAIL and ROLES, and print a link to sign in.

    It works once, within 24 hours.
    """
    try:
        secret = rules.add_member(name, email, roles, now=clock.now())
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(_address(secret))


@group.command("link")
@click.argument("email")
@click.option(
    "--forget-second-factor",
    is_flag=True,
    help="Take app, passkeys and recovery codes away too: for somebody without a phone.",
)
def link(email: str, forget_second_factor: bool) -> None:
    """Print a new link for the member with EMAIL; earlier links stop working."""
    member = queries.member_by_email(email)
    if member is None:
        raise click.ClickException(f"Nobody on the team has the address {email}.")
    if not member.active:
        raise click.ClickException(f"{email} may not sign in: an organiser switched that off.")
    if forget_second_factor:
        rules.forget_second_factor(member, now=clock.now())
    click.echo(_address(rules.make_link(member, now=clock.now())))


@group.command("list")
def show() -> None:
    """Print all members of the team."""
    for member in queries.team():
        state = "" if member.active else " (switched off)"
        click.echo(f"{member.email}\t{member.name}\t{' '.join(member.role_names)}{state}")


def _address(secret: str) -> str:
    return languages.url_in("nl", "accounts.link", secret=secret)
