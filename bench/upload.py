"""Takes one upload in a process of its own and prints by how many megabytes it grew at its peak.

The file is made in another process, which is gone by then. Linux tells the peak of a process.
"""

import io
import sys
import zipfile
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from random import randbytes

from PIL import Image

from festival import sheets
from festival.errors import Refusal
from festival.payments.bank import statements
from festival.programme import photos
from festival.speakers import files


def photo(side: int, kind: str, **options: bool) -> tuple[str, bytes]:
    """Returns a square photo."""
    file = io.BytesIO()
    Image.new("RGB", (side, side), "#e8341f").save(file, kind, **options)
    return "photo", file.getvalue()


def workbook() -> tuple[str, bytes]:
    """Returns a spreadsheet as full as it may be."""
    rows = [[f"cel {row} {column}" for column in range(40)] for row in range(1000)]
    return "sheet", sheets.xlsx("Blad", [f"kop {column}" for column in range(40)], rows)


def bomb() -> tuple[str, bytes]:
    """Returns a small spreadsheet that would be a very large one."""
    cells = b"<c><v>1</v></c>" * 3_000_000
    row = b'<worksheet><sheetData><row r="1">' + cells + b"</row></sheetData></worksheet>"
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sheets.xlsx("Blad", ["x"], []))) as former,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in former.namelist():
            archive.writestr(name, row if "sheet1" in name else former.read(name))
    return "sheet", file.getvalue()


def opendocument() -> tuple[str, bytes]:
    """Returns a spreadsheet as LibreOffice writes it, as full as it may be."""
    cell = '<table:table-cell office:value-type="string"><text:p>cel {}</text:p></table:table-cell>'
    rows = (
        "<table:table-row>" + "".join(cell.format(f"{row} {at}") for at in range(40))
        + "</table:table-row>"
        for row in range(1001)
    )  # fmt: skip
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet><table:table>"
        + "".join(rows)
        + "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return "sheet", _archive({"mimetype": kind.encode(), "content.xml": content.encode()})


def statement() -> tuple[str, bytes]:
    """Returns a bank statement (CAMT.053) of two thousand payments."""
    entry = (
        '<Ntry><Amt Ccy="EUR">45.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        "<BookgDt><Dt>2026-10-05</Dt></BookgDt><AcctSvcrRef>{0}</AcctSvcrRef><NtryDtls><TxDtls>"
        '<Refs><AcctSvcrRef>{0}</AcctSvcrRef></Refs><Amt Ccy="EUR">45.00</Amt><RltdPties><Dbtr>'
        "<Pty><Nm>Mia Jansen</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>Kaartjes {0}</Ustrd>"
        "</RmtInf></TxDtls></NtryDtls></Ntry>"
    )
    text = (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        "<Id>1</Id><Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></Acct>"
        + "".join(entry.format(number) for number in range(2000))
        + "</Stmt></BkToCstmrStmt></Document>"
    )
    return "statement", text.encode()


def slides() -> tuple[str, bytes]:
    """Returns slides of 45 MB, most of it a picture that cannot be made smaller."""
    parts = {"[Content_Types].xml": b"x", "ppt/presentation.xml": b"x"}
    return "slides", _archive(parts | {"ppt/media/image1.jpeg": randbytes(45 * 1024 * 1024)})


def _archive(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


# What each kind of upload goes through.
TAKES: dict[str, Callable[[bytes], object]] = {
    "photo": photos.prepare,
    "sheet": sheets.read,
    "statement": statements.read,
    "slides": files.kind_of,
}
FILES: dict[str, Callable[[], tuple[str, bytes]]] = {
    "JPEG of 50 million pixels": lambda: photo(7071, "JPEG"),
    "Progressive JPEG of 24 million": lambda: photo(4898, "JPEG", progressive=True),
    "PNG of 16 million": lambda: photo(4000, "PNG"),
    "WebP of 16 million": lambda: photo(4000, "WEBP"),
    "PNG of 50 million, refused": lambda: photo(7071, "PNG"),
    "Spreadsheet of 1,000 rows": workbook,
    "OpenDocument of 1,000 rows": opendocument,
    "Bank statement of 2,000 payments": statement,
    "Slides of 45 MB": slides,
    "Spreadsheet of 3 million cells in 90 kB, refused": bomb,
}


def make(name: str) -> tuple[str, bytes]:
    """Returns the kind and the content of one of FILES."""
    return FILES[name]()


def peak_mb() -> float:
    """Returns the most memory that this process ever had, in megabytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not tell the peak of a process")


def main() -> None:
    """Take the upload that the first argument names."""
    with get_context("spawn").Pool(1) as pool:
        kind, content = pool.apply(make, [sys.argv[1]])
    before = peak_mb()
    try:
        TAKES[kind](content)
        is_refused = False
    except Refusal:
        is_refused = True
    if is_refused != sys.argv[1].endswith("refused"):
        raise SystemExit(f"refused: {is_refused}")
    print(f"{peak_mb() - before:.1f}")


if __name__ == "__main__":
    main()
