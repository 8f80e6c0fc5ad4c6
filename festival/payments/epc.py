"""The text of an EPC QR code: a transfer that the bank's app fills in by itself.

EPC069-12 version 2.1 of the European Payments Council, "Quick Response Code: Guidelines to Enable
the Data Capture for the Initiation of a SEPA Credit Transfer".
"""

from stdnum import iban as ibans
from stdnum import iso11649

_MOST_BYTES = 331
_MOST_CENTS = 99_999_999_999


def transfer_text(*, name: str, iban: str, amount_cents: int, reference: str) -> str:
    """Returns the text for a transfer of `amount_cents` to `name` with an ISO 11649 reference.

    Raises ValueError for what the standard does not allow.
    """
    if not 1 <= amount_cents <= _MOST_CENTS:
        raise ValueError(f"amount out of range: {amount_cents}")
    if not name.strip():
        raise ValueError("the account needs a name")
    lines = (
        "BCD",  # service tag
        "002",  # version: a BIC is not needed inside the European Economic Area
        "1",  # character set: UTF-8
        "SCT",  # SEPA credit transfer
        "",  # BIC
        " ".join(name.split())[:70],
        ibans.validate(iban),
        f"EUR{amount_cents // 100}.{amount_cents % 100:02}",
        "",  # purpose
        iso11649.validate(reference),
        # No remittance text: it is not allowed next to a structured reference.
    )
    text = "\n".join(lines)
    if len(text.encode()) > _MOST_BYTES:
        raise ValueError("too long for an EPC code")
    return text
