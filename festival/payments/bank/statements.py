"""Reads statements that a bank lets one download: CAMT.053 (versions 001.02 to 001.08) and CSV.

Only money that came in and is booked is returned. Overlapping files give the same keys, so that a
line is imported once.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from stdnum import iban

from festival import sheets, text
from festival.errors import Refusal
from festival.lanes import FOR_FILES
from festival.payments.bank.headings import BankColumns, columns_of

MOST_BYTES = sheets.MOST_BYTES
MOST_LINES = 10_000
_MOST_ELEMENTS = 500_000
_LONGEST = 500


class NotAStatement(Refusal):
    """Dit bestand kunnen we niet lezen. Kies een CAMT.053 (.xml) of een CSV van je bank."""

    status = 422


class StatementTooLarge(Refusal):
    """Dit bestand is te groot. Haal bij je bank een kortere periode op."""

    status = 413


class OtherCurrency(Refusal):
    """In dit bestand staan bedragen in {currency}. We boeken alleen euro’s."""

    status = 422


class StatementLine(NamedTuple):
    """Money that came in: when it was booked, how much, from whom, and what they wrote."""

    key: str  # the same in every file in which it stands
    booked_on: date
    amount_cents: int
    payer_name: str
    payer_iban: str
    reference: str  # as the bank read it from its own field; '' if it has none
    description: str


class Statement(NamedTuple):
    """What came in, and how many lines were money that went out or is not booked yet."""

    lines: list[StatementLine]
    skipped: int


def read(content: bytes) -> Statement:
    """Returns what came in according to the file.

    Refuses with NotAStatement, StatementTooLarge, OtherCurrency, or as sheets.read.
    """
    if len(content) > MOST_BYTES:
        raise StatementTooLarge
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        with FOR_FILES.turn():
            found = list(_camt(content))
    else:
        found = list(_csv(sheets.read(content)))
    if len(found) > MOST_LINES:
        raise StatementTooLarge
    came_in = [line for line in found if line is not None]
    return Statement(_keyed(came_in), len(found) - len(came_in))


def _keyed(lines: Sequence[StatementLine]) -> list[StatementLine]:
    """Returns the lines with keys: those of equal lines differ by their number in the file.

    Until then `key` is our account and the bank's number for the line, '' if it has none.
    """
    times: Counter[tuple[object, ...]] = Counter()
    keyed = []
    for line in lines:
        # On one account the bank's own number is enough; else all that is known of the line.
        account, number = line.key.split("\n")
        about = (account, number) if number else (account, *line[1:])
        content = "\n".join(map(str, (*about, times[about])))
        times[about] += 1
        keyed.append(line._replace(key=blake2b(content.encode(), digest_size=16).hexdigest()))
    return keyed


def _camt(content: bytes) -> Iterator[StatementLine | None]:
    """Yields each transaction; None for one that is not money that came in."""
    statements = _all(_parsed(content), "BkToCstmrStmt/Stmt")
    if not statements:
        raise NotAStatement
    for statement in statements:
        account = _text(statement, "Acct/Id/IBAN") or _text(statement, "Acct/Id/Othr/Id")
        for entry in _all(statement, "Ntry"):
            yield from _transactions(entry, account)


def _parsed(content: bytes) -> Element:
    """Returns the root. A document type is refused: with it come entities, and no bank has one."""
    builder, parser = TreeBuilder(), expat.ParserCreate(namespace_separator="}")
    elements = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal elements
        elements += 1
        if elements > _MOST_ELEMENTS:
            raise StatementTooLarge
        builder.start(name, attributes)

    def refuse(*_about: object) -> None:
        raise NotAStatement

    parser.StartElementHandler, parser.EndElementHandler = start, builder.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = builder.data, refuse
    try:
        parser.Parse(content, True)
        return builder.close()
    except (expat.ExpatError, ValueError, LookupError) as unreadable:
        raise NotAStatement from unreadable


def _transactions(entry: Element, account: str) -> Iterator[StatementLine | None]:
    """Yields the transactions of an entry: one, or those that the bank booked as one sum."""
    details = _all(entry, "NtryDtls/TxDtls") or [entry]
    is_booked = (_text(entry, "Sts/Cd") or _text(entry, "Sts")) == "BOOK"
    came_in = _text(entry, "CdtDbtInd") == "CRDT" and _text(entry, "RvslInd") != "true"
    booked_on = _date(_text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm"))
    # Not NtryRef: it is the number within a statement, and the next one begins at 1 again.
    own_number = _text(entry, "AcctSvcrRef")
    for number, each in enumerate(details):
        if not (is_booked and came_in) or _text(each, "CdtDbtInd") == "DBIT":
            yield None
            continue
        whole = entry if len(details) == 1 else None
        its_number = _text(each, "Refs/AcctSvcrRef") or (own_number and f"{own_number} {number}")
        yield StatementLine(
            key=f"{account}\n{its_number}",
            booked_on=booked_on,
            amount_cents=_amount(each, whole),
            payer_name=_line(
                _text(each, "RltdPties/Dbtr/Pty/Nm") or _text(each, "RltdPties/Dbtr/Nm")
            ),
            payer_iban=_text(each, "RltdPties/DbtrAcct/Id/IBAN"),
            reference=_line(_text(each, "RmtInf/Strd/CdtrRefInf/Ref")),
            description=_line(
                " ".join(
                    [
                        *(part.text or "" for part in _all(each, "RmtInf/Ustrd")),
                        _end_to_end(each),
                        _text(entry, "AddtlNtryInf") if whole is not None else "",
                    ]
                )
            ),
        )


def _amount(details: Element, whole: Element | None) -> int:
    """Returns the cents of a transaction; those of `whole` where it does not say its own."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        found = _first(details, path)
        if found is not None:
            return _cents_of(found)
    found = _first(whole, "Amt") if whole is not None else None
    if found is None:
        raise NotAStatement
    return _cents_of(found)


def _cents_of(amount: Element) -> int:
    if (currency := amount.get("Ccy", "EUR")) != "EUR":
        raise OtherCurrency(currency=_line(currency)[:10])
    return _cents(amount.text or "")


def _end_to_end(details: Element) -> str:
    found = _text(details, "Refs/EndToEndId")
    return "" if found == "NOTPROVIDED" else found


def _csv(rows: Sequence[Sequence[sheets.Cell]]) -> Iterator[StatementLine | None]:
    """Yields each line of a bank's CSV; None for one that is not money that came in."""
    if not rows:
        raise NotAStatement
    columns = columns_of([str(cell) for cell in rows[0]])
    if columns is None:
        raise NotAStatement
    for row in rows[1:]:
        cells = [str(cell).strip() for cell in row]
        if any(cells):
            yield _csv_line(columns, cells)


def _csv_line(columns: BankColumns, cells: Sequence[str]) -> StatementLine | None:
    cents = _cents(columns.cell("amount", cells))
    if cents <= 0 or columns.cell("direction", cells).casefold() in {"af", "d", "debit", "debet"}:
        return None
    return StatementLine(
        key="\n".join(_line(columns.cell(each, cells)) for each in ("account", "number")),
        booked_on=_date(columns.cell("date", cells)),
        amount_cents=cents,
        payer_name=_line(columns.cell("name", cells)),
        payer_iban=iban.compact(columns.cell("iban", cells))[:34],
        reference=_line(columns.cell("reference", cells)),
        description=_line(columns.cell("description", cells)),
    )


def _date(written: str) -> date:
    """Reads `2026-10-01`, with or without a time, `20261001`, `01-10-2026` or `01/10/2026`."""
    digits = written.strip().partition("T")[0].replace("/", "-")
    day, _, rest = digits.partition("-")
    if len(day) == 2:
        month, _, year = rest.partition("-")
        digits = f"{year}-{month}-{day}"
    try:
        return date.fromisoformat(digits)
    except ValueError as unreadable:
        raise NotAStatement from unreadable


def _cents(written: str) -> int:
    """Reads `45`, `45.00`, `1.234,50`, `+45,00` and `-12,00`."""
    tidy = written.replace("€", "").replace(" ", "").replace("\u2212", "-")
    if "," in tidy and tidy.rfind(",") > tidy.rfind("."):
        tidy = tidy.replace(".", "").replace(",", ".")
    else:
        tidy = tidy.replace(",", "")
    try:
        cents = Decimal(tidy) * 100
        if cents != cents.to_integral_value() or abs(cents) > 10**10:
            raise NotAStatement
    except InvalidOperation as unreadable:
        raise NotAStatement from unreadable
    return int(cents)


def _line(written: str) -> str:
    return text.line(written)[:_LONGEST]


def _all(element: Element, path: str) -> list[Element]:
    """Returns the elements at `path`, whatever the version that their namespace names."""
    found = [element]
    for name in path.split("/"):
        found = [child for each in found for child in each if _local(child) == name]
    return found


def _first(element: Element, path: str) -> Element | None:
    return next(iter(_all(element, path)), None)


def _text(element: Element, path: str) -> str:
    found = _first(element, path)
    return (found.text or "").strip() if found is not None else ""


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
