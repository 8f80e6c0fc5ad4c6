"""The web server under load: gunicorn with gunicorn.conf.py, as in production."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.failure import BenchmarkFailed
from festival.config import ROOT

HOST = "127.0.0.1"


class Server:
    """One running gunicorn."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.log = log

    @property
    def url(self) -> str:
        """The URL at which it listens."""
        return f"http://{HOST}:{self.port}"

    def workers(self) -> list[int]:
        """Returns the ids of the worker processes, without gunicorn's own."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def memory_mb(self) -> float:
        """Returns the resident memory of its largest worker, in megabytes."""
        return max(resident_mb(pid) for pid in self.workers())

    def faults(self) -> str:
        """Returns the last line of its log that is not mere information, or ''."""
        lines = self.log.read_text(errors="replace").splitlines()
        telling = [line for line in lines if '"level": "info"' not in line]
        return telling[-1] if telling else ""


@contextmanager
def serving(
    app: str, port: int, folder: Path, environment: Mapping[str, str], *, path: str = "/"
) -> Iterator[Server]:
    """Serve `app` on `port` during the block, which starts when `path` responds with 200."""
    server = start(app, port, folder, environment)
    try:
        wait_for(server, path)
        yield server
    finally:
        stop(server)


def start(app: str, port: int, folder: Path, environment: Mapping[str, str]) -> Server:
    """Start gunicorn on `port` with gunicorn.conf.py and `environment`."""
    log = folder / f"{app.partition(':')[0]}.log"
    command = [sys.executable, "-m", "gunicorn", app, "--config", str(ROOT / "gunicorn.conf.py")]
    command += ["--bind", f"{HOST}:{port}", "--no-control-socket", "--log-level", "warning"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | dict(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Server(process, port, log)


def stop(server: Server) -> None:
    """Stop the server and wait until it is gone."""
    os.killpg(server.process.pid, signal.SIGTERM)
    try:
        server.process.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()


def wait_for(server: Server, path: str, *, seconds: float = 30) -> None:
    """Wait until `path` responds with 200. Raises BenchmarkFailed after `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.process.poll() is None:
        try:
            if _get(server, path) == 200:
                return
        except OSError:
            pass
        time.sleep(0.01)
    raise BenchmarkFailed(f"{path} did not answer; the log says:\n{server.faults()}")


def cold_start(
    app: str, port: int, folder: Path, environment: Mapping[str, str], path: str
) -> float:
    """Returns the seconds from starting gunicorn to the first whole response of `path`."""
    began = time.perf_counter()
    server = start(app, port, folder, environment)
    try:
        wait_for(server, path)
        return time.perf_counter() - began
    finally:
        stop(server)


def resident_mb(pid: int) -> float:
    """Returns the resident memory of a process, in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise BenchmarkFailed(f"process {pid} tells nothing about its memory")


def _get(server: Server, path: str) -> int:
    connection = http.client.HTTPConnection(HOST, server.port, timeout=20)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
