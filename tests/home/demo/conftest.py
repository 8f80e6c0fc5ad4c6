"""The demo edition, loaded once for all of its tests, with a tenth of its orders."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from festival import create_app
from festival.db import db
from festival.home.demo import orders
from festival.home.demo.commands import load_demo
from tests.conftest import Browser, settings_of

# Six weeks before, in summer time.
TODAY = datetime(2027, 8, 6, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def loaded(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(sqlite_template, folder / "festival.sqlite3")
    app = create_app(settings_of(folder, f"sqlite:///{folder / 'festival.sqlite3'}"))
    app.test_client_class = Browser
    fewer = tuple((slug, number // 10, sizes) for slug, number, sizes in orders._MIX)
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(orders, "_MIX", fewer)
        load_demo(now=TODAY)
        db.session.remove()
        db.engine.dispose()
    return app
