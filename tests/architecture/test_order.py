"""Lists are sorted by festival/sorting.py: databases and Python sort by code point."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, places

_TEXT = re.compile(r"\.(name|holder_name|title|title_nl|title_en|subject|organisation)$")


def orders_by_text(tree: ast.Module) -> Iterator[ast.AST]:
    """`order_by(Person.name)`: PostgreSQL and SQLite differ, and both put É after Z."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".order_by"):
            for part in node.args:
                columns = [ast.unparse(each) for each in ast.walk(part)]
                if any(_TEXT.search(each) for each in columns):
                    yield node


def sorts_by_folding(tree: ast.Module) -> Iterator[ast.AST]:
    """`sorted(people, key=lambda each: each.name.lower())` and its kin."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "key":
            key = ast.unparse(node.value)
            if re.search(r"\.(lower|casefold)\(|folded\(", key):
                yield node.value


@pytest.mark.parametrize(
    ("find", "breach"),
    [
        (orders_by_text, "select(Ticket).order_by(Ticket.id, func.lower(Ticket.holder_name))"),
        (orders_by_text, "query.order_by(Pool.name.desc())"),
        (sorts_by_folding, "sorted(rows, key=lambda row: row.name.lower())"),
        (sorts_by_folding, "rows.sort(key=lambda row: search.folded(row.name))"),
    ],
)
def test_a_breach_is_found(find, breach):
    assert list(find(ast.parse(breach)))


def test_no_list_is_sorted_by_code_point():
    assert places(orders_by_text) == []
    assert places(sorts_by_folding) == []


def test_templates_sort_no_names():
    wrong = [
        str(path.relative_to(ROOT))
        for path in Path(ROOT / "templates").rglob("*.html")
        if re.search(r"\|\s*(dict)?sort\b", path.read_text())
    ]
    assert wrong == []
