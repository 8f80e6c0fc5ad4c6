"""The columns of ticket types in a spreadsheet.

A value is what the form of a ticket type would be sent, so that the form checks a row as it checks
what is typed.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from festival.editions.models import LAST_POSITION, Edition
from festival.sheets import Cell
from festival.team.imports.columns import (
    SpreadsheetColumn,
    SpreadsheetTable,
    UnreadableCell,
    cell_text,
    in_both,
    number,
    read_text,
    slug_column,
)
from festival.team.imports.names import NamedRows
from festival.tickets.forms import MOMENT, VAT_RATES, AmountForm
from festival.tickets.models import Pool, TicketType

_DAY = re.compile(r"(?:(\d{4})-(\d\d?)-(\d\d?)|(\d\d?)[-/.](\d\d?)[-/.](\d{4}))")
_TIME = re.compile(r"(\d\d?)[.:](\d\d)(?:[.:]\d\d)?(?: ?uur)?", re.IGNORECASE)


@dataclass
class KnownPools:
    """What the cells of a ticket type may name, and the pools that its file makes."""

    edition: Edition
    pools: NamedRows[Pool]
    types: list[TicketType]
    new_pools: dict[str, tuple[int, int]] = field(default_factory=dict)  # number, capacity


def _clean_amount(cell: Cell) -> str:
    return f"{cell:.2f}".replace(".", ",") if isinstance(cell, float) else cell_text(cell)


def _clean_percent(cell: Cell) -> str:
    if isinstance(cell, float) and 0 < cell < 1:  # 21% in a workbook is 0.21
        return str(round(cell * 100))
    return cell_text(cell).removesuffix("%").strip()


def _read_amount(_known: KnownPools, text: str) -> str:
    """Reads an amount as the form does, and returns it as the form writes it."""
    form = AmountForm(MultiDict({"amount": text}))
    form.validate()
    if form.amount.errors:
        raise UnreadableCell(form.amount.errors[0], text)
    return str(form.amount._value())


def _read_days(known: KnownPools, text: str) -> list[str]:
    """Reads days with a semicolon between them; `alle` and an empty cell are all days."""
    days = [str(day) for day in known.edition.days]
    if text.casefold() in ("", "alle", "all"):
        return days
    wanted = [_day(cell_text(each)) for each in re.split("[;,]", text) if each.strip()]
    if set(wanted) - set(days):
        raise UnreadableCell(_l("Dan is er geen festival."), text)
    return [day for day in days if day in wanted]


def _read_moment(_known: KnownPools, text: str) -> str:
    """Reads a day and a time: `2027-09-17 10:00`, `17-9-2027 10.00`. Without a time: midnight."""
    day, _, clock = text.replace("T", " ").partition(" ")
    at = _TIME.fullmatch(clock.strip() or "0:00")
    if not at:
        raise UnreadableCell(_l("Schrijf dag en tijd als 2027-09-17 10:00."), text)
    return f"{_day(day)}T{int(at[1]):02}:{at[2]}"


def _day(text: str) -> str:
    found = _DAY.fullmatch(text)
    if not found:
        raise UnreadableCell(_l("Schrijf de dag als 2027-09-17."), text)
    year, month, day = (found[1], found[2], found[3]) if found[1] else found.group(6, 5, 4)
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError as wrong:
        raise UnreadableCell(_l("Deze dag bestaat niet."), text) from wrong


def _read_percent(_known: KnownPools, text: str) -> str:
    if text not in map(str, VAT_RATES):
        wanted = ", ".join(map(str, VAT_RATES))
        raise UnreadableCell(_l("Dit kennen we niet. Kies uit: %(wanted)s.", wanted=wanted), text)
    return text


def _read_pool(known: KnownPools, text: str) -> str:
    """Reads the name of a pool, which may be one that the file makes. Returns its number."""
    if text in known.new_pools:
        return str(known.new_pools[text][0])
    return str(known.pools.find(text).id)


def _show_pool(known: KnownPools, value: str) -> str:
    new = {str(key): name for name, (key, _) in known.new_pools.items()}
    return new.get(value) or known.pools.name(int(value))


def value_of(of: TicketType, name: str) -> Any:
    """Returns the field `name` of a ticket type as the form would be sent it."""
    value = getattr(of.pool, "capacity") if name == "capacity" else getattr(of, name)  # noqa: B009
    match name:
        case "price_cents":
            return f"{value / 100:.2f}".replace(".", ",")
        case "vat_percent" | "pool_id":
            return str(value)
        case "days":
            return [str(day) for day in of.admits_on]
        case "sale_from" | "sale_until":
            return of.edition.local(value).strftime(MOMENT)
    return value


_line = partial(read_text, 200)

TYPE_COLUMNS = (
    slug_column(),
    *in_both("name", _l("Naam (Nederlands)"), _l("Naam (Engels)"), partial(read_text, 80)),
    *in_both("audience", _l("Voor wie (Nederlands)"), _l("Voor wie (Engels)"), _line),
    *in_both(
        "description", _l("Uitleg (Nederlands)"), _l("Uitleg (Engels)"), partial(read_text, 1000)
    ),
    SpreadsheetColumn("price_cents", _l("Prijs met btw"), _read_amount, clean=_clean_amount),
    SpreadsheetColumn("vat_percent", _l("Btw"), _read_percent, clean=_clean_percent),
    SpreadsheetColumn("pool_id", _l("Contingent"), _read_pool, _show_pool, empties=False),
    number("capacity", _l("Kaartjes in dat contingent"), 100_000),
    SpreadsheetColumn("days", _l("Geldig op"), _read_days, lambda _known, value: "; ".join(value)),
    number("min_per_order", _l("Minstens per bestelling"), 40, least=1),
    number("max_per_order", _l("Hoogstens per bestelling"), 40, least=1),
    SpreadsheetColumn(
        "sale_from",
        _l("Te koop vanaf"),
        _read_moment,
        lambda _known, value: value.replace("T", " "),
        empties=False,
    ),
    SpreadsheetColumn(
        "sale_until",
        _l("Te koop tot"),
        _read_moment,
        lambda _known, value: value.replace("T", " "),
        empties=False,
    ),
    SpreadsheetColumn("code", _l("Code"), partial(read_text, 40)),
    number("position", _l("Volgorde"), LAST_POSITION, empty=100),
)

TYPES = SpreadsheetTable(
    "ticket_types",
    TicketType,
    TYPE_COLUMNS,
    ("name_nl", "name_en"),
    {"min_per_order": 1, "max_per_order": 10, "position": 100},
    value_of,
)
