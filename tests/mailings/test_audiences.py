"""Letters to others than people with tickets: the line for tickets, and speakers."""

import pytest

from festival.db import db
from festival.mailings import audiences, filters, queries, visitors
from festival.programme.models.sessions import Speaker, speaker_of_session
from festival.web.languages import Bilingual
from tests import make
from tests.mailings.conftest import send
from tests.make import NOW

TEXT = Bilingual("Dag {voornaam},\n\nTot snel.", "Hello {voornaam},\n\nSee you soon.")


def chosen(whom, **criteria):
    mailing = make.mailing(whom=whom, criteria=criteria)
    found = queries.next_addresses(mailing, 99)
    assert queries.count(mailing).total == len(found)
    return [address.partition("@")[0] for address in found]


@pytest.fixture
def line(any_app):
    """People in line for two types: one with an offer, one who left, one in both lines."""
    make.edition()
    friday, weekend = make.ticket_type(slug="vrijdag"), make.ticket_type(slug="weekend")
    for of, name, values in (
        (friday, "an", {}),
        (weekend, "an", {"name": "An Bos"}),
        (weekend, "bo", {"offered_at": NOW, "offer_ends_at": NOW, "language": "en"}),
        (weekend, "weg", {"ended_at": NOW, "outcome": "left"}),
        (weekend, "nooit", {"confirmed_at": None}),  # somebody typed this address
    ):
        make.wait(of, email=f"{name}@example.org", **values)


def test_the_line_for_tickets(line):
    assert chosen("ticket_line") == ["an", "bo"]
    assert chosen("ticket_line", line_type=["vrijdag"]) == ["an"]
    assert chosen("ticket_line", line_state=["offered"]) == ["bo"]
    assert chosen("ticket_line", line_state=["waiting"], line_type=["weekend"]) == ["an"]
    assert chosen("ticket_line", type=["weekend"]) == []


def test_somebody_in_two_lines_gets_one_letter(line):
    mailing = make.mailing(whom="ticket_line", body=TEXT)
    counted = queries.count(mailing)
    sent = send(mailing)
    assert counted.total == len(sent) == 2
    assert counted.by_language == {"nl": 1, "en": 1}
    assert "Dag An," in sent["an@example.org"].body_text
    assert "op de wachtlijst staat voor kaartjes" in sent["an@example.org"].body_text
    assert "waiting list for tickets" in sent["bo@example.org"].body_text


def speaker(name, *sessions, **values):
    """A speaker named with sessions: pairs of a session and an answer."""
    row = Speaker(
        edition_id=make.current_edition().id, slug=name, name=name.title(),
        **{"email": f"{name}@example.org", **values},
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    for session, answer in sessions:
        db.session.execute(
            speaker_of_session.insert().values(
                session_id=session.id, speaker_id=row.id, answer=answer
            )
        )
    db.session.commit()
    return row


def test_speakers(any_app):
    make.edition()
    talk, workshop = make.session(kind="talk"), make.session(kind="workshop")
    speaker("ada", (talk, "yes"))
    speaker("bob", (talk, "no"), (workshop, "yes"))
    speaker("cas", (workshop, ""), language="en")
    speaker("los")
    speaker("stil", (talk, "yes"), email="")
    assert chosen("speakers") == ["ada", "bob", "cas"]
    assert chosen("speakers", speaker_answer=["no"]) == ["bob"]
    assert chosen("speakers", speaker_answer=["yes"], speaker_session=[talk.slug]) == ["ada"]
    assert chosen("speakers", speaker_answer=["yes", "open"]) == ["ada", "bob", "cas"]
    assert chosen("speakers", speaker_kind=["workshop"]) == ["bob", "cas"]
    # No to the talk and yes to the workshop is no "no" to the workshop.
    assert chosen("speakers", speaker_answer=["no"], speaker_kind=["workshop"]) == []


def test_speakers_get_the_link_of_their_own_page(any_app):
    make.edition()
    talk = make.session()
    ada = speaker("ada", (talk, "yes"))
    bob, bea = (speaker(name, (talk, ""), email="duo@example.org") for name in ("bob", "bea"))
    body = Bilingual("Dag {voornaam},\n\n{pagina}", "Hello {voornaam},\n\n{pagina}")
    mailing = make.mailing(whom="speakers", body=body)
    sent = send(mailing)
    assert set(sent) == {"ada@example.org", "duo@example.org"}
    assert ada.secret in sent["ada@example.org"].body_text
    assert ada.secret in sent["ada@example.org"].body_html
    duo = sent["duo@example.org"]
    assert bob.secret in duo.body_text
    assert bea.secret in duo.body_text
    assert ada.secret not in duo.body_text
    assert "op het programma van" in duo.body_text
    assert {("speaker", bob.id), ("speaker", bea.id), ("mailing", mailing.id)} == {
        (each.kind, each.row_id) for each in duo.subjects
    }


def test_an_address_that_fits_twice_gets_one_letter_of_each_audience(any_app):
    """A speaker with a ticket is one recipient among speakers, and one among visitors."""
    make.edition()
    speaker("ada", (make.session(), "yes"))
    make.order(email="ada@example.org")
    make.order(email="ADA@example.org")
    for whom in ("speakers", "visitors"):
        mailing = make.mailing(whom=whom, body=TEXT)
        assert queries.count(mailing).total == 1
        assert list(send(mailing)) == ["ada@example.org"]


def test_a_key_is_registered_once(app):
    assert [each.key for each in audiences.all_audiences()] == [
        "visitors",
        "ticket_line",
        "speakers",
    ]
    with pytest.raises(ValueError, match="two audiences"):
        audiences.register(app, visitors.AUDIENCE)
    assert {each.audience for each in filters.all_filters("speakers")} == {"speakers"}
