"""Files of speakers: recognised by content, harmlessly named, never shown."""

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from festival import storage
from festival.db import db
from festival.programme.models.sessions import Speaker, SpeakerFile
from festival.programme.rules import people
from festival.speakers import files, rules
from tests import make
from tests.make import NOW
from tests.races.at_once import at_once

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PPTX = {"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p:presentation/>"}
ODP = {"mimetype": b"application/vnd.oasis.opendocument.presentation", "content.xml": b"<x/>"}
KEYNOTE = {"Index/Document.iwa": b"iwa", "Data/st0.jpg": b"jpg"}
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(64)
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def packed(parts: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", packing) as slides:
        for name, content in parts.items():
            slides.writestr(name, content)
    return file.getvalue()


def damaged(packing: int) -> bytes:
    """Slides of which the first part does not unpack."""
    content = bytearray(packed(ODP, packing))
    content[38 + 9 : 38 + 25] = b"\xff" * 16  # after the part's heading and that of LZMA
    return bytes(content)


def picture(kind: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 30), "#e8341f").save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (PDF, ".pdf"),
        (packed(PPTX), ".pptx"),
        (packed(ODP, zipfile.ZIP_STORED), ".odp"),
        (packed(KEYNOTE, zipfile.ZIP_STORED), ".key"),
        (picture("JPEG"), ".jpg"),
        (picture("PNG"), ".png"),
        (picture("WEBP"), ".webp"),
        (b"ID3\x04" + bytes(60), ".mp3"),
        (b"\xff\xfb\x90\x64" + bytes(60), ".mp3"),
        (MP4, ".mp4"),
    ],
)
def test_a_file_is_known_by_what_is_in_it(content: bytes, ending: str) -> None:
    assert files.KINDS[files.kind_of(content)] == ending


@pytest.mark.parametrize(
    "content",
    [
        HTML,
        SVG,
        b"\n" + PDF,  # a browser that guesses would still see a PDF, or whatever stands before it
        b"%PDF-1.7 but never ends",
        HTML + PDF,
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"MZ" + bytes(200),
        b"#!/bin/sh\nrm -rf /\n",
        packed({"a.txt": b"text"}),
        packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
        packed(PPTX)[:-30],
        damaged(zipfile.ZIP_DEFLATED),
        damaged(zipfile.ZIP_LZMA),
        packed({"naïef": b"text"}).replace("ï".encode(), b"\xff\xff"),
        b"PK\x03\x04" + bytes(200),
        picture("PNG")[:60],
        b"\xff\xff\xff\xff" + bytes(60),
        b"\xff\xfe" + "<script>".encode("utf-16-le"),
    ],
    ids=[
        *("html", "svg", "not at the start", "half a pdf", "html before pdf", "gif", "exe"),
        *("script", "zip", "docx", "half a pptx", "broken odp", "odp packed oddly"),
        *("no utf-8 name", "broken zip", "half a png", "no sound", "utf-16"),
    ],
)
def test_disguised_files_are_refused(content: bytes) -> None:
    with pytest.raises(files.UnknownKind):
        files.kind_of(content)


def test_nothing_at_all_is_refused() -> None:
    with pytest.raises(files.EmptyFile):
        files.kind_of(b"")


@pytest.mark.parametrize("part", ["ppt/vbaProject.bin", "Basic/Standard/Module1.xml"])
def test_slides_with_macros_are_refused(part: str) -> None:
    with pytest.raises(files.HoldsMacros):
        files.kind_of(packed(PPTX | {part: b"code"}))


def test_slides_that_unpack_to_far_more_are_refused() -> None:
    bomb = packed(PPTX | {"ppt/media/image1.bmp": bytes(40 * 1024 * 1024)})
    assert len(bomb) < 200_000
    with pytest.raises(files.UnpacksTooLarge):
        files.kind_of(bomb)


def test_slides_of_very_many_parts_are_refused() -> None:
    with pytest.raises(files.UnpacksTooLarge):
        files.kind_of(packed(PPTX | {f"ppt/{n}": b"" for n in range(5_001)}))


def test_slides_with_very_many_parts_are_refused_before_they_are_listed(monkeypatch):
    many = packed(PPTX | {f"ppt/{number}": b"" for number in range(5001)})

    def read(*_args, **_values):
        raise AssertionError

    monkeypatch.setattr(files.zipfile, "ZipFile", read)
    with pytest.raises(files.UnpacksTooLarge):
        files.kind_of(many)


def test_slides_with_overlapping_parts_are_refused() -> None:
    """The trick of bombs that stay small: many entries that point at the same bytes."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as slides:
        for name, content in PPTX.items():
            slides.writestr(name, content)
        slides.writestr("ppt/media/1", bytes(20_000))
        entry = slides.getinfo("ppt/media/1")
        for n in range(2, 40):
            again = zipfile.ZipInfo(f"ppt/media/{n}")
            for field in ("header_offset", "CRC", "compress_size", "file_size"):
                setattr(again, field, getattr(entry, field))
            slides.filelist.append(again)
            slides.NameToInfo[again.filename] = again
    with pytest.raises(files.UnpacksTooLarge):
        files.kind_of(file.getvalue())


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("Soep is geen project.pdf", "Soep is geen project.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        (r"C:\Users\Ria\dia's.PDF", "dia's.pdf"),
        ("dia.html", "dia.pdf"),
        ("dia.pdf.exe", "dia.pdf.pdf"),
        ("dia\r\nSet-Cookie: a=b.pdf", "dia Set-Cookie a=b.pdf"),
        ("gpj.\u202efdp.exe", "gpj. fdp.pdf"),
        ("...", "bestand.pdf"),
        ("", "bestand.pdf"),
        ("Żółw 🐢.pdf", "Żółw 🐢.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
    ],
)
def test_a_name_harms_nobody(given_name: str, kept: str) -> None:
    assert files.harmless_name(given_name, "application/pdf") == kept


@given(st.text(max_size=200))
def test_any_name_is_one_name_of_the_right_kind(given_name: str) -> None:
    name = files.harmless_name(given_name, "image/png")
    assert name.endswith(".png")
    assert 4 < len(name) <= 104
    assert not any(sign in name for sign in '/\\\r\n\0"\u202e')
    assert name.isprintable()


# ---- on the pages ----


@pytest.fixture
def ria(app: Flask) -> Speaker:
    del app
    return make_speaker("Ria")


def make_speaker(name: str, **values: object) -> Speaker:
    edition = make.current_edition()
    row = Speaker(edition_id=edition.id, slug=name.lower(), name=name, **values)
    db.session.add(row)
    db.session.commit()
    return row


def send(visitor: FlaskClient, speaker: Speaker, content: bytes, name: str = "dia.pdf") -> object:
    return visitor.post(
        f"/spreker/{speaker.secret}/bestanden", data={"file": (BytesIO(content), name)}
    )


def test_a_file_is_sent_fetched_and_taken_away(visitor: FlaskClient, ria: Speaker) -> None:
    page = f"/spreker/{ria.secret}/bestanden"
    assert send(visitor, ria, PDF, "Mijn dia's – één.pdf").status_code == 303
    row = db.session.query(SpeakerFile).one()
    assert (row.name, row.mimetype, row.size) == (
        "Mijn dia's – één.pdf", "application/pdf", len(PDF),
    )  # fmt: skip
    assert storage.get(row.stored) == PDF
    assert "pdf" not in row.stored
    assert "Mijn dia" not in row.stored

    answer = visitor.get(f"{page}/{row.code}")
    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert (
        "filename*=UTF-8''Mijn%20dia%27s%20%E2%80%93%20%C3%A9%C3%A9n.pdf"
        in answer.headers["Content-Disposition"]
    )
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"

    stored, code = row.stored, row.code
    assert visitor.get(f"{page}/{code}/weg").status_code == 405
    for _ in range(2):  # a double click
        assert visitor.post(f"{page}/{code}/weg").status_code == 303
    assert db.session.query(SpeakerFile).count() == 0
    with pytest.raises(FileNotFoundError):
        storage.get(stored)


def test_a_refused_file_is_not_kept(visitor: FlaskClient, ria: Speaker, app: Flask) -> None:
    app.config["MAX_FILE_BYTES"] = 10_000
    for content, status, said in (
        (HTML, 422, "Dit soort bestand nemen we niet aan"),
        (b"", 422, "Dit bestand is leeg"),
        (PDF.replace(b"1 0 obj", bytes(10_000)), 413, "Dit bestand is te groot"),
    ):
        answer = send(visitor, ria, content)
        assert (answer.status_code, said in answer.text) == (status, True)
    assert "Kies eerst een bestand" in visitor.post(f"/spreker/{ria.secret}/bestanden").text
    assert db.session.query(SpeakerFile).count() == 0
    assert not list(kept(app))


def kept(app: Flask) -> list[str]:
    """The names of what speakers sent, in the folder that is the storage of tests."""
    filesystem, root = storage._store()
    return filesystem.find(f"{root}/speaker-files") if filesystem.exists(root) else []


def test_only_this_page_reads_large_requests(
    visitor: FlaskClient, ria: Speaker, app: Flask
) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 100_000
    slides = packed(PPTX | {"ppt/media/film": bytes(300_000)}, zipfile.ZIP_STORED)
    assert send(visitor, ria, slides, "dia.pptx").status_code == 303
    photo = {"photo_file": (BytesIO(bytes(300_000)), "foto.jpg")}
    assert visitor.post(f"/spreker/{ria.secret}/over-jou", data=photo).status_code == 413
    app.config["MAX_FILE_BYTES"] = 100_000
    answer = send(visitor, ria, bytes(400_000), "dia.pptx")
    assert answer.status_code == 413


def test_ten_files_and_no_more(visitor: FlaskClient, ria: Speaker, app: Flask) -> None:
    for _ in range(10):
        assert send(visitor, ria, PDF).status_code == 303
    answer = send(visitor, ria, PDF)
    assert answer.status_code == 409
    assert "al 10 bestanden" in answer.text
    assert len(kept(app)) == 10, "what was refused is not left in storage"


def test_thirteen_at_once_are_ten(any_app: Flask) -> None:
    speaker_id = make_speaker("Ria").id

    def add(number: int) -> str:
        speaker = db.session.get(Speaker, speaker_id)
        try:
            rules.add_file(
                speaker, name="a.pdf", stored=f"speaker-files/{number}",
                mimetype="application/pdf", size=1, now=NOW,
            )  # fmt: skip
        except rules.TooManyFiles:
            return "no"
        return "yes"

    assert sorted(at_once(any_app, add, 13)) == ["no"] * 3 + ["yes"] * 10


def test_nobody_else_fetches_it(visitor: FlaskClient, ria: Speaker, app: Flask) -> None:
    mo = make_speaker("Mo")
    send(visitor, ria, PDF)
    code = db.session.query(SpeakerFile).one().code
    assert visitor.get(f"/spreker/{mo.secret}/bestanden/{code}").status_code == 404
    visitor.post(f"/spreker/{mo.secret}/bestanden/{code}/weg")
    assert db.session.query(SpeakerFile).count() == 1
    assert visitor.get(f"/spreker/geraden/bestanden/{code}").status_code == 404

    edition = make.current_edition()
    address = f"/team/programma/{edition.slug}/bestanden/{code}"
    assert visitor.get(address).status_code == 302
    checkin = app.test_client()
    make.sign_in(checkin, "checkin")
    assert checkin.get(address).status_code == 403
    maker = app.test_client()
    make.sign_in(maker, "programme")
    answer = maker.get(address)
    assert answer.data == PDF
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "dia.pdf" in maker.get(f"/team/programma/{edition.slug}/bestanden").text

    make.edition(slug="volgend", is_current=False)
    assert maker.get(f"/team/programma/volgend/bestanden/{code}").status_code == 404


def test_the_host_of_the_session_can_download_it_too(
    visitor: FlaskClient, ria: Speaker, app: Flask
) -> None:
    host, colleague = make_speaker("Cor"), make_speaker("Mo")
    led, other = make.session(), make.session()
    people.set_speakers(led, [ria, colleague], [host])
    people.set_speakers(other, [], [colleague])  # a host, but not of hers
    send(visitor, ria, PDF)
    code = db.session.query(SpeakerFile).one().code
    page = visitor.get(f"/spreker/{host.secret}").text
    assert f"/spreker/{host.secret}/bestanden/{code}" in page
    answer = visitor.get(f"/spreker/{host.secret}/bestanden/{code}")
    assert answer.data == PDF
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    visitor.post(f"/spreker/{host.secret}/bestanden/{code}/weg")
    assert db.session.query(SpeakerFile).count() == 1
    assert code not in visitor.get(f"/spreker/{colleague.secret}").text
    assert visitor.get(f"/spreker/{colleague.secret}/bestanden/{code}").status_code == 404

    people.set_speakers(led, [ria], [colleague])
    assert visitor.get(f"/spreker/{host.secret}/bestanden/{code}").status_code == 404


def test_removing_a_speaker_removes_their_files(
    visitor: FlaskClient, ria: Speaker, app: Flask
) -> None:
    send(visitor, ria, PDF)
    assert len(kept(app)) == 1
    maker = app.test_client()
    make.sign_in(maker, "programme")
    maker.post(f"/team/programma/{make.current_edition().slug}/mensen/ria/weg")
    assert db.session.query(Speaker).count() == 0
    assert kept(app) == []


def test_a_file_says_when_it_came_and_how_large_it_is(visitor: FlaskClient, ria: Speaker) -> None:
    rules.add_file(
        ria, name="a.pdf", stored="speaker-files/x", mimetype="application/pdf", size=2_500_000,
        now=NOW + timedelta(hours=14),
    )  # fmt: skip
    text = visitor.get(f"/spreker/{ria.secret}/bestanden").text
    assert "2,5 MB · 2 oktober" in text, "after midnight on the festival's clocks"
