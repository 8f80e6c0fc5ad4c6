"""docs/running.md, followed on this machine as far as that goes without systemd and root."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import psycopg
import pytest

from festival.config import ROOT
from tests.conftest import POSTGRES, SERVICES_REQUIRED

PAGE = (ROOT / "docs/running.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
HOST = "festival.example.org"


def blocks(page: str) -> list[str]:
    """The indented blocks of a page, without their indentation."""
    found = re.findall(r"(?:^    .*\n|^\n(?=    ))+", page, re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE).strip("\n") + "\n" for block in found]


def block_with(words: str, page: str = PAGE) -> str:
    """The only block that holds `words`."""
    [found] = [block for block in blocks(page) if words in block]
    return found


def command(unit: str) -> list[str]:
    """What a service runs."""
    line = re.search(r"ExecStart=((?:.*\\\n)*.*)", unit)
    assert line
    return line[1].replace("\\\n", " ").split()


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A new database, as `createdb` makes it."""
    try:
        server = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        if SERVICES_REQUIRED:
            pytest.fail("PostgreSQL is required here and does not answer")
        pytest.skip("PostgreSQL does not answer")
    name = f"festival_running_{os.getpid()}"
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield POSTGRES.rpartition("/")[0] + f"/{name}"
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def env_file(database: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's /etc/festival.env with our values, its secrets made as settings.md says."""
    folder = tmp_path_factory.mktemp("running")
    secrets = [
        subprocess.run(line.replace("python3", sys.executable, 1), shell=True, check=True,
                       capture_output=True, text=True).stdout.strip()
        for line in block_with("token_urlsafe", SETTINGS).splitlines()
    ]  # fmt: skip
    text = block_with("FESTIVAL_ENV=")
    assert text.count("…") == 2
    for secret in secrets:
        text = text.replace("…", secret, 1)
    text = text.replace("postgresql:///festival", database)
    text = text.replace("/srv/festival/data", str(folder / "data"))
    text = text.replace("mail.example.org:587", "127.0.0.1:9")
    file = folder / "festival.env"
    file.write_text(text, encoding="utf-8")
    return file


def in_shell(env_file: Path, commands: str) -> subprocess.CompletedProcess[str]:
    """The result of `commands` of the page, in a plain shell with nothing but its settings."""
    text = commands.replace("/etc/festival.env", str(env_file))
    text = text.replace("/srv/festival/program", str(ROOT))
    text = text.replace(".venv/bin/flask", f"{sys.executable} -m flask")
    return subprocess.run(
        ["sh", "-c", text],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


LOAD = "set -a; . /etc/festival.env; set +a\n"


def test_the_settings_are_read_alike_by_the_shell_and_by_systemd(env_file: Path) -> None:
    shown = in_shell(env_file, LOAD + 'printf "%s\\n%s\\n" "$MAIL_FROM" "$PUBLIC_URL"')
    assert shown.stderr == ""
    assert shown.stdout == f"Innovatiefestival <hallo@example.org>\nhttps://{HOST}\n"
    for line in env_file.read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r'[A-Z_]+="[^"\\$`]*"', line), line


def test_nobody_needs_what_the_page_does_not_install() -> None:
    assert "sudo" not in PAGE
    installed = block_with("apt-get install")
    for program in ("git", "make", "nginx", "postgresql", "python3-venv"):
        assert program in installed


def test_the_update_goes_as_written_and_the_services_serve(env_file: Path) -> None:
    update = block_with("flask doctor")
    assert "git pull && make install\n" in update
    done = in_shell(env_file, "set -e\n" + update.replace("git pull && make install\n", ""))
    bad = re.findall(r"^BAD +([\w ]+):", done.stdout, re.MULTILINE)
    assert bad == ["worker", "mail server"], done.stdout + done.stderr
    invited = in_shell(env_file, LOAD + block_with("team add"))
    assert f"https://{HOST}/team/link/" in invited.stdout, invited.stderr

    web, worker = block_with("festival: web server".capitalize()), block_with("flask --app wsgi")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    web_command = [each.replace("127.0.0.1:8000", f"127.0.0.1:{port}") for each in command(web)]
    server = started(env_file, web_command)
    helper = started(env_file, command(worker))
    try:
        assert answer(port, "/readyz") == "ready\n"
        assert answer(port, "/kaartjes/opnieuw").startswith("<!doctype html>")
        time.sleep(1)
        assert helper.poll() is None, "the worker goes on"
    finally:
        for process in (server, helper):
            process.send_signal(signal.SIGTERM)
        assert [process.wait(60) for process in (server, helper)] == [0, 0]


def started(env_file: Path, command: list[str]) -> subprocess.Popen[bytes]:
    python = command[0].replace("/srv/festival/program", str(ROOT))
    assert python == f"{ROOT}/.venv/bin/python"
    line = " ".join([sys.executable, *command[1:]])
    text = LOAD.replace("/etc/festival.env", str(env_file)) + f"exec {line}"
    return subprocess.Popen(
        ["sh", "-c", text],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "WEB_CONCURRENCY": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def answer(port: int, path: str) -> str:
    """What the server answers to a request as the page's proxy sends it."""
    headers = dict(re.findall(r"proxy_set_header ([\w-]+) (\S+);", block_with("proxy_pass")))
    assert headers["Host"] == "$host"
    sent = {"Host": HOST, "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    assert sent.keys() <= headers.keys()
    request = Request(f"http://127.0.0.1:{port}{path}", headers=sent)
    for _ in range(300):
        try:
            with urlopen(request, timeout=20) as response:
                return str(response.read().decode())
        except URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
            time.sleep(0.1)
    raise AssertionError("the web server did not start")


def test_the_proxy_s_settings_are_whole(tmp_path: Path) -> None:
    block = block_with("proxy_pass")
    assert block.count("{") == block.count("}")
    assert "client_max_body_size 51m;" in block
    if not shutil.which("nginx"):
        return
    without_tls = (
        re.sub(r"    ssl_.*\n", "", block).replace("443 ssl", "8443").replace(":80;", ":8080;")
    )
    without_tls = without_tls.replace("listen 80;", "listen 8080;")
    file = tmp_path / "nginx.conf"
    file.write_text(f"pid {tmp_path}/nginx.pid;\nevents {{}}\nhttp {{\n{without_tls}}}\n")
    done = subprocess.run(
        ["nginx", "-t", "-c", str(file), "-g", f"error_log {tmp_path}/error.log;"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_all_pages_speak_of_the_same_number_of_threads() -> None:
    settings = (ROOT / "gunicorn.conf.py").read_text(encoding="utf-8")
    threads = re.findall(r"^threads = (\d+)$", settings, re.MULTILINE)
    assert len(threads) == 1
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for page in (PAGE, SETTINGS, readme):
        assert "--threads" not in page
        assert set(re.findall(r"(\d+) threads", page)) <= set(threads)
