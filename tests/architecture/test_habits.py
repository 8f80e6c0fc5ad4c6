"""How the program is written: who commits, who reads the clock, the environment, the web.

Each habit is a finder of what breaks it. The finder is tried on a line that breaks the habit
first, because a finder that finds nothing proves nothing.
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, Finder, modules, places


def attribute_calls(*names: str) -> Finder:
    """A finder of calls such as `x.commit()`, whatever x is."""

    def find(tree: ast.Module) -> Iterator[ast.AST]:
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in names:
                yield node

    return find


def commits(tree: ast.Module) -> Iterator[ast.AST]:
    """Commits, but for those of Flask-Security's datastore, which go through db.py all the same."""
    for node in attribute_calls("commit", "begin")(tree):
        if not ast.unparse(node).startswith("datastore."):
            yield node


def clock_readings(tree: ast.Module) -> Iterator[ast.AST]:
    """`datetime.now()`, `date.today()`, `time.time()` and their kin."""
    for node in attribute_calls("now", "utcnow", "today", "time")(tree):
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Attribute)
        owner = ast.unparse(node.func.value).rpartition(".")[2]
        if owner in {"datetime", "date", "time"}:
            yield node


def environment_readings(tree: ast.Module) -> Iterator[ast.AST]:
    """`os.environ`, `os.getenv` and `from os import environ`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}:
            yield node
        if names_from(node, "os") & {"environ", "getenv"}:
            yield node


def inner_imports(tree: ast.Module) -> Iterator[ast.AST]:
    """Imports inside functions, other than WeasyPrint's: the app starts where it cannot load."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom) and not is_weasyprint(node):
                    yield node


def is_weasyprint(node: ast.Import | ast.ImportFrom) -> bool:
    names = [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
    return all((name or "").split(".")[0] == "weasyprint" for name in names)


def web_in_rules(tree: ast.Module) -> Iterator[ast.AST]:
    """What only screens may take from Flask: the request, the session, redirects."""
    allowed = {"current_app", "render_template", "render_template_string"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and "flask" in {alias.name for alias in node.names}:
            yield node
        if names_from(node, "flask") - allowed:
            yield node


def statement_details(tree: ast.Module) -> Iterator[ast.AST]:
    """What db.py says in one way: dialects, how many rows changed, what becomes of loaded rows."""
    details = {"CursorResult", "dialects", "rowcount", "synchronize_session"}
    for node in ast.walk(tree):
        words: set[str | None] = set()
        match node:
            case ast.Import(names):
                words = {word for alias in names for word in alias.name.split(".")}
            case ast.ImportFrom(module, names):
                words = {*(module or "").split("."), *(alias.name for alias in names)}
            case ast.Attribute(_, word) | ast.keyword(word) | ast.Constant(str(word)):
                words = {word}
        if words & details:
            yield node


def names_from(node: ast.AST, module: str) -> set[str]:
    """What `from module import …` takes, if that is what this is."""
    if isinstance(node, ast.ImportFrom) and node.module == module:
        return {alias.name for alias in node.names}
    return set()


def computed_sentences(tree: ast.Module) -> Iterator[ast.AST]:
    """`_(something)`: nobody could find the sentence to put it into English."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) not in {"_", "_l", "gettext"}:
            continue
        if not isinstance(node.args[0], ast.Constant):
            yield node


def handed_on(tree: ast.Module) -> Iterator[ast.AST]:
    """Imports from a package of what is defined in one of its modules."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("festival"):
            continue
        package = ROOT / str(node.module).replace(".", "/")
        own = modules().get(str((package / "__init__.py").relative_to(ROOT)))
        if own is None:
            continue
        defined = {each.name for each in own.body if isinstance(each, ast.FunctionDef)}
        for alias in node.names:
            beside = package / alias.name
            if alias.name not in defined and not (
                beside.is_dir() or beside.with_suffix(".py").exists()
            ):
                yield node


def is_it_there_checks(tree: ast.Module) -> Iterator[ast.AST]:
    """Looking up what is routed: every capability is always there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "view_functions":
            yield node


@pytest.mark.parametrize(
    ("find", "breach"),
    [
        (commits, "db.session.commit()"),
        (commits, "with db.engine.begin() as connection: pass"),
        (clock_readings, "datetime.now(UTC)"),
        (clock_readings, "datetime.date.today()"),
        (clock_readings, "time.time()"),
        (environment_readings, "import os\nx = os.environ['A']"),
        (environment_readings, "from os import getenv"),
        (inner_imports, "def f():\n    import json"),
        (inner_imports, "async def f():\n    from a import b"),
        (web_in_rules, "from flask import current_app, request"),
        (web_in_rules, "import flask"),
        (statement_details, "from sqlalchemy import CursorResult, update"),
        (statement_details, "from sqlalchemy.dialects import sqlite"),
        (statement_details, "from sqlalchemy import dialects"),
        (statement_details, "import sqlalchemy.dialects.postgresql"),
        (statement_details, "sqlalchemy.CursorResult"),
        (statement_details, "result.rowcount == 1"),
        (statement_details, "query.execution_options(synchronize_session=False)"),
        (statement_details, "execute(query, execution_options={'synchronize_session': False})"),
        (computed_sentences, "_(f'nog {n} plekken')"),
        (handed_on, "from festival.bookings.rules import book_slot"),
        (is_it_there_checks, "current_app.view_functions.get('home.front')"),
    ],
)
def test_a_breach_is_found(find: Finder, breach: str) -> None:
    assert list(find(ast.parse(breach)))


def test_only_db_commits() -> None:
    assert places(commits, but={"festival/db.py"}) == []


def test_only_db_knows_how_statements_are_run() -> None:
    """Others call change_one, change_rows, change_returning, insert_unless_there or upsert."""
    assert places(statement_details, but={"festival/db.py"}) == []


def test_only_the_clock_reads_the_clock() -> None:
    assert places(clock_readings, but={"festival/clock.py"}) == []


def test_only_config_reads_the_environment() -> None:
    assert places(environment_readings, but={"festival/config.py"}) == []


def test_no_import_hides_in_a_function() -> None:
    assert places(inner_imports) == []


def test_sentences_are_written_out() -> None:
    """Refusals say their docstring; scripts/translations.py finds it there."""
    assert places(computed_sentences, but={"festival/errors.py"}) == []


def test_rules_know_no_request() -> None:
    screens = {
        path
        for path in modules()
        if not {"rules", "queries", "models", "letters"} & set(Path(path).with_suffix("").parts)
    }
    assert places(web_in_rules, but=screens) == []


def test_every_refusal_says_what_is_the_matter() -> None:
    """The docstring is what the visitor reads: one or more whole sentences."""
    family = {"Refusal"}
    mute = []
    for _ in range(5):  # as deep as subclasses of subclasses go
        for path, tree in modules().items():
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef) and {ast.unparse(b) for b in node.bases} & family:
                    family.add(node.name)
                    sentence = ast.get_docstring(node) or ""
                    if not re.search(r"[.?!}]$", sentence):
                        mute.append(f"{path}: {node.name}")
    assert len(family) > 5
    assert mute == []


def test_every_file_has_a_subject() -> None:
    """No drawers for odds and ends."""
    drawers = {"utils", "util", "common", "helpers", "helper", "manager", "service", "misc"}
    assert [path for path in modules() if drawers & set(Path(path).with_suffix("").parts)] == []


def test_names_are_imported_from_where_they_are_defined() -> None:
    assert places(handed_on) == []


def test_nobody_asks_whether_a_page_is_there() -> None:
    """Except to see who may open it or what it takes, and to add to those of Flask-Security."""
    allowed = {
        "festival/team/access.py",
        "festival/web/faults.py",
        "festival/accounts/signing_in.py",
    }
    assert places(is_it_there_checks, but=allowed) == []


def test_a_class_name_means_one_thing() -> None:
    found: dict[str, list[str]] = {}
    for path, tree in modules().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(path)
    assert len(found) > 100
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


def test_nothing_is_left_for_later() -> None:
    """Open ends belong in issues, not in the source."""
    mark = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK"))
    found = subprocess.run(
        ["git", "grep", "-nIE", rf"\b({mark})\b", "--", ".", ":!*.lock", ":!requirements*"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode in (0, 1), found.stderr
    assert found.stdout == ""


def test_arguments_of_a_visitor_are_no_keywords() -> None:
    """`url_for(…, **request.args)` lets a visitor set `_external` and the parts of the address."""
    for path in [*(ROOT / "festival").rglob("*.py"), *(ROOT / "templates").rglob("*.html")]:
        assert not re.search(r"\*\*\s*request\.(args|form|values)", path.read_text()), path
