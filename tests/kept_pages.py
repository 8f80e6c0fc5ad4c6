"""The memory for pages, for tests that read a page before and after a change."""

import os

from flask import current_app

from festival.web import pages


def forget_pages() -> None:
    """Forget every kept page, as if it had grown old; the programme that was read stays."""
    current_app.extensions["memory"].pop((os.getpid(), pages._pages), None)
