"""The team's shell: navigation, role gate, tables, audit trail. It knows no capability."""

from flask import Flask

from festival.backoffice import models  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    del app
