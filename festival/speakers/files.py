"""Files that speakers give for the host: known by what is in them, under a name that harms nobody.

They are kept as they came and never opened here: no page of ours shows them, and whoever downloads
one gets a file, not a page. We do not look for viruses; that is for the host's own computer.
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
from festival.programme.models.sessions import SpeakerFile
from festival.programme.photos import MOST_PIXELS

MOST_FILES = 10  # of one speaker

# Of each kind what the end of its name becomes.
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
# What a form offers to choose from; also by name, for who has no program for it.
ACCEPT = ",".join(KINDS.values()) + ",.jpeg"

_LONGEST_NAME = 100
# Slides hold pictures, which are packed already: what unpacks to far more was made to harm.
_MOST_PARTS = 5_000
_MOST_UNPACKED = 500 * 1024 * 1024
_MOST_TIMES_LARGER = 60
_SMALL_ENOUGH = 20 * 1024 * 1024  # whatever it is packed to
# What Python says of a ZIP that is damaged, packed oddly, or has a password.
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
    """The type of a file, by its content alone: one of KINDS.

    Refuses with EmptyFile, UnknownKind, HoldsMacros or UnpacksTooLarge.
    """
    if not content:
        raise EmptyFile
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
    """`given` as a file may be called: no path, no signs that hide, and the ending of its kind.

    The ending says what opens a file, so it goes by what is in it and not by what it was called.
    """
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    # Letters that turn the direction of reading could hide what the name ends in.
    name = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in name)
    name = re.sub(r'[<>:"|?*;%]', "", name)
    stem = name.rpartition(".")[0] or name
    stem = " ".join(stem.split()).strip(". ")[:_LONGEST_NAME].strip()
    return (stem or "bestand") + KINDS[kind]


def keep(content: bytes) -> str:
    """Put `content` in storage, and answer under which name: chance, nothing of what it holds."""
    stored = f"speaker-files/{codes.secret()}"
    storage.put(stored, content)
    return stored


def download(file: SpeakerFile) -> Response:
    """`file` to be saved, never shown: nothing in it runs at our address."""
    response = send_file(
        BytesIO(storage.get(file.stored)),
        mimetype=file.mimetype,
        as_attachment=True,
        download_name=file.name,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _kind_of_slides(content: bytes) -> str:
    """Which program made these slides; they are looked into, but not unpacked."""
    try:
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
    # Parts that lie over each other make much of little, each of them looking innocent.
    packed = sum(part.compress_size for part in parts)
    if len(parts) > _MOST_PARTS or unpacked > _MOST_UNPACKED or is_swollen or packed > size:
        raise UnpacksTooLarge


def _beginning(slides: zipfile.ZipFile, name: str) -> bytes:
    if name not in slides.namelist():
        return b""
    with slides.open(name) as part:
        return part.read(200).strip()


def _begins_with_sound(content: bytes) -> bool:
    """Whether an MPEG audio frame begins here, of a kind that exists (ISO 11172-3, 2.4.1.3)."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE6 != 0xE2:
        return False
    has_version, bitrate, rate = content[1] & 0x18 != 0x08, content[2] >> 4, content[2] >> 2 & 3
    return has_version and bitrate not in {0, 15} and rate != 3


def _kind_of_picture(content: bytes) -> str:
    try:
        with Image.open(BytesIO(content), formats=tuple(_PICTURES)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise UnpacksTooLarge
            kind = _PICTURES[picture.format or ""]
            picture.verify()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as problem:
        raise UnknownKind from problem
    except (KeyError, SyntaxError) as problem:  # what Pillow says of a broken PNG
        raise UnknownKind from problem
    return kind
