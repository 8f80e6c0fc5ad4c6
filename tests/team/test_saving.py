"""What forms of the team hold hidden: the version that the editor saw."""

import pytest
from flask import Flask
from wtforms import HiddenField

from festival.team import saving
from festival.web.forms import PageForm


class VersionedForm(PageForm):
    """A form of something that two people may edit at once."""

    version = HiddenField()


def seen(app: Flask, **sent: str) -> int:
    """The version that a form says when it was sent."""
    with app.test_request_context("/", method="POST", data=sent):
        return saving.seen_version(VersionedForm())


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ("", 0),
        ("7", 7),
        ("007", 7),
        ("999999999", 999_999_999),
        ("1000000000", 0),  # more than a database counts
        ("-1", 0),
        ("1.5", 0),
        ("7 7", 0),
        ("zeven", 0),
        ("²", 0),
        ("٣", 3),
    ],
)
def test_a_hidden_number_is_a_number_or_none(bare_app: Flask, sent: str, number: int) -> None:
    assert saving.counted(sent) == number
    assert saving.counted(sent, 12) == (number or 12)
    assert seen(bare_app, version=sent) == number


def test_without_a_version_none_was_seen(bare_app: Flask) -> None:
    assert seen(bare_app) == 0
