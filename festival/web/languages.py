"""Two languages: Dutch at `/…`, English at `/en/…`, and texts that exist in one or both."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from babel import support
from flask import Flask, current_app, has_request_context, request
from flask_babel import Babel, Domain, force_locale
from sqlalchemy import Text
from sqlalchemy.orm import Composite, composite, mapped_column
from werkzeug.urls import iri_to_uri

from festival import config

LANGUAGES = ("nl", "en")
NAMES = {"nl": "Nederlands", "en": "English"}
_ZONE = "festival.zone_of_page"

# The language of the current request, or of the current `speaking` block.
_spoken: ContextVar[str] = ContextVar("language", default="nl")


@dataclass(frozen=True)
class Bilingual:
    """A text by the team or a speaker in Dutch, English or both; '' is missing."""

    nl: str = ""
    en: str = ""

    def language(self, wanted: str | None = None) -> str:
        """Returns `wanted` (default: the page's language), or the other if only that has text."""
        wanted = wanted or current()
        other = "en" if wanted == "nl" else "nl"
        return wanted if getattr(self, wanted) or not getattr(self, other) else other

    def text(self, wanted: str | None = None) -> str:
        """Returns the text in `wanted` (default: the page's language), else in the other."""
        text: str = getattr(self, self.language(wanted))
        return text

    def __str__(self) -> str:
        return self.text()

    def __bool__(self) -> bool:
        return bool(self.nl or self.en)


def bilingual(name: str) -> Composite[Bilingual]:
    """Returns the columns `<name>_nl` and `<name>_en` of a model as one `Bilingual` attribute."""
    return composite(
        Bilingual,
        mapped_column(f"{name}_nl", Text, default="", nullable=False),
        mapped_column(f"{name}_en", Text, default="", nullable=False),
    )


def init_app(app: Flask) -> None:
    """Serve every route in both languages and tell templates the current one."""
    babel = Babel(app, locale_selector=current, timezone_selector=_zone_of_page)
    babel.domain_instance = _Catalogues()
    app.wsgi_app = _LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]
    # A function, not a value: macros are imported once and rendered in both languages.
    app.jinja_env.globals["current_language"] = current
    app.context_processor(
        lambda: {"language": current(), "other_language_url": other_language_url()}
    )


def find_zone_with(app: Flask, finder: Callable[[], str | None]) -> None:
    """Let `finder` name the time zone of a page, for moments that templates show."""
    app.extensions[_ZONE] = finder


def _zone_of_page() -> str | None:
    """Returns None, which means the configured zone, outside requests and before any edition."""
    finder = current_app.extensions.get(_ZONE)
    return finder() if finder and has_request_context() else None


def current() -> str:
    """Returns the language of the current page or letter: `nl` or `en`."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Write texts, dates and amounts in `language` inside this block."""
    before = _spoken.set(language)
    try:
        with force_locale(language):
            yield
    finally:
        _spoken.reset(before)


def url_in(language: str, endpoint: str, **values: Any) -> str:
    """Returns the absolute URL of a page in `language`, for letters, feeds and printed QR codes."""
    base = current_app.config["PUBLIC_URL"]
    scheme, _, host = base.partition("://")
    adapter = current_app.url_map.bind(
        host, script_name="/en" if language == "en" else "/", url_scheme=scheme
    )
    return adapter.build(endpoint, values, force_external=True)


def other_language_url() -> str:
    """Returns the address of the current page in the other language."""
    if not has_request_context():
        return "/en/"
    path = iri_to_uri(request.full_path if request.query_string else request.path)
    return path if request.script_root.endswith("/en") else f"/en{path}"


class _Catalogues(Domain):  # type: ignore[misc]
    """Our catalogues, looked up directly: a page asks for hundreds of texts."""

    def get_translations(self) -> support.NullTranslations:
        return _catalogue(current())


@cache
def _catalogue(language: str) -> support.NullTranslations:
    return support.Translations.load(config.ROOT / "translations", [language])


class _LanguagePrefix:
    """Moves a leading `/en` to SCRIPT_NAME, so that routes exist once and `url_for` keeps it."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        language = "nl"
        if path == "/en" or path.startswith("/en/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/en"
            environ["PATH_INFO"] = path[3:] or "/"
            language = "en"
        before = _spoken.set(language)
        try:
            return self.app(environ, start_response)
        finally:
            _spoken.reset(before)
