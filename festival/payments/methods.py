"""How money comes in and goes back, in words."""

from flask_babel import lazy_gettext as _l

# The ways of our own; a payment provider adds words of its own.
METHOD_NAMES = {
    "bank_transfer": _l("overschrijving"),
    "card_terminal": _l("pin"),
    "cash": _l("contant"),
}
