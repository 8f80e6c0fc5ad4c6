"""What a secret link shows that ended: its ticket was handed on, or its address corrected."""

from typing import NoReturn

from flask import abort, make_response, render_template

from festival.tickets import changes


def not_found(secret: str) -> NoReturn:
    """Show why no page has this secret any more, or that there never was one (404)."""
    change = changes.change_that_ended(secret)
    if change is None:
        abort(404)
    page = render_template(
        "tickets/link_ended.html",
        edition=change.order.edition,
        is_handed_on=change.kind == "handed_on",
    )
    response = make_response(page, 410)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    abort(response)
