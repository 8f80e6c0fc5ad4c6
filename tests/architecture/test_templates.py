"""Every template compiles, and something shows it."""

import ast
import re
from functools import cache

from flask import Flask
from jinja2 import meta

from tests.architecture.source import ROOT, modules

FOLDER = ROOT / "templates"


@cache
def names() -> list[str]:
    """All templates, by the name under which they are asked for; the styles of PDFs are none."""
    files = [path for path in FOLDER.rglob("*.*") if path.is_file() and path.suffix != ".css"]
    return sorted(str(path.relative_to(FOLDER)) for path in files)


@cache
def strings(path: str) -> set[str]:
    """The strings in a file of the program."""
    return {
        node.value
        for node in ast.walk(modules()[path])
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@cache
def patterns() -> list[re.Pattern[str]]:
    """F-strings of the program such as "errors/{status}.html": the folder and the ending given."""
    found = []
    for tree in modules().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(part.value) if isinstance(part, ast.Constant) else "[^/]+"
                    for part in node.values
                ]
                if re.match(r"\w+/", parts[0]) and re.search(r"\.\w+$", parts[-1]):
                    found.append(re.compile("".join(parts)))
    return found


def test_every_template_compiles(app: Flask) -> None:
    for name in names():
        app.jinja_env.get_template(name)


def test_every_template_is_used(app: Flask) -> None:
    used = {name for name in names() if is_asked_for(name)}
    fresh = set(used)
    while fresh:
        fresh = {other for name in fresh for other in named_in_template(app, name)} - used
        used |= fresh
    assert sorted(set(names()) - used) == []


def test_a_stray_template_would_be_found() -> None:
    assert is_asked_for("base.html") is is_asked_for("no/such.html") is False
    for stray in ("programme/nobody.html", "tickets/letters/nobody.txt", "parts/nobody.html"):
        assert not is_asked_for(stray)


def is_asked_for(name: str) -> bool:
    """Whether the program itself names this template."""
    if letter := re.fullmatch(r"(\w+)/letters/(\w+)\.(txt|html)", name):
        return is_sent(letter[1], letter[2])
    named = any(name in strings(path) for path in modules())
    return named or any(pattern.fullmatch(name) for pattern in patterns())


def is_sent(capability: str, letter: str) -> bool:
    """Whether a letter is queued by its name, `tickets/confirmed`, or as `confirmed` at home."""
    home = f"festival/{capability}/"
    return any(
        f"{capability}/{letter}" in strings(path)
        or (path.startswith(home) and letter in strings(path))
        for path in modules()
    )


def named_in_template(app: Flask, name: str) -> set[str]:
    """The templates that a template extends, includes or imports."""
    source = (FOLDER / name).read_text()
    found = meta.find_referenced_templates(app.jinja_env.parse(source))
    return {other for other in found if other}
