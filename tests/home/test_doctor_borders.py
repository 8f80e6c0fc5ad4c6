"""Where the doctor draws the line between well, odd and bad, and how it says so."""

import json
from datetime import datetime, timedelta

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from festival import clock
from festival.db import db
from festival.home import doctor, heartbeats
from festival.home.doctor import BAD, GOOD, ODD
from tests import make
from tests.home.test_doctor import findings
from tests.team.test_outbox import letter

NOW = make.NOW


def found_by(monkeypatch: pytest.MonkeyPatch, *findings: tuple[str, str, str]) -> None:
    """Let the doctor find these, and nothing else."""
    examinations = {
        subject: lambda _now, level=level, sentence=sentence: iter([(level, sentence)])
        for subject, level, sentence in findings
    }
    monkeypatch.setattr(doctor, "_EXAMINATIONS", examinations)


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["doctor", *args])


@pytest.mark.parametrize(
    ("levels", "status"),
    [
        ([GOOD, GOOD], 0),
        ([GOOD, ODD], 0),
        ([BAD, GOOD], 1),
        ([GOOD, BAD], 1),
        ([ODD, BAD, BAD], 1),
        ([], 0),
    ],
)
def test_only_what_must_be_mended_is_an_alarm(
    app: Flask, monkeypatch: pytest.MonkeyPatch, levels: list[str], status: int
) -> None:
    found_by(monkeypatch, *((f"thing {n}", level, "x") for n, level in enumerate(levels)))
    assert run(app).exit_code == run(app, "--json").exit_code == status


def test_findings_are_lines_for_people_and_json_for_programs(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_by(
        monkeypatch, ("worker", BAD, "It is away."), ("disk", ODD, "Little."), ("clocks", GOOD, "é")
    )
    assert run(app).output.splitlines() == [
        "BAD   worker: It is away.",
        "look  disk: Little.",
        "ok    clocks: é",
    ]
    assert json.loads(run(app, "--json").stdout) == [
        {"subject": "worker", "level": "bad", "sentence": "It is away."},
        {"subject": "disk", "level": "odd", "sentence": "Little."},
        {"subject": "clocks", "level": "good", "sentence": "é"},
    ]


def test_a_fault_is_one_line_and_what_was_half_done_is_undone(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_now: datetime) -> object:
        db.session.execute(text("UPDATE pool SET taken = 99"))
        raise ValueError("first line\nsecret second line")

    pool = make.pool()
    monkeypatch.setattr(doctor, "_EXAMINATIONS", {"pools": breaks, "clocks": doctor._clocks})
    first, second = doctor.examine(NOW)
    assert first.sentence == "Could not be examined: ValueError: first line"
    assert (first.level, second.subject) == (BAD, "clocks")
    db.session.commit()
    assert pool.taken == 0


@pytest.mark.parametrize(
    ("seconds", "level", "ago"),
    [
        (-5, GOOD, "0 seconds"),  # the clocks of two machines
        (119, GOOD, "119 seconds"),
        (120, GOOD, "2 minutes"),
        (300, GOOD, "5 minutes"),
        (301, BAD, "5 minutes"),
        (7199, BAD, "119 minutes"),
        (7200, BAD, "2 hours"),
        (172_799, BAD, "47 hours"),
        (172_800, BAD, "2 days"),
    ],
)
def test_how_long_the_worker_may_be_away(app: Flask, seconds: int, level: str, ago: str) -> None:
    for name in app.extensions["jobs"].sweeps:
        heartbeats.record(name, now=NOW)
    heartbeats.record("fill_slots", now=NOW - timedelta(seconds=seconds))
    [(found, sentence)] = findings("worker", NOW)
    assert found == level
    late = f"fill_slots last ran {ago} ago: start `flask worker`."
    in_time = f"Its {len(app.extensions['jobs'].sweeps)} jobs ran in time"
    assert sentence == late if level == BAD else sentence.startswith(in_time)


@pytest.mark.parametrize(
    ("state", "minutes", "is_late"),
    [
        ("waiting", 15, False),
        ("waiting", 16, True),
        ("sending", 16, True),
        ("sent", 500, False),
        ("failed", 500, False),
        ("kept", 500, False),
    ],
)
def test_how_long_a_letter_may_wait(app: Flask, state: str, minutes: int, is_late: bool) -> None:
    letter(state=state, queued_at=NOW - timedelta(minutes=minutes))
    levels = [level for level, _sentence in findings("letters", NOW)]
    assert (BAD in levels) is is_late


def test_no_letters_at_all_is_fine(app: Flask) -> None:
    assert findings("letters", NOW) == [(GOOD, "0 were sent, 0 kept, 0 wait.")]


@pytest.mark.parametrize(
    ("free", "level", "says"),
    [
        (299_999_999, BAD, "0.3 GB"),
        (300_000_000, ODD, "0.3 GB"),
        (1_999_999_999, ODD, "2.0 GB"),
        (2_000_000_000, GOOD, "2.0 GB"),
    ],
)
def test_how_much_room_there_must_be(
    app: Flask, monkeypatch: pytest.MonkeyPatch, free: int, level: str, says: str
) -> None:
    asked = []

    def usage(path: str) -> object:
        asked.append(path)
        return doctor.shutil._ntuple_diskusage(free * 2, free, free)

    monkeypatch.setattr(doctor.shutil, "disk_usage", usage)
    assert findings("disk") == [(level, f"{says} are free in the instance folder.")]
    assert asked == [app.config["INSTANCE_PATH"]]


@pytest.mark.parametrize(("apart", "level"), [(1, GOOD), (-1, GOOD), (60, BAD), (-60, BAD)])
def test_a_clock_may_be_a_second_off_either_way(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch, apart: int, level: str
) -> None:
    read = clock.now
    monkeypatch.setattr(clock, "now", lambda: read() + timedelta(seconds=apart))
    assert [found for found, _sentence in findings("clocks", NOW)] == [level]


def test_sqlite_must_let_readers_read_while_somebody_writes(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert findings("database") == [(GOOD, "sqlite answers, at the last migration.")]
    monkeypatch.setattr(doctor, "text", lambda _statement: text("SELECT 'delete'"))
    [(level, sentence)] = findings("database")
    assert level == BAD
    assert "journal is delete and not wal" in sentence


def test_an_old_postgresql_is_named(postgres_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert findings("database") == [(GOOD, "postgresql answers, at the last migration.")]
    monkeypatch.setattr(doctor, "text", lambda _statement: text("SELECT '140011'"))
    assert findings("database") == [(BAD, "PostgreSQL 140011 is too old: 15 is the least.")]


def test_a_library_that_is_missing_only_makes_it_slower(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_name: str) -> object:
        raise OSError("cannot open shared object file")

    monkeypatch.setattr(doctor.ctypes, "CDLL", missing)
    sentence = "libharfbuzz-subset is missing: PDFs work, four times slower."
    assert findings("paper") == [(ODD, sentence)]


def test_nothing_of_the_examination_stays_in_the_storage(app: Flask) -> None:
    removed, put = [], []
    with pytest.MonkeyPatch.context() as patch:
        kept = doctor.storage.put, doctor.storage.remove
        patch.setattr(
            doctor.storage, "put", lambda name, data: (put.append(name), kept[0](name, data))
        )
        patch.setattr(doctor.storage, "remove", lambda name: (removed.append(name), kept[1](name)))
        assert findings("storage") == [(GOOD, "A file was written, read and removed.")]
        patch.setattr(doctor.storage, "get", lambda _name: 1 / 0)
        assert findings("storage")[0][0] == BAD
    assert put == removed
    assert len(set(put)) == 2, "two doctors at once do not meet"


def test_in_development_the_settings_of_production_are_named_and_are_no_alarm(app: Flask) -> None:
    app.config["RATELIMIT_ENABLED"] = False
    [(level, sentence)] = findings("settings")
    assert level == GOOD
    for name in ("Debugging", "RATELIMIT_ENABLED", "RATELIMIT_STORAGE_URL", "DATABASE_URL"):
        assert name in sentence
    for name in ("SMTP_URL", "TRUSTED_PROXIES", "session cookie"):
        assert name in sentence


@pytest.mark.parametrize("count", [19, 20, 21])
def test_twenty_sentences_of_a_kind_are_enough(count: int) -> None:
    told = list(doctor._at_most(ODD, [f"{n}" for n in range(count)]))
    assert len(told) == min(count, 21)
    assert (told[-1] == (ODD, "And 1 more of this kind.")) is (count == 21)
