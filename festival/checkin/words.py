"""Short words for the outcomes of scans."""

from flask_babel import gettext as _


def outcome_words() -> dict[str, str]:
    """Returns a few words for each outcome of a scan, in the language of the page."""
    return {
        "admitted": _("binnengelaten"),
        "already_in": _("al binnen"),
        "not_paid": _("niet betaald"),
        "released": _("vervallen"),
        "handed_on": _("doorgegeven"),
        "wrong_day": _("andere dag"),
        "wrong_edition": _("ander festival"),
        "forged": _("niet echt"),
        "unknown": _("onbekend"),
    }
