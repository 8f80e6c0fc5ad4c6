"""Changing all vouchers of one label at once: all of them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from festival.db import db, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.team import audit
from festival.tickets.models import Voucher
from festival.tickets.vouchers import rules


class BatchChanged(Refusal):
    """Er kwamen codes met dit label bij of er gingen er weg sinds je keek. Er is nog niets
    veranderd. Kijk het nog eens na."""


class CodeEndsTooEarly(Refusal):
    """De code {code} begint pas later. Kies een moment daarna."""


@dataclass(frozen=True)
class BatchChange:
    """What happens to all vouchers of a label: switched off or on, or another end.

    `until` is None for no end, and is only looked at where `what` is `until`.
    """

    what: str  # off, on or until
    until: datetime | None = None


def vouchers_of(edition: Edition, tag: str) -> Sequence[Voucher]:
    """Returns the vouchers of a label, in the order in which they were made."""
    of_tag = (Voucher.edition_id == edition.id, Voucher.tag == tag)
    return db.session.scalars(select(Voucher).where(*of_tag).order_by(Voucher.id)).all()


@transactional
def change_batch(
    edition: Edition, tag: str, wanted: BatchChange, *, seen: int, now: datetime
) -> int:
    """Change every voucher of the label `tag`. Returns how many there are.

    `seen` is how many the page showed. Refuses with BatchChanged, CodeEndsTooEarly, or
    NoRoomToBlock where vouchers that work again would hold places.
    """
    batch = vouchers_of(edition, tag)  # by id, so that two never wait for each other
    if len(batch) != seen:
        raise BatchChanged
    for voucher in batch:
        if wanted.what == "until":
            if wanted.until and voucher.valid_from and wanted.until <= voucher.valid_from:
                raise CodeEndsTooEarly(code=voucher.code)
            rules.set_end(voucher, wanted.until, now=now)
        elif wanted.what == "on":
            rules.switch_on(voucher, now=now)
        else:
            rules.switch_off(voucher, now=now)
    audit.record("change_vouchers", f"vouchers {tag}", now=now, what=wanted.what, number=len(batch))
    return len(batch)
