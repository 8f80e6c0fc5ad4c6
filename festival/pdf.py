"""The only door to WeasyPrint: turns our HTML into a tagged PDF/UA, without network or files.

WeasyPrint needs Pango, which may be missing. It is loaded for the first PDF, so that everything
else works without it. Its font configuration is made once (each one leaks memory) and used by one
thread at a time (two at once can hang forever); Python would not run them in parallel anyway.
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
    """Returns the PDF of `html` with the style sheet templates/pdf/`style`.css.

    The HTML names its language and title; its pictures are data: URLs. A PDF to be folded needs a
    multiple of `fold` pages: `filler` gets the number of missing pages and returns their HTML.
    Raises CannotMakePdf.
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
    """Raises CannotMakePdf if a library or the fonts are missing."""
    with _one_at_a_time:
        _engine()


@lru_cache(maxsize=1)
def _engine() -> "_Engine":
    return _Engine()


class _Engine:
    """WeasyPrint with our fonts and our parsed style sheets."""

    def __init__(self) -> None:
        try:
            self.weasyprint: Any = import_module("weasyprint")
        except OSError as error:
            raise CannotMakePdf(
                f"{error}. On Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0"
                " libharfbuzz-subset0"
            ) from error
        # WeasyPrint makes Pillow accept truncated pictures, in the whole process. photos.py must
        # go on refusing them after a PDF was made.
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
    """Returns the fetcher of WeasyPrint's files: our fonts as `app:<name>.ttf`, and data: URLs."""

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

    # WeasyPrint logs what is refused and leaves it out; the rest of the page is still made.
    return OnlyOurs(allowed_protocols={"data"})
