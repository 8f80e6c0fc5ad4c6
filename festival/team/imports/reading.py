"""Reading the rows of a file: comparing each with what there is and with the rows above."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count
from typing import Any

from flask_babel import gettext as _

from festival.errors import Refusal
from festival.search import folded
from festival.sheets import Cell
from festival.team.editing import reserved_words, slug_of
from festival.team.imports import columns
from festival.team.imports.columns import (
    SpreadsheetColumn,
    SpreadsheetTable,
    UnreadableCell,
    cell_text,
)
from festival.team.imports.rows import (
    CellChange,
    CellProblem,
    ImportPreview,
    ImportRow,
    what_is_wrong_headings,
)


class NoHeadings(Refusal):
    """In de eerste rij staan geen kolomkoppen die we kennen. Gebruik het voorbeeldbestand."""

    status = 422


class RowReader:
    """Reads rows one by one. `existing` are the rows that they may be about."""

    row_class: type[ImportRow] = ImportRow

    def __init__(self, table: SpreadsheetTable, known: Any, existing: Iterable[Any]) -> None:
        self.rows: list[Any] = []
        self._table = table
        self._known = known
        self._by_slug = {row.slug: row for row in existing}
        self._by_title: dict[str, list[Any]] = {}
        self._by_folded_title: dict[str, list[Any]] = {}
        for row in self._by_slug.values():
            titles = {table.cell(column, known, row) for column in self._titles} - {""}
            for title in titles:
                self._by_title.setdefault(title, []).append(row)
            for title in {folded(title) for title in titles}:
                self._by_folded_title.setdefault(title, []).append(row)
        self._slugs = {*self._by_slug, *reserved_words(table.kind)}
        # The first row about each thing, with its cells.
        self._leaders: dict[object, tuple[ImportRow, dict[SpreadsheetColumn, str]]] = {}

    @property
    def _titles(self) -> list[SpreadsheetColumn]:
        return [column for column in self._table.columns if column.name in self._table.titles]

    def read(self, number: int, texts: dict[SpreadsheetColumn, str]) -> None:
        """Add one row that is not empty."""
        cells = {column.name: text for column, text in texts.items()}
        title = next((t for name in self._table.titles if (t := cells.get(name))), "")
        row = self.row_class(number, title)
        self.rows.append(row)
        own = {column: texts[column] for column in self._table.columns if column in texts}
        try:
            row.target = self._target(cells)
        except UnreadableCell as why:
            row.problems.append(CellProblem("", str(why.reason), why.about))
            return
        row.title = row.title or self._title_of(row.target) or cells.get("slug", "")
        about = row.target or cells.get("slug") or folded(row.title)
        if about in self._leaders:
            self.follow(row, own, *self._leaders[about])
        else:
            self._leaders[about] = row, own
            self._read_own(row, own)
        self.read_more(row, cells)

    def follow(
        self,
        row: ImportRow,
        own: Mapping[SpreadsheetColumn, str],
        leader: ImportRow,
        leader_cells: Mapping[SpreadsheetColumn, str],
    ) -> None:
        """A further row about the same: most kinds of rows have only one."""
        del own, leader_cells
        row.leader = leader
        said = _("Dit staat ook in rij %(number)s.", number=leader.number)
        row.problems.append(CellProblem("", said))

    def read_more(self, row: Any, cells: Mapping[str, str]) -> None:
        """Read what is not of the row's own columns, or check them together."""

    def finish(self, answers: Mapping[int, str]) -> None:
        """Decide what needs all rows; `answers` are choices by the number of a row."""

    def _target(self, cells: Mapping[str, str]) -> Any:
        """Returns what the row is about, or None for something new."""
        if slug := cells.get("slug"):
            return self._by_slug.get(slug)
        titles = [cells[name] for name in self._table.titles if cells.get(name)]
        if not titles:
            raise UnreadableCell(
                _("Zonder adres en zonder titel of naam weten we niet waar deze rij over gaat.")
            )
        found = self._by_title.get(titles[0]) or self._by_folded_title.get(folded(titles[0]), [])
        if len(found) > 1:
            raise UnreadableCell(_("Er zijn er meer met deze titel of naam. Vul ook het adres in."))
        return found[0] if found else None

    def _title_of(self, target: Any) -> str:
        shown = (self._table.cell(column, self._known, target) for column in self._titles if target)
        return next(filter(None, shown), "")

    def _read_own(self, row: ImportRow, own: Mapping[SpreadsheetColumn, str]) -> None:
        for column, text in own.items():
            old = self._table.cell(column, self._known, row.target) if row.target else ""
            if text == old or not (text or column.empties):
                continue
            value = self.readable(row, column, text)
            if row.problems or (row.target and self._shown(column, value) == old):
                continue
            row.values[column.name] = value
            if column.name not in self._table.titles or row.target:
                row.changes.append(CellChange(str(column.heading), old, text))
        self._check_title(row)
        if row.target is None and not row.problems:
            self._add_standard(row)

    def _shown(self, column: SpreadsheetColumn, value: Any) -> str:
        return cell_text(column.show(self._known, value))

    def readable(self, row: ImportRow, column: SpreadsheetColumn, text: str) -> Any:
        """Returns the value of a cell; a problem with it is added to the row."""
        try:
            return column.read(self._known, text)
        except UnreadableCell as why:
            row.problems.append(CellProblem(str(column.heading), str(why.reason), why.about))
            return None

    def _check_title(self, row: ImportRow) -> None:
        titles = [
            row.values.get(column.name, self._table.value(column, row.target) if row.target else "")
            for column in self._titles
        ]
        if not any(titles):
            heading = str(self._titles[0].heading)
            row.problems.append(CellProblem(heading, _("Vul dit in.")))

    def _add_standard(self, row: ImportRow) -> None:
        slug = row.values.get("slug") or self._free_slug(slug_of(row.title))
        if slug in self._slugs:
            row.problems.append(
                CellProblem("", _("Dit adres is al van iets anders. Kies een ander."))
            )
        self._slugs.add(slug)
        row.values = {**self._table.standard, **row.values, "slug": slug}

    def _free_slug(self, wanted: str) -> str:
        numbered = (f"{wanted[:55]}-{n}" for n in count(2))
        return next(slug for slug in chain([wanted], numbered) if slug not in self._slugs)


def read_rows(
    reader: RowReader,
    table: SpreadsheetTable,
    cells: Sequence[Sequence[Cell]],
    answers: Mapping[int, str],
) -> ImportPreview:
    """Returns the fate of each row of `cells`, the first of which holds the headings.

    Raises NoHeadings.
    """
    known = columns.by_heading(table.all_columns)
    heads = [cell_text(head) for head in cells[0]] if cells else []
    used = [known.get(head.casefold()) for head in heads]
    if not {column.name for column in used if column} & {"slug", *table.titles}:
        raise NoHeadings
    for number, row in enumerate(cells[1:], start=2):
        texts = {
            column: column.clean(row[n]) if n < len(row) else ""
            for n, column in enumerate(used)
            if column
        }
        if any(texts.values()):
            reader.read(number, texts)
    reader.finish(answers)
    ours = what_is_wrong_headings()
    return ImportPreview(
        reader.rows,
        [
            head
            for head, column in zip(heads, used, strict=True)
            if head and not column and head.casefold() not in ours
        ],
    )
