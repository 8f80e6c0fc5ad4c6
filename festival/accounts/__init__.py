"""The team: signing in, second factor, roles."""

from flask import Flask

from festival.accounts import fixed_letters, known_devices, signing_in, views
from festival.mail import prose
from festival.sorting import title_key


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    signing_in.init_app(app)
    app.register_blueprint(views.bp)
    known_devices.init_app(app)
    for letter in fixed_letters.FIXED:
        prose.register_fixed(app, letter)
    app.jinja_env.filters["by_name"] = lambda rows: sorted(
        rows, key=lambda row: title_key(row.name)
    )
