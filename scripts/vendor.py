"""Fill static/vendor/ from node_modules/: fonts, the QR reader, and dragging for the timetable.

Run by `make` after `npm ci`. The folder is built elsewhere and moved into place at the end, so an
interrupted run leaves the old folder, the new one or none, never half of one.
"""

import shutil
import sys
from pathlib import Path

from fontTools.merge import Merger
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


def main() -> None:
    """Rebuild static/vendor/ and print its size."""
    for package in (DISPLAY, TEXT, QR_READER, DRAGGING):
        if not (package / "package.json").exists():
            sys.exit(f"{package.relative_to(ROOT)} is missing: run `npm ci` in {ROOT} first.")

    building = VENDOR.with_name("vendor.building")
    shutil.rmtree(building, ignore_errors=True)
    copy_web_fonts(building / "fonts")
    make_pdf_fonts(building / "fonts" / "ttf")
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
    """Make the fonts as TTF, both subsets in one file: unpacking woff2 costs 41 ms per PDF."""
    folder.mkdir(parents=True)
    for name, axes in DISPLAY_CUTS.items():
        parts = []
        for subset in SUBSETS:
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
