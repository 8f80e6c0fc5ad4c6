"""The programme on screens and on paper: door screens, wall sheets, booklets, door sheets."""

from flask import Flask

from festival.signage import prints, screens


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(screens.bp)
    app.register_blueprint(prints.bp)
