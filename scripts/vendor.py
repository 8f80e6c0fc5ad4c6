"""Fill static/vendor/ from node_modules/: fonts, the QR reader, and dragging for the timetable.

Run by `make` after `npm ci`. The folder is built elsewhere and moved into place at the end, so an
interrupted run leaves the old folder, the new one or none, never half of one.
"""

import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.merge import Merger
from fontTools.pens.filterPen import DecomposingFilterPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"

DISPLAY = PACKAGES / "@fontsource-variable" / "bricolage-grotesque"
TEXT = PACKAGES / "@fontsource" / "atkinson-hyperlegible-next"
QR_READER = PACKAGES / "zxing-wasm"
DRAGGING = PACKAGES / "interactjs"

# latin covers Dutch and English; latin-ext adds the letters of Polish, Turkish and Czech names.
SUBSETS = ("latin", "latin-ext")
TEXT_STYLES = ("400-normal", "400-italic", "700-normal")
# Styles of the display font for PDFs: WeasyPrint gets one static TTF each, no variable font.
DISPLAY_CUTS = {
    "bricolage-grotesque-800": {"wght": 800, "wdth": 100},
    "bricolage-grotesque-600": {"wght": 600, "wdth": 100},
    "bricolage-grotesque-condensed-800": {"wght": 800, "wdth": 75},
}

# Fonts for what ours cannot write, on paper and in pictures; festival/fonts.py chooses among them.
# Browsers have such fonts themselves.
FALLBACKS = PACKAGES / "@fontsource"
FALLBACK_WEIGHTS = ("400", "700")
# In one file: Vietnamese needs the letters of latin-ext beside its own.
EUROPEAN = ("latin", "latin-ext", "vietnamese", "cyrillic", "cyrillic-ext", "greek", "greek-ext")
SCRIPTS = (
    *("arabic", "armenian", "bengali", "devanagari", "ethiopic"),
    *("georgian", "hebrew", "tamil", "thai"),
)
# The small packages of the large scripts hold some hundred slices of a variable font, which we put
# together again in one weight. The packages with whole files are fifteen times larger.
LARGE_FALLBACKS = PACKAGES / "@fontsource-variable"
JAMO = range(0x3130, 0x3190)
LARGE_SCRIPTS: dict[str, Callable[[int], bool]] = {
    # The simplified font has nearly all Chinese characters of names, old and new, and kana.
    "sc": lambda sign: sign >= 0x2E80 or sign == 0x20,
    "kr": lambda sign: sign >= 0xAC00 or 0x1100 <= sign < 0x1200 or sign in {0x20, *JAMO},
    # What the simplified font lacks: rarer characters of names, and the signs of Japanese texts.
    "jp": lambda sign: sign >= 0x2010,
    "tc": lambda sign: sign >= 0x2E80,
}
# These get only what no font before them has: they are needed rarely, and should be small then.
SUPPLEMENTS = ("jp", "tc")
LARGE_WEIGHT = 600


def main() -> None:
    """Rebuild static/vendor/ and print its size."""
    fallbacks = [FALLBACKS / f"noto-sans-{script}" for script in SCRIPTS]
    fallbacks += [LARGE_FALLBACKS / f"noto-sans-{script}" for script in LARGE_SCRIPTS]
    fallbacks += [FALLBACKS / "noto-sans", FALLBACKS / "noto-emoji"]
    for package in (DISPLAY, TEXT, QR_READER, DRAGGING, *fallbacks):
        if not (package / "package.json").exists():
            sys.exit(f"{package.relative_to(ROOT)} is missing: run `npm ci` in {ROOT} first.")

    building = VENDOR.with_name("vendor.building")
    shutil.rmtree(building, ignore_errors=True)
    copy_web_fonts(building / "fonts")
    make_pdf_fonts(building / "fonts" / "ttf")
    make_fallbacks(building / "fonts" / "ttf")
    copy_qr_reader(building / "zxing")
    copy_dragging(building / "interact")

    shutil.rmtree(VENDOR, ignore_errors=True)
    building.rename(VENDOR)
    files = [path for path in VENDOR.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    print(f"static/vendor: {len(files)} files, {size // 1000} kB")


def copy_web_fonts(folder: Path) -> None:
    """Copy the woff2 files that pages load, with their licences."""
    for subset in SUBSETS:
        # The variable file with both axes that the design uses: weight 200-800 and width 75-100.
        copy(
            DISPLAY / "files" / f"bricolage-grotesque-{subset}-wdth-normal.woff2",
            folder / f"bricolage-grotesque-{subset}.woff2",
        )
        for style in TEXT_STYLES:
            copy(
                TEXT / "files" / f"atkinson-hyperlegible-next-{subset}-{style}.woff2",
                folder / f"atkinson-hyperlegible-next-{subset}-{style}.woff2",
            )
    copy(DISPLAY / "LICENSE", folder / "LICENSE-bricolage-grotesque.txt")
    copy(TEXT / "LICENSE", folder / "LICENSE-atkinson-hyperlegible-next.txt")


def make_pdf_fonts(folder: Path) -> None:
    """Make the fonts as TTF, all subsets in one file: unpacking woff2 costs 41 ms per PDF."""
    folder.mkdir(parents=True)
    for name, axes in DISPLAY_CUTS.items():
        parts = []
        for subset in (*SUBSETS, "vietnamese"):
            font = TTFont(DISPLAY / "files" / f"bricolage-grotesque-{subset}-wdth-normal.woff2")
            instantiateVariableFont(font, axes, inplace=True)
            rename(font, name)
            parts.append(write_ttf(font, folder / f"{name}.{subset}.part"))
        merge(parts, folder / f"{name}.ttf")
    for style in TEXT_STYLES:
        parts = []
        for subset in SUBSETS:
            font = TTFont(TEXT / "files" / f"atkinson-hyperlegible-next-{subset}-{style}.woff2")
            parts.append(write_ttf(font, folder / f"{subset}-{style}.part"))
        merge(parts, folder / f"atkinson-hyperlegible-next-{style}.ttf")


def make_fallbacks(folder: Path) -> None:
    """Make a TTF in each weight for each script that our own fonts lack."""
    for weight in FALLBACK_WEIGHTS:
        files = FALLBACKS / "noto-sans" / "files"
        parts = [
            write_ttf(
                TTFont(files / f"noto-sans-{subset}-{weight}-normal.woff2"),
                folder / f"{subset}-{weight}.part",
            )
            for subset in EUROPEAN
        ]
        merge(parts, folder / f"noto-sans-{weight}.ttf")
        for script in SCRIPTS:
            files = FALLBACKS / f"noto-sans-{script}" / "files"
            font = TTFont(files / f"noto-sans-{script}-{script}-{weight}-normal.woff2")
            write_ttf(font, folder / f"noto-sans-{script}-{weight}.ttf")
    files = FALLBACKS / "noto-emoji" / "files"
    write_ttf(TTFont(files / "noto-emoji-emoji-400-normal.woff2"), folder / "noto-emoji.ttf")
    known: set[int] = set()
    for script, belongs in LARGE_SCRIPTS.items():
        beside = known if script in SUPPLEMENTS else set()
        target = folder / f"noto-sans-{script}.ttf"
        known |= make_large_fallback(script, belongs, target, without=beside)
    licences = FALLBACKS / "noto-sans" / "LICENSE"
    copy(licences, folder.parent / "LICENSE-noto-sans.txt")
    copy(FALLBACKS / "noto-emoji" / "LICENSE", folder.parent / "LICENSE-noto-emoji.txt")


def make_large_fallback(
    script: str, belongs: Callable[[int], bool], target: Path, *, without: set[int]
) -> set[int]:
    """Make one TTF of the characters that belong to `script`, out of all slices of its font.

    Those in `without` are left out. Returns the code points that the TTF has.
    """
    package = LARGE_FALLBACKS / f"noto-sans-{script}"
    slices = sorted(package.glob(f"files/noto-sans-{script}-*-wght-normal.woff2"))
    glyphs: dict[str, Any] = {".notdef": TTGlyphPen(None).glyph()}
    widths = {".notdef": (500, 0)}
    names: dict[int, str] = {}
    with ProcessPoolExecutor() as pool:
        for outlines, advances, characters in pool.map(cut_slice, slices, chunksize=4):
            for sign, glyph in characters.items():
                if belongs(sign) and sign not in names and sign not in without:
                    name = names[sign] = f"u{sign:04X}"
                    glyphs[name], widths[name] = outlines[glyph], advances[glyph]
    like = TTFont(slices[0], lazy=True)
    ascent, descent = like["hhea"].ascent, like["hhea"].descent
    font = FontBuilder(like["head"].unitsPerEm, isTTF=True)
    font.setupGlyphOrder(list(glyphs))
    font.setupCharacterMap(names)
    font.setupGlyf(glyphs)
    font.setupHorizontalMetrics(widths)
    font.setupHorizontalHeader(ascent=ascent, descent=descent)
    font.setupNameTable({"familyName": target.stem, "styleName": "Regular"})
    font.setupOS2(sTypoAscender=ascent, sTypoDescender=descent, usWeightClass=LARGE_WEIGHT)
    font.setupPost(keepGlyphNames=False)
    font.save(target)
    return set(names)


def cut_slice(path: Path) -> tuple[dict[str, Any], dict[str, tuple[int, int]], dict[int, str]]:
    """Returns the outlines, widths and characters of one slice, in LARGE_WEIGHT."""
    font = TTFont(path)
    # Hangul and Chinese characters stand side by side; nothing is lost without these tables.
    for table in ("GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VVAR"):
        if table in font:
            del font[table]
    instantiateVariableFont(font, {"wght": LARGE_WEIGHT}, inplace=True)
    glyphs = font.getGlyphSet()
    outlines = {}
    for name in glyphs:
        outlines[name] = font["glyf"][name]
        if outlines[name].isComposite():  # it names other glyphs of this slice
            pen = TTGlyphPen(None)
            glyphs[name].draw(DecomposingFilterPen(pen, glyphs))
            outlines[name] = pen.glyph()
    return outlines, dict(font["hmtx"].metrics), font.getBestCmap()


def copy_qr_reader(folder: Path) -> None:
    """Copy the reader of zxing-wasm; its JavaScript and wasm must be of the same version."""
    es = QR_READER / "dist" / "es"
    copy(es / "reader" / "index.js", folder / "reader" / "index.js")
    copy(es / "share.js", folder / "share.js")
    copy(
        QR_READER / "dist" / "reader" / "zxing_reader.wasm",
        folder / "reader" / "zxing_reader.wasm",
    )
    copy(QR_READER / "LICENSE", folder / "LICENSE.txt")


def copy_dragging(folder: Path) -> None:
    """Copy interact.js, which drags by mouse and touch: one script without imports."""
    copy(DRAGGING / "dist" / "interact.min.js", folder / "interact.min.js")
    copy(DRAGGING / "LICENSE", folder / "LICENSE.txt")


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def rename(font: TTFont, name: str) -> None:
    """Give a style its own font name, so that PDF readers do not confuse it with another."""
    for name_id in (1, 4, 6, 16):
        font["name"].removeNames(nameID=name_id)
    for name_id in (1, 4, 6):
        font["name"].setName(name, name_id, 3, 1, 0x409)


def write_ttf(font: TTFont, target: Path) -> Path:
    font.flavor = None
    font.save(target)
    return target


def merge(parts: list[Path], target: Path) -> None:
    Merger().merge([str(part) for part in parts]).save(target)
    for part in parts:
        part.unlink()


if __name__ == "__main__":
    main()
