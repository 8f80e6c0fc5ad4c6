"""Files that people upload: in a local folder, or in an S3-compatible store (STORAGE_URL)."""

from errno import EDQUOT, ENOSPC
from pathlib import PurePosixPath
from secrets import token_hex

import fsspec
from flask import current_app
from fsspec import AbstractFileSystem
from fsspec.implementations.local import LocalFileSystem

from festival.db import check_may_change
from festival.errors import Refusal


class StorageFull(Refusal):
    """Er is op de server geen ruimte meer voor bestanden. Mail de organisatie en probeer het later
    nog eens; de rest van wat je invulde kun je zonder bestand wel bewaren."""

    status = 507


def put(name: str, content: bytes) -> None:
    """Keep `content` under `name` (a relative path such as `speakers/4f….webp`), all or nothing.

    Refuses with StorageFull.
    """
    check_may_change()
    filesystem, root = _store()
    path = _path(root, name)
    try:
        filesystem.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
        if isinstance(filesystem, LocalFileSystem):
            _put_in_folder(filesystem, path, content)
        else:
            filesystem.pipe_file(path, content)  # stores never show half a file
    except OSError as problem:
        if problem.errno in (ENOSPC, EDQUOT):
            raise StorageFull from problem
        raise


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


def _put_in_folder(filesystem: LocalFileSystem, path: str, content: bytes) -> None:
    building = f"{path}.{token_hex(8)}.part"
    try:
        with filesystem.open(building, "wb") as file:
            file.write(content)
        filesystem.mv(building, path)
    except BaseException:
        if filesystem.exists(building):
            filesystem.rm(building)
        raise


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
