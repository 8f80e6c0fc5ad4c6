"""Changes to the team and its access, each with an entry in the audit trail."""

from collections.abc import Iterable
from datetime import datetime

from festival.accounts import letters
from festival.accounts import rules as accounts
from festival.accounts.models import TeamMember
from festival.db import transactional
from festival.errors import Refusal
from festival.team import audit
from festival.team.editing import take_version


class SwitchedOff(Refusal):
    """{name} kan nu niet inloggen, dus een link werkt niet. Laat {name} eerst weer inloggen."""


@transactional
def add_member(name: str, email: str, roles: Iterable[str], *, now: datetime) -> str:
    """Add a member. Returns the secret of the link with which they choose a password.

    Refuses with NameMissing, BadAddress or AlreadyOnTheTeam.
    """
    member = accounts.add_member(name, email, roles, now=now)
    audit.record("add_member", subject(member), now=now, roles=member.role_names)
    return accounts.make_link(member, now=now)


@transactional
def invite_member(
    name: str, email: str, roles: Iterable[str], *, language: str, now: datetime
) -> TeamMember:
    """Add a member and send them a link.

    Refuses with NameMissing, BadAddress or AlreadyOnTheTeam.
    """
    member = accounts.add_member(name, email, roles, language=language, now=now)
    letters.invitation(member, accounts.make_link(member, now=now), now=now)
    audit.record("invite_member", subject(member), now=now, roles=member.role_names)
    return member


@transactional
def invite_again(member: TeamMember, *, now: datetime) -> None:
    """Send a new link; earlier links stop working. Refuses with SwitchedOff."""
    if not member.active:
        raise SwitchedOff(name=member.name)
    letters.invitation(member, accounts.make_link(member, now=now), now=now)
    audit.record("invite_again", subject(member), now=now)


@transactional
def make_link(member: TeamMember, *, now: datetime) -> str:
    """Make a new link and return its secret, for somebody to pass on."""
    audit.record("make_link", subject(member), now=now)
    return accounts.make_link(member, now=now)


@transactional
def change_member(
    member: TeamMember, name: str, roles: Iterable[str], *, seen: int, now: datetime
) -> TeamMember:
    """Change name and roles. Refuses with ChangedMeanwhile, NameMissing or LastOrganiser."""
    take_version(member, seen)
    before, roles = member.role_names, list(roles)
    accounts.change_roles(member, roles)
    member.name = accounts.checked_name(name)
    audit.record("change_member", subject(member), now=now, before=before, after=member.role_names)
    return member


@transactional
def deactivate_member(member: TeamMember, *, now: datetime) -> None:
    """Stop a member from signing in and end their sessions. Refuses with LastOrganiser."""
    accounts.deactivate(member, now=now)
    audit.record("deactivate_member", subject(member), now=now)


@transactional
def reactivate_member(member: TeamMember, *, now: datetime) -> None:
    """Let a member sign in again."""
    accounts.reactivate(member)
    audit.record("reactivate_member", subject(member), now=now)


@transactional
def forget_second_factor(member: TeamMember, *, now: datetime) -> None:
    """Remove the code app, passkeys and recovery codes of a member who lost their phone."""
    accounts.forget_second_factor(member)
    audit.record("forget_second_factor", subject(member), now=now)


def subject(member: TeamMember) -> str:
    """Returns the name of a member in the audit trail."""
    return f"member {member.email}"
