"""The order of names and titles as Dutch readers expect it, the same on every database.

Capitals, accents and punctuation are ignored and numbers counted: Émile stands before Frits, and
Zaal 2 before Zaal 10. A person stands under their surname where there is one, and that under its
first word that is no particle: Jan van der Berg under B.
"""

import re

from festival import search

# What Dutch registers list as particles of surnames, as far as nobody is called so.
_PARTICLE = re.compile(
    "aan|af|auf|aus|bij|bin|boven|da|dal|de|degli|dei|del|della|den|der|des|deur|di|die|do|dos|du|el"
    "|het|im|in|la|las|le|les|lo|los|onder|op|over|s|t|te|ten|ter|thoe|tho|toe|tot|uijt|uit|unter"
    "|van|vande|vanden|vander|vom|von|voor|vor|zu|zum|zur"
)
_NUMBER = re.compile(r"\d+")
_IN_BRACKETS = re.compile(r"\([^)]*\)?|\[[^]]*\]?")
_BETWEEN = "\t"  # comes before every letter, so that Berg comes before Berg-de Vries


def title_key(text: str) -> str:
    """Returns what to sort a title or another text by."""
    return _NUMBER.sub(lambda found: found[0].zfill(9), " ".join(search.words(text)))


def person_key(name: str) -> str:
    """Returns what to sort a person's name by: surname, given name, particles.

    `Jan van der Berg` and `Berg, Jan van der` have the same key. A surname without particle is the
    last word. What stands in brackets is no part of a name.
    """
    name = _IN_BRACKETS.sub(" ", name) if name[:1] not in "([" else name
    surname, comma, given = (part.split() for part in name.partition(","))
    if comma and surname and given:
        behind = _particles_at_end(given)
        given, surname = given[: len(given) - behind], given[len(given) - behind :] + surname
    else:
        given, surname = _parted(name.replace(",", " ").split())
    begin = _particles_at_begin(surname)
    parts = (surname[begin:], given, surname[:begin])
    return _BETWEEN.join(title_key(" ".join(part)) for part in parts)


def _parted(words: list[str]) -> tuple[list[str], list[str]]:
    """Returns the given names and the surname with its particles."""
    for number in range(len(words) - 1):
        # Both in `Jan van der Berg` and in `Anna Berg-de Vries`.
        if _is_particle(words[number].rpartition("-")[2]):
            return words[:number], words[number:]
    return words[:-1], words[-1:]


def _particles_at_begin(words: list[str]) -> int:
    return next((n for n, word in enumerate(words[:-1]) if not _is_particle(word)), len(words[:-1]))


def _particles_at_end(words: list[str]) -> int:
    return next((n for n, word in enumerate(reversed(words)) if not _is_particle(word)), len(words))


def _is_particle(word: str) -> bool:
    return _PARTICLE.fullmatch(search.bare(word)) is not None
