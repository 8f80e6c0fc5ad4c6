"""`make run`: set up and run the demo on this machine; Ctrl-C stops everything it started.

Sets up what is missing, brings the database up to date, loads the demo edition into an empty one,
then starts the web server and the worker. For a real festival: docs/running.md.
"""

import argparse
import base64
import contextlib
import ctypes
import errno
import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from setup import PYTHON, ROOT, CannotSetUp, one_sentence, set_up

# A first response takes two seconds; a slow machine gets thirty times as long.
SECONDS_TO_START = 60
# Ports above the web server's that are tried for the payment simulator.
PORTS_BESIDE = 20
# Requests and jobs under way get this long to finish.
SECONDS_TO_STOP = 20
PR_SET_PDEATHSIG = 1


class Stop(BaseException):
    """Somebody asked us to stop: Ctrl-C, SIGTERM or a closed terminal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Address(NamedTuple):
    """Where the demo listens."""

    host: str
    port: int

    @property
    def bind(self) -> str:
        """The address in the form that gunicorn wants."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL for a browser on this machine; it cannot open 0.0.0.0 or ::."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 (compared, not bound)
        return f"http://{Address(host, self.port).bind}"


def main() -> None:
    """Serve the demo, or reset it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reset", action="store_true", help="make the demo edition new")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        with one_sentence():
            if options.reset:
                reset()
            else:
                serve()
    except Stop as asked:
        print("Stopped before it was open.", flush=True)
        sys.exit(128 + asked.number)


def stop(number: int, _frame: FrameType | None) -> None:
    """Raise Stop at the first signal; later ones are ignored and cannot interrupt tidying up."""
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise Stop(number)


# Serving


def serve() -> None:
    """Set up and serve until somebody stops it."""
    address = read_address()
    check_free(address)
    set_up()
    environment = demo_environment(address)
    commands = {"web server": server_command(address), "worker": flask("worker")}
    if simulator := pay_with_play_money(environment, address):
        commands["payment simulator"] = simulator
    with in_use(environment):
        prepare(environment)
        with started(environment, *commands.values()) as programs:
            logins = subprocess.Popen(
                flask("demo", "logins"),
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            wait_for_answer(address, programs[0])
            said = logins.communicate()[0]
            try:
                print_welcome(address, environment, said)
                watch(dict(zip(commands, programs, strict=True)))
            except Stop:
                # Once the demo is open, this is the normal end.
                print("\nStopping …", flush=True)


def read_address() -> Address:
    """Returns HOST and PORT from the environment. Raises CannotSetUp for a bad port."""
    port = os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise CannotSetUp(f"PORT must be a number from 1 to 65535, not {port!r}.")
    return Address(os.environ.get("HOST") or "127.0.0.1", int(port))


def check_free(address: Address) -> None:
    """Raise CannotSetUp if we cannot listen at `address`, before minutes go into setting up."""
    try:
        family, kind, _, _, where = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(where)
            listener.listen()
    except socket.gaierror as error:
        raise CannotSetUp(f"HOST {address.host!r} is no address of this machine.") from error
    except OSError as error:
        why = {
            errno.EADDRINUSE: f"Port {address.port} is taken: stop the program that uses it, or "
            f"choose another port: PORT={address.port + 1} make run",
            errno.EACCES: f"Port {address.port} is not for everybody: choose one above 1023: "
            "PORT=8000 make run",
            errno.EADDRNOTAVAIL: f"HOST {address.host!r} is no address of this machine.",
        }.get(error.errno or 0)
        raise CannotSetUp(why or f"Cannot listen at {address.bind}: {error.strerror}.") from error


def demo_environment(address: Address | None = None) -> dict[str, str]:
    """Returns the caller's environment, with the demo's settings as defaults.

    Raises CannotSetUp in production, or if the instance folder cannot be used.
    """
    environment = dict(os.environ)
    if environment.get("FESTIVAL_ENV") == "production":
        raise CannotSetUp("`make run` is the demo; docs/running.md tells how to run in production.")
    instance = Path(environment.setdefault("INSTANCE_PATH", str(ROOT / "instance")))
    environment["INSTANCE_PATH"] = str(instance.absolute())
    try:
        instance.mkdir(parents=True, exist_ok=True)
        for name, value in demo_secrets(instance / "secrets.json").items():
            environment.setdefault(name, value)
    except OSError as error:
        raise CannotSetUp(f"The folder {instance} cannot be used: {error.strerror}.") from error
    # The terminal shows no line for every request; LOG_LEVEL=info does.
    environment.setdefault("LOG_LEVEL", "warning")
    if address:
        environment.setdefault("PUBLIC_URL", address.url)
    return environment


def demo_secrets(path: Path) -> dict[str, str]:
    """Returns this demo's secrets, made once and kept in `path`, which config.py reads too."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        found: dict[str, str] = json.loads(path.read_text())
        return found
    made = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "TICKET_SIGNING_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    building = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(made, file)
    building.replace(path)
    return made


def pay_with_play_money(environment: dict[str, str], address: Address) -> list[str] | None:
    """Returns the command of a Stripe simulator and lets the demo pay there.

    None if the caller chose another Stripe, or if no port is free: then there is bank transfer.
    """
    chosen = {"STRIPE_SECRET_KEY", "STRIPE_SIMULATOR_URL"}
    port = free_port_above(address.port)
    if any(environment.get(name) for name in chosen) or port is None:
        return None
    environment |= {
        "STRIPE_SECRET_KEY": "sk_test_simulator",
        "STRIPE_WEBHOOK_SECRET": "whsec_simulator",
        "STRIPE_SIMULATOR_URL": f"http://127.0.0.1:{port}",
    }
    kept = Path(environment["INSTANCE_PATH"]) / "stripe_simulator.json"
    command = [str(PYTHON), str(ROOT / "scripts" / "stripe_simulator"), f"--port={port}"]
    return [*command, f"--webhook={address.url}/stripe/webhook", f"--keep={kept}"]


def free_port_above(port: int) -> int | None:
    """Returns the first free port of this machine above `port`; None if the next ones are taken."""
    for number in range(port + 1, min(port + 1 + PORTS_BESIDE, 65536)):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", number)):
            return number
    return None


@contextlib.contextmanager
def in_use(environment: dict[str, str], *, alone: bool = False) -> Iterator[None]:
    """Mark the instance folder as in use; with `alone`, by nobody else. Raises CannotSetUp."""
    with (Path(environment["INSTANCE_PATH"]) / "in-use.lock").open("w") as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotSetUp(
                "The festival is running: stop it first (Ctrl-C where you started it)."
                if alone
                else "The demo is being made new in another terminal: try again in a moment."
            ) from error
        yield


def prepare(environment: dict[str, str], *options: str) -> None:
    """Bring the database up to date, and load the demo edition if it is empty."""
    script = str(ROOT / "scripts" / "prepare.py")
    with started(environment, [str(PYTHON), script, *options]) as (program,):
        status = program.wait()
    if status:
        # It has printed the reason.
        sys.exit(status)


def server_command(address: Address) -> list[str]:
    """Returns gunicorn's command: one process, because rate limits are counted in memory."""
    options = {
        "bind": address.bind,
        "workers": os.environ.get("WEB_CONCURRENCY") or "1",
        "graceful-timeout": "10",
        "log-level": "warning",
    }
    command = [str(PYTHON), "-m", "gunicorn", "wsgi:app", "--no-control-socket"]
    return command + [f"--{name}={value}" for name, value in options.items()]


def flask(*arguments: str) -> list[str]:
    """Returns the command `flask …` of the program."""
    return [str(PYTHON), "-m", "flask", "--app", "wsgi", *arguments]


@contextlib.contextmanager
def started(
    environment: dict[str, str], *commands: list[str]
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run programs during this block, then stop them and all that they started."""
    libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None

    def end_with_us() -> None:
        # If this script is killed with SIGKILL, Linux still asks the program to stop.
        if libc:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)

    programs: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            # A session of its own: Ctrl-C reaches only us, and we decide when it stops.
            program = subprocess.Popen(
                command, cwd=ROOT, env=environment, start_new_session=True, preexec_fn=end_with_us
            )
            programs.append(program)
        yield programs
    finally:
        # Each is asked once, before we wait: a second signal would cut its work short.
        for program in programs:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGTERM)
        until = time.monotonic() + SECONDS_TO_STOP
        for program in programs:
            try:
                program.wait(max(0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(program.pid, signal.SIGKILL)
                program.wait()


def wait_for_answer(address: Address, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers at /healthz. Raises CannotSetUp if it does not."""
    health = f"{address.url}/healthz"
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(health, timeout=5):  # noqa: S310 (our own address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise CannotSetUp("The web server did not start; what it said is above.")


def print_welcome(address: Address, environment: dict[str, str], logins: str) -> None:
    """Print what to open and how to sign in."""
    here, play = address.url, environment.get("STRIPE_SIMULATOR_URL")
    print(
        f"\nThe festival is open.\n\n"
        f"  Front page   {here}/      in English: {here}/en/\n"
        f"  Programme    {here}/programma\n"
        f"  Team         {here}/team\n"
        + (f"  Payments     {play}      play money; a Stripe of our own\n\n" if play else "\n")
        + f"{logins.rstrip()}\n\n"
        f"Letters are kept in {environment['INSTANCE_PATH']}/mail. Stop with Ctrl-C.\n",
        flush=True,
    )


def watch(programs: dict[str, subprocess.Popen[bytes]]) -> None:
    """Wait forever. Raises CannotSetUp when one of the programs ends by itself."""
    while True:
        for name, program in programs.items():
            if program.poll() is not None:
                raise CannotSetUp(f"The {name} ended by itself (status {program.returncode}).")
        time.sleep(0.25)


# Starting afresh


def reset() -> None:
    """Delete the demo's data and load the demo edition again."""
    set_up()
    environment = demo_environment()
    with in_use(environment, alone=True):
        prepare(environment, "--reset")
    print("The demo edition is as new. Start it with: make run")


if __name__ == "__main__":
    main()
