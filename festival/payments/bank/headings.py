"""Which column of a bank's CSV holds what, by the headings of Dutch and Belgian banks."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from festival import search

# What a heading begins with, folded. The first that fits counts.
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "date": ("boekdatum", "datum", "transactiedatum", "uitvoeringsdatum", "date", "booking date"),
    "amount": ("bedrag eur", "bedrag", "transactiebedrag", "amount"),
    "direction": ("af bij", "debit credit", "credit debet"),
    "name": (
        *("naam tegenpartij", "naam omschrijving", "naam tegenrekening", "tegenpartij naam"),
        *("naam", "name", "counterparty"),
    ),
    "iban": (
        "tegenrekening iban",
        "tegenrekening",
        "rekening tegenpartij",
        "iban",
        "counter account",
    ),
    # The account that received the money: each account numbers its transactions from 1.
    "account": ("iban bban", "rekening", "eigen rekening", "own account", "account"),
    "reference": ("betalingskenmerk", "gestructureerde mededeling", "kenmerk", "reference"),
    "description": ("omschrijving", "mededelingen", "mededeling", "description", "remittance"),
    "number": ("volgnr", "transactienummer", "transactie id", "referentie bank", "entry reference"),
}


class BankColumns(NamedTuple):
    """The places of the columns in a row, by what they hold."""

    places: Mapping[str, Sequence[int]]

    def cell(self, name: str, cells: Sequence[str]) -> str:
        """Returns what a row has there; the parts of a description are joined."""
        return " ".join(
            cells[place]
            for place in self.places.get(name, ())
            if place < len(cells) and cells[place]
        )


def columns_of(heads: Sequence[str]) -> BankColumns | None:
    """Returns where the columns are; None without a date and an amount."""
    folded = [" ".join(search.folded(head).split()) for head in heads]
    places: dict[str, list[int]] = {}
    for name, wanted in _HEADINGS.items():
        found = next(
            (
                [place for place, head in enumerate(folded) if head.startswith(begin)]
                for begin in wanted
                if any(head.startswith(begin) for head in folded)
            ),
            [],
        )
        # Rabobank writes a description in three columns; of anything else there is one.
        places[name] = found if name == "description" else found[:1]
    return BankColumns(places) if places["date"] and places["amount"] else None
