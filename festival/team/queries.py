"""Reads of the audit trail."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from festival import search_index
from festival.accounts.models import TeamMember
from festival.db import db
from festival.sorting import person_key
from festival.team.models import AuditEntry


def audit_entries(
    *,
    text: str = "",
    verb: str = "",
    member_code: str = "",
    on: date | None = None,
    zone: tzinfo = UTC,
) -> Select[AuditEntry]:
    """Returns the entries with this text in the subject, verb, member and day in `zone`."""
    query = select(AuditEntry).options(joinedload(AuditEntry.member))
    if text:
        query = query.where(search_index.holds_all(AuditEntry.found_by, text))
    if verb:
        query = query.where(AuditEntry.verb == verb)
    if member_code:
        query = query.where(AuditEntry.member.has(TeamMember.code == member_code))
    if on and date.min < on < date.max:  # the first and the last day have a midnight beyond time
        begin = datetime.combine(on, time.min, zone)
        end = datetime.combine(on + timedelta(days=1), time.min, zone)
        query = query.where(AuditEntry.at >= begin, AuditEntry.at < end)
    return query


def audited_verbs() -> Sequence[str]:
    """Returns every verb that occurs, sorted."""
    return db.session.scalars(select(AuditEntry.verb).distinct().order_by(AuditEntry.verb)).all()


def audited_members() -> Sequence[TeamMember]:
    """Returns all members who did something, by name."""
    members = db.session.scalars(
        select(TeamMember)
        .where(TeamMember.id.in_(select(AuditEntry.member_id)))
        .order_by(TeamMember.email)
    )
    return sorted(members, key=lambda member: person_key(member.name))
