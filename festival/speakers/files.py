"""Files from speakers for the host: recognised by their content, kept under harmless names.

They are kept as they came, and no page shows them: they can only be downloaded. We do not scan for
viruses; that is up to the host's own computer.
"""

import lzma
import re
import unicodedata
import zipfile
import zlib
from io import BytesIO

from flask import Response, send_file
from PIL import Image, UnidentifiedImageError

from festival import codes, storage
from festival.errors import Refusal
from festival.lanes import FOR_FILES
from festival.programme.photos import MOST_PIXELS

MOST_FILES = 10  # of one speaker

# The file extension of each kind.
KINDS = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.presentation": ".odp",
    "application/vnd.apple.keynote": ".key",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "audio/mpeg": ".mp3",
    "video/mp4": ".mp4",
}
# What the file picker offers. Extensions too, for computers without a program for the type.
ACCEPT = ",".join(KINDS.values()) + ",.jpeg"

_LONGEST_NAME = 100
# Slides consist mostly of compressed pictures. A file that grows far more than this is an attack.
_MOST_PARTS = 5_000
_PART_OF_ZIP = b"PK\x01\x02"  # how the entry of a part begins
_MOST_UNPACKED = 500 * 1024 * 1024
_MOST_TIMES_LARGER = 60
_SMALL_ENOUGH = 20 * 1024 * 1024  # allowed at any compression ratio
# What Python raises for a ZIP that is damaged, oddly compressed, or has a password.
_BROKEN_SLIDES = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError),
    *(NotImplementedError, RuntimeError),
)
_PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


class EmptyFile(Refusal):
    """Dit bestand is leeg. Kijk het na en kies het opnieuw."""

    status = 422


class FileTooLarge(Refusal):
    """Dit bestand is te groot. Het mag hoogstens {megabytes} MB zijn."""

    status = 413


class UnknownKind(Refusal):
    """Dit soort bestand nemen we niet aan, of het is beschadigd. Stuur een PDF, PPTX, ODP, KEY,
    JPG, PNG, WebP, MP3 of MP4."""

    status = 422


class HoldsMacros(Refusal):
    """In dit bestand zitten macro's. Bewaar het zonder macro's, of als PDF, en stuur dat."""

    status = 422


class UnpacksTooLarge(Refusal):
    """Dit bestand wordt veel te groot als het opengaat. Bewaar het als PDF en stuur dat."""

    status = 422


def kind_of(content: bytes) -> str:
    """Returns the type of a file, judged by its content alone: one of KINDS.

    Refuses with EmptyFile, UnknownKind, HoldsMacros, UnpacksTooLarge or TooBusy.
    """
    if not content:
        raise EmptyFile
    with FOR_FILES.turn():
        return _judged(content)


def _judged(content: bytes) -> str:
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return "application/pdf"
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_slides(content)
    if content[4:8] == b"ftyp":
        return "video/mp4"
    if content.startswith(b"ID3") or _begins_with_sound(content):
        return "audio/mpeg"
    return _kind_of_picture(content)


def harmless_name(given: str, kind: str) -> str:
    """Returns `given` as a safe file name: no path, no invisible characters, its kind's extension.

    The extension decides which program opens a file, so it follows the content, not the old name.
    """
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    # Characters that change the direction of reading could hide the extension.
    name = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in name)
    name = re.sub(r'[<>:"|?*;%]', "", name)
    stem = name.rpartition(".")[0] or name
    stem = " ".join(stem.split()).strip(". ")[:_LONGEST_NAME].strip()
    return (stem or "bestand") + KINDS[kind]


def keep(content: bytes, *, folder: str = "speaker-files") -> str:
    """Put `content` in storage. Returns its name there, which is random."""
    stored = f"{folder}/{codes.secret()}"
    storage.put(stored, content)
    return stored


def download(stored: str, *, name: str, mimetype: str) -> Response:
    """Returns a file as a download that browsers never show, so nothing in it runs on our site.

    `stored` is its name in storage, `name` that on the computer of whoever downloads it.
    """
    response = send_file(
        BytesIO(storage.get(stored)), mimetype=mimetype, as_attachment=True, download_name=name
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _kind_of_slides(content: bytes) -> str:
    """Returns the kind of these slides. Reads the ZIP's directory, but does not unpack it all."""
    try:
        if content.count(_PART_OF_ZIP) > _MOST_PARTS:  # before they are all listed in memory
            raise UnpacksTooLarge
        with zipfile.ZipFile(BytesIO(content)) as slides:
            parts = slides.infolist()
            names = {part.filename for part in parts}
            _refuse_bomb(len(content), parts)
            if any(re.search(r"(?i)vbaProject\.bin$|^(Basic|Scripts)/", name) for name in names):
                raise HoldsMacros
            if {"[Content_Types].xml", "ppt/presentation.xml"} <= names:
                return "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            if _beginning(slides, "mimetype") == (
                b"application/vnd.oasis.opendocument.presentation"
            ):
                return "application/vnd.oasis.opendocument.presentation"
            if "Index/Document.iwa" in names or "Index.zip" in names:
                return "application/vnd.apple.keynote"
    except _BROKEN_SLIDES as problem:
        raise UnknownKind from problem
    raise UnknownKind


def _refuse_bomb(size: int, parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    is_swollen = unpacked > _SMALL_ENOUGH and unpacked > size * _MOST_TIMES_LARGER
    # Overlapping parts make a ZIP bomb in which every single part looks innocent.
    packed = sum(part.compress_size for part in parts)
    if len(parts) > _MOST_PARTS or unpacked > _MOST_UNPACKED or is_swollen or packed > size:
        raise UnpacksTooLarge


def _beginning(slides: zipfile.ZipFile, name: str) -> bytes:
    if name not in slides.namelist():
        return b""
    with slides.open(name) as part:
        return part.read(200).strip()


def _begins_with_sound(content: bytes) -> bool:
    """Returns whether a valid MPEG audio frame begins here (ISO 11172-3, 2.4.1.3)."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE6 != 0xE2:
        return False
    has_version, bitrate, rate = content[1] & 0x18 != 0x08, content[2] >> 4, content[2] >> 2 & 3
    return has_version and bitrate not in {0, 15} and rate != 3


def _kind_of_picture(content: bytes) -> str:
    try:
        with Image.open(BytesIO(content), formats=tuple(_PICTURES)) as picture:
            if picture.width * picture.height > MOST_PIXELS:  # it is not unpacked here
                raise UnpacksTooLarge
            kind = _PICTURES[picture.format or ""]
            picture.verify()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as problem:
        raise UnknownKind from problem
    except (KeyError, SyntaxError) as problem:  # Pillow raises this for a broken PNG
        raise UnknownKind from problem
    return kind
