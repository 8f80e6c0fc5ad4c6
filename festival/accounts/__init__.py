"""The team: signing in, second factor, roles."""

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore

from festival.accounts.models import Role, TeamMember, WebAuthn
from festival.db import db

datastore = SQLAlchemyUserDatastore(db, TeamMember, Role, WebAuthn)


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.config.setdefault("SECURITY_URL_PREFIX", "/team")
    app.config.setdefault("SECURITY_WEBAUTHN", True)
    app.config.setdefault("SECURITY_WAN_ALLOW_AS_FIRST_FACTOR", True)
    app.config.setdefault("SECURITY_TWO_FACTOR", True)
    app.config.setdefault("SECURITY_TOTP_ISSUER", "Pluk")
    Security(app, datastore)
