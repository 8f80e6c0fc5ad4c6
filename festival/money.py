"""Amounts as text and the VAT in them, from integer cents. The only place that rounds money."""

from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_currency

from festival.web import languages

CURRENCY = "EUR"
_LOCALES = {"nl": "nl_NL", "en": "en_GB"}


def shown(cents: int, language: str | None = None) -> str:
    """Returns `cents` as people read it: `€ 45,00` in Dutch, `€45.00` in English."""
    locale = _LOCALES[language or languages.current()]
    return format_currency(Decimal(cents) / 100, CURRENCY, locale=locale)


def vat_included(gross_cents: int, percent: int) -> int:
    """Returns the VAT in cents that is included in `gross_cents` at `percent`, rounded half up."""
    vat = Decimal(gross_cents) * percent / (100 + percent)
    return int(vat.quantize(Decimal(1), rounding=ROUND_HALF_UP))
