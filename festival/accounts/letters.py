"""The letters about signing in."""

from datetime import datetime

from festival.accounts.models import TeamMember
from festival.mail.rules import queue


def invitation(member: TeamMember, secret: str, *, now: datetime) -> None:
    """Welcome to the team: choose a password."""
    _send("accounts/invitation", member, secret, language=member.language, now=now)


def new_password(member: TeamMember, secret: str, *, language: str, now: datetime) -> None:
    """The link that somebody asked for, to choose a new password."""
    _send("accounts/new_password", member, secret, language=language, now=now)


def password_changed(member: TeamMember, *, now: datetime) -> None:
    """The password was changed: was that you?"""
    queue(
        "accounts/password_changed",
        to=member.email,
        language=member.language,
        now=now,
        about=(member,),
        name=member.name,
    )


def _send(letter: str, member: TeamMember, secret: str, *, language: str, now: datetime) -> None:
    queue(
        letter,
        to=member.email,
        language=language,
        now=now,
        about=(member,),
        name=member.name,
        roles=member.role_names,
        secret=secret,
    )
