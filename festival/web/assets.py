"""Our static files: browsers keep them forever, by a hash of the whole folder in their address."""

from hashlib import blake2b
from os import stat_result
from pathlib import Path
from typing import Any

from flask import Flask
from whitenoise import WhiteNoise


def init_app(app: Flask) -> None:
    """Serve `static/` below `/static/<hash>/` and give templates `asset(path)`."""
    folder = Path(app.root_path).parent / "static"
    # With one hash for all, relative addresses (module imports, fonts in CSS) work as written.
    root = f"static/{_digest(folder)}"
    app.extensions["asset_root"] = f"/{root}/"
    app.wsgi_app = _StaticFiles(  # type: ignore[method-assign]
        app.wsgi_app,
        root=folder,
        prefix=root,
        max_age=365 * 24 * 3600,
        immutable_file_test=lambda _path, _url: True,
        allow_all_origins=False,
    )
    app.jinja_env.globals["asset"] = lambda path: f"/{root}/{path}"


class _StaticFiles(WhiteNoise):  # type: ignore[misc]
    """WhiteNoise that ignores compressed copies of an older version of a file."""

    def get_static_file(self, path: str, url: str, stat_cache: dict[str, stat_result]) -> Any:
        """Uses only copies with the time of their file, which scripts/compress.py gives them."""
        copies = (path, f"{path}.br", f"{path}.gz")
        files = {copy: stat_cache[copy] for copy in copies if copy in stat_cache}
        time = files[path].st_mtime_ns
        fresh = {copy: status for copy, status in files.items() if status.st_mtime_ns == time}
        return super().get_static_file(path, url, stat_cache=fresh)


def _digest(folder: Path) -> str:
    digest = blake2b(digest_size=6)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in {".br", ".gz"}:
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
