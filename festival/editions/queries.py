"""Reads of editions."""

from sqlalchemy import select

from festival.db import db
from festival.editions.models import Edition


def current_edition() -> Edition | None:
    """Returns the edition that visitors see; None before the team has made one current."""
    return db.session.scalar(select(Edition).where(Edition.is_current))


def public_edition(slug: str | None) -> Edition | None:
    """Returns the edition for visitors at `/<slug>/…`, or the current one for None.

    Returns None for unknown editions and for those that are not the current one or before it.
    """
    current = current_edition()
    if slug is None or current is None or current.slug == slug:
        return current
    return db.session.scalar(
        select(Edition).where(Edition.slug == slug, Edition.ends_on < current.starts_on)
    )


def past_editions(current: Edition) -> list[Edition]:
    """Returns the editions before `current`, which visitors may still read; the latest first."""
    return list(
        db.session.scalars(
            select(Edition)
            .where(Edition.ends_on < current.starts_on)
            .order_by(Edition.starts_on.desc())
        )
    )


def edition_by_slug(slug: str) -> Edition | None:
    """Returns the edition with this slug, or None. For the team."""
    return db.session.scalar(select(Edition).where(Edition.slug == slug))


def edition_to_work_in(chosen_id: int | None) -> Edition | None:
    """Returns the edition with this id, else the current one, else the latest; None before any."""
    return db.session.scalar(
        select(Edition)
        .order_by(
            (Edition.id == (chosen_id or 0)).desc(),
            Edition.is_current.desc(),
            Edition.starts_on.desc(),
            Edition.id.desc(),
        )
        .limit(1)
    )


def all_editions() -> list[Edition]:
    """Returns all editions, the latest first."""
    return list(db.session.scalars(select(Edition).order_by(Edition.starts_on.desc())))
