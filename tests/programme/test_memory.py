"""What a process remembers of the programme between requests."""

import gc
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.db import Model
from tests.world import World

PLAIN = (dict, list, tuple, set, frozenset)


@pytest.mark.parametrize(
    "address", ["/", "/programma", "/nu", "/schedule.xml", "/scherm/hal", "/scherm/foyer"]
)
def test_no_row_is_kept(app: Flask, world: World, visitor: FlaskClient, address: str) -> None:
    """A row belongs to one request; kept in memory, all threads would have it in their hands."""
    del world
    assert visitor.get(address).status_code == 200
    assert [type(row).__name__ for row in rows_in(app.extensions)] == []


def rows_in(kept: object) -> Iterator[Model]:
    """Every row in it, however deep; what libraries keep is theirs."""
    todo, seen = [kept], set()
    while todo:
        each = todo.pop()
        if isinstance(each, Model):
            yield each
        elif id(each) not in seen and (
            isinstance(each, PLAIN) or type(each).__module__.startswith("festival.")
        ):
            seen.add(id(each))
            todo += gc.get_referents(each)
