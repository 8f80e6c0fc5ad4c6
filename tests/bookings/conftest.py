from contextlib import contextmanager

import pytest
from sqlalchemy import event

from festival.db import db


@pytest.fixture
def count_queries(app):
    """The statements sent to the database inside a `with` block, in order."""

    @contextmanager
    def counting():
        statements = []

        def note(_connection, _cursor, statement, *_):
            statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting
