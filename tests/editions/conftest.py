"""What a page or a query asks of the database."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

Statements = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def statements(queries: Statements) -> Statements:
    """A block that lists the statements sent to the database in it."""
    return queries
