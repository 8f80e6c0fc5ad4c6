"""Exporting sessions and people as spreadsheets, and importing them after a preview."""

import json
from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

from festival import clock, codes, sheets, storage
from festival.editions.addresses import team_edition_or_404
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.scheduling import imports, known_names
from festival.scheduling.backoffice.base import bp, page, url
from festival.scheduling.backoffice.people import chosen_speakers
from festival.scheduling.backoffice.sessions import chosen_sessions
from festival.scheduling.forms.imports import UploadForm
from festival.scheduling.spreadsheet_columns import TABLES
from festival.team import exports, lists
from festival.team.access import team
from festival.team.saving import Answer

_WHAT = {"onderdelen": "sessions", "mensen": "speakers"}
_PATH = "<any(onderdelen, mensen):what>"
_FORMAT = "<any(csv, xlsx):format_>"


@bp.get(f"/<edition_slug>/uitvoer/{_PATH}.{_FORMAT}")
@team("programme")
def export(edition_slug: str, what: str, format_: str) -> Response:
    """Exports what the list shows with the same filters, as the next release will show it."""
    edition = team_edition_or_404(edition_slug)
    known = known_names.read_known_names(edition)
    chosen: list[Any] = (
        chosen_sessions(edition, known.themes, known.people)
        if what == "onderdelen"
        else chosen_speakers(edition)
    )
    rows = TABLES[_WHAT[what]].rows(known, chosen)
    return _file(f"{edition.slug}-{what}", what, format_, rows)


@bp.get(f"/<edition_slug>/invoer/{_PATH}/voorbeeld.{_FORMAT}")
@team("programme")
def blank(edition_slug: str, what: str, format_: str) -> Response:
    """Serves an empty file with the headings, to fill in."""
    return _file(f"{team_edition_or_404(edition_slug).slug}-{what}-voorbeeld", what, format_, [])


@bp.route(f"/<edition_slug>/invoer/{_PATH}", methods=["GET", "POST"])
@team("programme")
def upload(edition_slug: str, what: str) -> Answer:
    """Upload a file. Only the file itself is stored, for the preview."""
    edition = team_edition_or_404(edition_slug)
    form = UploadForm()
    problems: list[str] = []
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            cells = sheets.read(form.file.data.read(sheets.MOST_BYTES + 1))
            imports.preview(TABLES[_WHAT[what]], cells, edition)
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            sent = {"key": codes.secret(), "name": form.file.data.filename, "cells": cells}
            storage.put(_place(edition, what), json.dumps(sent).encode())
            return redirect(url("preview", edition, what=what))
    table = TABLES[_WHAT[what]]
    shown = page("upload", edition, what=what, form=form, problems=problems, heads=table.heads)
    return shown, status


@bp.route(f"/<edition_slug>/invoer/{_PATH}/bekijken", methods=["GET", "POST"])
@team("programme")
def preview(edition_slug: str, what: str) -> Answer:
    """Shows the fate of each row of the uploaded file; a POST imports all of it or nothing."""
    edition = team_edition_or_404(edition_slug)
    table, sent = TABLES[_WHAT[what]], _sent(edition, what)
    here = url("preview", edition, what=what)
    if sent is None:
        flash(_("Kies eerst een bestand."), "info")
        return redirect(url("upload", edition, what=what))
    if request.method == "GET":
        found = imports.preview(table, sent["cells"], edition)
        return _preview_page(edition, what, sent, found)
    if request.form.get("key") != sent["key"]:
        flash(_("Je koos intussen een ander bestand. Kijk wat dat doet."), "bad")
        return redirect(here)
    try:
        imported = imports.import_rows(
            table,
            sent["cells"],
            edition,
            seen=request.form.get("seen", -1, int),
            skip_wrong="skip_wrong" in request.form,
            now=clock.now(),
        )
    except Refusal as refusal:
        flash(str(refusal), "bad")
        return redirect(here)
    storage.remove(_place(edition, what))
    number = imported.count("new") + imported.count("changed")
    flash(
        ngettext("%(num)s rij is geïmporteerd.", "%(num)s rijen zijn geïmporteerd.", number), "good"
    )
    return redirect(url("sessions" if what == "onderdelen" else "speakers", edition))


def _preview_page(edition: Edition, what: str, sent: Any, found: imports.ImportPreview) -> str:
    asked = request.args.get("toon", "")
    fate = asked if asked in imports.FATES else ""
    return page(
        "preview",
        edition,
        what=what,
        sent=sent,
        found=found,
        fates=imports.FATES,
        fate=fate,
        listing=lists.listing_of(
            [row for row in found.rows if fate in ("", row.fate)],
            {"fate": lambda row: imports.FATES.index(row.fate)},
            default="fate",
        ),
        to_do=found.count("new") + found.count("changed"),
        wrong=found.count("wrong"),
    )


def _file(name: str, what: str, format_: str, rows: Iterable[list[str]]) -> Response:
    heads = TABLES[_WHAT[what]].heads
    write = exports.csv_response if format_ == "csv" else exports.xlsx_response
    return write(name, heads, rows)


def _place(edition: Edition, what: str) -> str:
    # One for each member: the next upload replaces it, so that no files pile up.
    return f"imports/{edition.slug}-{what}-{current_user.code}.json"


def _sent(edition: Edition, what: str) -> dict[str, Any] | None:
    try:
        sent: dict[str, Any] = json.loads(storage.get(_place(edition, what)))
    except FileNotFoundError:
        return None
    return sent
