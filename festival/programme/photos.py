"""Photos that people send us: checked, turned upright, made smaller and stripped of metadata.

We encode the pixels again, so neither the place where a photo was taken nor anything else hidden
in the file is kept.
"""

import re
import struct
from io import BytesIO
from secrets import token_hex
from typing import Protocol

from PIL import Image, ImageOps, UnidentifiedImageError

from festival import storage
from festival.errors import Refusal
from festival.lanes import FOR_FILES
from festival.programme import draft, queries
from festival.programme.models.sessions import Session, Speaker

MOST_BYTES = 8 * 1024 * 1024
# A JPEG is read in reduced size. What must be unpacked in full takes 4 bytes for a pixel, some
# kinds twice; a progressive JPEG takes up to 6.
MOST_PIXELS = 50_000_000
MOST_PIXELS_PROGRESSIVE = 24_000_000
MOST_PIXELS_IN_FULL = 16_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
# In pixels, by folder.
LONGEST_SIDES = {"speakers": 800, "sessions": 1600}
# The names that `prepare` gives.
NAME = re.compile(r"(speakers|sessions)/[0-9a-f]{24}\.webp")


class SentFile(Protocol):
    """A file that came with a form."""

    def read(self, size: int = ..., /) -> bytes:
        """Returns the content, at most `size` bytes."""


class PhotoTooLarge(Refusal):
    """Deze foto is te groot. Kies een JPG van hoogstens 8 MB en 50 miljoen beeldpunten; een PNG of
    WebP mag 16 miljoen beeldpunten hebben."""

    status = 413


class NotAPhoto(Refusal):
    """Dit bestand kunnen we niet lezen als foto. Kies een JPG, PNG of WebP."""

    status = 422


def prepare(content: bytes, folder: str = "speakers") -> tuple[str, bytes]:
    """Returns the photo as we keep it: a unique name, and the content as WebP.

    A photo that is sent twice is kept twice, so removing one never removes somebody else's.
    `folder` is `speakers` or `sessions`. Refuses with PhotoTooLarge, NotAPhoto or TooBusy.
    """
    if len(content) > MOST_BYTES:
        raise PhotoTooLarge
    with FOR_FILES.turn():
        return _prepared(content, folder)


def most_pixels(sent: Image.Image) -> int:
    """Returns the size up to which a picture of this kind is unpacked."""
    if sent.format != "JPEG":
        return MOST_PIXELS_IN_FULL
    return MOST_PIXELS_PROGRESSIVE if "progressive" in sent.info else MOST_PIXELS


def _prepared(content: bytes, folder: str) -> tuple[str, bytes]:
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as sent:
            # Checked before any pixel is unpacked: a small file may hold a very large picture.
            if sent.width * sent.height > most_pixels(sent):
                raise PhotoTooLarge
            photo = _shrink(sent, LONGEST_SIDES[folder])
    except Image.DecompressionBombError as problem:
        raise PhotoTooLarge from problem
    # Pillow raises SyntaxError for a broken PNG.
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as problem:
        raise NotAPhoto from problem
    kept = BytesIO()
    photo.save(kept, "WEBP", quality=82)
    return f"{folder}/{token_hex(12)}.webp", kept.getvalue()


def keep_photo(sent: SentFile | None, *, drop: bool, folder: str) -> dict[str, str]:
    """Put a photo that was sent into storage.

    Returns {"photo": its name}, or {} for no change. Raises PhotoTooLarge or NotAPhoto.
    """
    if sent:
        name, content = prepare(sent.read(MOST_BYTES + 1), folder)
        storage.put(name, content)
        return {"photo": name}
    return {"photo": ""} if drop else {}


def photos_of(row: Session | Speaker | None) -> set[str]:
    """Returns the photos of `row` that visitors see now or after the next release."""
    return {row.photo, draft.value(row, "photo")} - {""} if row else set()


def discard_photo(kept: dict[str, str]) -> None:
    """Remove the photo that `keep_photo` has just kept: what it was for was not saved.

    Asks no database, which may be what failed. Nothing else can show a photo with a new name.
    """
    if kept.get("photo"):
        storage.remove(kept["photo"])


def forget_photos(names: set[str]) -> None:
    """Remove from storage those of `names` that nothing shows, now or after a release."""
    for name in names:
        if not queries.photo_in_use(name):
            storage.remove(name)


def _shrink(sent: Image.Image, longest: int) -> Image.Image:
    """Returns the photo upright, on white, with no side longer than `longest`.

    It is made smaller first: a JPEG is then never unpacked in full, and at most one full-size copy
    exists in memory.
    """
    small = sent.convert("RGBA") if sent.mode in ("1", "P", "PA") else sent
    small.thumbnail((longest, longest))
    upright = _upright(small)
    if not upright.has_transparency_data:
        return upright.convert("RGB")
    white = Image.new("RGBA", upright.size, "white")
    return Image.alpha_composite(white, upright.convert("RGBA")).convert("RGB")


def _upright(photo: Image.Image) -> Image.Image:
    """Returns the photo turned as the camera was held, or unturned if its EXIF cannot be read."""
    try:
        return ImageOps.exif_transpose(photo)
    except (SyntaxError, struct.error, ValueError, TypeError, LookupError):
        return photo
