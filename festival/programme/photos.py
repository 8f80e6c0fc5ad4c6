"""Photos that people send us: looked at, turned upright, made small, and freed of what they tell.

What we keep is drawn anew from the pixels, so neither the place where it was taken nor anything
else that hid in the file comes along.
"""

import re
from hashlib import blake2b
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from festival.errors import Refusal

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
# In pixels, by the folder of what is on it.
LONGEST_SIDES = {"speakers": 800, "sessions": 1600}
# How `prepare` names them.
NAME = re.compile(r"(speakers|sessions)/[0-9a-f]{24}\.webp")


class PhotoTooLarge(Refusal):
    """Deze foto is te groot. Kies er een van hoogstens 8 MB."""

    status = 413


class NotAPhoto(Refusal):
    """Dit bestand kunnen we niet lezen als foto. Kies een JPG, PNG of WebP."""

    status = 422


def prepare(content: bytes, folder: str = "speakers") -> tuple[str, bytes]:
    """The photo as we keep it: a name made of its content, and the content as WebP.

    `folder`: `speakers` or `sessions`, what is on it. Refuses with PhotoTooLarge or NotAPhoto.
    """
    if len(content) > MOST_BYTES:
        raise PhotoTooLarge
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as sent:
            # Before a single pixel is unpacked: a small file may hold a very large picture.
            if sent.width * sent.height > MOST_PIXELS:
                raise PhotoTooLarge
            photo = ImageOps.exif_transpose(sent).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as problem:
        raise NotAPhoto from problem
    photo.thumbnail((LONGEST_SIDES[folder], LONGEST_SIDES[folder]))
    kept = BytesIO()
    photo.save(kept, "WEBP", quality=82)
    small = kept.getvalue()
    return f"{folder}/{blake2b(small, digest_size=12).hexdigest()}.webp", small
