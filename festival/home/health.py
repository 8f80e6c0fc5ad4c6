"""For whoever watches over the program: does the process live, and can it serve visitors?"""

from functools import cache

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from festival.config import ROOT
from festival.db import db
from festival.team.access import public
from festival.web.limits import limiter
from festival.web.logs import log

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@limiter.exempt
@public
def healthz() -> Response:
    """The process lives. It asks nobody else: restarting us would not mend a database."""
    return _plain("ok\n", 200)


@bp.get("/readyz")
@limiter.exempt
@public
def readyz() -> Response:
    """Visitors can be sent here; 503 with the reason when not."""
    reason = why_not_ready()
    return _plain(f"{reason}\n", 503) if reason else _plain("ready\n", 200)


def why_not_ready() -> str:
    """Why the database cannot be used, in a sentence without secrets; '' when it can."""
    try:
        applied = applied_migrations()
    except SQLAlchemyError as error:
        # The driver's own words may hold user and host: they go to the log only.
        log.error("database not reached", problem=str(error))
        return "The database does not answer."
    if applied != known_migrations():
        return (
            f"The database is at migration {', '.join(sorted(applied)) or 'none'}, this program"
            f" wants {', '.join(sorted(known_migrations()))}: run `flask db upgrade`."
        )
    return ""


def applied_migrations() -> frozenset[str]:
    """The migrations at which the database stands; one query."""
    context = MigrationContext.configure(db.session.connection())
    return frozenset(context.get_current_heads())


@cache
def known_migrations() -> frozenset[str]:
    """The last migrations that this program brings along."""
    return frozenset(ScriptDirectory(str(ROOT / "migrations")).get_heads())


def _plain(text: str, status: int) -> Response:
    response = Response(text, status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
