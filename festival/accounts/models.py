"""The team: people who sign in, their roles, passkeys, one-time links and wrong guesses."""

from datetime import datetime
from typing import TYPE_CHECKING

from flask_security.models import fsqla_v3 as fsqla
from flask_security.models.fsqla import FsModels
from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival import codes
from festival.db import EmailAddress, Model, UtcDateTime, db

FsModels.set_db_info(db, user_table_name="team_member", role_table_name="role")

# An organiser may do everything that the others may.
ROLES = ("organiser", "programme", "finance", "editor", "checkin")

# Roles that handle money or other people's access: a password alone is not enough.
SECOND_FACTOR_ROLES = frozenset({"organiser", "finance"})


class Role(Model, fsqla.FsRoleMixin):
    """One of ROLES."""

    __tablename__ = "role"

    if TYPE_CHECKING:
        name: Mapped[str]  # type: ignore[assignment]


class TeamMember(Model, fsqla.FsUserMixin):
    """A member of the team, with password, second factor and roles.

    Flask-Security's columns hold naive UTC times; ours are aware, as everywhere.
    """

    __tablename__ = "team_member"

    if TYPE_CHECKING:  # columns of the mixin that we use
        id: Mapped[int]  # type: ignore[assignment]
        email: Mapped[str]  # type: ignore[assignment]
        active: Mapped[bool]
        password: Mapped[str | None]  # type: ignore[assignment]
        fs_uniquifier: Mapped[str]  # type: ignore[assignment]
        roles: Mapped[list[Role]]  # type: ignore[assignment]
        webauthn: Mapped[list["WebAuthn"]]
        current_login_at: Mapped[datetime | None]  # type: ignore[assignment]
        tf_primary_method: Mapped[str | None]  # type: ignore[assignment]
        tf_totp_secret: Mapped[str | None]  # type: ignore[assignment]
        mf_recovery_codes: Mapped[list[str]]  # type: ignore[assignment]

    email = mapped_column(EmailAddress(255), unique=True, nullable=False)
    code: Mapped[str] = mapped_column(Text, unique=True, default=codes.readable)
    name: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(Text, default="nl")
    # The last 30-second step whose code was used: the same code never counts twice.
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(default=1, server_default="1")  # of name and roles

    @property
    def role_names(self) -> list[str]:
        """The names of the roles, in the order of ROLES."""
        held = {role.name for role in self.roles}
        return [role for role in ROLES if role in held]

    @property
    def needs_second_factor(self) -> bool:
        """Whether this member needs more than a password to sign in."""
        return not SECOND_FACTOR_ROLES.isdisjoint(self.role_names)

    @property
    def has_code_app(self) -> bool:
        """Whether this member has set up an authenticator app."""
        return bool(self.tf_primary_method and self.tf_totp_secret)

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Ask for a second factor if the role needs one or the member set up a code app.

        A passkey alone requires nothing: it may be on a laptop, with the password used on a phone.
        """
        del tf_fresh  # devices are trusted for one session only
        return self.needs_second_factor or self.has_code_app, tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Returns whether the code app must stay on, because no passkey can replace it."""
        return self.needs_second_factor and not self.webauthn

    def get_id(self) -> str:
        """Returns what a new session is known by: it names the member and no other session."""
        return f"{self.fs_uniquifier}.{codes.secret()}"

    def __eq__(self, other: object) -> bool:
        """Whether both are the same member; Flask-Security compares what get_id returns."""
        return isinstance(other, TeamMember) and self.fs_uniquifier == other.fs_uniquifier

    __hash__ = object.__hash__

    def calc_username(self) -> str:
        """Returns the label of the account in authenticator apps and passkeys."""
        return self.email


class WebAuthn(Model, fsqla.FsWebAuthnMixin):
    """A passkey of a team member."""

    __tablename__ = "passkey"

    if TYPE_CHECKING:
        name: Mapped[str]  # type: ignore[assignment]


class SignInLink(Model):
    """A link with which a member sets a password, once. Only the hash of its secret is kept."""

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("team_member.id", ondelete="CASCADE"))
    secret_hash: Mapped[str] = mapped_column(Text, unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    member: Mapped[TeamMember] = relationship()

    __table_args__ = (Index("ix_sign_in_link_member_id", "member_id"),)


class EndedSession(Model):
    """A session that was signed out of: a copy of its cookie opens nothing any more."""

    session_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class WrongGuess(Model):
    """A wrong password or code: for which account (a keyed hash of what was typed), and from where:
    a network, or a device on which the member signed in before."""

    id: Mapped[int] = mapped_column(primary_key=True)
    account_hash: Mapped[str] = mapped_column(Text)
    from_address: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_wrong_guess_account_hash_at", "account_hash", "at"),
        Index("ix_wrong_guess_at", "at"),
    )
