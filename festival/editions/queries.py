"""Reads of editions."""

from sqlalchemy import select

from festival.db import db
from festival.editions.models import Edition


def current_edition() -> Edition | None:
    """The edition that visitors see; None before the team has made one."""
    return db.session.scalar(select(Edition).where(Edition.is_current))
