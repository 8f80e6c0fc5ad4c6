"""An invoice for bookkeeping programs: UBL 2.1 by EN 16931 and Peppol BIS Billing 3."""

from base64 import b64encode
from decimal import Decimal
from typing import NamedTuple

from flask import render_template
from flask_babel import gettext as _

from festival.invoices.models import Invoice, InvoiceLine
from festival.vat import Vat
from festival.web import languages

# Categories of VAT as EN 16931 has them. What is outside VAT is sent as exempt with that reason:
# its own code may not stand beside others, nor beside the VAT id of the seller.
_CODES = {"standard": "S", "reduced": "S", "exempt": "E", "outside": "E", "kor": "E"}


class TaxGroup(NamedTuple):
    """The amounts of one category and rate, and why it is exempt."""

    code: str
    percent: int
    net: str
    vat: str
    reason: str


def document(invoice: Invoice, paper: bytes) -> bytes:
    """Returns the XML of `invoice`, with its PDF inside."""
    with languages.speaking(invoice.language):
        xml = render_template(
            "invoices/ubl.xml",
            invoice=invoice,
            sign=-1 if invoice.is_credit_note else 1,
            amount=amount,
            unit_price=unit_price,
            quantity_of=lambda line: quantity(invoice, line),
            groups=_groups(invoice),
            code=lambda line: _CODES[line.vat_category],
            paper=b64encode(paper).decode(),
        )
    return xml.encode()


def amount(cents: int) -> str:
    """Returns an amount as XML has it: `1234.50`."""
    return f"{Decimal(cents) / 100:.2f}"


def quantity(invoice: Invoice, line: InvoiceLine) -> int:
    """Returns how many a line is for: below 0 if it lowers what the document is for."""
    return line.quantity if (line.amount_cents < 0) == invoice.is_credit_note else -line.quantity


def unit_price(line: InvoiceLine) -> str:
    """Returns the price of one without VAT, with as many decimals as the line needs to add up."""
    return f"{abs(Decimal(line.net_cents)) / 100 / line.quantity:.6f}"


def reason(vat: Vat) -> str:
    """Returns why there is no VAT on it, in the language spoken now; '' if there is."""
    if vat.category == "kor":
        return str(_("vrijgesteld van btw op grond van artikel 25 Wet OB"))
    if vat.category == "outside":
        return str(_("valt buiten de btw"))
    return vat.reason if vat.category == "exempt" else ""


def _groups(invoice: Invoice) -> list[TaxGroup]:
    sign = -1 if invoice.is_credit_note else 1
    sums: dict[tuple[str, int], list[tuple[int, int, str]]] = {}
    for vat, net, vat_cents in invoice.by_vat:
        key = (_CODES[vat.category], vat.percent)
        sums.setdefault(key, []).append((sign * net, sign * vat_cents, reason(vat)))
    return [
        TaxGroup(
            code,
            percent,
            amount(sum(net for net, _vat, _why in parts)),
            amount(sum(vat_cents for _net, vat_cents, _why in parts)),
            "; ".join(dict.fromkeys(why for _net, _vat, why in parts if why)),
        )
        for (code, percent), parts in sums.items()
    ]
