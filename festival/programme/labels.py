"""Labels for the programme's own terms: kinds, levels, access; and the language on a card."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from festival.programme import session_languages
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
# The same, where somebody said that it is not there.
NO_ACCESS = {
    "step_free": _l("Alleen met de trap te bereiken"),
    "hearing_loop": _l("Zonder ringleiding"),
    "sign_language": _l("Zonder gebarentolk"),
    "quiet": _l("Geen rustige plek"),
}


def access_labels(has: Iterable[str], lacks: Iterable[str]) -> list[str]:
    """Returns what was said about access, in words: first what is there, then what is not."""
    return [
        *(str(ACCESS[each]) for each in has),
        *(str(NO_ACCESS[each]) for each in lacks),
    ]


def language_label(spoken: str) -> str:
    """Returns the language of a session if it differs from that of the page, otherwise ''."""
    return "" if spoken == languages.current() else session_languages.words(spoken)
