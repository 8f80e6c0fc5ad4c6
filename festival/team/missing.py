"""What an address of the team answers where there is no page.

Members see the shell of the team's pages. Whoever is not signed in is asked to sign in, as at any
address of the team, so that the answer does not tell which pages there are.
"""

from typing import Any

from flask import Flask, Response, make_response, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from festival.team.access import is_address_of_team, team
from festival.web import faults


def init_app(app: Flask) -> None:
    """Answer for addresses of the team that lead to no page, or to one that only takes forms."""
    for status in (404, 405):
        app.register_error_handler(status, _missing)


def _missing(error: HTTPException) -> Any:
    if not is_address_of_team():
        return faults.http_error(error)
    try:
        return _team_page(error)
    except CSRFError:  # from elsewhere, so not by somebody who wants the team's menu
        return faults.http_error(error)


@team()
def _team_page(error: HTTPException) -> Response:
    if faults.wants_json():
        return faults.http_error(error)
    response = make_response(
        render_template("team/missing.html", is_button=error.code == 405), error.code
    )
    response.headers.extend(faults.headers_of(error))
    return response
