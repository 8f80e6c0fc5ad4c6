"""The only door to WeasyPrint: HTML of ours in, a tagged PDF/UA out, without network or files.

WeasyPrint needs Pango, which may be missing; it is loaded at the first PDF, so that all else works
without. Its font configuration is made once (each one leaks) and used by one thread at a time (two
at once can hang for ever); Python would not run them side by side anyway.
"""

import threading
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any

from PIL import ImageFile

from festival.config import ROOT

_FONTS = ROOT / "static" / "vendor" / "fonts" / "ttf"
_STYLES = ROOT / "templates" / "pdf"
_SCHEME = "app:"
_OPTIONS = {"pdf_variant": "pdf/ua-1"}

_one_at_a_time = threading.Lock()


class CannotMakePdf(Exception):
    """A library or the fonts are missing on this machine; the message says which, for the team."""


def make(
    html: str, *, style: str, fold: int = 1, filler: Callable[[int], str] | None = None
) -> bytes:
    """The PDF of `html`, dressed by templates/pdf/`style`.css.

    The page says its language and title; pictures come as data: addresses. What is folded has a
    multiple of `fold` pages: `filler` answers the HTML of so many more. Raises CannotMakePdf.
    """
    with _one_at_a_time:
        engine = _engine()
        document = engine.render(html, style)
        missing = -len(document.pages) % fold
        if missing and filler is not None:
            more = engine.render(filler(missing), style)
            document = document.copy([*document.pages, *more.pages])
        pdf: bytes = document.write_pdf(**_OPTIONS)
    return pdf


def check() -> None:
    """Raise CannotMakePdf where something is missing."""
    with _one_at_a_time:
        _engine()


@lru_cache(maxsize=1)
def _engine() -> "_Engine":
    return _Engine()


class _Engine:
    """WeasyPrint, loaded, with our fonts and our parsed style sheets."""

    def __init__(self) -> None:
        try:
            self.weasyprint: Any = import_module("weasyprint")
        except OSError as error:
            raise CannotMakePdf(
                f"{error}. On Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0"
                " libharfbuzz-subset0"
            ) from error
        # WeasyPrint lets Pillow fill up what is cut off, for the whole process. To photos.py half a
        # photo is none, whether or not a PDF was made before.
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        if not any(_FONTS.glob("*.ttf")):
            raise CannotMakePdf("The fonts in static/vendor/ are missing: run make")
        self.fonts: Any = import_module("weasyprint.text.fonts").FontConfiguration()
        self.fetcher: Any = _fetcher(import_module("weasyprint.urls"))
        self._styles: dict[str, Any] = {}

    def render(self, html: str, style: str) -> Any:
        return self.weasyprint.HTML(string=html, url_fetcher=self.fetcher).render(
            stylesheets=[self.style(style)], font_config=self.fonts, **_OPTIONS
        )

    def style(self, name: str) -> Any:
        if name not in self._styles:
            self._styles[name] = self.weasyprint.CSS(
                string=(_STYLES / f"{name}.css").read_text(),
                url_fetcher=self.fetcher,
                font_config=self.fonts,
            )
        return self._styles[name]


def _fetcher(urls: Any) -> Any:
    """What answers WeasyPrint's questions for files: our fonts as `app:<name>.ttf`, and data:."""

    class OnlyOurs(urls.URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url.startswith(_SCHEME):
                name = url.removeprefix(_SCHEME)
                fonts = {path.name: path for path in _FONTS.glob("*.ttf")}
                if name not in fonts:
                    raise ValueError(f"no such font: {name}")
                content = fonts[name].read_bytes()
                return urls.URLFetcherResponse(url, content, {"Content-Type": "font/ttf"})
            return super().fetch(url, headers)

    # What is refused is logged and left out; the rest of the page is still made.
    return OnlyOurs(allowed_protocols={"data"})
