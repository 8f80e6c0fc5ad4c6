"""Exporting sessions, people, stages and themes as spreadsheets, and importing them."""

from collections.abc import Iterable
from typing import Any

from werkzeug.wrappers import Response

from festival import clock
from festival.editions.addresses import team_edition_or_404
from festival.editions.models import Edition
from festival.scheduling import imports, known_names
from festival.scheduling.backoffice.base import bp, page, url
from festival.scheduling.backoffice.people import chosen_speakers
from festival.scheduling.backoffice.sessions import chosen_sessions
from festival.scheduling.import_examples import example_rows
from festival.scheduling.spreadsheet_columns import TABLES
from festival.team import exports
from festival.team.access import team
from festival.team.imports import screens
from festival.team.imports.rows import ImportPreview
from festival.team.imports.screens import Cells, ImportScreens
from festival.team.saving import Answer

_WHAT = {
    "onderdelen": "sessions",
    "mensen": "speakers",
    "podia": "stages",
    "themas": "themes",
}
_PATH = "<any(onderdelen, mensen, podia, themas):what>"
_FORMAT = "<any(csv, xlsx):format_>"


@bp.get(f"/<edition_slug>/uitvoer/{_PATH}.{_FORMAT}")
@team("programme")
def export(edition_slug: str, what: str, format_: str) -> Response:
    """Exports what the list shows with the same filters, as the next release will show it."""
    edition = team_edition_or_404(edition_slug)
    known = known_names.read_known_names(edition)
    table = TABLES[_WHAT[what]]
    chosen: Iterable[Any] = imports.existing_rows(table, known)
    if what == "onderdelen":
        chosen = chosen_sessions(edition, known.themes.rows, known.people.rows)
    elif what == "mensen":
        chosen = chosen_speakers(edition)
    return _file(f"{edition.slug}-{what}", what, format_, table.rows(known, chosen))


@bp.get(f"/<edition_slug>/invoer/{_PATH}/voorbeeld.{_FORMAT}")
@team("programme")
def blank(edition_slug: str, what: str, format_: str) -> Response:
    """Serves an empty file with the headings, to fill in."""
    return _file(f"{team_edition_or_404(edition_slug).slug}-{what}-voorbeeld", what, format_, [])


@bp.get(f"/<edition_slug>/invoer/{_PATH}/ingevuld-voorbeeld.{_FORMAT}")
@team("programme")
def example(edition_slug: str, what: str, format_: str) -> Response:
    """Serves a file with a few rows that can be imported as they are."""
    edition = team_edition_or_404(edition_slug)
    known = known_names.read_known_names(edition)
    rows = example_rows(TABLES[_WHAT[what]], known)
    return _file(f"{edition.slug}-{what}-ingevuld-voorbeeld", what, format_, rows)


@bp.route(f"/<edition_slug>/invoer/{_PATH}", methods=["GET", "POST"])
@team("programme")
def upload(edition_slug: str, what: str) -> Answer:
    """Upload a file."""
    return screens.upload(_screens(team_edition_or_404(edition_slug), what))


@bp.route(f"/<edition_slug>/invoer/{_PATH}/bekijken", methods=["GET", "POST"])
@team("programme")
def preview(edition_slug: str, what: str) -> Answer:
    """Shows the fate of each row of the uploaded file; a POST imports all of it or nothing."""
    return screens.preview(_screens(team_edition_or_404(edition_slug), what))


@bp.get(f"/<edition_slug>/invoer/{_PATH}/klopt-niet.{_FORMAT}")
@team("programme")
def wrong_rows(edition_slug: str, what: str, format_: str) -> Response:
    """Serves the wrong rows of the uploaded file, to repair and import again."""
    return screens.wrong_rows(_screens(team_edition_or_404(edition_slug), what), format_)


def _screens(edition: Edition, what: str) -> ImportScreens:
    table = TABLES[_WHAT[what]]

    def bring_in(cells: Cells, *, seen: str, **options: Any) -> ImportPreview:
        version = int(seen) if seen.isdecimal() and len(seen) < 10 else -1
        return imports.import_rows(table, cells, edition, seen=version, **options, now=clock.now())

    return ImportScreens(
        kept_as=f"{edition.slug}-{what}",
        upload_url=url("upload", edition, what=what),
        preview_url=url("preview", edition, what=what),
        done_url=url(_WHAT[what], edition),
        look=lambda cells, answers: imports.preview(table, cells, edition, answers),
        bring_in=bring_in,
        seen=lambda: str(edition.draft_version),
        render=lambda name, **values: page(name, edition, what=what, heads=table.heads, **values),
    )


def _file(name: str, what: str, format_: str, rows: Iterable[list[str]]) -> Response:
    heads = TABLES[_WHAT[what]].heads
    write = exports.csv_response if format_ == "csv" else exports.xlsx_response
    return write(name, heads, rows)
