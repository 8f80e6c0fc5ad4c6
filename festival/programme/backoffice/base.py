"""What all screens of the programme share: the edition they are in, their addresses and answers."""

from collections.abc import Callable
from typing import Any, cast

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from festival import clock, storage
from festival.editions.models import Edition
from festival.editions.queries import edition_by_slug
from festival.errors import Refusal
from festival.programme import draft, photos, queries, rules
from festival.programme.models import Session, Slot, Speaker

bp = Blueprint("programme_team", __name__, url_prefix="/team/programma")

Answer = str | Response | tuple[str, int]


def edition_of(slug: str) -> Edition:
    """The edition that the address names, or 404."""
    return edition_by_slug(slug) or abort(404)


def url(name: str, edition: Edition, **values: Any) -> str:
    """The address of another of these screens."""
    return url_for(f"programme_team.{name}", edition_slug=edition.slug, **values)


def page(name: str, edition: Edition, **values: Any) -> str:
    """The screen `name` of the edition.

    The transaction of a refused rule was rolled back: hand in what was read anew since.
    """
    return render_template(f"programme/team/{name}.html", shown=edition, url=url, **values)


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
        rules.discard_draft(row, seen=seen, now=clock.now())
        forget_photos(names)

    return done(discard, _("De wijzigingen zijn weg."), back=back, to=back)


def sent_version(row: Any) -> int:
    """Which version of `row` the maker saw, by the hidden field; the present one without it."""
    return cast(int, request.form.get("version", row.version, int))


def waiting(row: Session | Speaker | Slot | None) -> list[str]:
    """The names of the fields that wait for the next release, in the order of the form."""
    return [name for name in draft.FIELDS[type(row)] if name in row.draft] if row else []


def keep_photo(sent: FileStorage | None, *, drop: bool, folder: str) -> dict[str, str]:
    """Put a photo that was sent into storage; answers {"photo": its name}, or {} for no change.

    Refuses with PhotoTooLarge or NotAPhoto.
    """
    if sent:
        name, content = photos.prepare(sent.read(photos.MOST_BYTES + 1), folder)
        storage.put(name, content)
        return {"photo": name}
    return {"photo": ""} if drop else {}


def photos_of(row: Session | Speaker | None) -> set[str]:
    """The photos that visitors see and will see of `row`."""
    return {row.photo, draft.value(row, "photo")} - {""} if row else set()


def forget_photos(names: set[str]) -> None:
    """Remove from storage which of `names` nothing shows any more, now or after a release."""
    for name in names:
        if not queries.photo_in_use(name):
            storage.remove(name)
