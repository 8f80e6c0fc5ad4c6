"""What a screen of the team does with a form that was sent: save, or say why not."""

from collections.abc import Callable
from typing import TypeVar

from flask import flash, redirect
from werkzeug.wrappers import Response
from wtforms import Form

from festival.errors import Refusal
from festival.web.forms import PageForm

Answer = str | Response | tuple[str, int]
_Saved = TypeVar("_Saved")


def save_form(form: PageForm, save: Callable[[], _Saved]) -> tuple[_Saved | None, list[str], int]:
    """Save a form that was sent and is valid.

    Returns what was saved or None, the problems to show, and the status of the page. A refused
    rule has rolled back its transaction: show rows that were read after that.
    """
    if not form.validate_on_submit():
        return None, [], 422 if form.is_submitted() else 200
    try:
        return save(), [], 200
    except Refusal as refusal:
        return None, [str(refusal)], refusal.status


def apply_rule(rule: Callable[[], object], said: str, *, back: str, to: str) -> Response:
    """Call `rule` and redirect `to` with a message; after a refusal, redirect `back` with that."""
    try:
        rule()
    except Refusal as refusal:
        flash(str(refusal), "bad")
        return redirect(back)
    flash(said, "good")
    return redirect(to)


def seen_version(form: Form) -> int:
    """Returns the version that the editor saw, from the hidden field `version`; 0 if unreadable."""
    return counted(str(form["version"].data or ""))


def counted(sent: str, otherwise: int = 0) -> int:
    """Returns the number in a hidden field, or `otherwise`: anybody can send anything there."""
    return int(sent) if sent.isdecimal() and len(sent) < 10 else otherwise
