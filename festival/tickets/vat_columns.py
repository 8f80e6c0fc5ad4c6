"""The VAT on what is sold: what it is, and what it is from a day on."""

from datetime import date

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from festival import vat
from festival.vat import Vat

NEXT_HAS_A_DAY = "(next_vat_category = '') = (next_vat_from_on IS NULL)"


class WithVat:
    """Columns of a model: a category of vat.py, '' until somebody says which; and the next one."""

    vat_category: Mapped[str] = mapped_column(Text, default="")
    vat_reason: Mapped[str] = mapped_column(Text, default="")  # why it is exempt
    next_vat_category: Mapped[str] = mapped_column(Text, default="")
    next_vat_reason: Mapped[str] = mapped_column(Text, default="")
    next_vat_from_on: Mapped[date | None]

    def vat_on(self, day: date, *, is_kor: bool) -> Vat | None:
        """The VAT on what is sold on `day`; None if nobody has said yet which.

        `is_kor`: the organiser charges no VAT that year (see small_business.py).
        """
        if is_kor:
            return vat.of_category("kor")
        if self.next_vat_from_on and day >= self.next_vat_from_on:
            return vat.of_category(self.next_vat_category, self.next_vat_reason)
        return vat.of_category(self.vat_category, self.vat_reason) if self.vat_category else None
