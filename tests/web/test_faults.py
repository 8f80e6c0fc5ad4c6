"""What is answered where something is wrong with the request itself."""

import pytest

from tests import make


@pytest.mark.parametrize(
    "path", ["/kaartje/%00", "/programma/a%00b", "/programma?q=%00", "/bestellen?n-%00=1"]
)
def test_a_sign_that_no_text_holds_is_refused_at_the_door(any_app, path):
    """PostgreSQL takes no NUL: without this it was a fault of ours, with a trace in the log."""
    make.edition()
    assert any_app.test_client().get(path).status_code == 400


def test_the_same_in_a_form(any_app):
    ticket = make.ticket()
    client = any_app.test_client()
    assert client.post("/kaartjes/opnieuw", data={"email": "a\0@example.org"}).status_code == 400
    path = f"/kaartje/{ticket.secret}/boeken"
    assert client.post(path, data={"slot": ["x", "\0"]}).status_code == 400
