"""What the program keeps between requests, for tests that read a page before and after a change."""

from flask import current_app

from festival import memory


def forget_pages() -> None:
    """Forget every page, as if it had grown old."""
    memory.forget(current_app)
