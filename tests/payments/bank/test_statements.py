"""Statements of banks are read, whatever their version, and never twice."""

from datetime import date

import pytest
from flask import Flask

from festival.payments.bank import statements
from tests.payments.bank.files import ING, RABOBANK, Paid, batch, camt

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize("version", ["02", "08"])
def test_a_camt_of_either_version(version: str) -> None:
    content = camt(
        Paid(4500, "voor het festival", "RF18FPDMWTTG", number="A1"),
        Paid(999, sign="DBIT"),
        version=version,
    )
    statement = statements.read(content)
    assert statement.skipped == 1
    [line] = statement.lines
    assert line[1:] == (
        date(2026, 10, 5),
        4500,
        "M. Jansen",
        "NL02INGB0001234567",
        "RF18FPDMWTTG",
        "voor het festival",
    )


def test_a_sum_of_several_transactions_is_each_of_them() -> None:
    statement = statements.read(batch(Paid(4500, "een"), Paid(1250, "twee")))
    assert [(line.amount_cents, line.description) for line in statement.lines] == [
        (4500, "een"),
        (1250, "twee"),
    ]


def test_what_is_not_booked_yet_is_left_out() -> None:
    statement = statements.read(camt(Paid(4500), status="PDNG"))
    assert (statement.lines, statement.skipped) == ([], 1)


def test_equal_lines_are_two_and_the_same_file_again_has_the_same_keys() -> None:
    content = camt(Paid(4500, "zelfde"), Paid(4500, "zelfde"), Paid(4500, "ander"))
    keys = [line.key for line in statements.read(content).lines]
    assert len(set(keys)) == 3
    overlapping = camt(Paid(100, "eerder"), Paid(4500, "zelfde"), Paid(4500, "zelfde"))
    assert [line.key for line in statements.read(overlapping).lines][1:] == keys[:2]


@pytest.mark.parametrize("file", [ING, RABOBANK], ids=["ING", "Rabobank"])
def test_the_csv_of_a_bank(file: str) -> None:
    statement = statements.read(file.format(text="kenmerk RF18 FPDM WTTG").encode())
    assert statement.skipped == 1
    [line] = statement.lines
    assert line[1:5] == (date(2026, 10, 5), 4500, "M. Jansen", "NL02INGB0001234567")
    assert line.description.startswith("kenmerk RF18 FPDM WTTG")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><p>Log in</p></html>",
        b"<Document><BkToCstmrStmt>",
        b'<!DOCTYPE x [<!ENTITY a "b">]>' + camt(Paid(4500)).partition(b"?>")[2],
        b"naam;leeftijd\nMia;8\n",
        b"datum;bedrag\ngisteren;45,00\n",
        b"datum;bedrag\n2026-10-05;veel\n",
        b"datum;bedrag\n2026-10-05;1,005\n",
        camt(Paid(4500)).replace(b"2026-10-05", b"2026-13-45"),
        camt(Paid(4500)).replace(b"45.00", b"NaN"),
    ],
)
def test_what_is_no_statement_is_refused(content: bytes) -> None:
    with pytest.raises(statements.Refusal):
        statements.read(content)


def test_other_money_is_refused_by_name() -> None:
    with pytest.raises(statements.OtherCurrency, match="USD"):
        statements.read(camt(Paid(4500)).replace(b'Ccy="EUR"', b'Ccy="USD"'))


def test_a_file_of_many_elements_is_too_large(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "_MOST_ELEMENTS", 20)
    with pytest.raises(statements.StatementTooLarge):
        statements.read(camt(Paid(4500), Paid(4500)))


def keys(content: bytes) -> list[str]:
    return [line.key for line in statements.read(content).lines]


def test_two_accounts_may_number_their_lines_alike() -> None:
    one = RABOBANK.format(text="een").encode()
    other = one.replace(b"NL91ABNA0417164300", b"NL20INGB0001234567")
    assert keys(one) == keys(one)
    assert set(keys(one)).isdisjoint(keys(other))
    one = ING.format(text="een").encode()
    other = one.replace(b"NL91ABNA0417164300", b"NL20INGB0001234567")
    assert set(keys(one)).isdisjoint(keys(other))


def test_a_number_within_a_statement_is_no_number_of_a_line() -> None:
    def numbered(*paid: Paid) -> bytes:
        number, parts = 0, camt(*paid).split(b"<Ntry>")
        for number in range(1, len(parts)):
            parts[number] = f"<NtryRef>{number}</NtryRef>".encode() + parts[number]
        return b"<Ntry>".join(parts)

    monday, tuesday = Paid(4500, "Mia"), Paid(4500, "Wil")
    [first], [second] = keys(numbered(monday)), keys(numbered(tuesday))
    assert first != second  # both are number 1 of their statement
    assert keys(numbered(tuesday, monday)) == [second, first]
    assert len(set(keys(numbered(monday, monday)))) == 2
