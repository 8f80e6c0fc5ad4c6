"""Whether tickets were used: the capability at the gates says so, which lies above this one."""

from collections.abc import Callable, Collection

from flask import Flask, current_app

Used = Callable[[Collection[int]], Collection[int]]


def register(app: Flask, used: Used) -> None:
    """Let `used` say which of some tickets, by id, let their holder in."""
    app.extensions["used_tickets"] = used


def used(ticket_ids: Collection[int]) -> Collection[int]:
    """Returns which of these tickets, by id, let their holder in."""
    said: Used = current_app.extensions["used_tickets"]
    return said(ticket_ids)
