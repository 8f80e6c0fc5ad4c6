"""Debian's Chromium, driven by Playwright; pages are watched for errors of their own."""

import atexit
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

_ARGUMENTS = [
    "--no-sandbox",  # the tests may run as root
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_PATIENCE = 15_000  # milliseconds: the tests share a busy machine
_FAKE_CAMERA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]


@contextmanager
def chromium(*, camera: Path | None = None) -> Iterator[Browser]:
    """A browser; `camera` is the .mjpeg file that it sees instead of a camera."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI") or os.environ.get("FESTIVAL_REQUIRE_SERVICES"):
            pytest.fail("Chromium is required here and is not installed")
        pytest.skip("Chromium is not installed: its tests are skipped")
    arguments = list(_ARGUMENTS)
    if camera:
        arguments += [*_FAKE_CAMERA, f"--use-file-for-fake-video-capture={camera}"]
    browser = _playwright().chromium.launch(
        executable_path=path,
        args=arguments,
        # As on phones: the back button shows the page as it was left, filled form and old key.
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield browser
    browser.close()


@cache
def _playwright() -> Playwright:
    """One for the whole process: a second beside it is not allowed."""
    started = sync_playwright().start()
    atexit.register(started.stop)
    return started


@contextmanager
def page(browser: Browser, *, width: int = 1280, **options: Any) -> Iterator[Page]:
    """A fresh visitor's page; any error in its console or scripts fails the test."""
    context = browser.new_context(viewport={"width": width, "height": 800}, **options)
    context.set_default_timeout(_PATIENCE)
    expect.set_options(timeout=_PATIENCE)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    yield opened
    context.close()
    # A refusal is an answer with status 4xx, and the browser reports those as errors too.
    assert [error for error in errors if "Failed to load resource" not in error] == []


def no_sideways_scroll(opened: Page, at: str | None = None) -> None:
    """Nothing on the page must be scrolled sideways.

    `at` is a part of the address. It is needed right after a click that leads to another page:
    until that page has come, there is the old one or none at all to measure.
    """
    if at is not None:
        opened.wait_for_url(lambda address: at in address)
    assert opened.locator("html").evaluate("html => html.scrollWidth <= innerWidth")


def reach(opened: Page, name: str) -> None:
    """Press Tab until what is called `name` has the focus, and can be seen to have it."""
    for _ in range(80):
        opened.keyboard.press("Tab")
        called, ring = opened.evaluate(
            """() => {
                const at = document.activeElement;
                if (at === document.body) return ["", true];
                const label = at.labels?.[0]?.textContent ?? at.ariaLabel ?? at.textContent;
                const look = getComputedStyle(at);
                return [label, look.outlineStyle !== "none" || look.boxShadow !== "none"];
            }"""
        )
        if name in " ".join((called or "").split()):
            assert ring, f"no focus ring on {name}"
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


def wait_until(opened: Page, function: str, argument: Any = None) -> None:
    """Wait until the JavaScript `function` answers something true; it may be async.

    Playwright's own `wait_for_function` looks a second time with eval, which our policy forbids,
    and takes the promise of an async function for a yes.
    """
    for _ in range(150):
        if opened.evaluate(function, argument):
            return
        opened.wait_for_timeout(100)
    pytest.fail(f"not so after fifteen seconds: {function}")
