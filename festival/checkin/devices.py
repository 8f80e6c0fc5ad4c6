"""Which gate a page is about, and which device of the crew asks for it."""

from flask import abort, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from festival.checkin import queries
from festival.checkin.models import Device, Gate
from festival.db import db

_COOKIE = "festival-device"


def gate_or_404(slug: str) -> Gate:
    """Returns the gate of the current edition with this slug; else 404."""
    return queries.gate_by_slug(slug) or abort(404)


def current_device() -> Device | None:
    """Returns the device that this request comes from; None if it has no name yet."""
    token = request.cookies.get(_COOKIE, "")
    return db.session.scalar(select(Device).where(Device.token == token)) if token else None


def remember_device(response: Response, token: str) -> None:
    """Let `response` tell the browser that it is the device with this token."""
    response.set_cookie(
        _COOKIE,
        token,
        max_age=400 * 24 * 3600,
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )
