"""A form whose session ended while it was filled in is shown again, filled, and changes nothing.

The request goes on to its view without the mark that its token is valid. A view that validates its
form shows it again, as after any mistake, with a new token. Nothing else can happen meanwhile:
rules and storage raise FormIsStale, what the view put into the session is undone, and a response
that does not show the form is replaced by a page that holds everything that was sent.
"""

from typing import Any

from flask import Flask, Response, g, make_response, render_template, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect

from festival.db import FormIsStale
from festival.web import hosts

_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
# Never sent back in a page.
_SECRETS = ("csrf_token", "password", "again")


class _Protection(CSRFProtect):  # type: ignore[misc]
    """Flask-WTF's protection, but a form of our own pages without a valid token is shown again."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Raises CSRFError for what came from elsewhere or is no form."""
        try:
            super().protect(apply_exemptions)
        except CSRFError:
            if request.mimetype not in _FORMS or not is_from_our_pages():
                raise
            if not g.get("form_is_stale"):  # Flask-Security's views look once more
                g.form_is_stale = True
                g.session_before = dict(session)


def init_app(app: Flask) -> None:
    """Check the token of every form that is sent."""
    _Protection(app)
    app.register_error_handler(FormIsStale, lambda _stale: _show_again())
    app.after_request(_show_nothing_else)
    app.jinja_env.globals["is_stale_form"] = _is_stale


def signed_out() -> Response | None:
    """Returns the page for a form of the team that was sent without being signed in, else None."""
    if request.method != "POST" or request.mimetype not in _FORMS or not is_from_our_pages():
        return None
    return _show_again(is_signed_out=True)


def is_from_our_pages() -> bool:
    """Returns False if the browser says that another site sent this. Old ones say nothing."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin", "null")
    return origin == "null" or hosts.is_ours(origin.partition("://")[2])


def _is_stale() -> bool:
    """Returns whether the current form is stale. The page that asks says so to its reader."""
    stale = bool(g.get("form_is_stale"))
    g.says_stale = stale
    return stale


def _show_again(*, is_signed_out: bool = False) -> Response:
    """Returns a page with all that was sent, to send it again."""
    g.says_stale = True
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if not any(secret in name for secret in _SECRETS)
    ]
    page = render_template(
        "errors/stale_form.html",
        uses_session=True,
        action=_address(),
        kept=kept,
        has_files=any(file.filename for file in request.files.values()),
        is_signed_out=is_signed_out,
    )
    return make_response(page, 401 if is_signed_out else 400)


def _address() -> str:
    path = request.full_path if request.query_string else request.path
    return request.script_root + path


def _show_nothing_else(response: Response) -> Response:
    if not g.get("form_is_stale"):
        return response
    if not g.get("says_stale") or response.status_code < 400:
        response = _show_again()
    response.status_code = 400
    _undo_session(g.session_before)
    return response


def _undo_session(before: dict[str, Any]) -> None:
    token = session.get("csrf_token")
    session.clear()
    session.update(before)
    if token:
        session["csrf_token"] = token
