"""Public pages kept in memory for a few seconds, the same for everybody, with an ETag."""

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import Any, NamedTuple

from flask import Response, current_app, make_response, request

from festival.memory import Memory
from festival.web import languages


class _Page(NamedTuple):
    body: bytes
    etag: str
    mimetype: str


# Every query string that anybody invents is another page, and a long day of the programme takes
# some hundred kilobytes.
_pages: Memory[tuple[str, str, str], _Page] = Memory(
    most=512, most_bytes=32 * 1024 * 1024, size=lambda page: len(page.body)
)


class _NotKept(Exception):
    """The view returned something that is not kept: a redirect, an error or a stream."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


def public_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Keep what `view` returns for PAGE_CACHE_SECONDS and let browsers ask whether it changed.

    The page must be the same for everybody: it may depend on the address and the language, never
    on the session or a cookie. While one request renders it, others for the same page wait.
    """

    @wraps(view)
    def run(**values: Any) -> Response:
        def draw() -> _Page:
            answer = make_response(view(**values))
            if answer.status_code != 200 or answer.is_streamed:
                raise _NotKept(answer)
            body = answer.get_data()
            return _Page(body, blake2b(body, digest_size=12).hexdigest(), answer.content_type or "")

        seconds = current_app.config["PAGE_CACHE_SECONDS"]
        key = (languages.current(), request.host, request.full_path)
        try:
            page = _pages.get(key, seconds=seconds, make=draw) if seconds else draw()
        except _NotKept as other:
            return other.answer
        response = Response(page.body, content_type=page.mimetype)
        response.set_etag(page.etag)
        response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
        response.make_conditional(request)
        return response

    return run
