"""Every template compiles, and something shows it."""

import ast
import re
from functools import cache
from pathlib import Path

from flask import Flask
from jinja2 import meta

from tests.architecture.source import ROOT, modules

FOLDER = ROOT / "templates"


@cache
def names() -> list[str]:
    """All templates, by the name under which they are asked for."""
    return sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.*") if path.is_file())


@cache
def named_in_code() -> list[re.Pattern[str]]:
    """The strings of the program that may name a template; what an f-string fills in is `.+`."""
    patterns = set()
    for tree in modules().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                patterns.add(re.escape(node.value))
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(part.value) if isinstance(part, ast.Constant) else "[^/]+"
                    for part in node.values
                ]
                # A string that is all filled in could be anything, and would prove nothing.
                if any("/" in part for part in parts):
                    patterns.add("".join(parts))
    return [re.compile(pattern) for pattern in sorted(patterns) if "/" in pattern]


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
    assert not is_asked_for("programme/nobody_asks_for_this.html")


def is_asked_for(name: str) -> bool:
    """Whether the program names it, with or without its ending (letters come in two)."""
    stem = str(Path(name).with_suffix(""))
    return any(p.fullmatch(name) or p.fullmatch(stem) for p in named_in_code())


def named_in_template(app: Flask, name: str) -> set[str]:
    """The templates that a template extends, includes or imports."""
    source = (FOLDER / name).read_text()
    found = meta.find_referenced_templates(app.jinja_env.parse(source))
    return {other for other in found if other}
