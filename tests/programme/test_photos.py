"""Photos: which files are accepted, and what is kept of them."""

import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from zlib import crc32

import pytest
from flask import Flask
from PIL import Image

from festival import pdf
from festival.programme import photos


def picture(size: tuple[int, int] = (1600, 1200), kind: str = "JPEG", **options: object) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, "#e8341f").save(file, kind, **options)
    return file.getvalue()


def broken_in_the_middle() -> bytes:
    """A PNG of which the second part of the pixels has no name."""
    file = BytesIO()
    Image.effect_noise((400, 400), 90).save(file, "PNG")
    first, *others = file.getvalue().split(b"IDAT")
    assert len(others) > 1
    return first + b"IDAT" + b"\xff\xff\xff\xff".join(others)


def test_a_photo_is_shrunk_and_stripped_of_metadata(app: Flask) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[2] = (51.0, 33.0, 20.0)  # where it was taken
    name, kept = photos.prepare(picture(exif=exif))
    with Image.open(BytesIO(kept)) as small:
        assert small.format == "WEBP"
        assert small.size == (800, 600)
        assert not small.getexif()
        assert "exif" not in small.info
    assert b"A camera" not in kept
    assert name.startswith("speakers/")
    assert name.endswith(".webp")
    again, same = photos.prepare(picture(exif=exif))
    assert same == kept
    assert again != name, "or who takes one away, takes the other's along"


def test_a_photo_taken_sideways_is_put_upright(app: Flask) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    _, kept = photos.prepare(picture((400, 300), exif=exif))
    with Image.open(BytesIO(kept)) as upright:
        assert upright.size == (300, 400)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_with_damaged_metadata_is_kept_without_it(app: Flask, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "A camera"
    sent = picture((400, 300), kind, exif=exif)
    damaged = sent.replace(b"MM\x00*", b"Mx\x00*")
    assert damaged != sent
    if kind == "PNG":  # its parts are counted after
        damaged = sent.replace(b"MM\x00*", b"Mx\x00*", 1)
        at = damaged.index(b"eXIf")
        length = int.from_bytes(damaged[at - 4 : at], "big")
        sum_ = crc32(damaged[at : at + 4 + length]).to_bytes(4, "big")
        damaged = damaged[: at + 4 + length] + sum_ + damaged[at + 8 + length :]
    _, kept = photos.prepare(damaged)
    with Image.open(BytesIO(kept)) as small:
        assert small.size == (400, 300)
        assert "exif" not in small.info
    assert b"A camera" not in kept


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds(app: Flask, kind: str) -> None:
    assert photos.prepare(picture((50, 50), kind))[1]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_parts_become_white(app: Flask, mode: str) -> None:
    file = BytesIO()
    clear = {"transparency": 0} if mode == "P" else {}
    Image.new(mode, (50, 50)).save(file, "PNG", **clear)
    with Image.open(BytesIO(photos.prepare(file.getvalue())[1])) as kept:
        assert kept.convert("RGB").getpixel((25, 25)) == (255, 255, 255)


def test_a_large_photo_is_in_memory_at_most_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []
    turn = photos.ImageOps.exif_transpose
    monkeypatch.setattr(
        photos.ImageOps, "exif_transpose", lambda small: seen.append(small.size) or turn(small)
    )
    photos.prepare(picture((4000, 3000)), "sessions")
    assert seen == [(1600, 1200)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        picture()[:500],
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
        broken_in_the_middle(),
    ],
    ids=["empty", "script", "svg", "gif", "half a jpeg", "broken png", "png with a broken part"],
)
def test_other_files_are_refused(app: Flask, content: bytes) -> None:
    with pytest.raises(photos.NotAPhoto):
        photos.prepare(content)


def test_half_a_photo_is_refused_even_after_a_pdf_was_made(app: Flask) -> None:
    """WeasyPrint tells Pillow to fill up what is missing; only for itself, or photos turn grey."""
    whole = picture()
    pdf.check()
    for cut in (whole[: len(whole) // 2], broken_in_the_middle()):
        with pytest.raises(photos.NotAPhoto):
            photos.prepare(cut)


def test_too_many_bytes(app: Flask) -> None:
    with pytest.raises(photos.PhotoTooLarge):
        photos.prepare(b"\xff" * (photos.MOST_BYTES + 1))


@pytest.mark.parametrize(
    ("kind", "size", "options", "is_kept"),
    [
        ("JPEG", (7071, 7071), {}, True),  # read in reduced size
        ("JPEG", (7100, 7100), {}, False),
        ("JPEG", (4890, 4890), {"progressive": True}, True),
        ("JPEG", (7071, 7071), {"progressive": True}, False),
        ("PNG", (4000, 4000), {}, True),
        ("PNG", (7071, 7071), {}, False),
        ("WEBP", (4100, 4000), {"method": 0, "lossless": False}, False),
    ],
)
def test_pictures_that_must_be_unpacked_in_full_have_a_lower_limit(
    app: Flask, kind: str, size: tuple[int, int], options: dict[str, object], is_kept: bool
) -> None:
    sent = picture(size, kind, **options)
    assert len(sent) < photos.MOST_BYTES
    if is_kept:
        assert photos.prepare(sent)[1]
    else:
        with pytest.raises(photos.PhotoTooLarge):
            photos.prepare(sent)


def test_one_photo_at_a_time_is_unpacked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most = [], []
    shrink = photos._shrink

    def counted(sent: Image.Image, longest: int) -> Image.Image:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.01)
        inside.pop()
        return shrink(sent, longest)

    monkeypatch.setattr(photos, "_shrink", counted)
    sent = picture((50, 50))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: photos.prepare(sent), range(8)))
    assert most == [1] * 8


@pytest.mark.parametrize("side", [9000, 20_000])
def test_a_small_file_with_a_huge_picture(app: Flask, side: int) -> None:
    file = BytesIO()
    Image.new("1", (side, side)).save(file, "PNG")
    assert len(file.getvalue()) < 100_000
    with pytest.raises(photos.PhotoTooLarge):
        photos.prepare(file.getvalue())
