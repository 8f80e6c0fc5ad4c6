"""Who of the team may read which letter: some hold a link by which one becomes somebody else."""

import pytest
from flask.testing import FlaskClient

from festival.db import db
from festival.mail.models import Attachment, Letter
from tests import make
from tests.team.test_outbox import letter


@pytest.fixture
def finance(visitor: FlaskClient) -> FlaskClient:
    make.sign_in(visitor, "finance")
    return visitor


@pytest.mark.parametrize("role", ["programme", "editor", "checkin"])
def test_other_roles_see_nothing_of_it(app, role):
    file = Attachment("agenda_ics", make.ticket().secret)
    row = letter(attachments=[file.as_row()])
    client = app.test_client()
    make.sign_in(client, role)
    for path in ("", f"{row.id}", f"{row.id}/html", f"{row.id}/bijlage/1"):
        answer = client.get(f"/team/post/{path}")
        assert answer.status_code == 403, path
        assert "geheim" not in answer.text
        assert row.to not in answer.text
    assert client.post(f"/team/post/{row.id}/opnieuw").status_code == 403
    assert db.session.query(Letter).count() == 1


@pytest.mark.parametrize(
    "name", ["accounts/invitation", "accounts/new_password", "accounts/password_changed"]
)
def test_no_part_of_a_sign_in_letter_is_shown_to_finance(finance, name):
    """The list and the page say that it was sent, and keep its text to themselves."""
    row = letter(name=name, body_html="<p>http://localhost/team/link/geheim</p>", state="failed")
    texts = [
        finance.get(path).text
        for path in (
            "/team/post/",
            "/team/post/?q=geheim",
            f"/team/post/{row.id}",
            f"/en/team/post/{row.id}",
            f"/team/post/{row.id}/html",
        )
    ]
    assert [text for text in texts if "kaartje/geheim" in text or "link/geheim" in text] == []
    assert row.to in texts[2]
    assert "iframe" not in texts[2]
    assert finance.post(f"/team/post/{row.id}/opnieuw").status_code == 403


def test_only_letters_about_signing_in_are_kept_from_finance(finance):
    """`accounts_x/` is no such folder: the slash counts."""
    for name in ("tickets/order_confirmed", "payments/order_lapsed", "accounts_x/letter"):
        page = finance.get(f"/team/post/{letter(name=name).id}").text
        assert "kaartje/geheim" in page, name


def test_letters_are_kept_in_no_cache_and_found_by_no_search_engine(finance):
    row = letter()
    for path in ("", f"{row.id}", f"{row.id}/html"):
        assert finance.get(f"/team/post/{path}").headers["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="noindex">' in finance.get(f"/team/post/{row.id}").text
