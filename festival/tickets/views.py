"""The shop window: which tickets there are, and "send me my tickets again"."""

from flask import Blueprint, render_template

from festival.backoffice.access import public
from festival.editions import queries as editions

bp = Blueprint("tickets", __name__)


@bp.get("/kaartjes")
@public
def choose() -> str:
    """Which tickets there are."""
    return render_template("tickets/choose.html", edition=editions.current_edition())
