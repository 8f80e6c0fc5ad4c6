"""Two languages: Dutch at `/…`, English at `/en/…`, and content that may be in either."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, current_app, has_request_context, request
from flask_babel import Babel, force_locale, get_locale
from sqlalchemy import Text
from sqlalchemy.orm import Composite, composite, mapped_column
from werkzeug.urls import iri_to_uri

LANGUAGES = ("nl", "en")
NAMES = {"nl": "Nederlands", "en": "English"}
_ENVIRON_KEY = "festival.language"


@dataclass(frozen=True)
class Bilingual:
    """A text of the team's or a speaker's in Dutch, English or both; '' where it is missing."""

    nl: str = ""
    en: str = ""

    def language(self, wanted: str | None = None) -> str:
        """The language in which this text is there, `wanted` (default: the page's) first."""
        wanted = wanted or current()
        other = "en" if wanted == "nl" else "nl"
        return wanted if getattr(self, wanted) or not getattr(self, other) else other

    def text(self, wanted: str | None = None) -> str:
        """The text in `wanted` (default: the page's language), else in the other one."""
        text: str = getattr(self, self.language(wanted))
        return text

    def __str__(self) -> str:
        return self.text()

    def __bool__(self) -> bool:
        return bool(self.nl or self.en)


def bilingual(name: str) -> Composite[Bilingual]:
    """The two columns `<name>_nl` and `<name>_en` of a model, read and written as `Bilingual`."""
    return composite(
        Bilingual,
        mapped_column(f"{name}_nl", Text, default="", nullable=False),
        mapped_column(f"{name}_en", Text, default="", nullable=False),
    )


def init_app(app: Flask) -> None:
    """Serve every route in both languages and tell templates which one this is."""
    Babel(app, locale_selector=_requested, default_translation_directories="../translations")
    app.wsgi_app = _LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]
    # A function, not a value: macros are imported once and drawn in either language.
    app.jinja_env.globals["current_language"] = current
    app.context_processor(
        lambda: {"language": current(), "other_language_url": other_language_url()}
    )


def current() -> str:
    """The language of this page or letter: `nl` or `en`."""
    locale = get_locale()
    return locale.language if locale and locale.language in LANGUAGES else "nl"


def speaking(language: str) -> AbstractContextManager[None]:
    """A block in which texts, dates and money are in `language`."""
    block: AbstractContextManager[None] = force_locale(language)
    return block


def url_in(language: str, endpoint: str, **values: Any) -> str:
    """The absolute address of a page in `language`, for letters, feeds and codes on paper."""
    base = current_app.config["PUBLIC_URL"]
    scheme, _, host = base.partition("://")
    adapter = current_app.url_map.bind(
        host, script_name="/en" if language == "en" else "/", url_scheme=scheme
    )
    return adapter.build(endpoint, values, force_external=True)


def other_language_url() -> str:
    """This very page in the other language."""
    if not has_request_context():
        return "/en/"
    path = iri_to_uri(request.full_path if request.query_string else request.path)
    return path if request.environ.get(_ENVIRON_KEY) == "en" else f"/en{path}"


def _requested() -> str:
    if not has_request_context():
        return "nl"
    language: str = request.environ.get(_ENVIRON_KEY, "nl")
    return language


class _LanguagePrefix:
    """Moves a leading `/en` to SCRIPT_NAME: routes are written once and `url_for` keeps it."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/en" or path.startswith("/en/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/en"
            environ["PATH_INFO"] = path[3:] or "/"
            environ[_ENVIRON_KEY] = "en"
        return self.app(environ, start_response)
