"""`make pictures`: take the README's pictures from a fresh demo on a free port.

This demo has a temporary folder of its own; the data of `make run` is not touched.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from setup import (
    PYTHON,
    ROOT,
    CannotSetUp,
    chromium,
    install_system_packages,
    one_sentence,
    set_up,
)

PICTURES = ROOT / "docs" / "pictures"


class Picture(NamedTuple):
    """One page in a window of one size."""

    name: str
    path: str  # {ticket} is the path of the demo visitor's ticket
    width: int
    height: int
    down: int = 0  # pixels to scroll down the page
    down_inside: int = 0  # pixels to scroll down inside the timetable's own box


TAKEN = [
    Picture("front", "/", 1280, 860),
    Picture("programme", "/programma", 1280, 860, down=330, down_inside=315),
    Picture("ticket", "{ticket}", 390, 780),
]
SCROLL = """([down, inside]) => {
  scrollTo(0, down);
  for (const box of document.querySelectorAll("main *"))
    if (inside && getComputedStyle(box).overflowY === "auto") box.scrollTop = inside;
}"""


def main() -> None:
    """Set up, start again in the virtual environment (for playwright), and take the pictures."""
    if sys.prefix == sys.base_prefix:
        with one_sentence():
            set_up(for_tests=True)
            if not chromium():
                install_system_packages(["chromium"])
        os.execv(PYTHON, [str(PYTHON), "-B", __file__])  # noqa: S606 (no shell is the point)
    with one_sentence(), demo() as (address, welcome):
        take(address, welcome)


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """Run a demo with its own data. Yields its address and its welcome text."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as instance:
        settings = {"PORT": str(port), "INSTANCE_PATH": instance, "PYTHONUNBUFFERED": "1"}
        environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | settings
        program = subprocess.Popen(
            [sys.executable, "-B", str(ROOT / "scripts" / "run.py")],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield f"http://127.0.0.1:{port}", read_welcome(program)
        finally:
            program.terminate()
            program.communicate()


def read_welcome(program: "subprocess.Popen[str]") -> str:
    """Returns what the demo prints until it is open. Raises CannotSetUp if it does not open."""
    said = ""
    for line in program.stdout or ():
        said += line
        if "Stop with Ctrl-C" in line:
            return said
    raise CannotSetUp("The demo did not open; what it said is above.")


def take(address: str, welcome: str) -> None:
    """Take all pictures."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (not there before set-up)

    ticket = re.search(r"https?://[^/\s]+(/kaartje/[\w-]+)", welcome)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for picture in TAKEN:
            page = browser.new_page(
                viewport={"width": picture.width, "height": picture.height},
                locale="nl-NL",
                reduced_motion="reduce",
            )
            path = picture.path.format(ticket=ticket[1] if ticket else "/")
            page.goto(address + path)
            page.wait_for_load_state("networkidle")
            page.evaluate(SCROLL, [picture.down, picture.down_inside])
            target = PICTURES / f"{picture.name}.png"
            page.screenshot(path=target)
            print(f"{target.relative_to(ROOT)} ({target.stat().st_size // 1000} kB)")
        browser.close()


if __name__ == "__main__":
    main()
