"""A field for an amount of money, as people write it."""

import re

from flask_babel import gettext as _
from wtforms import Field, Form
from wtforms.widgets import TextInput

from festival import text

_EUROS = "(?:€|EUR|euro)"
_MINUS = "[-\u2010\u2011\u2012\u2013\u2212]"
_AMOUNT = re.compile(
    rf"(?:(?:({_MINUS})|\+) ?{_EUROS}?|{_EUROS}? ?({_MINUS})?) ?"
    # Seven digits of euros at most: PostgreSQL keeps the cents in 32 bits.
    r"([0-9](?:[. ][0-9]{3}){2}|[0-9]{1,3}[. ][0-9]{3}|[0-9]{1,7})"
    # Cents, or one of the dashes with which people say that there are none.
    rf"(?:[.,](?:([0-9]{{2}})|{_MINUS}{{1,2}}|[\u2014=]))? ?{_EUROS}?",
    re.IGNORECASE,
)


class AmountField(Field):
    """An amount of money as people write it, read as cents.

    Such as `45`, `45,00`, `€ 65,-`, `1.250,50 EUR` and `−12,34` with a real minus sign.
    """

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the typed amount into `data`, in cents."""
        self.typed = text.line(valuelist[0]) if valuelist else ""
        self.data = None
        if not self.typed:
            return
        match = _AMOUNT.fullmatch(self.typed)
        if match is None:
            raise ValueError(_("Schrijf het bedrag als 45,00."))
        minus, other_minus, euros, cents = match.groups()
        amount = int(re.sub(r"\D", "", euros)) * 100 + int(cents or 0)
        self.data = -amount if minus or other_minus else amount

    def _value(self) -> str:
        if self.data is not None:
            return f"{self.data / 100:.2f}".replace(".", ",")
        return getattr(self, "typed", "")


class AmountForm(Form):
    """One amount of money, for what reads it from elsewhere than a page."""

    amount = AmountField()
