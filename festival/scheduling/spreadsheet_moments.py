"""Days and times in a spreadsheet: what people and programs write, and which moment it is.

A day is that of the calendar, also at night: 00:30 on Sunday is in the night from Saturday to
Sunday, and belongs to Saturday's programme.
"""

import re
from datetime import date, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from festival.editions import dates
from festival.editions.models import DAY_BEGINS, Edition
from festival.programme import hours
from festival.sheets import Cell
from festival.team.imports.columns import UnreadableCell, cell_text

_DATE = re.compile(
    r"(?:(\d{4})-(\d\d?)-(\d\d?)|(\d\d?)[-/.](\d\d?)[-/.](\d{4}|\d\d))"
    r"(?:[ T]\d\d?:\d\d(?::\d\d)?)?"
)
_BEHIND_DATE = re.compile(r"(?:\d{4}-\d\d?-\d\d?|\d\d?[-/.]\d\d?[-/.]\d{2,4})[ T]")
_TIME = re.compile(r"(\d\d?)[.:u](\d\d)(?:[.:](\d\d))?\s*(am|pm|uur|u|h)?\.?", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,5}(?:[.,]\d+)?")
_FIRST_DAY = date(1899, 12, 30)  # day 0 of spreadsheets
_A_DAY_OF_OURS = 36_526  # 2000; a fraction of an earlier day is no time but a typed number
_MINUTES_OF_A_DAY = 24 * 60
# Both 00:25 and a quarter of a day. Other times of two decimals are only one of the two.
_TWO_MEANINGS = re.compile(r"0[.][0-5]5")


def clean_day(cell: Cell) -> str:
    """Returns the text of a day: a number counts days, as spreadsheets do."""
    if isinstance(cell, str):
        return cell_text(cell)
    return (_FIRST_DAY + timedelta(days=int(cell))).isoformat() if 0 < cell < 10**5 else str(cell)


def clean_time(cell: Cell) -> str:
    """Returns the text of a time: a number is a part of a day, as in spreadsheets."""
    if isinstance(cell, str):
        return cell_text(cell)
    if 0 <= cell <= 1 or cell > _A_DAY_OF_OURS:
        return _from_part_of_day(cell)
    return str(cell)


def read_day(_known: Any, text: str) -> date:
    """Reads a day of the calendar: `2027-09-17`, `17-9-2027`, or a spreadsheet's day number.

    A year of two digits belongs to this century; a time behind the day is not looked at.
    """
    found = _DATE.fullmatch(text)
    try:
        if found:
            year, month, day = (found[1], found[2], found[3]) if found[1] else found.group(6, 5, 4)
            return date(int(year) + 2000 * (len(year) == 2), int(month), int(day))
        if _NUMBER.fullmatch(text):
            return _FIRST_DAY + timedelta(days=int(float(text.replace(",", "."))))
    except ValueError as wrong:
        raise UnreadableCell(_l("Deze dag bestaat niet."), text) from wrong
    raise UnreadableCell(_l("Schrijf de dag als 2027-09-17."), text)


def read_time(_known: Any, text: str) -> time:
    """Reads a time: `13:30`, `13.30`, `13u30`, `1:30 PM`, or a part of a day such as `0.5625`."""
    typed = _BEHIND_DATE.sub("", text, count=1)
    if _TWO_MEANINGS.fullmatch(typed):
        part = _from_part_of_day(float(typed))
        said = _l(
            "Dit kan %(clock)s zijn of, als deel van een dag, %(part)s. Schrijf de tijd met een"
            " dubbele punt.",
            clock=f"00:{typed[2:]}",
            part=part,
        )
        raise UnreadableCell(said, text)
    found = _TIME.fullmatch(typed)
    if found and int(found[2]) < 60:
        hour, minute, half = int(found[1]), int(found[2]), (found[4] or "").lower()
        if half in ("am", "pm") and 1 <= hour <= 12:
            hour = hour % 12 + 12 * (half == "pm")
        if hour < 24 or (hour, minute) == (24, 0):
            return time(hour % 24, minute)
    elif _NUMBER.fullmatch(typed):
        number = float(typed.replace(",", "."))
        is_typed_hour = number > 1 and number < _A_DAY_OF_OURS
        if not is_typed_hour and (number == 0 or number != int(number) or number == 1):
            return time.fromisoformat(_from_part_of_day(number))
    raise UnreadableCell(_l("Schrijf de tijd als 13:30."), text)


def festival_day(edition: Edition, day: date, starts: time) -> date:
    """Returns the festival day of a start on a day of the calendar. Raises UnreadableCell."""
    belongs_to = day - timedelta(days=1) if starts < DAY_BEGINS else day
    if belongs_to in edition.days:
        return belongs_to
    if starts < DAY_BEGINS and day in edition.days:
        raise UnreadableCell(
            _(
                "Dat is in de %(night)s, en dan is er nog geen festival. Bedoel je de nacht erna?"
                " Schrijf dan %(day)s.",
                night=dates.night_after(belongs_to),
                day=dates.day(day + timedelta(days=1)),
            )
        )
    raise UnreadableCell(_("Dan is er geen festival."))


def unclear(edition: Edition, day: date, starts: time, ends: time) -> dict[str, Any]:
    """Returns what is wrong with `starts` and `ends`, by these names: the clocks change then."""
    ends_on = hours.end_date(day, starts, ends)
    said = {
        "starts": hours.unclear(edition, day, starts),
        "ends": hours.unclear(edition, ends_on, ends, is_end=True),
    }
    return {name: sentence for name, sentence in said.items() if sentence}


def _from_part_of_day(number: float) -> str:
    minutes = round(number % 1 * _MINUTES_OF_A_DAY) % _MINUTES_OF_A_DAY
    return f"{minutes // 60:02}:{minutes % 60:02}"
