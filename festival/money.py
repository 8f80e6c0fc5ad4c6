"""Amounts as text, from integer cents."""

from decimal import Decimal

from babel.numbers import format_currency

from festival.web import languages

CURRENCY = "EUR"
_LOCALES = {"nl": "nl_NL", "en": "en_GB"}


def shown(cents: int, language: str | None = None) -> str:
    """Returns `cents` as people read it: `€ 45,00` in Dutch, `€45.00` in English."""
    locale = _LOCALES[language or languages.current()]
    return format_currency(Decimal(cents) / 100, CURRENCY, locale=locale)
