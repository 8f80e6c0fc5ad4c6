"""An organiser's browser, and an app for what needs no database."""

import pytest

from festival import create_app
from tests import make
from tests.conftest import settings_of


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """An app whose database is never opened: for forms, words and signatures.

    It is made once for each module, as that takes a while.
    """
    folder = tmp_path_factory.mktemp("texts")
    settings = settings_of(folder, f"sqlite:///{folder / 'never.sqlite3'}")
    app = create_app(settings | {"WTF_CSRF_ENABLED": False})  # no session sends these forms
    with app.app_context():
        yield app


@pytest.fixture
def organiser(visitor):
    """The browser of an organiser of the current edition."""
    make.current_edition()
    make.sign_in(visitor, "organiser")
    return visitor
