"""Without network a page has only what its service worker kept, and that is what the page names."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.world import World

SCRIPTS = Path(__file__).parents[2] / "static" / "js"
# From the whole of an import to the file that it names.
IMPORT = re.compile(r'^import\b[^"]*"\./([^"]+)"', re.MULTILINE)


def needed(script: str) -> set[str]:
    """A script and all that it imports, directly or not."""
    imported = IMPORT.findall((SCRIPTS / script).read_text())
    return {script}.union(*(needed(each) for each in imported))


def test_what_scripts_need() -> None:
    """The reading of imports itself, over several lines and for their effect alone."""
    assert needed("my_day.js") >= {"offline.js", "clock.js", "starred.js", "moments.js"}
    assert needed("editor.js") >= {"editor_moving.js", "editor_placing.js"}


@pytest.mark.parametrize(
    "address",
    [
        "/programma",
        "/programma/soep",
        "/sprekers",
        "/sprekers/ria",
        "/nu",
        "/mijn-dag",
        "/wijzigingen",
        "/en/programma",
        "/scherm/hal",
    ],
)
def test_a_page_names_every_script_that_it_needs(
    app: Flask, visitor: FlaskClient, world: World, address: str
) -> None:
    del world
    answer = visitor.get(address)
    assert answer.status_code == 200
    named = set(re.findall(rf'{app.extensions["asset_root"]}js/([\w.-]+)"', answer.text))
    assert named
    assert named == set().union(*(needed(script) for script in named))
