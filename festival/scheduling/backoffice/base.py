"""What all screens of the programme share: their addresses, pages and answers."""

from collections.abc import Callable
from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from festival import clock
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.programme import draft
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.programme.photos import forget_photos, photos_of
from festival.programme.rules import sessions

bp = Blueprint("scheduling_team", __name__, url_prefix="/team/programma")

Answer = str | Response | tuple[str, int]


def url(name: str, edition: Edition, **values: Any) -> str:
    """The address of another of these screens."""
    return url_for(f"scheduling_team.{name}", edition_slug=edition.slug, **values)


def page(name: str, edition: Edition, **values: Any) -> str:
    """The screen `name` of the edition.

    The transaction of a refused rule was rolled back: hand in what was read anew since.
    """
    return render_template(f"scheduling/{name}.html", shown=edition, **values)


def done(rule: Callable[[], object], said: str, *, back: str, to: str) -> Response:
    """Do `rule` and go `to` where that shows; when it refuses, say so on the page `back`."""
    try:
        rule()
    except Refusal as refusal:
        flash(str(refusal), "bad")
        return redirect(back)
    flash(said, "good")
    return redirect(to)


def removed(rule: Callable[[], object], *, back: str, to: str) -> Response:
    """The same for what is taken away."""
    return done(rule, _("Weggehaald."), back=back, to=to)


def discarded(row: Session | Speaker, *, back: str) -> Response:
    """Forget what waits of `row` for the next release, with the photo that only waited."""
    seen, names = sent_version(row), photos_of(row)

    def discard() -> None:
        sessions.discard_draft(row, seen=seen, now=clock.now())
        forget_photos(names)

    return done(discard, _("De wijzigingen zijn weg."), back=back, to=back)


def sent_version(row: Any) -> int:
    """Which version of `row` the maker saw, by the hidden field; the present one without it."""
    return cast(int, request.form.get("version", row.version, int))


def waiting(row: Session | Speaker | Slot | None) -> list[str]:
    """The names of the fields that wait for the next release, in the order of the form."""
    return [name for name in draft.FIELDS[type(row)] if name in row.draft] if row else []
