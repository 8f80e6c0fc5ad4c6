"""The pieces of `make bench`: reading wrk, failing loudly, and the sums."""

import json
import os
import shutil
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench import aims, report, wrk
from bench.failure import BenchmarkFailed

GOOD = {
    "requests": 600,
    "seconds": 3.0,
    "p50_ms": 12.5,
    "p95_ms": 40.0,
    "bytes": 60000,
    "broken": 0,
    "ran_out": 0,
    "answers": {"200": 600},
}


def output(**changes: object) -> str:
    """What wrk prints with our scripts."""
    result = json.dumps(GOOD | changes)
    return f"Running 3s test @ http://127.0.0.1:8172\n  600 requests in 3.00s\nRESULT {result}\n"


def test_the_result_is_read_from_what_wrk_prints() -> None:
    result = wrk.read(output())
    assert result.per_second == 200
    assert (result.p50_ms, result.p95_ms, result.answers) == (12.5, 40.0, {"200": 600})


def test_without_a_result_it_fails_with_what_wrk_said() -> None:
    with pytest.raises(BenchmarkFailed, match="unable to connect"):
        wrk.read("unable to connect to 127.0.0.1:8172 Connection refused")


def test_a_good_result_passes() -> None:
    wrk.check(wrk.read(output()), expected="200")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"answers": {"200": 599, "500": 1}}, "other than 200: {'500': 1}"),
        ({"answers": {"302": 600}}, "other than 200"),
        ({"answers": {}}, "not one request"),
        ({"requests": 0}, "not one request"),
        ({"broken": 2}, "2 requests got no answer"),
        ({"ran_out": 1}, "sent twice"),
    ],
)
def test_a_wrong_answer_fails_loudly(changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(BenchmarkFailed, match=complaint):
        wrk.check(wrk.read(output(**changes)), expected="200")


def test_fewer_rows_than_answers_fail_loudly() -> None:
    wrk.check_rows(before=10, after=110, answered=100)
    wrk.check_rows(before=10, after=118, answered=100)  # under way when the time was up
    with pytest.raises(BenchmarkFailed, match="100 answers, but only 99 new rows"):
        wrk.check_rows(before=10, after=109, answered=100)


def test_an_ended_wrk_is_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "wrk"
    broken.write_text("#!/bin/sh\necho no such script >&2\nexit 1\n")
    broken.chmod(broken.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(BenchmarkFailed, match="status 1: no such script"):
        wrk.run("http://127.0.0.1:1", "requests.lua", clients=1, seconds=1)


def test_without_wrk_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BenchmarkFailed, match="apt-get install wrk"):
        wrk.version()


def test_ratios_to_hello() -> None:
    assert aims.times_hello(3000, 200) == 15
    assert aims.Aim(16).is_met(aims.times_hello(3000, 200))
    assert not aims.Aim(14).is_met(aims.times_hello(3000, 200))
    with pytest.raises(ValueError, match="nothing was answered"):
        aims.times_hello(3000, 0)


def test_medians() -> None:
    assert aims.median([9.0, 1.0, 5.0]) == 5
    assert aims.median([4.0, 1.0]) == 2.5


def test_requests_are_written_as_the_script_reads_them(tmp_path: Path) -> None:
    wrk.write_requests(tmp_path / "file", [("GET", "/", ""), ("POST", "/a", "b=c&d=%09")])
    assert (tmp_path / "file").read_text() == "GET\t/\t\nPOST\t/a\tb=c&d=%09\n"
    with pytest.raises(ValueError, match="a tab or a line break"):
        wrk.write_requests(tmp_path / "file", [("POST", "/", "a\nb")])


def test_every_case_that_changes_something_is_counted_in_the_database() -> None:
    everything = report.CASES
    changing = {case.name for case in everything if case.rows}
    assert {case.name for case in everything if case.expect != "200"} <= changing
    assert len({case.name for case in everything}) == len(everything)


needs_wrk = pytest.mark.skipif(shutil.which("wrk") is None, reason="only where wrk is installed")


class Half(BaseHTTPRequestHandler):
    """Answers /bad with a fault and everything else well."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(500 if self.path == "/bad" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def half() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Half)
    threading.Thread(target=server.serve_forever).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@needs_wrk
def test_the_version_of_wrk_is_told() -> None:
    assert wrk.version()[0].isdigit()


@needs_wrk
def test_a_fault_among_many_answers_is_seen(half: str, tmp_path: Path) -> None:
    wrk.write_requests(tmp_path / "file", [("GET", "/", ""), ("GET", "/bad", "")])
    result = wrk.run(half, "requests.lua", str(tmp_path / "file"), "again", clients=2, seconds=1)
    assert result.answers.keys() == {"200", "500"}
    with pytest.raises(BenchmarkFailed, match="other than 200"):
        wrk.check(result, expected="200")


@needs_wrk
def test_running_out_of_fresh_requests_is_seen(half: str, tmp_path: Path) -> None:
    wrk.write_requests(tmp_path / "file", [("GET", "/", "")] * 3)
    result = wrk.run(half, "requests.lua", str(tmp_path / "file"), "once", clients=1, seconds=1)
    with pytest.raises(BenchmarkFailed, match="sent twice"):
        wrk.check(result, expected="200")
