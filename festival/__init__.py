"""The festival system. `create_app` is its table of contents."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from festival import (
    accounts,
    attendees,
    bookings,
    books,
    checkin,
    config,
    corrections,
    db,
    doorsales,
    editions,
    feedback,
    feeds,
    home,
    invoices,
    jobs,
    mail,
    mailings,
    memory,
    payments,
    programme,
    questions,
    releases,
    scheduling,
    signage,
    speakers,
    team,
    tickets,
    timetable,
)
from festival.web import (
    assets,
    faults,
    headers,
    hosts,
    hyphens,
    languages,
    limits,
    logs,
    secret_links,
    stale_forms,
)

# From the bottom of the map to its top.
CAPABILITIES = (
    mail,
    accounts,
    team,
    editions,
    invoices,
    programme,
    feeds,
    feedback,
    speakers,
    signage,
    timetable,
    scheduling,
    tickets,
    questions,
    bookings,
    mailings,
    payments,
    releases,
    checkin,
    attendees,
    doorsales,
    corrections,
    books,
    home,
)


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Make the app from the environment; `settings` override what it says."""
    app = Flask(
        "festival",
        template_folder="../templates",
        static_folder=None,
        root_path=str(config.ROOT / "festival"),
    )
    app.config.update(config.load() | dict(settings or {}))
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    Path(app.config["INSTANCE_PATH"]).mkdir(parents=True, exist_ok=True)

    logs.init_app(app)
    headers.init_app(app)
    hosts.init_app(app)
    secret_links.init_app(app)
    faults.init_app(app)
    db.init_app(app)
    jobs.init_app(app)
    memory.init_app(app)
    stale_forms.init_app(app)
    limits.init_app(app)
    for capability in CAPABILITIES:
        capability.init_app(app)
    languages.init_app(app)
    hyphens.init_app(app)
    assets.init_app(app)
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    return app
