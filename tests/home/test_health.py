import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

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


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_watching_reads_no_session_and_may_be_done_by_anybody(visitor: FlaskClient, path):
    for prefix in ("", "/en"):
        answer = visitor.get(prefix + path)
        assert (answer.status_code, answer.mimetype) == (200, "text/plain")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Cookie" not in answer.headers.get("Vary", "")
    assert visitor.post(path).status_code == 405


def test_a_database_that_is_ahead_of_the_program_is_not_ready_either(any_app):
    """After a step back to an older version: its code may not know the new columns."""
    version = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    db.session.commit()
    try:
        answer = any_app.test_client().get("/readyz")
        assert answer.status_code == 503
        assert f"at migration 9999, this program wants {version}" in answer.text
        assert any_app.test_client().get("/healthz").status_code == 200
    finally:
        db.session.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
        db.session.commit()


def test_the_process_lives_without_asking_the_database(visitor: FlaskClient, monkeypatch):
    monkeypatch.setattr(health, "applied_migrations", lambda: 1 / 0)
    assert visitor.get("/healthz").status_code == 200


def test_the_words_of_the_driver_go_to_the_log_and_not_to_the_page(
    visitor: FlaskClient, monkeypatch
):
    def broken():
        raise OperationalError("SELECT 1", {}, Exception("user somebody at db.example.org"))

    logged = []
    monkeypatch.setattr(health, "applied_migrations", broken)
    monkeypatch.setattr(health.log, "error", lambda *_args, **values: logged.append(values))
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "The database does not answer.\n")
    assert "db.example.org" in logged[0]["problem"]
