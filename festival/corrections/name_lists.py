"""Lists of names as people have them: typed, pasted from a spreadsheet or mail, or in a file."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from festival import sheets, text
from festival.sheets import Cell

MOST_LINES = 200  # that are looked at; no order has so many tickets

# Also one that is no good: whoever typed it must see it. A tab is a blank in a cleaned text.
_ADDRESS = re.compile(r"[^\s<>;,\"]*@[^\s<>;,\"]*")
_BETWEEN = re.compile(r"[;\t]")
_HEADINGS = {"naam", "name", "voornaam", "first name", "namen", "names"}


class ListedPerson(NamedTuple):
    """A line of a list: its number as people count, and who stands on it."""

    line: int
    name: str
    email: str


def read_list(typed: str) -> list[ListedPerson]:
    """Returns who stands in a list of one person per line; empty lines and headings are left out.

    A line is a name, with or without an address anywhere in it. Commas inside a name stay.
    """
    found: list[ListedPerson] = []
    for number, line in enumerate(typed.splitlines()[:MOST_LINES], start=1):
        if not found and _BETWEEN.split(line.replace(",", ";"))[0].strip().casefold() in _HEADINGS:
            continue
        if person := _person(line):
            found.append(ListedPerson(number, *person))
    return found


def list_of_file(content: bytes) -> str:
    """Returns the rows of a CSV, XLSX or ODS as a list that read_list reads.

    Refuses as sheets.read.
    """
    return "\n".join(_line(row) for row in sheets.read(content)[:MOST_LINES] if any(row))


def _person(line: str) -> tuple[str, str] | None:
    """Returns the name and the address in a line: spreadsheets may have a name in two columns."""
    address = _ADDRESS.search(line)
    email = address[0] if address else ""
    name = text.line(_BETWEEN.sub(" ", line.replace(email, " ", 1) if email else line))
    name = name.strip(" ,<>\"'")
    return (name, email) if name or email else None


def _line(row: Sequence[Cell]) -> str:
    return "; ".join(text.line(str(cell).replace(";", ",")) for cell in row if cell != "")
