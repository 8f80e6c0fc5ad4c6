"""Dutch is written in the program, English in translations/en/<capability>.po; this joins the two.

`compile` makes the catalogue that the program reads. `check` also reports texts that are missing,
unused, translated in two ways, or not marked for translation, and fails if there are any.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from jinja2 import Environment

ROOT = Path(__file__).resolve().parent.parent
FRAGMENTS = ROOT / "translations" / "en"
CATALOGUE = FRAGMENTS / "LC_MESSAGES" / "messages.mo"

# How many of the first arguments are sentences, by function.
SENTENCES = {
    "_": 1,
    "_l": 1,
    "N_": 1,
    "gettext": 1,
    "lazy_gettext": 1,
    "ngettext": 2,
    "lazy_ngettext": 2,
}
TEMPLATE_OPTIONS = {
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}
# Attributes whose value people read or hear.
SPOKEN = {"alt", "aria-label", "aria-description", "title", "placeholder", "label"}
# The same in both languages.
NAMES = {"Pluk", "PDF", "QR", "IBAN", "BIC", "English", "Nederlands", "Innovatiefestival", "px"}
NAMES |= {"ics", "http", "https", "www", "SEPA", "BCD", "SCT", "EUR", "Subject", "UBL"}

Key = tuple[str, str | tuple[str, str]]


class Use(NamedTuple):
    """A sentence of the program and its place."""

    key: Key
    place: str


def main() -> None:
    """Compile, or check and compile."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("compile", "check"))
    options = parser.parse_args()
    english, faults = read_fragments()
    write_catalogue(english)
    if options.what == "check":
        uses = list(sentences())
        faults += missing(uses, english) + unused(uses, english) + unmarked()
        print(f"{len({use.key for use in uses})} sentences, {len(english)} in English")
    for fault in faults:
        print(fault)
    sys.exit(bool(faults))


# English


def read_fragments() -> tuple[dict[Key, Message], list[str]]:
    """Returns all English texts by their Dutch, and what is wrong with them."""
    english: dict[Key, Message] = {}
    faults = []
    for path in sorted(FRAGMENTS.glob("*.po")):
        place = path.relative_to(ROOT)
        try:
            with path.open("rb") as file:
                fragment = read_po(file, locale="en", abort_invalid=True)
        except PoFileError as error:
            faults.append(f"{place}: {error}")
            continue
        for message in fragment:
            if not message.id:
                continue
            where = f"{place}:{message.lineno}"
            faults += [f"{where}: {fault}" for fault in faults_of(message)]
            other = english.setdefault(key_of(message.context, message.id), message)
            if other.string != message.string:
                faults.append(f"{where}: {message.id!r} has another English text elsewhere")
    return english, faults


def faults_of(message: Message) -> Iterator[str]:
    """Yields what is wrong with one English text."""
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    if not all(texts):
        yield f"no English for {message.id!r}"
        return
    if message.fuzzy:
        yield f"marked fuzzy: {message.id!r}"
    wanted = placeholders(*([message.id] if isinstance(message.id, str) else message.id))
    for text in texts:
        # A singular may leave its number out: "one place left".
        if placeholders(text) - {"%(num)s"} != wanted - {"%(num)s"}:
            yield f"placeholders differ: {message.id!r} and {text!r}"


def placeholders(*texts: str) -> set[str]:
    """Returns the placeholders in the texts: %(name)s and {name}."""
    return {found for text in texts for found in re.findall(r"%\(\w+\)[sd]|\{\w+\}", text)}


def write_catalogue(english: dict[Key, Message]) -> None:
    """Write the catalogue that the program reads, and replace the old one at once."""
    catalogue = Catalog(locale="en")
    for message in english.values():
        catalogue.add(message.id, message.string, context=message.context, flags=message.flags)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    building = CATALOGUE.with_suffix(".building")
    with building.open("wb") as file:
        write_mo(file, catalogue)
    building.replace(CATALOGUE)


# Dutch


def sentences() -> Iterator[Use]:
    """Yields every sentence of the program that needs English."""
    for path in sorted((ROOT / "festival").rglob("*.py")):
        yield from marked_in_python(path)
    for path in templates():
        yield from marked_in_template(path)
    yield from refusals()


def templates() -> list[Path]:
    """Returns all templates of pages, letters and PDFs."""
    return sorted(
        path for path in (ROOT / "templates").rglob("*.*") if path.suffix in {".html", ".txt"}
    )


def marked_in_template(path: Path) -> Iterator[Use]:
    """Yields the sentences of a template in `_(…)`, `ngettext(…)` or a trans block."""
    method = "jinja2.ext:babel_extract"
    with path.open("rb") as file:
        for line, message, _comments, context in extract(method, file, options=TEMPLATE_OPTIONS):
            yield Use(key_of(context, message), f"{path.relative_to(ROOT)}:{line}")


def marked_in_python(path: Path) -> Iterator[Use]:
    """Yields the sentences of a Python file; Babel's own reader misses those in f-strings."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and (wanted := SENTENCES.get(name_of(node.func))):
            texts = [arg.value for arg in node.args[:wanted] if isinstance(arg, ast.Constant)]
            # A computed text, such as a refusal's, is found where it is written.
            if len(texts) == wanted:
                text = texts[0] if wanted == 1 else texts
                yield Use(key_of(None, text), f"{path.relative_to(ROOT)}:{node.lineno}")


def refusals() -> Iterator[Use]:
    """Yields the docstrings of Refusal and its subclasses: what a visitor reads."""
    classes = [
        (path, node)
        for path in sorted((ROOT / "festival").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    family = {"Refusal"}
    while True:
        found = {node.name for _, node in classes if family & {name_of(b) for b in node.bases}}
        if found <= family:
            break
        family |= found
    for path, node in classes:
        sentence = " ".join((ast.get_docstring(node) or "").split())
        if node.name in family and sentence:
            yield Use(key_of(None, sentence), f"{path.relative_to(ROOT)}:{node.lineno}")


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def key_of(context: str | None, text: object) -> Key:
    """Returns what identifies a sentence: its context and its Dutch."""
    return (context or "", tuple(text) if isinstance(text, list | tuple) else text)  # type: ignore[arg-type,return-value]


# What is wrong


def missing(uses: list[Use], english: dict[Key, Message]) -> list[str]:
    """Returns a line for each sentence without English."""
    singulars = {(context, text[0]) for context, text in english if isinstance(text, tuple)}
    return [
        f"{use.place}: no English for {use.key[1]!r}"
        for use in uses
        if use.key not in english and use.key not in singulars
    ]


def unused(uses: list[Use], english: dict[Key, Message]) -> list[str]:
    """Returns a line for each English text whose Dutch is not in the program."""
    known = {use.key for use in uses}
    return [f"translations/en: not used: {text!r}" for _, text in english.keys() - known]


def unmarked() -> list[str]:
    """Returns a line for each text in a template that people read but that is outside `_(…)`."""
    faults = []
    for path in templates():
        # The gallery of components is only for development; its samples stay Dutch.
        if path.suffix not in {".html", ".txt"} or path.name == "stijl.html":
            continue
        for piece in bare(path.read_text()):
            for words in _Reader.words_of(piece):
                faults.append(f"{path.relative_to(ROOT)}: not marked for translation: {words!r}")
    return faults


def bare(source: str) -> list[str]:
    """Returns a template without what Jinja fills in: HTML that is the same in every language.

    One piece for each macro and block. Pieces without a tag that begin with a small letter are
    left out: they are for browsers, such as the value of a class.
    """
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    pieces: list[list[str]] = [[]]
    unfinished = [pieces[0]]
    translated = False
    begins = False
    for _line, kind, value in environment.lex(source):
        if kind == "block_begin":
            begins = True
        elif begins and kind == "name":
            begins = False
            if value in {"trans", "endtrans"}:
                translated = value == "trans"
            elif value in {"macro", "block"}:
                pieces.append([])
                unfinished.append(pieces[-1])
            elif value in {"endmacro", "endblock"}:
                unfinished.pop()
        elif kind == "data" and not translated:
            unfinished[-1].append(value)
        elif kind == "variable_begin":
            # Jinja may fill in the name of a tag; anything else that it fills in is ignored.
            unfinished[-1].append(
                "x" if unfinished[-1][-1:] and is_open(unfinished[-1][-1]) else " "
            )
    texts = ["".join(piece).strip() for piece in pieces]
    return [text for text in texts if "<" in text or text[:1].isupper()]


def is_open(html: str) -> bool:
    """Returns whether the name of a tag must follow."""
    return html.endswith(("<", "</"))


class _Reader(HTMLParser):
    """Collects the texts in HTML that a person would read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    @classmethod
    def words_of(cls, html: str) -> list[str]:
        """Returns the texts in `html` that contain a word to translate."""
        reader = cls()
        reader.feed(html)
        return [text for text in reader.found if reader.has_word(text)]

    def has_word(self, text: str) -> bool:
        """Returns whether `text` contains a word that is not in NAMES."""
        return bool(set(re.findall(r"[^\W\d_]{2,}", text)) - NAMES)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect attributes that people read or hear."""
        self.silent += tag in {"script", "style", "code"}
        self.found += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        """Stop ignoring text at the end of a script."""
        self.silent -= tag in {"script", "style", "code"}

    def handle_data(self, data: str) -> None:
        """Collect the text."""
        if not self.silent and data.strip():
            self.found.append(" ".join(data.split()))


if __name__ == "__main__":
    main()
