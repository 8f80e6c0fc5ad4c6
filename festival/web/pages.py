"""Public pages from memory: for a few seconds the same bytes for everybody, with an ETag."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import Any, NamedTuple

from flask import Response, current_app, make_response, request

from festival.web import languages

# The least used page goes first. What anybody writes behind a `?` is another page, and a long day
# of the programme is some hundred kilobytes.
_KEPT = 512
_KEPT_BYTES = 32 * 1024 * 1024


class _Page(NamedTuple):
    body: bytes
    etag: str
    mimetype: str
    fresh_until: float


class _Memory:
    def __init__(self) -> None:
        self.pages: OrderedDict[tuple[Any, ...], _Page] = OrderedDict()
        self.size = 0  # of all bodies, in bytes
        self.lock = threading.Lock()

    def get(self, key: tuple[Any, ...]) -> _Page | None:
        with self.lock:
            page = self.pages.get(key)
            if page is None or page.fresh_until < time.monotonic():
                return None
            self.pages.move_to_end(key)
            return page

    def keep(self, key: tuple[Any, ...], page: _Page) -> None:
        with self.lock:
            if key in self.pages:
                self.size -= len(self.pages.pop(key).body)
            self.pages[key] = page
            self.size += len(page.body)
            while len(self.pages) > _KEPT or self.size > _KEPT_BYTES:
                self.size -= len(self.pages.popitem(last=False)[1].body)

    def forget(self) -> None:
        with self.lock:
            self.pages.clear()
            self.size = 0


_memory = _Memory()


def public_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Keep what `view` answers for PAGE_CACHE_SECONDS and let browsers ask whether it changed.

    The page must be the same for everybody: it may read the address and the language, never the
    session or a cookie.
    """

    @wraps(view)
    def run(**values: Any) -> Response:
        seconds = current_app.config["PAGE_CACHE_SECONDS"]
        key = (languages.current(), request.host, request.full_path)
        page = _memory.get(key) if seconds else None
        if page is None:
            answer = make_response(view(**values))
            if answer.status_code != 200 or answer.is_streamed:
                return answer
            body = answer.get_data()
            etag = blake2b(body, digest_size=12).hexdigest()
            page = _Page(body, etag, answer.content_type or "", time.monotonic() + seconds)
            if seconds:
                _memory.keep(key, page)
        response = Response(page.body, content_type=page.mimetype)
        response.set_etag(page.etag)
        response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
        response.make_conditional(request)
        return response

    return run


def forget() -> None:
    """Forget every kept page of this process."""
    _memory.forget()
