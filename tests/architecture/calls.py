"""Which functions a function calls, read from the source: directly, or through its own module."""

import ast
from functools import cache

from tests.architecture.source import modules


def reaches(module: str, name: str, target: str) -> bool:
    """Whether function `name` of `module` calls `target` (`path.py:function`), if need be through
    functions of its own module. Modules are files such as `festival/bookings/views.py`."""
    return target in _called(module, name)


def is_defined(module: str, name: str) -> bool:
    """Whether `module` defines a function of this name."""
    return name in _functions(module)


@cache
def _functions(module: str) -> dict[str, ast.AST]:
    return {node.name: node for node in modules()[module].body if isinstance(node, ast.FunctionDef)}


@cache
def _imported(module: str) -> dict[str, str]:
    """What names of the program stand for: `places` for a module, `claim` for a function of one."""
    found = {}
    for node in modules()[module].body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("festival"):
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


@cache
def _called(module: str, name: str) -> frozenset[str]:
    found, own = set(), _functions(module)
    left, seen = [name], set()
    while left:
        current = left.pop()
        if current in seen or current not in own:
            continue
        seen.add(current)
        for node in ast.walk(own[current]):
            if isinstance(node, ast.Name):
                left.append(node.id)
                found |= _of_file(_imported(module).get(node.id, ""))
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                parent = _imported(module).get(node.value.id, "")
                found |= _of_file(f"{parent}.{node.attr}" if parent else "")
    return frozenset(found)


def _of_file(dotted: str) -> set[str]:
    """`festival.db.change_one` as `festival/db.py:change_one`."""
    parent, _, name = dotted.rpartition(".")
    return {f"{parent.replace('.', '/')}.py:{name}"} if parent else set()
