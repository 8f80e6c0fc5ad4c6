"""Health checks for monitoring: does the process live, and can it serve visitors?"""

from functools import cache

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from festival.config import ROOT
from festival.db import db
from festival.team.access import public
from festival.web import limits
from festival.web.limits import limiter
from festival.web.logs import log

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@limiter.exempt
@public
def healthz() -> Response:
    """200 while the process lives. Asks no database: restarting us would not repair it."""
    return _plain("ok\n", 200)


@bp.get("/readyz")
@limiter.exempt
@public
def readyz() -> Response:
    """200 if visitors can be sent here, else 503 with the reason.

    Without Redis they can: rate limits are counted in memory then, and a second line says so.
    """
    if reason := why_not_ready():
        return _plain(f"{reason}\n", 503)
    return _plain("\n".join(["ready", *filter(None, [limits.storage_problem()]), ""]), 200)


def why_not_ready() -> str:
    """Returns why the database cannot be used, in a sentence without secrets, or ''."""
    try:
        applied = applied_migrations()
    except SQLAlchemyError as error:
        # The driver's message may contain user and host, so it goes to the log only.
        log.error("database not reached", problem=str(error))
        return "The database does not answer."
    if applied != known_migrations():
        return (
            f"The database is at migration {', '.join(sorted(applied)) or 'none'}, this program"
            f" wants {', '.join(sorted(known_migrations()))}: run `flask db upgrade`."
        )
    return ""


def applied_migrations() -> frozenset[str]:
    """Returns the latest migrations of the database, in one query."""
    context = MigrationContext.configure(db.session.connection())
    return frozenset(context.get_current_heads())


@cache
def known_migrations() -> frozenset[str]:
    """Returns the latest migrations of this program."""
    return frozenset(ScriptDirectory(str(ROOT / "migrations")).get_heads())


def _plain(text: str, status: int) -> Response:
    response = Response(text, status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
