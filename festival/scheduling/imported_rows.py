"""Reading the rows of sessions, each with one of the session's slots."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from festival.editions import dates
from festival.programme import hours
from festival.programme.models.sessions import Slot
from festival.scheduling import matched_slots, spreadsheet_columns, spreadsheet_moments
from festival.scheduling.known_names import KnownNames
from festival.scheduling.matched_slots import WantedSlot
from festival.team.imports.columns import SpreadsheetColumn, UnreadableCell
from festival.team.imports.reading import RowReader
from festival.team.imports.rows import CellChange, CellProblem, ImportRow, RowChoice

_CODE, *_OF_SLOT = spreadsheet_columns.SLOT_COLUMNS
_HEADINGS = {column.name: column.heading for column in _OF_SLOT}


@dataclass
class SessionRow(ImportRow):
    """A row with a session, and mostly one of its slots."""

    slot: Slot | None = None  # None: a new one, if there are values
    slot_values: dict[str, Any] = field(default_factory=dict)  # the whole slot, if it changes
    cells: dict[str, str] = field(default_factory=dict)  # the texts of the slot, by column
    wanted: dict[str, Any] = field(default_factory=dict)  # the values of the slot, by column


class SessionReader(RowReader):
    """Reads sessions, and then finds the slot that each row is about."""

    row_class = SessionRow

    def __init__(self, table: Any, known: KnownNames) -> None:
        super().__init__(table, known, known.sessions)
        self._slots: dict[int, int] = {}  # the row about each slot, by its id
        # The row of each moment, by the row of its session, its start and its stage.
        self._moments: dict[tuple[int, datetime, int], int] = {}

    def follow(
        self,
        row: ImportRow,
        own: Mapping[SpreadsheetColumn, str],
        leader: ImportRow,
        leader_cells: Mapping[SpreadsheetColumn, str],
    ) -> None:
        """Check a further row of the same session: only its slot may differ from `leader`."""
        row.leader = leader
        for column, text in own.items():
            if text and text != leader_cells.get(column):
                other = _("In een rij hierboven staat hier iets anders over.")
                row.problems.append(
                    CellProblem(str(column.heading), other, _row_word(leader.number))
                )

    def read_more(self, row: SessionRow, cells: Mapping[str, str]) -> None:
        """Read the slot of the row: its values if it has a code, its moment in any case."""
        columns = spreadsheet_columns.SLOT_COLUMNS
        row.cells = {each.name: cells[each.name] for each in columns if each.name in cells}
        if not any(row.cells.values()):
            return
        former: dict[str, Any] = {}
        if code := row.cells.get("code"):
            row.slot = next((slot for slot in self._kept(row) if slot.code == code), None)
            if row.slot is None:
                said = _(
                    "Dit onderdeel heeft dat moment niet. Laat dit leeg voor een nieuw moment."
                )
                row.problems.append(CellProblem(str(_CODE.heading), said, code))
                return
            former = self._former(row)
        row.wanted = self._read_values(row, former)
        if not row.problems:
            self._find_moment(row, former)

    def finish(self, answers: Mapping[int, str]) -> None:
        """Find the slots of rows without a code, and note what changes."""
        self._claim_by_code()
        for session_rows in self._rows_by_session():
            slots = self._kept(session_rows[0])
            free = [slot for slot in slots if slot.id not in self._slots]
            rows = [row for row in session_rows if row.slot is None]
            self._match(rows, free, slots, answers)
        for row in self.rows:
            if row.wanted and not row.problems and not (row.choices and not row.chosen):
                self._finish_slot(row)
        for row in self.rows:
            if row.leader is not None and row.leader.problems and not row.problems:
                wrong = _("De eerste rij over dit onderdeel klopt niet.")
                row.problems.append(CellProblem("", wrong, _row_word(row.leader.number)))

    def _kept(self, row: SessionRow) -> list[Slot]:
        return spreadsheet_columns.kept_slots(row.target) if row.target else []

    def _former(self, row: SessionRow) -> dict[str, Any]:
        edition = self._known.edition
        return spreadsheet_columns.slot_values(edition, row.slot) if row.slot else {}

    def _read_values(self, row: SessionRow, former: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the slot as the row has it; columns that the file lacks keep their values."""
        values: dict[str, Any] = {}
        for column in _OF_SLOT:
            text = row.cells.get(column.name)
            if text is None and former:
                values[column.name] = former[column.name]
            elif not text and column.name not in ("places", "door_places"):
                row.problems.append(CellProblem(str(column.heading), _("Vul dit in.")))
            elif former and text == column.show(self._known, former[column.name]):
                values[column.name] = former[column.name]  # with the fold of a repeated hour
            else:
                values[column.name] = self.readable(row, column, text or "")
        return values

    def _find_moment(self, row: SessionRow, former: Mapping[str, Any]) -> None:
        """Turn day and times into moments; times that are as before need not be clear."""
        edition, wanted = self._known.edition, row.wanted
        when = wanted["day"], wanted["starts"], wanted["ends"]
        is_same = bool(former) and when == tuple(former[name] for name in ("day", "starts", "ends"))
        if row.slot is not None and is_same:
            wanted["starts_at"], wanted["ends_at"] = matched_slots.times_of(row.slot)
            return
        try:
            spreadsheet_moments.festival_day(edition, wanted["day"], wanted["starts"])
        except UnreadableCell as why:
            row.problems.append(CellProblem(str(_HEADINGS["day"]), str(why.reason)))
            return
        kept = {name for name in ("starts", "ends") if former and former[name] == wanted[name]}
        is_same_day = bool(former) and former["day"] == wanted["day"]
        for name, said in spreadsheet_moments.unclear(edition, *when).items():
            if not (is_same_day and name in kept):
                row.problems.append(CellProblem(str(_HEADINGS[name]), str(said)))
        wanted["starts_at"], wanted["ends_at"] = hours.span_from(edition, *when)
        if not row.problems and wanted["ends_at"] <= wanted["starts_at"]:
            row.problems.append(CellProblem("", _("Het einde ligt niet na het begin.")))

    def _claim_by_code(self) -> None:
        for row in self.rows:
            if row.slot is not None and row.wanted and not row.problems:
                self._claim(row, row.slot)

    def _claim(self, row: SessionRow, slot: Slot) -> None:
        first = self._slots.setdefault(slot.id, row.number)
        if first != row.number:
            said = _("Dit moment staat ook in een andere rij.")
            row.problems.append(CellProblem("", said, _row_word(first)))

    def _rows_by_session(self) -> list[list[SessionRow]]:
        found: dict[int, list[SessionRow]] = {}
        for row in self.rows:
            if row.wanted and not row.problems:
                found.setdefault((row.leader or row).number, []).append(row)
        return list(found.values())

    def _match(
        self,
        rows: list[SessionRow],
        free: list[Slot],
        slots: list[Slot],
        answers: Mapping[int, str],
    ) -> None:
        """Find the slot of each of the rows without a code of one session."""
        asked = {
            row.number: WantedSlot(row.wanted["starts_at"], row.wanted["stage_id"]) for row in rows
        }
        asked = self._without_doubles(rows, asked)
        found = matched_slots.match(asked, free, slots)
        for row in rows:
            if (slot := found.slots.get(row.number)) is not None:
                row.slot = slot
                self._claim(row, slot)
            elif row.number in found.unclear:
                self._ask(row, found.open, answers)

    def _without_doubles(
        self, rows: list[SessionRow], asked: dict[int, WantedSlot]
    ) -> dict[int, WantedSlot]:
        """A row that was pasted twice makes no second moment."""
        for row in rows:
            wanted = asked[row.number]
            about = (row.leader or row).number, wanted.starts_at, wanted.stage_id
            first = self._moments.setdefault(about, row.number)
            if first != row.number:
                said = _("Dit moment staat ook in een andere rij.")
                row.problems.append(CellProblem("", said, _row_word(first)))
                del asked[row.number]
        return asked

    def _ask(self, row: SessionRow, slots: list[Slot], answers: Mapping[int, str]) -> None:
        row.choices = [
            *(
                RowChoice(slot.code, _("Verplaats: %(when)s", when=self._now(slot)))
                for slot in slots
            ),
            RowChoice("new", _("Maak een nieuw moment")),
        ]
        answer = answers.get(row.number, "")
        if answer not in {each.value for each in row.choices}:
            row.notes.append(self._words(row))
            return
        row.chosen = answer
        slot = next((slot for slot in slots if slot.code == answer), None)
        if slot is not None:
            row.slot = slot
            self._claim(row, slot)

    def _finish_slot(self, row: SessionRow) -> None:
        former, wanted = self._former(row), row.wanted
        for name, old in former.items():
            if name not in row.cells and name != "code":
                wanted[name] = old
        self._check_places(row)
        times = wanted["starts_at"], wanted["ends_at"]
        if row.slot is None:
            if row.target is not None:
                row.notes.append(_("Nieuw moment: %(when)s", when=self._words(row)))
            else:
                row.notes.append(self._words(row))
        elif (*matched_slots.times_of(row.slot), former["stage_id"]) != (
            *times,
            wanted["stage_id"],
        ):
            row.notes.append(
                _(
                    "Verplaatst van %(former)s naar %(when)s",
                    former=self._now(row.slot),
                    when=self._words(row),
                )
            )
        self._note_changes(row, former)
        if row.slot is None or row.notes or any(former[n] != wanted[n] for n in _HEADINGS):
            names = ("starts_at", "ends_at", "stage_id", "places", "door_places")
            row.slot_values = {name: wanted[name] for name in names}

    def _check_places(self, row: SessionRow) -> None:
        places = row.wanted["places"]
        if row.slot and row.slot.taken and (places is None or places < row.slot.taken):
            said = _(
                "Kies minstens %(taken)s: zoveel plekken zijn er al geboekt.", taken=row.slot.taken
            )
            row.problems.append(CellProblem(str(_HEADINGS["places"]), said))

    def _note_changes(self, row: SessionRow, former: Mapping[str, Any]) -> None:
        for column in _OF_SLOT:
            new = column.show(self._known, row.wanted[column.name])
            old = column.show(self._known, former[column.name]) if former else ""
            if new != old and column.name in row.cells:
                row.changes.append(CellChange(str(column.heading), old, new))

    def _words(self, row: SessionRow) -> str:
        times = row.wanted["starts_at"], row.wanted["ends_at"]
        return self._in_words(*times, row.wanted["stage_id"])

    def _now(self, slot: Slot) -> str:
        former = spreadsheet_columns.slot_values(self._known.edition, slot)
        return self._in_words(*matched_slots.times_of(slot), former["stage_id"])

    def _in_words(self, starts_at: datetime, ends_at: datetime, stage_id: int) -> str:
        when = dates.clear_span(self._known.edition, starts_at, ends_at)
        return f"{when}, {self._known.stages.name(stage_id)}"


def _row_word(number: int) -> str:
    return str(_("Rij %(number)s", number=number))
