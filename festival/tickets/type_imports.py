"""Importing ticket types from a spreadsheet: each row is checked by the form of a ticket type."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from festival.digests import digest
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.sheets import Cell
from festival.team.imports.names import NamedRows
from festival.team.imports.reading import RowReader, read_rows
from festival.team.imports.rows import CellProblem, ImportPreview, ImportRow, check_rows
from festival.tickets import queries, ticket_type_rules
from festival.tickets.forms import TypeForm, type_form
from festival.tickets.models import TicketType
from festival.tickets.ticket_type_rules import ImportedType
from festival.tickets.type_columns import TYPES, KnownPools

MOST_TYPES = 100
_OF_FORM = [column.name for column in TYPES.columns if column.name not in ("slug", "capacity")]


class TooManyTypes(Refusal):
    """In één bestand passen hoogstens {most} kaartsoorten. Deel het op."""

    status = 413


@dataclass
class TypeRow(ImportRow):
    """A row with a ticket type."""

    form_values: dict[str, Any] = field(default_factory=dict)  # by field of TicketType


class TypeReader(RowReader):
    """Reads ticket types, and lets the form check each."""

    row_class = TypeRow

    def read(self, number: int, texts: dict[Any, str]) -> None:
        """Add one row; a pool that is not there yet is made if its size stands behind it."""
        cells = {column.name: text for column, text in texts.items()}
        name, capacity = cells.get("pool_id", ""), cells.get("capacity", "")
        known: KnownPools = self._known
        if name and capacity.isdecimal() and len(capacity) < 7 and not known.pools.matches(name):
            known.new_pools.setdefault(name, (-1 - len(known.new_pools), int(capacity)))
        super().read(number, texts)

    def read_more(self, row: TypeRow, cells: Mapping[str, str]) -> None:
        """Let the form check the whole ticket type, as the row makes it."""
        row.values.pop("capacity", None)
        if row.problems:
            return
        self._check_capacity(row, cells)
        values = {name: self._value(row, name) for name in _OF_FORM}
        sent = MultiDict(
            [
                (name, str(each))
                for name, value in values.items()
                for each in (value if isinstance(value, list) else [value])
            ]
        )
        form = checked_form(self._known, row.target, sent)
        headings = {column.name: str(column.heading) for column in TYPES.columns}
        for name, errors in form.errors.items():
            row.problems += [
                CellProblem(headings.get(name or "", ""), str(each)) for each in errors
            ]
        if not row.problems:
            row.form_values = form.values

    def _value(self, row: TypeRow, name: str) -> Any:
        if name in row.values:
            return row.values[name]
        if row.target is not None:
            column = next(each for each in TYPES.columns if each.name == name)
            return TYPES.value(column, row.target)
        return [str(day) for day in self._known.edition.days] if name == "days" else ""

    def _check_capacity(self, row: TypeRow, cells: Mapping[str, str]) -> None:
        """Of a pool that is there, the number is changed at the pool and not here."""
        heading = str(next(each.heading for each in TYPES.columns if each.name == "capacity"))
        row.changes = [each for each in row.changes if each.heading != heading]
        capacity, name = cells.get("capacity"), cells.get("pool_id", "")
        if not capacity:
            return
        there = self._known.pools.matches(name) if name else [row.target.pool] if row.target else []
        wanted = {pool.capacity for pool in there} or {
            size for new, (_n, size) in self._known.new_pools.items() if new == name
        }
        if wanted and wanted != {int(capacity)}:
            said = _("Van dit contingent staat er een ander aantal. Wijzig dat bij het contingent.")
            row.problems.append(CellProblem(heading, said, capacity))


def checked_form(known: KnownPools, of: TicketType | None, sent: MultiDict[str, str]) -> TypeForm:
    """Returns the form of a ticket type after checking what a row would send."""
    pools = [(pool.id, pool.name) for pool in known.pools]
    pools += [(key, name) for name, (key, _size) in known.new_pools.items()]
    form = type_form(known.edition, of, pools, formdata=sent, meta={"csrf": False})
    form.validate()
    return form


def read_known_pools(edition: Edition) -> KnownPools:
    """Reads the pools and ticket types of the edition."""
    return KnownPools(
        edition,
        NamedRows(
            list(queries.pools(edition)),
            lambda pool: [pool.name],
            none=_l(
                "Dit contingent is er niet. Maak het eerst, of vul in hoeveel kaartjes erin zitten."
            ),
            several=_l("Er zijn meer contingenten die zo heten. Schrijf het adres: %(slugs)s."),
        ),
        list(queries.ticket_types(edition)),
    )


def preview(cells: Sequence[Sequence[Cell]], edition: Edition) -> ImportPreview:
    """Returns the fate of each row of `cells`, without writing anything.

    Refuses with NoHeadings or TooManyTypes.
    """
    if len(cells) > MOST_TYPES + 1:
        raise TooManyTypes(most=MOST_TYPES)
    known = read_known_pools(edition)
    found = read_rows(TypeReader(TYPES, known, known.types), TYPES, cells, {})
    found.extra = known.new_pools
    return found


def seen_by(edition: Edition) -> str:
    """Returns a digest of the ticket types and pools, with which an import is compared."""
    return digest(*exported(edition), [(pool.slug, pool.name) for pool in queries.pools(edition)])


def exported(edition: Edition, chosen: Iterable[TicketType] | None = None) -> list[list[str]]:
    """Returns the rows of an export of the edition's ticket types."""
    known = read_known_pools(edition)
    return list(TYPES.rows(known, known.types if chosen is None else chosen))


def import_types(
    cells: Sequence[Sequence[Cell]],
    edition: Edition,
    *,
    seen: str,
    skip_wrong: bool = False,
    now: datetime,
) -> ImportPreview:
    """Write what the preview of `cells` showed: all rows or nothing.

    Refuses with NoHeadings, TooManyTypes, RowsAreWrong, TypesChanged or what the rules of ticket
    types refuse with.
    """
    found = preview(cells, edition)
    check_rows(found, skip_wrong=skip_wrong)
    rows = [
        ImportedType(row.target, row.values.get("slug", ""), row.form_values)
        for row in found.rows
        if isinstance(row, TypeRow) and row.fate in ("new", "changed")
    ]
    ticket_type_rules.import_types(
        edition,
        rows,
        {key: (name, size) for name, (key, size) in found.extra.items()},
        is_as_seen=lambda: seen_by(edition) == seen,
        now=now,
    )
    return found
