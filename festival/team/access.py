"""Who may open a page: each view says so with one of `@public`, `@holder` and `@team(…)`."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import (
    abort,
    current_app,
    has_request_context,
    make_response,
    render_template,
    request,
)
from flask_security import auth_required, current_user

from festival.accounts.models import ROLES
from festival.web.faults import wants_json

P = ParamSpec("P")
R = TypeVar("R")


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Let everybody open the page."""
    view.audience = "public"  # type: ignore[attr-defined]
    return view


def holder(view: Callable[P, R]) -> Callable[P, R]:
    """Let whoever knows the secret in its address open the page. Shared caches never keep it."""

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> Any:
        response = make_response(view(*args, **kwargs))
        response.headers.setdefault("Cache-Control", "private, no-cache")
        response.headers.setdefault("X-Robots-Tag", "noindex")
        return response

    run.audience = "holder"  # type: ignore[attr-defined]
    return run


def team(*roles: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let members with one of `roles`, and organisers, open the page; without `roles` all members.

    Raises ValueError for an unknown role.
    """
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise ValueError(f"unknown roles: {unknown}")

    def gate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        @auth_required("session")
        def run(*args: P.args, **kwargs: P.kwargs) -> Any:
            if roles and not may(*roles):
                return _refuse(roles)
            response = make_response(view(*args, **kwargs))
            if response.cache_control.public or "Cache-Control" not in response.headers:
                response.headers["Cache-Control"] = "private, no-store"
            return response

        run.audience = roles or ("team",)  # type: ignore[attr-defined]
        return run

    return gate


def may(*roles: str) -> bool:
    """Returns whether the signed-in member has one of `roles` or is an organiser."""
    return any(current_user.has_role(role) for role in ("organiser", *roles))


def may_open(endpoint: str) -> bool:
    """Returns whether the signed-in member may open the page of `endpoint`, a page of the team."""
    audience = vars(current_app.view_functions[endpoint])["audience"]
    return "team" in audience or may(*audience)


def is_for_everybody(endpoint: str | None) -> bool:
    """Returns whether everybody may open the page of `endpoint`; False for an unknown address."""
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "audience", "") == "public"


def is_page_of_team() -> bool:
    """Returns whether this is a request of a signed-in member for a page of the team."""
    if not has_request_context() or not current_user.is_authenticated:
        return False
    view = current_app.view_functions.get(request.endpoint or "")
    return isinstance(getattr(view, "audience", None), tuple)


def is_address_of_team() -> bool:
    """Returns whether this address is the team's: below /team, unless it is of a page for others.

    There need not be a page at it, and nobody need be signed in.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    is_below = f"{request.path}/".startswith("/team/")
    return is_below and (view is None or isinstance(getattr(view, "audience", None), tuple))


def _refuse(roles: tuple[str, ...]) -> Any:
    if wants_json():
        abort(403)
    # The page tells the member which role to ask for.
    needed = [role for role in ROLES if role in {"organiser", *roles}]
    return make_response(render_template("team/forbidden.html", roles=needed), 403)
