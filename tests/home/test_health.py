import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from festival import create_app
from festival.db import db
from festival.home import health


def test_the_process_lives_even_without_its_database(tmp_path):
    app = create_app(
        {
            "INSTANCE_PATH": str(tmp_path),
            "SQLALCHEMY_DATABASE_URI": "postgresql://somebody:secret@127.0.0.1:1/nothing",
            "LOG_LEVEL": "critical",
        }
    )
    client = app.test_client()
    assert client.get("/healthz").text == "ok\n"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "The database does not answer.\n")


def test_ready_when_the_database_is_at_the_last_migration(any_app):
    answer = any_app.test_client().get("/readyz")
    assert (answer.status_code, answer.text) == (200, "ready\n")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_not_ready_while_migrations_wait(visitor: FlaskClient):
    db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    db.session.commit()
    answer = visitor.get("/readyz")
    assert answer.status_code == 503
    assert "at migration 0001" in answer.text
    assert "flask db upgrade" in answer.text


def test_not_ready_on_an_empty_database(visitor: FlaskClient):
    db.session.execute(text("DELETE FROM alembic_version"))
    db.session.commit()
    assert "at migration none" in visitor.get("/readyz").text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_watching_is_not_limited_and_not_translated(visitor: FlaskClient, path):
    for _ in range(30):
        assert visitor.get(path).status_code == 200


def test_the_known_migrations_are_read_from_the_folder_whatever_the_working_folder(
    monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    health.known_migrations.cache_clear()
    [head] = health.known_migrations()
    assert head.isdecimal()
