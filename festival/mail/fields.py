"""Fields such as `{naam}` in texts that the team writes: checked when saved, filled when sent.

This is all that such a text can do: no code of whoever writes it ever runs, and a value that was
filled in is never looked at for fields again.
"""

import re
from collections.abc import Collection, Mapping

from festival.errors import Refusal

_FIELD = re.compile(r"\{([^{}]*)\}")
_NEAR = 20  # characters of the text that a refusal shows


class UnknownField(Refusal):
    """Het veld {field} kennen we hier niet. Je kunt deze gebruiken: {known}."""


class LooseBrace(Refusal):
    """Er staat een losse accolade in je tekst, bij “{near}”. Een veld schrijf je zo: {known}."""


def fields_in(text: str) -> list[str]:
    """Returns the names of the fields in `text`, in order."""
    return [name.strip().lower() for name in _FIELD.findall(text)]


def check_fields(text: str, known: Collection[str]) -> None:
    """Refuses with UnknownField or LooseBrace what `fill` could not fill from `known`."""
    listed = ", ".join(f"{{{name}}}" for name in known)
    for name in fields_in(text):
        if name not in known:
            raise UnknownField(field=f"{{{name}}}", known=listed)
    if loose := re.search(r"[{}]", _FIELD.sub(lambda field: " " * len(field[0]), text)):
        near = text[max(0, loose.start() - _NEAR) : loose.end() + _NEAR]
        raise LooseBrace(near=" ".join(near.split()), known=listed)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Returns `text` with its fields filled from `values`; an unknown field stays as it is."""
    return _FIELD.sub(lambda found: values.get(found[1].strip().lower(), found[0]), text)
