"""Files that people upload: in a local folder, or in an S3-compatible store (STORAGE_URL)."""

from pathlib import PurePosixPath

import fsspec
from flask import current_app
from fsspec import AbstractFileSystem

from festival.db import check_may_change


def put(name: str, content: bytes) -> None:
    """Keep `content` under `name` (a relative path such as `speakers/4f….webp`)."""
    check_may_change()
    filesystem, root = _store()
    path = _path(root, name)
    filesystem.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
    with filesystem.open(path, "wb") as file:
        file.write(content)


def get(name: str) -> bytes:
    """Returns the content kept under `name`. Raises FileNotFoundError if there is none."""
    filesystem, root = _store()
    with filesystem.open(_path(root, name), "rb") as file:
        content: bytes = file.read()
    return content


def remove(name: str) -> None:
    """Delete the file `name`, if it exists."""
    check_may_change()
    filesystem, root = _store()
    if filesystem.exists(_path(root, name)):
        filesystem.rm(_path(root, name))


def _store() -> tuple[AbstractFileSystem, str]:
    filesystem, root = fsspec.url_to_fs(
        current_app.config["STORAGE_URL"], **current_app.config["STORAGE_OPTIONS"]
    )
    return filesystem, root


def _path(root: str, name: str) -> str:
    parts = PurePosixPath(name).parts
    if not parts or PurePosixPath(name).is_absolute() or ".." in parts:
        raise ValueError(f"not a name inside the store: {name!r}")
    return f"{root}/{name}"
