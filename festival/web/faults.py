"""Error pages: a rule refused, a page was not found, or the program failed."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)
from werkzeug.exceptions import HTTPException, InternalServerError

from festival.db import db
from festival.errors import Refusal
from festival.web import secret_links
from festival.web.logs import log

P = ParamSpec("P")
R = TypeVar("R")

_OWN_PAGES = {403, 404, 405, 413, 429}


def init_app(app: Flask) -> None:
    """Answer refusals, HTTP errors and faults with a page, or with JSON for programs."""
    app.before_request(_refuse_nul)
    app.after_request(_say_when_to_retry)
    app.before_request(_refuse_odd_json)
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, _fault)


def wants_json() -> bool:
    """Returns whether the caller sent JSON or prefers it to HTML."""
    accept = request.accept_mimetypes
    return request.is_json or (
        accept["application/json"] > accept["text/html"] and not accept.accept_html
    )


def _refuse_nul() -> None:
    # Nobody types this character, and PostgreSQL refuses text that contains it.
    if "\0" in request.path or b"%00" in request.query_string:
        abort(400)
    if any("\0" in value for values in request.form.listvalues() for value in values):
        abort(400)


def takes_json(view: Callable[P, R]) -> Callable[P, R]:
    """Let the view get JSON instead of a form: always an object, with values of any kind."""
    view.takes_json = True  # type: ignore[attr-defined]
    return view


def _refuse_odd_json() -> None:
    # Flask-WTF would read JSON as the fields of a form, and fields expect text.
    if not request.is_json or request.endpoint is None:
        return
    try:
        sent = request.get_json()
    except RecursionError:  # nested deeper than anybody means
        abort(400)
    view = current_app.view_functions[request.endpoint]
    is_theirs = request.blueprint == "security" and _has_only_texts(sent)
    if not isinstance(sent, dict) or not (is_theirs or hasattr(view, "takes_json")):
        abort(400)


def _has_only_texts(sent: Any) -> bool:
    # What Flask-Security's own script and ours send it: passkeys.js.
    return isinstance(sent, dict) and all(isinstance(value, str) for value in sent.values())


def refused(refusal: Refusal) -> Response:
    """Answers a refusal with a page or, for programs, with JSON."""
    log.info("refused", refusal=refusal.code)
    g.retry_after = refusal.retry_after
    if wants_json():
        return _json(refusal.status, refusal.code, str(refusal))
    return _page("errors/refusal.html", refusal.status, refusal=refusal)


def _say_when_to_retry(response: Response) -> Response:
    # Runs after the limiter, which says on every response when its own window ends.
    if seconds := g.get("retry_after"):
        response.headers["Retry-After"] = str(seconds)
    return response


def http_error(error: HTTPException) -> Response:
    """Answers an HTTP error with a page for visitors or, for programs, with JSON."""
    if error.response is not None:  # a redirect, or an answer made elsewhere
        return make_response(error.response)
    status = error.code or 500
    if status == 404 and (address := secret_links.meant()):
        return make_response(redirect(address))
    if wants_json():
        return _json(status, error.name.replace(" ", ""), error.description or error.name)
    template = f"errors/{status}.html" if status in _OWN_PAGES else "errors/http.html"
    response = _page(template, status, error=error)
    response.headers.extend(headers_of(error))
    return response


def headers_of(error: HTTPException) -> list[tuple[str, str]]:
    """Returns the headers that belong to an HTTP error, such as the methods that are allowed."""
    return [(name, value) for name, value in error.get_headers() if name != "Content-Type"]


def _fault(fault: Exception) -> Response:
    db.session.rollback()
    log.exception("fault", exc_info=fault)
    if wants_json():
        return _json(500, "Fault", InternalServerError.description)
    return _page("errors/500.html", 500, request_id=g.get("request_id", ""))


def _json(status: int, code: str, message: str) -> Response:
    response = jsonify(error=code, message=message)
    response.status_code = status
    return response


def _page(template: str, status: int, **values: Any) -> Response:
    return make_response(render_template(template, **values), status)
