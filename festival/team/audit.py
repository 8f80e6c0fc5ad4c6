"""Writing the audit trail, in the rule's transaction: deed and trace stand or fall together."""

from datetime import datetime
from typing import Any

from flask import has_request_context
from flask_security import current_user

from festival.db import db
from festival.team.models import AuditEntry


def record(verb: str, subject: str, *, now: datetime, **details: Any) -> None:
    """Note that the signed-in team member (or a command, or the worker) did `verb` to `subject`."""
    signed_in = has_request_context() and current_user.is_authenticated
    db.session.add(
        AuditEntry(
            at=now,
            member_id=current_user.id if signed_in else None,
            verb=verb,
            subject=subject,
            details=details,
        )
    )
