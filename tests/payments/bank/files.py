"""Statements as banks write them, of invented people."""

from collections.abc import Sequence
from typing import NamedTuple


class Paid(NamedTuple):
    """A transaction, as a statement says it."""

    cents: int
    text: str = ""
    reference: str = ""
    name: str = "M. Jansen"
    number: str = ""
    sign: str = "CRDT"


def camt(*paid: Paid, version: str = "02", status: str = "BOOK") -> bytes:
    """A CAMT.053 of one account, an entry for each transaction."""
    entries = "".join(_entry([each], version, status) for each in paid)
    return _document(entries, version)


def batch(*paid: Paid, version: str = "08") -> bytes:
    """The same as one entry that the bank booked as a sum."""
    return _document(_entry(paid, version, "BOOK"), version)


def _document(entries: str, version: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">'
        "<BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></Acct>"
        f"{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _entry(paid: Sequence[Paid], version: str, status: str) -> str:
    total = sum(each.cents for each in paid)
    state = f"<Cd>{status}</Cd>" if version == "08" else status
    return (
        f'<Ntry><Amt Ccy="EUR">{total / 100:.2f}</Amt><CdtDbtInd>{paid[0].sign}</CdtDbtInd>'
        f"<Sts>{state}</Sts><BookgDt><Dt>2026-10-05</Dt></BookgDt><NtryDtls>"
        + "".join(_details(each, version, is_batch=len(paid) > 1) for each in paid)
        + "</NtryDtls></Ntry>"
    )


def _details(paid: Paid, version: str, *, is_batch: bool) -> str:
    name = f"<Nm>{paid.name}</Nm>"
    number = f"<AcctSvcrRef>{paid.number}</AcctSvcrRef>" if paid.number else ""
    amount = f'<Amt Ccy="EUR">{paid.cents / 100:.2f}</Amt>' if is_batch else ""
    structured = (
        f"<Strd><CdtrRefInf><Ref>{paid.reference}</Ref></CdtrRefInf></Strd>"
        if paid.reference
        else ""
    )
    return (
        f"<TxDtls><Refs>{number}<EndToEndId>NOTPROVIDED</EndToEndId></Refs>{amount}"
        f"<RltdPties><Dbtr>{f'<Pty>{name}</Pty>' if version == '08' else name}</Dbtr>"
        "<DbtrAcct><Id><IBAN>NL02INGB0001234567</IBAN></Id></DbtrAcct></RltdPties>"
        f"<RmtInf>{structured}<Ustrd>{paid.text}</Ustrd></RmtInf></TxDtls>"
    )


ING = (
    '"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";'
    '"Mutatiesoort";"Mededelingen"\n'
    '"20261005";"M. Jansen";"NL91ABNA0417164300";"NL02INGB0001234567";"OV";"Bij";"45,00";'
    '"Overschrijving";"{text}"\n'
    '"20261005";"Drukkerij";"NL91ABNA0417164300";"NL02INGB0001234567";"OV";"Af";"1.250,50";'
    '"Overschrijving";"Posters"\n'
)
RABOBANK = (
    '"IBAN/BBAN","Munt","BIC","Volgnr","Datum","Rentedatum","Bedrag","Saldo na trn",'
    '"Tegenrekening IBAN/BBAN","Naam tegenpartij","Omschrijving-1","Omschrijving-2"\n'
    '"NL91ABNA0417164300","EUR","RABONL2U","000000000000007","2026-10-05","2026-10-05","+45,00",'
    '"+9.000,00","NL02INGB0001234567","M. Jansen","{text}","tweede deel"\n'
    '"NL91ABNA0417164300","EUR","RABONL2U","000000000000008","2026-10-05","2026-10-05","-12,00",'
    '"+8.988,00","NL02INGB0001234567","Bakker","brood",""\n'
)
