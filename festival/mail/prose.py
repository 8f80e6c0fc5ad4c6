"""Letters of which the team writes some sentences itself, for an edition and a language.

A letter's templates mark these sentences as blocks: `subject` (and `heading`, the same above the
letter), `opening` and `closing`. What stands outside them, such as amounts, days, tickets and
links, no text of the team can remove. The capability that sends a letter registers it here, with
the fields that its sentences may hold; whoever keeps the texts registers where they are found.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l

from festival.mail import fields
from festival.mail.models import Letter
from festival.text import unlinked
from festival.web import languages

BLOCKS = ("subject", "opening", "closing")
BLOCK_WORDS: Mapping[str, object] = {
    "subject": _l("Onderwerp"),
    "opening": _l("Begin van de brief"),
    "closing": _l("Einde van de brief"),
}
# The templates that put sentences of the team into a letter.
OWN = {"txt": "mail/own_words.txt", "html": "mail/own_words.html"}

# The values that a letter's templates get.
Values = Mapping[str, Any]
# What a field says in a letter with these values.
Field = Callable[[Values], object]
# Returns the sentences of the team by block, for a letter, an edition and a language.
LookUp = Callable[[str, Any, str], Mapping[str, str]]

_ADDRESS = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)\]])")
_unchanged: ContextVar[bool] = ContextVar("unchanged", default=False)
_rehearsed: ContextVar["Rehearsed | None"] = ContextVar("rehearsed", default=None)
# By letter, edition and language, what was looked up while many letters are written.
Remembered = dict[tuple[str, Any, str], Mapping[str, str]]
_remembered: ContextVar["Remembered | None"] = ContextVar("remembered", default=None)
# Letters that were only written, each with the values that its templates got.
Rehearsed = list[tuple[Letter, dict[str, Any]]]


@dataclass(frozen=True)
class FixedLetter:
    """A letter in which the team writes nothing, and why."""

    name: str  # the template, such as "accounts/new_password"
    words: object
    why: object


@dataclass(frozen=True)
class EditableLetter:
    """A letter, what the team calls it, and what its sentences may hold."""

    name: str  # the template, such as "tickets/order_confirmed"
    words: object
    blocks: Sequence[str]
    # By name of a field, what it says in a letter with these values.
    fields: Mapping[str, Field]
    # Queues the letter for the latest row of an edition in a language, or an invented one; nothing
    # if there is none. Called in a rehearsal only.
    example: Callable[[Any, str, datetime], object]
    # Fields without which a block would lack what the reader has to know.
    needed: Mapping[str, Sequence[str]] = field(default_factory=dict)


def register(app: Flask, letter: EditableLetter) -> None:
    """Let the team write sentences of `letter`."""
    app.extensions.setdefault("editable_letters", {})[letter.name] = letter


def register_fixed(app: Flask, letter: FixedLetter) -> None:
    """Show `letter` to the team as one that says always the same."""
    app.extensions.setdefault("fixed_letters", {})[letter.name] = letter


def look_up_with(app: Flask, look_up: LookUp) -> None:
    """Find the sentences of the team with `look_up`."""
    app.extensions["own_words"] = look_up


def editable_letters() -> Mapping[str, EditableLetter]:
    """Returns the letters by their name, in the order in which they were registered."""
    found: dict[str, EditableLetter] = current_app.extensions.get("editable_letters", {})
    return found


def fixed_letters() -> Mapping[str, FixedLetter]:
    """Returns the letters in which the team writes nothing, by their name."""
    found: dict[str, FixedLetter] = current_app.extensions.get("fixed_letters", {})
    return found


@contextmanager
def remembering() -> Iterator[None]:
    """Look up the sentences of each letter and language once inside this block."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


@contextmanager
def unchanged() -> Iterator[None]:
    """Write letters as they are without sentences of the team, inside this block."""
    token = _unchanged.set(True)
    try:
        yield
    finally:
        _unchanged.reset(token)


@contextmanager
def rehearsal() -> Iterator[Rehearsed]:
    """Letters that are queued in this block are only written, into the list that it gives."""
    letters: Rehearsed = []
    token = _rehearsed.set(letters)
    try:
        yield letters
    finally:
        _rehearsed.reset(token)


def rehearsed() -> Rehearsed | None:
    """Returns the list of the rehearsal that goes on, or None: letters are really queued."""
    return _rehearsed.get()


def own_words(name: str, edition: Any, language: str, values: Values) -> dict[str, Any]:
    """Returns the team's sentences of a letter with their fields filled; {} for ours.

    The subject is a text; other blocks are paragraphs, see `paragraphs`.
    """
    letter, look_up = editable_letters().get(name), current_app.extensions.get("own_words")
    if letter is None or look_up is None or edition is None or _unchanged.get():
        return {}
    known = _remembered.get()
    key = (name, edition.id, language)
    found = known.get(key) if known is not None else None
    if found is None:
        found = look_up(name, edition, language)
        if known is not None:
            known[key] = found
    texts = {block: text for block, text in found.items() if text}
    if not texts:
        return {}
    filled = {key: " ".join(unlinked(say(values)).split()) for key, say in letter.fields.items()}
    return {
        block: fields.fill(text, filled) if block == "subject" else paragraphs(text, filled)
        for block, text in texts.items()
    }


def our_words(letter: EditableLetter, language: str, values: Values) -> dict[str, str]:
    """Returns what each block of a letter says by itself, with its fields where they are filled."""
    folder, _, name = letter.name.partition("/")
    template = current_app.jinja_env.get_template(f"{folder}/letters/{name}.txt")
    with languages.speaking(language):
        said = [(name, str(say(values))) for name, say in letter.fields.items()]
        texts = {
            block: "".join(template.blocks[block](template.new_context(dict(values)))).strip()
            for block in letter.blocks
        }
    for field_name, value in sorted(said, key=lambda each: -len(each[1])):
        if len(value) > 1:
            whole = re.compile(rf"(?<!\w){re.escape(unlinked(value))}(?!\w)")
            texts = {block: whole.sub(f"{{{field_name}}}", text) for block, text in texts.items()}
    return texts


def paragraphs(text: str, values: Mapping[str, str]) -> list[list[tuple[str, ...]]]:
    """Returns the paragraphs of a text as lines with their fields filled.

    A line is divided into pieces, every second of which is the address of a page.
    """
    return [[pieces(line, values) for line in part.split("\n")] for part in parts(text)]


def parts(text: str) -> list[str]:
    """Returns what stands between empty lines."""
    return re.split(r"\n\s*\n", text.strip())


def pieces(line: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """Returns a line with its fields filled; what was filled in cannot become a link."""
    return tuple(
        part if n % 2 else fields.fill(part, values) for n, part in enumerate(_ADDRESS.split(line))
    )
