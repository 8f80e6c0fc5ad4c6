"""Front page, fixed pages, the team's dashboard, the demo edition: may look at everything."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    del app
