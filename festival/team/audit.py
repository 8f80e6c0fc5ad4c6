"""Writes the audit trail, in the transaction of the rule: both are committed, or neither."""

from datetime import datetime
from typing import Any

from flask import has_request_context
from flask_security import current_user

from festival.db import db
from festival.team.models import AuditEntry


def record(verb: str, subject: str, *, now: datetime, **details: Any) -> None:
    """Record that the signed-in member (or a command, or the worker) did `verb` to `subject`.

    `details` must be JSON.
    """
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
