"""The door to files: a local folder, and any store that fsspec knows."""

from pathlib import Path

import fsspec
import pytest
from flask import Flask

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
