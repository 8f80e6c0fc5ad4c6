"""The pages of the audit trail."""

from collections.abc import Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from flask_babel import get_timezone
from sqlalchemy import Select

from festival.db import db
from festival.team import exports, lists, queries
from festival.team.access import team
from festival.team.models import AuditEntry
from festival.web.forms import asked

bp = Blueprint("team", __name__, url_prefix="/team/logboek")

_COLUMNS = {"at": AuditEntry.at, "verb": AuditEntry.verb, "subject": AuditEntry.subject}


@bp.get("/", endpoint="audit")
@team("organiser")
def audit() -> str:
    """The audit trail, the latest entries first."""
    return render_template(
        "team/audit.html",
        listing=lists.listing(_asked(), _COLUMNS, default="-at"),
        verbs=queries.audited_verbs(),
        members=queries.audited_members(),
    )


@bp.get("/csv")
@team("organiser")
def audit_csv() -> Response:
    """The same entries as CSV, the oldest first."""
    entries = db.session.scalars(_asked().order_by(AuditEntry.at)).all()
    return exports.csv_response(
        "logboek", ["at", "member", "verb", "subject", "details"], _rows(entries)
    )


def _asked() -> Select[AuditEntry]:
    arguments = request.args
    return queries.audit_entries(
        text=asked("q"),
        verb=arguments.get("verb", ""),
        member_code=arguments.get("member", ""),
        on=arguments.get("day", None, type=date.fromisoformat),
        # Babel hands out zones of pytz, of which datetime.combine takes the wrong offset.
        zone=ZoneInfo(str(get_timezone())),
    )


def _rows(entries: Sequence[AuditEntry]) -> Iterator[Sequence[exports.Cell]]:
    for entry in entries:
        details = ", ".join(f"{name}: {value}" for name, value in entry.details.items())
        member = entry.member.email if entry.member else ""
        yield entry.at, member, entry.verb, entry.subject, details
