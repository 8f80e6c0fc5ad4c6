"""The team: people who sign in, their roles and their passkeys, as Flask-Security wants them."""

from flask_security.models import fsqla_v3 as fsqla
from flask_security.models.fsqla import FsModels

from festival.db import Model, db

FsModels.set_db_info(db, user_table_name="team_member", role_table_name="role")

# organiser may do all that the others may.
ROLES = ("organiser", "programme", "finance", "editor", "checkin")


class Role(Model, fsqla.FsRoleMixin):
    """One of ROLES."""

    __tablename__ = "role"


class TeamMember(Model, fsqla.FsUserMixin):
    """Somebody of the team, with password, second factor and roles."""

    __tablename__ = "team_member"


class WebAuthn(Model, fsqla.FsWebAuthnMixin):
    """A passkey of a team member."""

    __tablename__ = "passkey"
