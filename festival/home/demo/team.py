"""The demo's team: known addresses and passwords, and how to sign in with them."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from festival.accounts import queries, rules
from festival.accounts.models import TeamMember
from festival.db import db

PASSWORD = "samen-sterker-2027"  # noqa: S105  of invented people, never in production


@dataclass(frozen=True)
class DemoMember:
    """A member of the demo's team."""

    email: str
    name: str
    role: str
    what: str  # for `flask demo logins`


MEMBERS = (
    DemoMember("organiser@example.org", "Marijke Oosterlinckx", "organiser", "Organiser"),
    DemoMember("deur@example.org", "Huub Steketeer", "checkin", "Check-in"),
    DemoMember("programma@example.org", "Yara Wolterbeek", "programme", "Programme"),
    DemoMember("financien@example.org", "Prem Mahabali", "finance", "Finance"),
)


def load_team(*, now: datetime) -> None:
    """Add the members with their password, and with a code app for those who need one."""
    for member in MEMBERS:
        if queries.member_by_email(member.email):
            continue
        row = rules.add_member(member.name, member.email, [member.role], now=now)
        rules.use_link(rules.make_link(row, now=now), PASSWORD, now=now)
        if row.needs_second_factor:
            row.tf_totp_secret = current_app.extensions[
                "security"
            ].totp_factory.generate_totp_secret()
            row.tf_primary_method = "authenticator"
    db.session.flush()


def code_now(row: TeamMember) -> str:
    """Returns the six digits that the member's code app would show now."""
    factory = current_app.extensions["security"].totp_factory
    code: str = factory.generate_totp_password(row.tf_totp_secret)
    return code


def key_of(row: TeamMember) -> str:
    """Returns the key to type into a code app to get those digits."""
    key: str = current_app.extensions["security"].totp_factory.get_totp_pretty_key(
        row.tf_totp_secret
    )
    return key
