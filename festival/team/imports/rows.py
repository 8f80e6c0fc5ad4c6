"""The rows of a file and their fate: what each is about, its changes, its problems and choices."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from festival.errors import Refusal
from festival.sheets import Cell
from festival.web import languages


class RowsAreWrong(Refusal):
    """Er kloppen nog rijen niet. Er is niets geïmporteerd."""


class RowsAsk(Refusal):
    """Kies eerst bij elke rij met een vraag wat ze doet. Er is niets geïmporteerd."""


FATES = ("wrong", "asks", "new", "changed", "unchanged")
# The heading that the file with wrong rows adds; it is no column of any table.
WHAT_IS_WRONG = _l("Wat klopt niet")


class CellChange(NamedTuple):
    """The change of one cell."""

    heading: str
    old: str
    new: str


class CellProblem(NamedTuple):
    """A problem of a row. `heading` is '' if it is not about one cell.

    `about` is the word in the cell that it is about, or ''.
    """

    heading: str
    reason: str
    about: str = ""

    def __str__(self) -> str:
        parts = (self.heading, f"“{self.about}”" if self.about else "", self.reason)
        return ": ".join(part for part in parts if part)


class RowChoice(NamedTuple):
    """One of the things that a row may mean, for the maker to choose from."""

    value: str
    label: str


@dataclass
class ImportRow:
    """One row of the file."""

    number: int  # as in the spreadsheet, where the heading is row 1
    title: str
    target: Any = None  # the row of the database that it is about; None: a new one
    leader: "ImportRow | None" = None  # the row above that is about the same
    problems: list[CellProblem] = field(default_factory=list)
    changes: list[CellChange] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)  # by column, only the changes
    choices: list[RowChoice] = field(default_factory=list)  # what it may mean, if that is unclear
    chosen: str = ""  # the value of one of these
    notes: list[str] = field(default_factory=list)  # what happens, in words

    @property
    def fate(self) -> str:
        """One of FATES."""
        if self.problems:
            return "wrong"
        if self.choices and not self.chosen:
            return "asks"
        if self.target is None and self.leader is None:
            return "new"
        return "changed" if self.changes else "unchanged"


class ProblemCount(NamedTuple):
    """How many rows have one and the same problem, and which."""

    heading: str
    reason: str
    rows: list[int]
    words: list[tuple[str, int]]  # what the cells say, most frequent first


@dataclass
class ImportPreview:
    """What a file would change."""

    rows: Sequence[ImportRow]
    unknown: list[str]  # headings of columns that are not used
    extra: Any = None  # what else the file makes; each kind of rows knows its own

    def count(self, *fates: str) -> int:
        """Counts the rows with one of these fates."""
        return sum(row.fate in fates for row in self.rows)

    @property
    def asking(self) -> list[ImportRow]:
        """The rows with a choice, made or not."""
        return [row for row in self.rows if row.choices and not row.problems]

    def summed_up(self) -> list[ProblemCount]:
        """Returns the problems of all rows by heading and reason, the most frequent first."""
        rows: dict[tuple[str, str], list[int]] = {}
        words: dict[tuple[str, str], Counter[str]] = {}
        for row in self.rows:
            for problem in row.problems:
                key = problem.heading, problem.reason
                numbers = rows.setdefault(key, [])
                if row.number not in numbers[-1:]:
                    numbers.append(row.number)
                words.setdefault(key, Counter()).update([problem.about] if problem.about else [])
        found = [
            ProblemCount(*key, numbers, words[key].most_common()) for key, numbers in rows.items()
        ]
        return sorted(found, key=lambda each: -len(each.rows))

    def wrong_rows(self, cells: Sequence[Sequence[Cell]]) -> Iterator[list[Cell]]:
        """Yields the heading and the wrong rows of the file, each with what is wrong behind it."""
        kept = [n for n, head in enumerate(cells[0]) if str(head).strip() and not _is_ours(head)]
        heads = [cells[0][n] for n in kept]
        yield [*heads, str(WHAT_IS_WRONG)]
        for row in self.rows:
            if row.problems:
                texts = cells[row.number - 1]
                said = " ".join(str(problem) for problem in row.problems)
                yield [*(texts[n] if n < len(texts) else "" for n in kept), said]


def check_rows(found: ImportPreview, *, skip_wrong: bool) -> None:
    """Refuse with RowsAsk, or with RowsAreWrong unless wrong rows are to be left out."""
    if found.count("asks"):
        raise RowsAsk
    if found.count("wrong") and not skip_wrong:
        raise RowsAreWrong


def answers_of(form: Mapping[str, str]) -> dict[int, str]:
    """Returns the choices that a form holds, by the number of the row."""
    return {
        int(name.removeprefix("row-")): value
        for name, value in form.items()
        if name.startswith("row-") and name[4:].isdecimal() and len(name) < 12
    }


def _is_ours(head: Cell) -> bool:
    return str(head).strip().casefold() in what_is_wrong_headings()


def what_is_wrong_headings() -> set[str]:
    """Returns the added heading as it may be written, in both languages."""
    found = set()
    for language in languages.LANGUAGES:
        with languages.speaking(language):
            found.add(str(WHAT_IS_WRONG).casefold())
    return found
