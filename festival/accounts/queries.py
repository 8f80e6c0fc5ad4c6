"""Reads of the team, its sign-in links and wrong guesses."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import new as hmac

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from festival.accounts.models import EndedSession, Role, SignInLink, TeamMember, WrongGuess
from festival.db import db
from festival.email_addresses import canonical
from festival.sorting import person_key

# After this many wrong guesses for one account within WAIT, the next one has to wait. Few from one
# IP address, more from everywhere: five tries of a stranger elsewhere must not keep a member out.
GUESSES_FROM_ONE_ADDRESS = 5
GUESSES_FROM_EVERYWHERE = 50
WAIT = timedelta(minutes=15)


def team() -> Sequence[TeamMember]:
    """Returns all members with their roles and passkeys, by name."""
    members = db.session.scalars(
        select(TeamMember)
        .options(selectinload(TeamMember.roles), selectinload(TeamMember.webauthn))
        .order_by(TeamMember.email)
    )
    return sorted(members, key=lambda member: person_key(member.name))


def first_member_at() -> datetime | None:
    """Returns when the first of the members was added, or None if there are none."""
    added = db.session.scalar(select(func.min(TeamMember.create_datetime)))
    return added and added.replace(tzinfo=UTC)


def member_by_email(email: str) -> TeamMember | None:
    """Returns the member with this e-mail address, however it is written, or None."""
    return db.session.scalars(
        select(TeamMember).where(TeamMember.email == canonical(email))
    ).one_or_none()


def member_by_code(code: str) -> TeamMember | None:
    """Returns the member with this public code, or None."""
    return db.session.scalars(select(TeamMember).filter_by(code=code)).one_or_none()


def other_organisers(member: TeamMember) -> int:
    """Returns the number of organisers who can sign in, apart from `member`."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(TeamMember)
            .where(
                TeamMember.roles.any(Role.name == "organiser"),
                TeamMember.active,
                TeamMember.password.is_not(None),  # the others have yet to use their link
                TeamMember.id != member.id,
            )
        )
        or 0
    )


def link(secret: str, *, now: datetime) -> SignInLink | None:
    """Returns the link with this secret, or None if it does not exist or no longer works."""
    found = db.session.scalars(
        select(SignInLink).filter_by(secret_hash=hash_of(secret))
    ).one_or_none()
    usable = found and found.used_at is None and now < found.expires_at and found.member.active
    return found if usable else None


def has_link_since(member: TeamMember, since: datetime) -> bool:
    """Returns whether `member` has an unused link that was made after `since`."""
    made = select(SignInLink.id).where(
        SignInLink.member_id == member.id, SignInLink.used_at.is_(None), SignInLink.made_at > since
    )
    return db.session.scalar(made.limit(1)) is not None


def waits_until(email: str, here: str, *, step: str, now: datetime) -> datetime | None:
    """Returns until when guesses at this `step` of an account are refused from `here`, or None.

    `here` is a network, or a device on which the member signed in before: that one waits for its
    own guesses only.
    """
    member = member_by_email(email)
    since = now - WAIT
    if member and member.current_login_at:  # signing in starts the count again
        since = max(since, member.current_login_at.replace(tzinfo=now.tzinfo))
    guesses = db.session.execute(
        select(WrongGuess.at, WrongGuess.from_address)
        .where(WrongGuess.account_hash == account_hash(email, step), WrongGuess.at > since)
        .order_by(WrongGuess.at.desc())
        .limit(GUESSES_FROM_EVERYWHERE)
    ).all()
    from_here = [at for at, where in guesses if where == here]
    if len(from_here) >= GUESSES_FROM_ONE_ADDRESS:
        return from_here[GUESSES_FROM_ONE_ADDRESS - 1] + WAIT
    if len(guesses) >= GUESSES_FROM_EVERYWHERE and not here.startswith("device "):
        earliest: datetime = guesses[-1].at
        return earliest + WAIT
    return None


def has_ended(session_id: str) -> bool:
    """Returns whether the session with this id was signed out of."""
    return db.session.get(EndedSession, hash_of(session_id)) is not None


def hash_of(secret: str) -> str:
    """Returns the hash of a link's secret, which is random enough to need no salt."""
    return sha256(secret.encode()).hexdigest()


def account_hash(email: str, step: str = "password") -> str:
    """Returns a keyed hash of what was typed as address: perhaps a password in the wrong field."""
    key = current_app.config["SECRET_KEY"].encode()
    what = "wrong guess" if step == "password" else f"wrong {step}"
    return hmac(key, (what + canonical(email)).encode(), sha256).hexdigest()
