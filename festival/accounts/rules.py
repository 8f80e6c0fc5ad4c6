"""Changes to members, their links, passwords and roles, and to wrong guesses.

team/rules.py changes the access of other members and adds the audit trail.
"""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from email_validator import EmailNotValidError, validate_email
from flask_security import hash_password
from sqlalchemy import delete, or_, select, update

from festival import text
from festival.accounts import letters, queries
from festival.accounts.models import ROLES, EndedSession, Role, SignInLink, TeamMember, WrongGuess
from festival.db import change_one, db, insert_unless_there, transactional
from festival.email_addresses import canonical, shown
from festival.errors import Refusal
from festival.mail.rules import BadAddress

LINK_WORKS_FOR = timedelta(hours=24)
RESET_EVERY = timedelta(minutes=2)
_GUESSES_KEPT_FOR = timedelta(days=1)
# By then the session has ended anyway: nobody used it (see signing_in.IDLE).
_ENDED_KEPT_FOR = timedelta(days=1)


class AlreadyOnTheTeam(Refusal):
    """Er is al iemand in het team met het adres {email}."""


class NameMissing(Refusal):
    """Vul een naam in, met minstens één letter."""


class LastOrganiser(Refusal):
    """Dit is de laatste organisator die erin kan. Maak eerst iemand anders organisator."""


class LinkNoLongerWorks(Refusal):
    """Deze link werkt niet meer: hij is al gebruikt, vervangen of ouder dan 24 uur. Vraag een
    nieuwe aan."""

    status = 410


@transactional
def add_member(
    name: str, email: str, roles: Iterable[str], *, language: str = "nl", now: datetime
) -> TeamMember:
    """Add a member to the team, without a password yet.

    Refuses with NameMissing, BadAddress or AlreadyOnTheTeam.
    """
    name = checked_name(name)
    try:
        validate_email(email := canonical(email), check_deliverability=False)
    except EmailNotValidError as error:
        raise BadAddress from error
    if queries.member_by_email(email):
        raise AlreadyOnTheTeam(email=shown(email))
    member = TeamMember(
        name=name,
        email=email,
        language=language,
        active=True,
        fs_uniquifier=secrets.token_hex(32),
        roles=_roles(roles),
        create_datetime=now.astimezone(UTC).replace(tzinfo=None),  # not of the database's clock
    )
    db.session.add(member)
    db.session.flush()
    return member


def checked_name(typed: str) -> str:
    """Returns the name of a member, clean. Refuses with NameMissing."""
    name = text.line(typed)
    if not name:
        raise NameMissing
    return name


@transactional
def make_link(member: TeamMember, *, now: datetime) -> str:
    """Make a link for `member` and return its secret; earlier links stop working."""
    _end_links(member, now=now)
    secret = secrets.token_urlsafe(32)
    db.session.add(
        SignInLink(
            member_id=member.id,
            secret_hash=queries.hash_of(secret),
            made_at=now,
            expires_at=now + LINK_WORKS_FOR,
        )
    )
    return secret


@transactional
def send_reset_link(email: str, *, language: str, now: datetime) -> None:
    """Send a link to choose a new password, if this is the address of an active member.

    At most once per RESET_EVERY, because strangers can ask for it too.
    """
    member = queries.member_by_email(email)
    if member is None or not member.active or queries.has_link_since(member, now - RESET_EVERY):
        return
    letters.new_password(member, make_link(member, now=now), language=language, now=now)


def use_link(secret: str, password: str, *, now: datetime) -> TeamMember:
    """Set the password of the link's member, end all their sessions and return the member.

    Refuses with LinkNoLongerWorks.
    """
    # Hashing is slow on purpose, so do it before taking the database's one write lock.
    return _use_link(secret, hash_password(password), now=now)


@transactional
def _use_link(secret: str, password_hash: str, *, now: datetime) -> TeamMember:
    found = queries.link(secret, now=now)
    if found is None:
        raise LinkNoLongerWorks
    # The guarded update lets only the first of two clicks through.
    if not change_one(
        update(SignInLink)
        .where(SignInLink.id == found.id, SignInLink.used_at.is_(None))
        .values(used_at=now)
    ):
        raise LinkNoLongerWorks
    member = found.member
    had_password = bool(member.password)
    member.password = password_hash
    end_sessions(member)
    forget_guesses(member)
    if had_password:
        letters.password_changed(member, now=now)
    return member


@transactional
def end_sessions(member: TeamMember) -> None:
    """Sign `member` out everywhere: sessions name the member by `fs_uniquifier`."""
    member.fs_uniquifier = secrets.token_hex(32)


@transactional
def end_session(session_id: str, *, now: datetime) -> None:
    """End one session, so that a copy of its cookie no longer signs anybody in."""
    db.session.execute(delete(EndedSession).where(EndedSession.ended_at < now - _ENDED_KEPT_FOR))
    values = {"session_hash": queries.hash_of(session_id), "ended_at": now}
    insert_unless_there(EndedSession, values)


@transactional
def change_roles(member: TeamMember, roles: Iterable[str]) -> None:
    """Give `member` exactly `roles`. Refuses with LastOrganiser.

    They must sign in again if they lost a role, and if they now need a second factor: open sessions
    began without one.
    """
    roles = set(roles)
    has_lost = bool(set(member.role_names) - roles)
    if "organiser" in member.role_names and "organiser" not in roles:
        _leave_an_organiser(member)
    needed_it_already = member.needs_second_factor
    member.roles = _roles(roles)
    if has_lost or (member.needs_second_factor and not needed_it_already):
        end_sessions(member)


@transactional
def deactivate(member: TeamMember, *, now: datetime) -> None:
    """Stop `member` from signing in and end their sessions and links.

    Refuses with LastOrganiser.
    """
    if "organiser" in member.role_names:
        _leave_an_organiser(member)
    member.active = False
    end_sessions(member)
    _end_links(member, now=now)


@transactional
def reactivate(member: TeamMember) -> None:
    """Let `member` sign in again."""
    member.active = True


@transactional
def forget_second_factor(member: TeamMember) -> None:
    """Remove the code app, recovery codes and passkeys, for a member who lost their phone."""
    member.tf_primary_method = None
    member.tf_totp_secret = None
    member.totp_last_step = None
    member.mf_recovery_codes = []
    for passkey in list(member.webauthn):
        db.session.delete(passkey)
    end_sessions(member)


@transactional
def use_code_step(member: TeamMember, step: int) -> bool:
    """Use the code of this 30-second step. Returns False if it, or a later one, was used before."""
    return change_one(
        update(TeamMember)
        .where(
            TeamMember.id == member.id,
            or_(TeamMember.totp_last_step.is_(None), TeamMember.totp_last_step < step),
        )
        .values(totp_last_step=step)
    )


@transactional
def note_wrong_guess(email: str, here: str, *, step: str = "password", now: datetime) -> None:
    """Count a wrong password or code for this account, sent from this network or device."""
    db.session.execute(delete(WrongGuess).where(WrongGuess.at < now - _GUESSES_KEPT_FOR))
    db.session.add(
        WrongGuess(account_hash=queries.account_hash(email, step), from_address=here, at=now)
    )


@transactional
def forget_guesses(member: TeamMember) -> None:
    """Start counting from zero for this account."""
    accounts = [queries.account_hash(member.email, step) for step in ("password", "code")]
    db.session.execute(delete(WrongGuess).where(WrongGuess.account_hash.in_(accounts)))


def _leave_an_organiser(member: TeamMember) -> None:
    # The row lock (PostgreSQL) or the write lock (SQLite) keeps two organisers from removing each
    # other at the same time.
    db.session.execute(select(Role).where(Role.name == "organiser").with_for_update())
    if not queries.other_organisers(member):
        raise LastOrganiser


def _end_links(member: TeamMember, *, now: datetime) -> None:
    db.session.execute(
        update(SignInLink)
        .where(SignInLink.member_id == member.id, SignInLink.used_at.is_(None))
        .values(used_at=now)
    )


def _roles(names: Iterable[str]) -> list[Role]:
    names = set(names)
    if unknown := names - set(ROLES):
        raise ValueError(f"unknown roles: {sorted(unknown)}")
    there = {role.name: role for role in db.session.scalars(select(Role))}
    return [there.get(name) or Role(name=name) for name in ROLES if name in names]
