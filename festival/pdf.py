"""The only door to WeasyPrint: turns our HTML into a tagged PDF/UA, without network or files.

WeasyPrint needs Pango, which may be missing. It is loaded for the first PDF, so that everything
else works without it. Its font configuration is made once (each one leaks memory) and used by one
thread at a time (two at once can hang forever); Python would not run them in parallel anyway.
"""

import re
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

from PIL import ImageFile

from festival import fonts
from festival.config import ROOT
from festival.fonts import Fallback

_STYLES = ROOT / "templates" / "pdf"
_SCHEME = "app:"
_OPTIONS = {"pdf_variant": "pdf/ua-1"}
_MOST_STYLES = 64
_FONT_USED = re.compile(rb"/BaseFont\s*/[A-Z]+\+([\w-]+)")
_FONT_FACE = re.compile(r'@font-face \{ font-family: ("[^"]+")')

_one_at_a_time = threading.Lock()


class CannotMakePdf(Exception):
    """A library or the fonts are missing on this machine; the message says which, for the team."""


def make(
    html: str, *, style: str, fold: int = 1, filler: Callable[[int], str] | None = None
) -> bytes:
    """Returns the PDF of `html` with the style sheet templates/pdf/`style`.css.

    The HTML names its language and title; its pictures are data: URLs. A PDF to be folded needs a
    multiple of `fold` pages: `filler` gets the number of missing pages and returns their HTML.
    Fonts for other scripts than ours are loaded when a text needs them. Raises CannotMakePdf.
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


def missing_scripts() -> list[str]:
    """Returns the scripts of fonts.FALLBACKS of which a line does not come out in its own font.

    Raises CannotMakePdf.
    """
    lines = "".join(f"<p>{each.sample}</p>" for each in fonts.FALLBACKS)
    with _one_at_a_time:
        document = _engine().render(f"<html lang=en><title>-</title>{lines}</html>", "ticket")
        drawn = document.write_pdf(**_OPTIONS, uncompressed_pdf=True)
    families = {family.decode().removesuffix("-Bold") for family in _FONT_USED.findall(drawn)}
    return [
        each.script
        for each in fonts.FALLBACKS
        if each.family not in families or fonts.unwritable(each.sample)
    ]


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
        if not all((fonts.FOLDER / f"{font}.ttf").exists() for font in fonts.OWN.values()):
            raise CannotMakePdf("The fonts in static/vendor/ are missing: run make")
        self.fonts: Any = import_module("weasyprint.text.fonts").FontConfiguration()
        self.fetcher: Any = _fetcher(import_module("weasyprint.urls"))
        # By name and the scripts in it. There are few of either.
        self._styles: dict[tuple[str, tuple[str, ...]], Any] = {}

    def render(self, html: str, style: str) -> Any:
        return self.weasyprint.HTML(string=html, url_fetcher=self.fetcher).render(
            stylesheets=[self.style(style, fonts.fallbacks_for(html))],
            font_config=self.fonts,
            **_OPTIONS,
        )

    def style(self, name: str, fallbacks: Sequence[Fallback]) -> Any:
        key = (name, tuple(fallback.script for fallback in fallbacks))
        if key not in self._styles:
            if len(self._styles) >= _MOST_STYLES:
                self._styles.clear()
            self._styles[key] = self.weasyprint.CSS(
                string=_with_fallbacks((_STYLES / f"{name}.css").read_text(), fallbacks),
                url_fetcher=self.fetcher,
                font_config=self.fonts,
            )
        return self._styles[key]


def _with_fallbacks(style: str, fallbacks: Sequence[Fallback]) -> str:
    """Returns the style sheet in which each of its own fonts is followed by `fallbacks`."""
    if not fallbacks:
        return style
    faces = "".join(
        f'@font-face {{ font-family: "{fallback.family}"; src: url("app:{file}.ttf");'
        f" font-weight: {weight}; }}\n"
        for fallback in fallbacks
        for weight, file in _weights(fallback)
    )
    more = "".join(f', "{fallback.family}"' for fallback in fallbacks)
    lines = style.splitlines(keepends=True)
    for family in set(_FONT_FACE.findall(style)):
        lines = [
            line if line.startswith("@font-face") else line.replace(family, family + more)
            for line in lines
        ]
    return faces + "".join(lines)


def _weights(fallback: Fallback) -> list[tuple[int, str]]:
    # A font of one weight is called bold, or fontconfig would thicken and widen it in headings.
    if fallback.regular == fallback.bold:
        return [(700, fallback.bold)]
    return [(400, fallback.regular), (700, fallback.bold)]


def _fetcher(urls: Any) -> Any:
    """Returns the fetcher of WeasyPrint's files: our fonts as `app:<name>.ttf`, and data: URLs."""

    class OnlyOurs(urls.URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url.startswith(_SCHEME):
                name = url.removeprefix(_SCHEME)
                files = {path.name: path for path in fonts.FOLDER.glob("*.ttf")}
                if name not in files:
                    raise ValueError(f"no such font: {name}")
                content = files[name].read_bytes()
                return urls.URLFetcherResponse(url, content, {"Content-Type": "font/ttf"})
            return super().fetch(url, headers)

    # WeasyPrint logs what is refused and leaves it out; the rest of the page is still made.
    return OnlyOurs(allowed_protocols={"data"})
