"""The screens of an import: choose a file, see what each row does and answer, import, repair.

Only the uploaded cells are stored, for the preview: one file for each member and kind of rows.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from flask import flash, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

from festival import codes, sheets, storage
from festival.errors import Refusal
from festival.sheets import Cell
from festival.team import exports, lists
from festival.team.forms import UploadForm
from festival.team.imports.rows import FATES, ImportPreview, answers_of
from festival.team.saving import Answer

Cells = Sequence[Sequence[Cell]]
Look = Callable[[Cells, Mapping[int, str]], ImportPreview]


class ImportScreens(NamedTuple):
    """The screens of one kind of rows: their addresses, their pages and what they call."""

    kept_as: str  # the name of what is uploaded, without the member
    upload_url: str
    preview_url: str
    done_url: str
    look: Look  # what each row would do
    bring_in: Callable[..., ImportPreview]  # called with cells, answers, seen and skip_wrong
    seen: Callable[[], str]  # what the rows are compared with; sent along and compared
    render: Callable[..., str]  # (name of the page, **values)


def upload(screens: ImportScreens) -> Answer:
    """Upload a file: it is kept for the preview if it can be read."""
    form = UploadForm()
    problems: list[str] = []
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            cells = sheets.read(form.file.data.read(sheets.MOST_BYTES + 1))
            screens.look(cells, {})
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            sent = {"key": codes.secret(), "name": form.file.data.filename, "cells": cells}
            storage.put(_place(screens), json.dumps(sent).encode())
            return redirect(screens.preview_url)
    return screens.render("upload", form=form, problems=problems), status


def preview(screens: ImportScreens) -> Answer:
    """Shows the fate of each row of the uploaded file; a POST imports all of it or nothing."""
    sent = _sent(screens)
    if sent is None:
        flash(_("Kies eerst een bestand."), "info")
        return redirect(screens.upload_url)
    answers = answers_of(request.form)
    if request.method == "GET":
        return _preview_page(screens, sent, screens.look(sent["cells"], {}), [])
    if request.form.get("key") != sent["key"]:
        flash(_("Je koos intussen een ander bestand. Kijk wat dat doet."), "bad")
        return redirect(screens.preview_url)
    try:
        imported = screens.bring_in(
            sent["cells"],
            answers=answers,
            seen=request.form.get("seen", ""),
            skip_wrong="skip_wrong" in request.form,
        )
    except Refusal as refusal:
        # What was chosen stays chosen.
        found = screens.look(sent["cells"], answers)
        return _preview_page(screens, sent, found, [str(refusal)]), refusal.status
    storage.remove(_place(screens))
    number = imported.count("new", "changed")
    flash(
        ngettext("%(num)s rij is geïmporteerd.", "%(num)s rijen zijn geïmporteerd.", number), "good"
    )
    return redirect(screens.done_url)


def wrong_rows(screens: ImportScreens, format_: str) -> Response:
    """Serves the wrong rows as a file like the uploaded one, with what is wrong behind each."""
    sent = _sent(screens)
    if sent is None:
        flash(_("Kies eerst een bestand."), "info")
        return redirect(screens.upload_url)
    heads, *rows = screens.look(sent["cells"], {}).wrong_rows(sent["cells"])
    name = screens.kept_as.rpartition("/")[2] + "-" + _("klopt-niet")
    if format_ == "csv":
        return exports.csv_response(name, [str(head) for head in heads], rows)
    return exports.xlsx_response(name, heads, rows)


def _preview_page(
    screens: ImportScreens, sent: Mapping[str, Any], found: ImportPreview, problems: list[str]
) -> str:
    asked = request.args.get("toon", "")
    fate = asked if asked in FATES else ""
    return screens.render(
        "preview",
        sent=sent,
        seen=screens.seen(),
        found=found,
        problems=problems,
        fates=FATES,
        fate=fate,
        listing=lists.listing_of(
            [row for row in found.rows if fate in ("", row.fate)],
            {"fate": lambda row: FATES.index(row.fate)},
            default="fate",
        ),
        to_do=found.count("new", "changed", "asks"),
        wrong=found.count("wrong"),
    )


def _place(screens: ImportScreens) -> str:
    # One for each member: the next upload replaces it, so that no files pile up.
    return f"imports/{screens.kept_as.replace('/', '-')}-{current_user.code}.json"


def _sent(screens: ImportScreens) -> dict[str, Any] | None:
    try:
        sent: dict[str, Any] = json.loads(storage.get(_place(screens)))
    except FileNotFoundError:
        return None
    return sent
