"""Reads of the team and of what guards its door."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import new as hmac

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from festival.accounts.models import Role, SignInLink, TeamMember, WrongGuess
from festival.db import db

# After so many wrong guesses in WAIT the next one has to wait: few from one address, more for one
# account from everywhere, so that a stranger elsewhere cannot keep somebody out with five tries.
GUESSES_FROM_ONE_ADDRESS = 5
GUESSES_FROM_EVERYWHERE = 50
WAIT = timedelta(minutes=15)


def team() -> Sequence[TeamMember]:
    """Everybody of the team with roles and passkeys, by name."""
    return db.session.scalars(
        select(TeamMember)
        .options(selectinload(TeamMember.roles), selectinload(TeamMember.webauthn))
        .order_by(func.lower(TeamMember.name), TeamMember.email)
    ).all()


def member_by_email(email: str) -> TeamMember | None:
    """The member with this address, whatever its capitals."""
    return db.session.scalars(
        select(TeamMember).where(func.lower(TeamMember.email) == email.strip().lower())
    ).one_or_none()


def member_by_code(code: str) -> TeamMember | None:
    """The member with this public code."""
    return db.session.scalars(select(TeamMember).filter_by(code=code)).one_or_none()


def other_organisers(member: TeamMember) -> int:
    """How many organisers there are who can sign in, besides `member`."""
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
    """The link with this secret, while it works."""
    found = db.session.scalars(
        select(SignInLink).filter_by(secret_hash=hash_of(secret))
    ).one_or_none()
    usable = found and found.used_at is None and now < found.expires_at and found.member.active
    return found if usable else None


def has_link_since(member: TeamMember, since: datetime) -> bool:
    """Whether a link was made for `member` after `since` that still works."""
    made = select(SignInLink.id).where(
        SignInLink.member_id == member.id, SignInLink.used_at.is_(None), SignInLink.made_at > since
    )
    return db.session.scalar(made.limit(1)) is not None


def waits_until(email: str, from_address: str, *, now: datetime) -> datetime | None:
    """Until when no guess for this account is taken from here; None when one may be made."""
    member = member_by_email(email)
    since = now - WAIT
    if member and member.current_login_at:  # who got in, starts with a clean slate
        since = max(since, member.current_login_at.replace(tzinfo=now.tzinfo))
    guesses = db.session.execute(
        select(WrongGuess.at, WrongGuess.from_address)
        .where(WrongGuess.account_hash == account_hash(email), WrongGuess.at > since)
        .order_by(WrongGuess.at.desc())
        .limit(GUESSES_FROM_EVERYWHERE)
    ).all()
    here = [at for at, address in guesses if address == from_address]
    if len(here) >= GUESSES_FROM_ONE_ADDRESS:
        return here[GUESSES_FROM_ONE_ADDRESS - 1] + WAIT
    if len(guesses) >= GUESSES_FROM_EVERYWHERE:
        earliest: datetime = guesses[-1].at
        return earliest + WAIT
    return None


def hash_of(secret: str) -> str:
    """How a link's secret is kept: it is random enough to need no salt."""
    return sha256(secret.encode()).hexdigest()


def account_hash(email: str) -> str:
    """A keyed hash of what was typed as address: it may be a password in the wrong field."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac(key, b"wrong guess" + email.strip().lower().encode(), sha256).hexdigest()
