"""A code app that is being set up: whoever mistyped its first code sees the QR code again."""

from typing import Any, cast

from flask import session
from flask_security import current_user
from flask_security.proxies import _security

from festival.accounts.models import TeamMember


def shown_again() -> dict[str, Any]:
    """Returns what the page that sets up a code app shows; {} if nobody is setting one up.

    Flask-Security shows that only once, and a new QR code would not fit what the app scanned.
    """
    secret, member = session.get("tf_totp_secret"), _member()
    if session.get("tf_state") != "validating_profile" or not secret or member is None:
        return {}
    method = session["tf_primary_method"]
    setup = _security.totp_factory.fetch_setup_values(secret, member)
    state = {"totp_secret": secret, "method": method, "phone": None}
    is_in = current_user.is_authenticated
    return {
        "chosen_method": method,
        "authr_qrcode": setup["image"],
        "authr_key": setup["key"],
        "changing": is_in,
        "state_token": _security.tf_setup_serializer.dumps(state) if is_in else None,
    }


def _member() -> TeamMember | None:
    if current_user.is_authenticated:
        member: TeamMember = current_user
        return member
    # Between the password and the session, the first time.
    found = _security.datastore.find_user(fs_uniquifier=session.get("tf_user_id", ""))
    return cast("TeamMember | None", found)
