"""Devices on which a member signed in before: a signed cookie says so.

Their wrong guesses are counted apart, so that strangers on the same network keep nobody out.
"""

from flask import Flask, Response, current_app, request
from flask_security import current_user
from itsdangerous import BadData, URLSafeSerializer

from festival import codes
from festival.accounts.queries import account_hash
from festival.web import limits

_COOKIE = "festival-known"
_MOST = 5  # members who share one device
_YEAR = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Remember the device after each sign-in."""
    app.after_request(_remember)


def is_known(email: str) -> bool:
    """Returns whether the member with this address signed in on this device before."""
    return bool(email) and _key(email) in _known()


def guesser(email: str) -> str:
    """Returns who guesses at this account: this device if it is known there, else its network."""
    device = _known().get(_key(email), "") if email else ""
    return f"device {device}" if device else limits.source()


def _remember(response: Response) -> Response:
    is_sign_in = request.method == "POST" and request.blueprint in {"security", "accounts"}
    if not is_sign_in or not current_user.is_authenticated:
        return response
    known = _known()
    key = _key(current_user.email)
    if key not in known:
        newest = dict([*known.items(), (key, codes.secret())][-_MOST:])
        response.set_cookie(
            _COOKIE,
            _serializer().dumps(newest),
            max_age=_YEAR,
            path="/team",
            httponly=True,
            secure=request.is_secure,
            samesite="Lax",
        )
    return response


def _known() -> dict[str, str]:
    """Returns the random names of this device by account."""
    try:
        known: dict[str, str] = _serializer().loads(request.cookies.get(_COOKIE, ""))
    except BadData:
        return {}
    return known


def _key(email: str) -> str:
    return account_hash(email)[:16]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known devices")
