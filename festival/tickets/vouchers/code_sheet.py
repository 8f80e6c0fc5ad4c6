"""Vouchers on paper, twenty-four on an A4 to cut apart and hand over.

In the measures of templates/pdf/codes.css.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from flask_babel import format_date
from flask_babel import gettext as _

from festival import text_metrics
from festival.text import unlinked
from festival.text_metrics import Fitted
from festival.tickets.models import Voucher
from festival.web import languages

ON_A_SHEET = 24
# Of the texts on one, in millimetres and points.
_TEXT = 56.0
_FESTIVAL_MM, _CODE_MM, _WHAT_MM, _LINE_MM = 3.8, 9.4, 7.8, 3.4
_CODE_SIZES = (16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5)
_SIZES = (8.5, 8, 7.5, 7, 6, 5, 4)


class PaperCode(NamedTuple):
    """What is printed of one voucher."""

    festival: Fitted
    code: Fitted
    what: Fitted
    until: Fitted
    where: Fitted


def pages_of(
    vouchers: Sequence[Voucher], *, effect: Callable[[Voucher], str], shop: str
) -> list[list[PaperCode]]:
    """Returns what is printed on each sheet, in the current language.

    `effect` says what a voucher does, in a few words; `shop` is where it can be used.
    """
    cards = [_card(each, effect(each), shop) for each in vouchers]
    return [cards[start : start + ON_A_SHEET] for start in range(0, len(cards), ON_A_SHEET)]


def _card(voucher: Voucher, effect: str, shop: str) -> PaperCode:
    edition = voucher.edition
    of = voucher.types[0].name.text() if len(voucher.types) == 1 else ""
    until = (
        _("tot %(day)s", day=format_date(edition.local(voucher.valid_until).date(), "d MMM y"))
        if voucher.valid_until
        else ""
    )
    return PaperCode(
        festival=_fitted(edition.name.text(), "bold", _FESTIVAL_MM, _SIZES, 1.2),
        code=_fitted(unlinked(voucher.code), "display", _CODE_MM, _CODE_SIZES, 1.15),
        what=_fitted(f"{effect}: {of}" if of else effect, "text", _WHAT_MM, _SIZES, 1.25),
        until=_fitted(until, "text", _LINE_MM, _SIZES, 1.2),
        where=_fitted(shop, "text", _LINE_MM, _SIZES, 1.2),
    )


def _fitted(text: str, font: str, height: float, sizes: Sequence[float], leading: float) -> Fitted:
    return text_metrics.fit(
        text,
        font,
        width=_TEXT,
        height=height,
        sizes=sizes,
        leading=leading,
        language=languages.current(),
    )
