"""Finding the row that a cell names: by slug, by exact name, or else by its folded name."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from festival.search import folded
from festival.team.imports.columns import UnreadableCell, cell_text

T = TypeVar("T")


class NamedRows(Generic[T]):
    """Rows that cells may name, read once for a whole file.

    `names_of` returns the names of a row, the first of which is written in an export. `none` and
    `several` say what is wrong if a name is that of no row, or of more (`%(slugs)s` of these).
    """

    def __init__(
        self, rows: Sequence[T], names_of: Callable[[T], Iterable[str]], *, none: Any, several: Any
    ) -> None:
        self.rows = rows
        self._names_of = names_of
        self._none, self._several = none, several

    def __iter__(self) -> Any:
        return iter(self.rows)

    def matches(self, text: str) -> Sequence[T]:
        """Returns the rows that `text` may mean: those of the nearest way of writing it."""
        if (slugged := self._by_slug.get(text)) is not None:
            return [slugged]
        for index, key in ((self._by_name, text.casefold()), (self._by_folded, folded(text))):
            if found := index.get(key):
                return found
        return []

    def find(self, text: str) -> T:
        """Returns the one row with that slug or name. Raises UnreadableCell."""
        found = self.matches(text)
        if not found:
            raise UnreadableCell(self._none, text)
        if len(found) > 1:
            slugs = ", ".join(str(_slug(row)) for row in found)
            raise UnreadableCell(self._several % {"slugs": slugs}, text)
        return found[0]

    def name(self, row_id: int | None) -> str:
        """Returns the name or, if that is unclear, the slug by which `find` finds the row."""
        if row_id not in self._by_id:
            return ""
        row = self._by_id[row_id]
        name = cell_text(next(iter(self._names_of(row)), ""))
        is_clear = bool(name) and ";" not in name and list(self.matches(name)) == [row]
        return name if is_clear else str(_slug(row))

    @cached_property
    def _by_id(self) -> dict[Any, T]:
        return {_id(row): row for row in self.rows}

    @cached_property
    def _by_slug(self) -> dict[str, T]:
        return {_slug(row): row for row in self.rows}

    @cached_property
    def _by_name(self) -> dict[str, list[T]]:
        return self._index(str.casefold)

    @cached_property
    def _by_folded(self) -> dict[str, list[T]]:
        return self._index(folded)

    def _index(self, fold: Callable[[str], str]) -> dict[str, list[T]]:
        found: dict[str, list[T]] = {}
        for row in self.rows:
            for name in {fold(cell_text(name)) for name in self._names_of(row) if name}:
                found.setdefault(name, []).append(row)
        return found


def _id(row: Any) -> Any:
    return row.id


def _slug(row: Any) -> Any:
    return row.slug
