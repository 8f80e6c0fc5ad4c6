"""The columns of ticket types in a spreadsheet.

A value is what the form of a ticket type would be sent, so that the form checks a row as it checks
what is typed.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
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
    read_yes_or_no,
    show_yes,
    slug_column,
)
from festival.team.imports.names import NamedRows
from festival.tickets.forms import AUDIENCE_NAMES, MOMENT, VAT_NAMES
from festival.tickets.models import Pool, TicketType
from festival.web.amounts import AmountForm
from festival.web.languages import LANGUAGES, speaking

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


def _read_vat(_known: KnownPools, text: str) -> str:
    """Reads a category of VAT by its name or percentage; an empty cell says none."""
    wanted = {str(name).casefold().removesuffix("%"): value for value, name in VAT_NAMES.items()}
    if text and text.casefold() not in wanted:
        choices = ", ".join(str(name) for value, name in VAT_NAMES.items() if value)
        raise UnreadableCell(_l("Dit kennen we niet. Kies uit: %(wanted)s.", wanted=choices), text)
    return wanted[text.casefold()] if text else ""


def _read_audience(_known: KnownPools, text: str) -> str:
    """Reads an audience by its name in either language; an empty cell is everybody."""
    wanted: dict[str, str] = {}
    for language in LANGUAGES:
        with speaking(language):
            wanted |= {str(name).casefold(): value for value, name in AUDIENCE_NAMES.items()}
    if text and text.casefold() not in wanted:
        choices = ", ".join(str(name) for name in AUDIENCE_NAMES.values())
        raise UnreadableCell(_l("Dit kennen we niet. Kies uit: %(wanted)s.", wanted=choices), text)
    return wanted[text.casefold()] if text else "regular"


def _show_audience(_known: KnownPools, value: str) -> str:
    return str(AUDIENCE_NAMES[value])


def _show_vat(_known: KnownPools, value: str) -> str:
    return str(VAT_NAMES[value]) if value else ""


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
        case "least_cents" | "low_cents" | "high_cents" if value is None:
            return ""
        case "price_cents" | "least_cents" | "low_cents" | "high_cents":
            return f"{value / 100:.2f}".replace(".", ",")
        case "pool_id":
            return str(value)
        case "days":
            return [str(day) for day in of.admits_on]
        case "sale_from" | "sale_until":
            return of.edition.local(value).strftime(MOMENT)
        case "is_hidden" | "is_sold_at_door" | "is_companion":
            return "1" if value else ""  # as a browser sends a box that is ticked
    return value


def _yes_or_no(name: str, heading: Any) -> SpreadsheetColumn:
    """Returns a column of a tick, as a browser sends it: `1`, or nothing."""
    return SpreadsheetColumn(
        name,
        heading,
        lambda known, text: "1" if read_yes_or_no(known, text) else "",
        lambda known, value: show_yes(known, bool(value)),
    )


_line = partial(read_text, 200)
_POOL = SpreadsheetColumn("pool_id", _l("Contingent"), _read_pool, _show_pool, empties=False)

TYPE_COLUMNS = (
    slug_column(),
    *in_both("name", _l("Naam (Nederlands)"), _l("Naam (Engels)"), partial(read_text, 80)),
    SpreadsheetColumn("audience_kind", _l("Doelgroep"), _read_audience, _show_audience),
    *in_both("audience", _l("Voor wie (Nederlands)"), _l("Voor wie (Engels)"), _line),
    *in_both(
        "description", _l("Uitleg (Nederlands)"), _l("Uitleg (Engels)"), partial(read_text, 1000)
    ),
    SpreadsheetColumn("price_cents", _l("Prijs met btw"), _read_amount, clean=_clean_amount),
    SpreadsheetColumn("least_cents", _l("Betaal minstens"), _read_amount, clean=_clean_amount),
    SpreadsheetColumn("low_cents", _l("Lage prijs"), _read_amount, clean=_clean_amount),
    SpreadsheetColumn("high_cents", _l("Hoge prijs"), _read_amount, clean=_clean_amount),
    SpreadsheetColumn("vat_category", _l("Btw"), _read_vat, _show_vat, clean=_clean_percent),
    SpreadsheetColumn("vat_reason", _l("Waarom vrijgesteld"), _line),
    _POOL,
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
    _yes_or_no("is_hidden", _l("Alleen met een code")),
    _yes_or_no("is_sold_at_door", _l("Ook aan de deur")),
    _yes_or_no("is_companion", _l("Voor een begeleider")),
    number("position", _l("Volgorde"), LAST_POSITION, empty=100),
)

TYPES = SpreadsheetTable(
    "ticket_types",
    TicketType,
    TYPE_COLUMNS,
    ("name_nl", "name_en"),
    {"audience_kind": "regular", "min_per_order": 1, "max_per_order": 10, "position": 100},
    value_of,
)


def example_rows(edition: Edition) -> list[list[str]]:
    """Returns two rows that import as they are, with a pool that they make."""
    first = edition.days[0]
    values = {
        "audience_kind": "regular",
        "audience_nl": "Voor iedereen",
        "audience_en": "For everybody",
        "vat_category": "reduced",
        "capacity": 100,
        "min_per_order": 1,
        "max_per_order": 10,
        "sale_from": f"{first - timedelta(days=60)}T10:00",
        "sale_until": f"{first - timedelta(days=1)}T18:00",
    }
    all_days = values | {
        "name_nl": "Voorbeeld: alle dagen",
        "name_en": "Example: all days",
        "description_nl": "Je kunt elke dag naar binnen.",
        "description_en": "You can come in on every day.",
        "price_cents": "65,00",
        "days": [str(day) for day in edition.days],
    }
    first_day = values | {
        "name_nl": "Voorbeeld: eerste dag",
        "name_en": "Example: first day",
        "price_cents": "40,00",
        "days": [str(first)],
    }
    pool = TYPE_COLUMNS.index(_POOL)
    rows = [TYPES.written(None, each) for each in (all_days, first_day)]
    return [[*row[:pool], "Voorbeeld", *row[pool + 1 :]] for row in rows]
