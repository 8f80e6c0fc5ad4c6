"""Public pages from memory: for a few seconds the same bytes for everybody, with an ETag."""

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


# What anybody writes behind a `?` is another page, and a long day of the programme is some hundred
# kilobytes.
_pages: Memory[tuple[str, str, str], _Page] = Memory(
    most=512, most_bytes=32 * 1024 * 1024, size=lambda page: len(page.body)
)


class _NotKept(Exception):
    """The view returned something that is no page: a redirect, an error, a stream."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


def public_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Keep what `view` returns for PAGE_CACHE_SECONDS and let browsers ask whether it changed.

    The page must be the same for everybody: it may read the address and the language, never the
    session or a cookie. While one request draws it, others for the same page wait for that.
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
