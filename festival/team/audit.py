"""Writes the audit trail, in the transaction of the rule: both are committed, or neither."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import has_request_context
from flask_security import current_user
from sqlalchemy import insert

from festival.db import db
from festival.team.models import AuditEntry


def record(verb: str, subject: str, *, now: datetime, **details: Any) -> None:
    """Record that the signed-in member (or a command, or the worker) did `verb` to `subject`.

    `details` must be JSON.
    """
    db.session.add(AuditEntry(**_entry(verb, subject, details, now)))


def record_each(entries: Iterable[tuple[str, str, dict[str, Any]]], *, now: datetime) -> None:
    """Record many entries (verb, subject, details) with one statement."""
    rows = [_entry(*entry, now) for entry in entries]
    if rows:
        db.session.execute(insert(AuditEntry), rows)


def _entry(verb: str, subject: str, details: dict[str, Any], now: datetime) -> dict[str, Any]:
    signed_in = has_request_context() and current_user.is_authenticated
    return {
        "at": now,
        "member_id": current_user.id if signed_in else None,
        "verb": verb,
        "subject": subject,
        "details": details,
    }
