"""The program's own source, read as syntax trees, for tests of how it is written."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / "festival"

Finder = Callable[[ast.Module], Iterator[ast.AST]]


@cache
def modules() -> dict[str, ast.Module]:
    """Every file of the program by its path from the repository's root, parsed."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text())
        for path in sorted(PROGRAM.rglob("*.py"))
    }


def places(find: Finder, *, but: set[str] | frozenset[str] = frozenset()) -> list[str]:
    """Where `find` finds something, as file:line, in every file except those named in `but`."""
    return [
        f"{path}:{node.lineno}"
        for path, tree in modules().items()
        if path not in but
        for node in find(tree)
    ]
