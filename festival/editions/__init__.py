"""One yearly edition: its theme, dates, venue, organiser, texts and partners."""

from functools import cache
from typing import Any

from flask import Flask
from werkzeug.local import LocalProxy

from festival.editions import backoffice, models, switch  # noqa: F401
from festival.editions.addresses import NoEditionYet, zone_of_page
from festival.editions.queries import current_edition
from festival.web import languages


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`, and `edition` to every template."""
    app.register_blueprint(backoffice.bp)
    app.context_processor(_current_for_templates)
    app.register_error_handler(NoEditionYet, switch.no_edition)
    languages.find_zone_with(app, zone_of_page)
    app.jinja_env.globals["edition_switch"] = switch.edition_switch


def _current_for_templates() -> dict[str, Any]:
    # Read only if a template uses it and its view did not pass an edition.
    return {"edition": LocalProxy(cache(current_edition))}
