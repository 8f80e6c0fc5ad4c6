"""Our static files: one hash of the whole tree in their address, kept by browsers for ever."""

from hashlib import blake2b
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise


def init_app(app: Flask) -> None:
    """Serve `static/` below `/static/<hash>/` and give templates `asset(path)`."""
    folder = Path(app.root_path).parent / "static"
    # One hash for all keeps relative addresses (imports between modules, fonts in CSS) as written.
    root = f"static/{_digest(folder)}"
    app.extensions["asset_root"] = f"/{root}/"
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=folder,
        prefix=root,
        max_age=365 * 24 * 3600,
        immutable_file_test=lambda _path, _url: True,
        allow_all_origins=False,
    )
    app.jinja_env.globals["asset"] = lambda path: f"/{root}/{path}"


def _digest(folder: Path) -> str:
    digest = blake2b(digest_size=6)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in {".br", ".gz"}:
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
