"""The door to files: a local folder, and any store that fsspec knows."""

import errno
from pathlib import Path

import fsspec
import pytest
from flask import Flask
from fsspec.implementations.local import LocalFileOpener, LocalFileSystem

from festival import storage


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, app: Flask) -> Flask:
    if request.param == "memory":
        app.config["STORAGE_URL"] = "memory://bucket/prefix"
        fsspec.filesystem("memory").store.clear()
    return app


def test_a_file_is_kept_read_and_forgotten(store: Flask):
    storage.put("speakers/a.webp", b"\x00\xff picture")
    assert storage.get("speakers/a.webp") == b"\x00\xff picture"
    storage.put("speakers/a.webp", b"another")
    assert storage.get("speakers/a.webp") == b"another"
    storage.remove("speakers/a.webp")
    with pytest.raises(FileNotFoundError):
        storage.get("speakers/a.webp")
    storage.remove("speakers/a.webp")  # already gone: fine


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../outside", "a/../../outside"])
@pytest.mark.parametrize("call", [storage.get, storage.remove, lambda name: storage.put(name, b"")])
def test_names_stay_inside_the_store(store: Flask, call, name: str):
    with pytest.raises(ValueError, match="not a name inside the store"):
        call(name)


def test_files_lie_in_the_folder_of_the_setting(app: Flask):
    storage.put("a/b.txt", b"here")
    assert (Path(app.config["STORAGE_URL"]) / "a" / "b.txt").read_bytes() == b"here"


def test_s3_gets_the_options_of_the_setting(app: Flask):
    app.config["STORAGE_URL"] = "s3://festival/uploads"
    app.config["STORAGE_OPTIONS"] = {
        "key": "who",
        "secret": "what",
        "client_kwargs": {"endpoint_url": "http://127.0.0.1:9000"},
    }
    filesystem, root = storage._store()
    assert root == "festival/uploads"
    assert (filesystem.key, filesystem.secret) == ("who", "what")
    assert filesystem.client_kwargs == {"endpoint_url": "http://127.0.0.1:9000"}


def full(*_args: object, **_values: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def files_in(app: Flask) -> list[str]:
    root = Path(app.config["STORAGE_URL"])
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_on_a_full_disk_nothing_is_left_of_a_file(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """Half of it was written when the disk was full."""
    storage.put("speakers/a.webp", b"the former one")
    opened = LocalFileOpener.write

    def half(file: LocalFileOpener, content: bytes) -> int:
        opened(file, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(LocalFileOpener, "write", half, raising=False)
    with pytest.raises(storage.StorageFull) as refused:
        storage.put("speakers/b.webp", b"x" * 100)
    assert refused.value.status == 507
    with pytest.raises(storage.StorageFull):
        storage.put("speakers/a.webp", b"x" * 100)
    monkeypatch.undo()
    assert files_in(app) == ["speakers/a.webp"]
    assert storage.get("speakers/a.webp") == b"the former one"


def test_a_file_that_cannot_be_put_in_its_place_is_removed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(LocalFileSystem, "mv", full)
    with pytest.raises(storage.StorageFull):
        storage.put("speakers/a.webp", b"x")
    assert files_in(app) == []


def test_other_trouble_is_a_fault(app: Flask, monkeypatch: pytest.MonkeyPatch):
    def broken(*_args: object, **_values: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(LocalFileSystem, "mv", broken)
    with pytest.raises(OSError, match="Input/output"):
        storage.put("speakers/a.webp", b"x")
    assert files_in(app) == []
