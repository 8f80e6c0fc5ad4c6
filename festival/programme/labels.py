"""Labels for the programme's own terms: kinds, languages, levels, access."""

from flask_babel import lazy_gettext as _l

from festival.web import languages

# Lazy: translated when the language of the page is known.
KINDS = {
    "talk": _l("Lezing"),
    "workshop": _l("Workshop"),
    "music": _l("Muziek"),
    "game": _l("Spel"),
    "coaching": _l("Coaching"),
    "story": _l("Verhaal"),
}
LANGUAGES = {
    "nl": _l("Nederlands"),
    "en": _l("Engels"),
    "nl+en": _l("Nederlands en Engels"),
}
LEVELS = {
    "open": _l("Voor iedereen"),
    "experienced": _l("Voor wie er al iets van weet"),
}
ACCESS = {
    "step_free": _l("Zonder trap te bereiken"),
    "hearing_loop": _l("Met ringleiding"),
    "sign_language": _l("Met gebarentolk"),
    "quiet": _l("Een rustige plek"),
}


def language_label(spoken: str) -> str:
    """Returns the language of a session if it differs from that of the page, otherwise ''."""
    return "" if spoken == languages.current() else str(LANGUAGES[spoken])
