"""Reading the rows of a spreadsheet: what each is about, its changes and its problems."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, count
from typing import Any, NamedTuple

from flask_babel import gettext as _

from festival.programme import draft, hours
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.scheduling import spreadsheet_columns
from festival.scheduling.known_names import KnownNames, UnreadableCell, cell_text
from festival.scheduling.spreadsheet_columns import SpreadsheetColumn, SpreadsheetTable
from festival.team.editing import reserved_words, slug_of

_STANDARD: dict[Any, dict[str, Any]] = {
    Session: {"kind": "talk", "languages": "nl", "level": "open", "takes_feedback": True},
    Speaker: {"language": "nl"},
}


class CellChange(NamedTuple):
    """The change of one cell."""

    heading: str
    old: str
    new: str


class CellProblem(NamedTuple):
    """A problem of a row; `heading` is '' if it is not about one cell."""

    heading: str
    reason: str


@dataclass
class ImportRow:
    """One row of the file, and its fate."""

    number: int  # as in the spreadsheet, where the heading is row 1
    title: str
    target: Session | Speaker | None = None  # None: a new one
    leader: "ImportRow | None" = None  # the row above with the session of this slot
    problems: list[CellProblem] = field(default_factory=list)
    changes: list[CellChange] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)  # by column, only the changes
    slot: Slot | None = None
    slot_values: dict[str, Any] = field(default_factory=dict)  # the whole slot, if it changes

    @property
    def fate(self) -> str:
        """One of FATES."""
        if self.problems:
            return "wrong"
        if self.target is None and self.leader is None:
            return "new"
        return "changed" if self.changes else "unchanged"


class RowReader:
    """Reads rows one by one, comparing them with the draft and with the rows above."""

    def __init__(self, table: SpreadsheetTable, known: KnownNames) -> None:
        existing: list[Any] = known.sessions if table.kind is Session else known.people
        self.rows: list[ImportRow] = []
        self._table = table
        self._known = known
        self._by_slug = {row.slug: row for row in existing}
        self._by_title: dict[str, list[Any]] = {}
        for row in existing:
            for title in {column.cell(known, row) for column in self._titles}:
                self._by_title.setdefault(title, []).append(row)
        self._slugs = {*self._by_slug, *reserved_words(table.kind)}
        # The first row about each session or person, with its cells.
        self._leaders: dict[object, tuple[ImportRow, dict[SpreadsheetColumn, str]]] = {}
        self._slots: set[int] = set()  # the ids of slots that a row is about
        # The row of each slot, by the row of its session, its start and its stage.
        self._moments: dict[tuple[int, datetime, int], int] = {}

    @property
    def _titles(self) -> list[SpreadsheetColumn]:
        return [column for column in self._table.columns if column.name in self._table.titles]

    def read(self, number: int, texts: dict[SpreadsheetColumn, str]) -> None:
        """Add one row that is not empty."""
        cells = {column.name: text for column, text in texts.items()}
        row = ImportRow(
            number, next((t for name in self._table.titles if (t := cells.get(name))), "")
        )
        self.rows.append(row)
        own = {column: texts[column] for column in self._table.columns if column in texts}
        moment = {
            column.name: texts[column] for column in self._table.slot_columns if column in texts
        }
        try:
            row.target = self._target(cells)
        except UnreadableCell as why:
            row.problems.append(CellProblem("", str(why)))
            return
        row.title = row.title or self._title_of(row.target) or cells.get("slug", "")
        about = row.target or cells.get("slug") or row.title
        if about in self._leaders:
            _follow(row, own, *self._leaders[about])
        else:
            self._leaders[about] = row, own
            self._read_own(row, own)
        if any(moment.values()):
            self._read_slot(row, moment)

    def _target(self, cells: Mapping[str, str]) -> Session | Speaker | None:
        """Returns what the row is about, or None for something new."""
        if slug := cells.get("slug"):
            return self._by_slug.get(slug)
        titles = [cells[name] for name in self._table.titles if cells.get(name)]
        if not titles:
            raise UnreadableCell(_("Zonder adres en titel weten we niet waar deze rij over gaat."))
        found = self._by_title.get(titles[0], [])
        if len(found) > 1:
            raise UnreadableCell(_("Er zijn er meer met deze titel of naam. Vul ook het adres in."))
        return found[0] if found else None

    def _title_of(self, target: Session | Speaker | None) -> str:
        shown = (column.cell(self._known, target) for column in self._titles if target)
        return next(filter(None, shown), "")

    def _read_own(self, row: ImportRow, own: Mapping[SpreadsheetColumn, str]) -> None:
        for column, text in own.items():
            old = column.cell(self._known, row.target) if row.target else ""
            if text == old or not (text or column.empties):
                continue
            value = _readable(row, column, self._known, text)
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

    def _check_title(self, row: ImportRow) -> None:
        titles = [
            row.values.get(column.name, column.value(row.target) if row.target else "")
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
        row.values = _STANDARD[self._table.kind] | row.values | {"slug": slug}

    def _free_slug(self, wanted: str) -> str:
        numbered = (f"{wanted[:55]}-{n}" for n in count(2))
        return next(slug for slug in chain([wanted], numbered) if slug not in self._slugs)

    def _read_slot(self, row: ImportRow, moment: dict[str, str]) -> None:
        slots = spreadsheet_columns.kept_slots(row.target) if row.target else []
        if code := moment.get("code"):
            row.slot = next((slot for slot in slots if slot.code == code), None)
            if row.slot is None:
                said = _(
                    "Dit onderdeel heeft dat moment niet. Laat dit leeg voor een nieuw moment."
                )
                row.problems.append(
                    CellProblem(str(spreadsheet_columns.SLOT_COLUMNS[0].heading), said)
                )
                return
        edition = self._known.edition
        former = spreadsheet_columns.slot_values(edition, row.slot) if row.slot else {}
        values = self._slot_values(row, moment, former)
        if not row.problems:
            self._check_clock(row, values, former)
        if row.problems:
            return
        starts_at, ends_at = (
            hours.moment(edition, values["day"], values[name], is_end=name == "ends")
            for name in ("starts", "ends")
        )
        if ends_at <= starts_at:
            row.problems.append(CellProblem("", _("Het einde ligt niet na het begin.")))
            return
        if row.slot is None:
            same = (slot for slot in slots if _is_at(slot, starts_at, values["stage_id"]))
            row.slot = next((slot for slot in same if slot.id not in self._slots), None)
            former = spreadsheet_columns.slot_values(edition, row.slot) if row.slot else {}
            values |= {name: old for name, old in former.items() if name not in moment}
            values["code"] = former.get("code", "")
        self._check_slot(row, values)
        self._check_once(row, starts_at, values["stage_id"])
        self._record_slot_changes(row, moment, former, values)
        if former != values:
            stage = next(each for each in self._known.stages if each.id == values["stage_id"])
            row.slot_values = {
                "stage": stage,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "places": values["places"],
                "door_places": values["door_places"],
            }

    def _slot_values(
        self, row: ImportRow, moment: Mapping[str, str], former: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Returns the slot as the row has it; columns that the file lacks keep their values."""
        values: dict[str, Any] = {"code": former.get("code", "")}
        for column in spreadsheet_columns.SLOT_COLUMNS[1:]:
            text = moment.get(column.name)
            if text is None and former:
                values[column.name] = former[column.name]
            elif not text and column.name not in ("places", "door_places"):
                row.problems.append(CellProblem(str(column.heading), _("Vul dit in.")))
            else:
                values[column.name] = _readable(row, column, self._known, text or "")
        return values

    def _check_clock(
        self, row: ImportRow, values: dict[str, Any], former: Mapping[str, Any]
    ) -> None:
        """Keep an unchanged time even if the clock change repeats it; a new time must be clear."""
        edition, day = self._known.edition, values["day"]
        for column in spreadsheet_columns.SLOT_COLUMNS:
            name = column.name
            if name not in ("starts", "ends"):
                continue
            if (former.get("day"), former.get(name)) == (day, values[name]):
                values[name] = former[name]
            elif said := hours.unclear(edition, day, values[name], is_end=name == "ends"):
                row.problems.append(CellProblem(str(column.heading), str(said)))

    def _check_slot(self, row: ImportRow, values: Mapping[str, Any]) -> None:
        slot, places = row.slot, values["places"]
        if slot is None:
            return
        if slot.id in self._slots:
            row.problems.append(CellProblem("", _("Dit moment staat ook in een rij hierboven.")))
        self._slots.add(slot.id)
        if slot.taken and (places is None or places < slot.taken):
            said = _("Er zijn al %(taken)s plekken geboekt.", taken=slot.taken)
            row.problems.append(CellProblem(str(spreadsheet_columns.SLOT_COLUMNS[5].heading), said))

    def _check_once(self, row: ImportRow, starts_at: datetime, stage_id: int) -> None:
        """A new slot that is also in a row above was pasted twice."""
        about = (row.leader or row).number
        first = self._moments.setdefault((about, starts_at, stage_id), row.number)
        if row.slot is None and first != row.number:
            said = _("Dit moment staat ook in rij %(number)s.", number=first)
            row.problems.append(CellProblem("", said))

    def _record_slot_changes(
        self,
        row: ImportRow,
        moment: Mapping[str, str],
        former: Mapping[str, Any],
        values: Mapping[str, Any],
    ) -> None:
        for column in spreadsheet_columns.SLOT_COLUMNS[1:]:
            new = column.show(self._known, values[column.name])
            old = column.show(self._known, former[column.name]) if former else ""
            if new != old and column.name in moment:
                row.changes.append(CellChange(str(column.heading), old, new))


def _follow(
    row: ImportRow,
    own: Mapping[SpreadsheetColumn, str],
    leader: ImportRow,
    leader_cells: Mapping[SpreadsheetColumn, str],
) -> None:
    """Check a further row of the same session: only its slot may differ from `leader`."""
    row.leader = leader
    if leader.problems:
        wrong = _("Rij %(number)s, waar deze bij hoort, klopt niet.", number=leader.number)
        row.problems.append(CellProblem("", wrong))
    for column, text in own.items():
        if text and text != leader_cells.get(column):
            other = _("In rij %(number)s staat hier iets anders over.", number=leader.number)
            row.problems.append(CellProblem(str(column.heading), other))


def _readable(row: ImportRow, column: SpreadsheetColumn, known: KnownNames, text: str) -> Any:
    """Returns the value of a cell; a problem with it is added to the row."""
    try:
        return column.read(known, text)
    except UnreadableCell as why:
        row.problems.append(CellProblem(str(column.heading), str(why)))
        return None


def _is_at(slot: Slot, starts_at: datetime, stage_id: int) -> bool:
    is_then = bool(draft.value(slot, "starts_at") == starts_at)
    return is_then and draft.value(slot, "stage_id") == stage_id
