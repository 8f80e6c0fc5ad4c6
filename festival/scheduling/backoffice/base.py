"""What all screens of the programme share: their addresses, pages and answers."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from festival import clock
from festival.editions.models import Edition
from festival.programme import draft
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.programme.photos import discard_photo, forget_photos, keep_photo, photos_of
from festival.programme.rules import sessions
from festival.scheduling.forms.people import SpeakerForm
from festival.scheduling.forms.sessions import SessionForm
from festival.team.saving import apply_rule

bp = Blueprint("scheduling_team", __name__, url_prefix="/team/programma")

_Saved = TypeVar("_Saved")


def url(name: str, edition: Edition, **values: Any) -> str:
    """Returns the address of one of these screens."""
    return url_for(f"scheduling_team.{name}", edition_slug=edition.slug, **values)


def page(name: str, edition: Edition, **values: Any) -> str:
    """Renders the screen `name` of the edition.

    A refused rule has rolled back its transaction: pass rows that were read after that.
    """
    return render_template(f"scheduling/{name}.html", shown=edition, **values)


def save_with_photo(
    row: Session | Speaker | None,
    form: SessionForm | SpeakerForm,
    save: Callable[[dict[str, str]], _Saved],
    *,
    folder: str,
) -> _Saved:
    """Store the new photo of `form`, save `row`, and remove the photos that are no longer used.

    Storage is not part of the transaction: that begins and ends in `save`, which gets the changed
    photo field, if any.
    """
    former = photos_of(row)
    photo = keep_photo(form.photo_file.data, drop=form.drop_photo.data, folder=folder)
    try:
        saved = save(photo)
    except BaseException:
        discard_photo(photo)
        raise
    forget_photos(former)
    return saved


def apply_removal(rule: Callable[[], object], *, back: str, to: str) -> Response:
    """Call a rule that removes something, see apply_rule."""
    return apply_rule(rule, _("Weggehaald."), back=back, to=to)


def discard_changes(row: Session | Speaker, *, back: str) -> Response:
    """Discard the changes of `row` in the draft, and the photo that only the draft has."""
    seen, names = sent_version(row), photos_of(row)

    def discard() -> None:
        sessions.discard_draft(row, seen=seen, now=clock.now())
        forget_photos(names)

    return apply_rule(discard, _("De wijzigingen zijn weg."), back=back, to=back)


def sent_version(row: Any) -> int:
    """Returns the version of `row` that the organiser saw; the current one if none was sent."""
    return cast(int, request.form.get("version", row.version, int))


def waiting_fields(row: Session | Speaker | Slot | None) -> list[str]:
    """Lists the names of the fields with a change in the draft, in the order of the form."""
    return [name for name in draft.FIELDS[type(row)] if name in row.draft] if row else []
