"""An app for what needs no database: made once for each module, as making one takes a while."""

import pytest

from festival import create_app
from tests.conftest import settings_of


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """An app whose database is never opened: for forms, words and signatures."""
    folder = tmp_path_factory.mktemp("texts")
    app = create_app(settings_of(folder, f"sqlite:///{folder / 'never.sqlite3'}"))
    with app.app_context():
        yield app
