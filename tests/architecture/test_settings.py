"""Every setting is explained in docs/settings.md, and nothing is explained that is no setting."""

import ast
import re

from tests.architecture.source import ROOT

EXPLAINED = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)


def settings() -> set[str]:
    """The names that config.py reads from the environment."""
    tree = ast.parse((ROOT / "festival" / "config.py").read_text())
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value) == "settings"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def test_settings_are_explained() -> None:
    explained = set(EXPLAINED.findall((ROOT / "docs" / "settings.md").read_text()))
    assert len(settings()) > 10
    assert explained == settings()
