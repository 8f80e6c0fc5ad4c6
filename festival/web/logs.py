"""Structured logs: one line per event, with the id of its request."""

import logging
import secrets
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request

log: structlog.stdlib.BoundLogger = structlog.get_logger("festival")

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def init_app(app: Flask) -> None:
    """Log readable lines in development and JSON in production, and one line per request."""
    _configure(app.config["LOG_LEVEL"], as_json=app.config["PRODUCTION"])
    app.before_request(_begin)
    app.after_request(_end)


def _configure(level: str, *, as_json: bool) -> None:
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if as_json
        # Plain: a rich traceback prints local variables, and reading some of them runs queries.
        else structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*_SHARED, structlog.processors.format_exc_info, renderer]
        if as_json
        else [*_SHARED, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        cache_logger_on_first_use=False,
    )


def _begin() -> None:
    # An id from outside is not used: strangers could write into our log with it.
    g.request_id = secrets.token_hex(8)
    g.began_at = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.request_id
    # The route and not the path: paths contain secrets of ticket holders.
    log.info(
        "request",
        method=request.method,
        route=str(request.url_rule) if request.url_rule else None,
        status=response.status_code,
        ms=round((time.perf_counter() - g.began_at) * 1000, 1),
    )
    return response
