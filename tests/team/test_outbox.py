"""The team's outbox: who may look, what it shows, sending again."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from festival import pdf
from festival.bookings import documents
from festival.db import db
from festival.mail import rules
from festival.mail.models import Attachment, Letter
from festival.team.models import AuditEntry
from tests import make


def letter(**values) -> Letter:
    """A letter as the worker left it."""
    number = db.session.query(Letter).count() + 1
    row = Letter(
        **{
            "to": f"bezoeker{number}@example.org",
            "language": "nl",
            "name": "tickets/order_confirmed",
            "subject": f"Brief {number}",
            "body_text": "Dag,\n\nhttp://localhost/kaartje/geheim\n",
            "body_html": "<!doctype html><html lang=nl><title>x</title><body class=paper>"
            "<h1>Dag</h1><script>alert(1)</script>",
            "message_id": f"<{number}@localhost>",
            "state": "sent",
            "tries": 1,
            "queued_at": make.NOW + timedelta(minutes=number),
            "next_try_at": make.NOW,
            **values,
        }
    )
    db.session.add(row)
    db.session.commit()
    return row


@pytest.fixture
def finance(visitor: FlaskClient) -> FlaskClient:
    make.sign_in(visitor, "finance")
    return visitor


@pytest.fixture
def organiser(visitor: FlaskClient) -> FlaskClient:
    make.sign_in(visitor, "organiser")
    return visitor


def subjects(page) -> list[str]:
    return re.findall(r'lang="nl">(Brief \d+)</a>', page.text)


def test_who_may_look_and_who_may_send(app):
    row = letter()
    paths = ["", f"{row.id}", f"{row.id}/html"]
    for role, answer in (("finance", 200), ("organiser", 200), ("editor", 403), ("checkin", 403)):
        client = app.test_client()
        make.sign_in(client, role)
        for path in paths:
            assert client.get(f"/team/post/{path}").status_code == answer, (role, path)
        again = client.post(f"/team/post/{row.id}/opnieuw").status_code
        assert again == (302 if role == "organiser" else 403), role
    stranger = app.test_client()
    for path in paths:
        assert stranger.get(f"/team/post/{path}").status_code in (302, 401)


def test_the_list_is_searched_filtered_and_turned_over(finance):
    for number in range(55):
        letter(state="failed" if number < 3 else "sent")
    letter(to="noor@example.org", subject="Brief 100%")
    page = finance.get("/team/post/")
    assert subjects(page)[:2] == ["Brief 55", "Brief 54"]
    assert "Pagina 1 van 2" in page.text
    assert "56 brieven" in page.text
    assert len(subjects(finance.get("/team/post/?page=2"))) == 6
    assert subjects(finance.get("/team/post/?state=failed")) == ["Brief 3", "Brief 2", "Brief 1"]
    assert "noor@example.org" in finance.get("/team/post/?q=NOOR").text
    assert "1 brief" in finance.get("/team/post/?q=100%25").text
    assert "Niets gevonden" in finance.get("/team/post/?q=%25%25").text
    assert subjects(finance.get("/team/post/?sort=queued_at"))[0] == "Brief 1"


def test_what_needs_a_person_is_said_on_top(finance):
    letter()
    assert "nodig" not in finance.get("/team/post/").text
    letter(state="failed", problem_kind="refused")
    letter(state="unsure", problem_kind="answer_lost")
    page = finance.get("/team/post/").text
    assert "2 brieven hebben iemand van jullie nodig" in page
    assert 'href="/team/post/?state=unsure"' in page


def test_a_letter_says_how_far_it_got(finance):
    row = letter(state="failed", problem_kind="refused", problem="550 no <b>such</b> person")
    page = finance.get(f"/team/post/{row.id}").text
    assert "De mailserver nam deze brief niet aan." in page
    assert "550 no &lt;b&gt;such&lt;/b&gt; person" in page
    assert "http://localhost/kaartje/geheim" in page
    english = finance.get(f"/en/team/post/{row.id}").text
    assert "The mail server did not accept this letter." in english
    assert finance.get("/team/post/999").status_code == 404


def test_the_html_of_a_letter_is_locked_in(finance):
    row = letter()
    page = finance.get(f"/team/post/{row.id}").text
    assert re.search(r'<iframe [^>]*sandbox src="/team/post/\d+/html"', page)
    answer = finance.get(f"/team/post/{row.id}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy.split("; ")
    assert "script-src" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert 'style="margin: 0;padding: 0;background-color: #fbf6ec' in answer.text


def test_files_are_made_anew_when_they_are_opened(organiser):
    ticket = make.ticket()
    files = [
        Attachment("agenda_ics", ticket.secret),
        Attachment("tickets_pdf", "weg|a@example.org"),
    ]
    row = letter(attachments=[file.as_row() for file in files])
    calendar = organiser.get(f"/team/post/{row.id}/bijlage/1")
    assert calendar.mimetype == "text/calendar"
    assert calendar.data.startswith(b"BEGIN:VCALENDAR")
    assert calendar.headers["Cache-Control"] == "private, no-store"
    gone = organiser.get(f"/team/post/{row.id}/bijlage/2")
    assert gone.status_code == 409
    assert "wat erin stond, geldt niet meer" in gone.text
    assert organiser.get(f"/team/post/{row.id}/bijlage/3").status_code == 409


def test_finance_reads_which_files_went_along_and_opens_none(finance):
    row = letter(attachments=[Attachment("agenda_ics", make.ticket().secret).as_row()])
    page = finance.get(f"/team/post/{row.id}").text
    assert "Agenda (ics)" in page
    assert "/bijlage/" not in page
    assert finance.get(f"/team/post/{row.id}/bijlage/1").status_code == 403


def test_tickets_of_a_letter_can_be_opened(organiser):
    order = make.order(tickets=2, email="mia@example.org")
    order.tickets[1].holder_email = "omer@example.org"
    db.session.commit()
    file = Attachment("tickets_pdf", f"{order.secret}|mia@example.org")
    row = letter(attachments=[file.as_row()])
    answer = organiser.get(f"/team/post/{row.id}/bijlage/1")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert f"kaartjes-{order.code}.pdf" in answer.headers["Content-Disposition"]


def test_sending_again_is_a_new_letter_and_is_noted(organiser):
    row = letter(state="unsure", problem_kind="answer_lost")
    answer = organiser.post(f"/team/post/{row.id}/opnieuw")
    copy = db.session.query(Letter).filter_by(again_of_id=row.id).one()
    assert answer.headers["Location"] == f"/team/post/{copy.id}"
    assert "gaat opnieuw weg" in organiser.get(f"/team/post/{copy.id}").text
    assert f'href="/team/post/{copy.id}"' in organiser.get(f"/team/post/{row.id}").text
    entry = db.session.query(AuditEntry).filter_by(verb="send_letter_again").one()
    assert entry.subject == f"letter {row.id} to {row.to}"
    assert entry.member_id

    # A second click: the copy is on its way already.
    answer = organiser.post(f"/team/post/{row.id}/opnieuw")
    assert answer.headers["Location"] == f"/team/post/{row.id}"
    assert "al opnieuw verstuurd" in organiser.get(f"/team/post/{row.id}").text
    assert db.session.query(Letter).count() == 2
    assert db.session.query(AuditEntry).filter_by(verb="send_letter_again").count() == 1


def test_a_letter_on_its_way_is_not_sent_again(organiser):
    row = letter(state="waiting")
    assert "Verstuur opnieuw" not in organiser.get(f"/team/post/{row.id}").text
    organiser.post(f"/team/post/{row.id}/opnieuw")
    assert "nog onderweg" in organiser.get(f"/team/post/{row.id}").text
    assert db.session.query(Letter).count() == 1


def test_finance_sees_no_button(finance):
    assert "Verstuur opnieuw" not in finance.get(f"/team/post/{letter().id}").text


def test_what_is_wrong_is_said_for_every_kind_of_problem(finance):
    from festival.mail.models import PROBLEMS, STATES
    from festival.team.outbox import PROBLEM_WORDS, STATE_WORDS

    assert set(PROBLEM_WORDS) == set(PROBLEMS) - {""}
    assert set(STATE_WORDS) == set(STATES)
    for kind in PROBLEM_WORDS:
        page = finance.get(f"/team/post/{letter(state='waiting', problem_kind=kind).id}")
        assert "We proberen het vanzelf opnieuw." in page.text
    assert rules.MAX_TRIES == 8


def test_a_letter_with_a_sign_in_link_is_read_by_organisers_only(app):
    """Whoever reads the link, can become that member: finance would be organiser in a minute."""
    row = letter(name="accounts/new_password")
    for role, sees in (("finance", False), ("organiser", True)):
        client = app.test_client()
        make.sign_in(client, role)
        page = client.get(f"/team/post/{row.id}")
        assert page.status_code == 200
        assert ("kaartje/geheim" in page.text) is sees
        assert ("Alleen een organisator" in page.text) is not sees
        assert client.get(f"/team/post/{row.id}/html").status_code == (200 if sees else 403)


# -- what each state shows --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "says", "resends"),
    [
        ("waiting", "wacht", False),
        ("sending", "gaat nu weg", False),
        ("sent", "verstuurd", True),
        ("unsure", "niet zeker", True),
        ("failed", "mislukt", True),
        ("kept", "bewaard", True),
    ],
)
def test_each_state_has_its_word_and_says_whether_it_can_be_sent_again(
    organiser, state, says, resends
):
    row = letter(state=state)
    other = letter(state="sent" if state != "sent" else "kept")
    page = organiser.get(f"/team/post/{row.id}").text
    facts = page.partition('<dl class="facts">')[2].partition("</dl>")[0]
    assert says in facts
    assert ("Verstuur opnieuw" in page) is resends
    assert subjects(organiser.get(f"/team/post/?state={state}")) == [row.subject]
    listed = organiser.get("/team/post/").text
    assert f'<option value="{state}">{says} (1)</option>' in listed
    organiser.post(f"/team/post/{row.id}/opnieuw")
    copies = db.session.query(Letter).filter_by(again_of_id=row.id).count()
    assert copies == int(resends)
    assert db.session.get_one(Letter, other.id).state == other.state


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("waiting", "We proberen het vanzelf opnieuw."),
        ("unsure", "Uit zichzelf gaat hij niet nog een keer weg."),
        ("failed", "We proberen het niet meer."),
    ],
)
def test_a_problem_says_what_happens_next(finance, state, says):
    page = finance.get(f"/team/post/{letter(state=state, problem_kind='connection').id}").text
    assert says in page
    assert page.count("We proberen het") == (state != "unsure")


def test_the_next_try_is_said_while_there_is_one(finance):
    at = make.NOW + timedelta(minutes=5)
    waiting = letter(state="waiting", tries=2, next_try_at=at, problem_kind="connection")
    assert "poging 3 om 11.05" in finance.get("/team/post/").text
    page = finance.get(f"/team/post/{waiting.id}").text
    assert "<dd>2 van 8</dd>" in page
    assert "Volgende poging" in page
    sent = letter(state="sent", sent_at=at, answer="250 2.0.0 queued as 4711")
    page = finance.get(f"/team/post/{sent.id}").text
    assert "Volgende poging" not in page
    assert ">1 oktober 2026, 11.05</time>" in page
    assert "250 2.0.0 queued as 4711" in page


def test_a_copy_is_the_same_letter_and_has_tries_of_its_own(organiser):
    files = [Attachment("agenda_ics", "x").as_row()]
    row = letter(
        state="failed",
        tries=8,
        language="en",
        reply_to="hallo@example.org",
        problem_kind="refused",
        problem="550",
        attachments=files,
    )
    organiser.post(f"/team/post/{row.id}/opnieuw")
    copy = db.session.query(Letter).filter_by(again_of_id=row.id).one()
    same = ("to", "reply_to", "language", "name", "subject", "body_text", "body_html")
    assert [getattr(copy, name) for name in same] == [getattr(row, name) for name in same]
    assert copy.attachments == files
    assert copy.message_id != row.message_id, "mail programs hide a second letter of one number"
    assert (copy.state, copy.tries, copy.problem_kind, copy.problem) == ("waiting", 0, "", "")
    db.session.refresh(row)
    assert (row.state, row.tries, row.problem) == ("failed", 8, "550"), "the first one stays"


def test_a_letter_shows_its_copies_and_a_copy_its_letter(organiser):
    row = letter()
    for _ in range(2):
        organiser.post(f"/team/post/{row.id}/opnieuw")
        db.session.query(Letter).filter_by(again_of_id=row.id).update({"state": "sent"})
        db.session.commit()
    copies = db.session.query(Letter).filter_by(again_of_id=row.id).order_by(Letter.id).all()
    page = organiser.get(f"/team/post/{row.id}").text
    first, second = (page.index(f'href="/team/post/{copy.id}"') for copy in copies)
    assert first < second
    assert (
        f'href="/team/post/{row.id}">de eerdere brief'
        in organiser.get(f"/team/post/{copies[1].id}").text
    )


def test_the_list_does_not_read_the_texts_of_letters(finance):
    """They are long, and there are thousands."""
    letter()
    sent = []
    event.listen(
        db.engine, "before_cursor_execute", lambda _c, _u, statement, *_rest: sent.append(statement)
    )
    finance.get("/team/post/?q=brief&state=sent")
    assert sent
    assert [statement for statement in sent if "body_" in statement] == []


@pytest.mark.parametrize(
    "query", ["state=onzin", "sort=body_text", "sort=-", "page=0", "page=x", "q=%5C", "q=+"]
)
def test_whatever_stands_in_the_address_is_a_list(finance, query):
    letter()
    assert finance.get(f"/team/post/?{query}").status_code == 200


@pytest.mark.parametrize("number", [0, 2, 10**9])
def test_a_file_that_the_letter_does_not_have(organiser, number):
    row = letter(attachments=[Attachment("onbekend", "x").as_row()])
    answer = organiser.get(f"/team/post/{row.id}/bijlage/{number}")
    assert answer.status_code == 409
    assert "zo veel bijlagen heeft deze brief niet" in answer.text


@pytest.mark.parametrize(
    "path",
    ["999", "999/html", "999/bijlage/1", "1/bijlage/2147483648", "2147483648", "-1", "x"],
)
def test_a_letter_that_is_not_there(organiser, path):
    assert organiser.get(f"/team/post/{path}").status_code == 404


def test_where_no_pdf_can_be_made_it_is_said(organiser, monkeypatch):
    def missing(_tickets, _language):
        raise pdf.CannotMakePdf("no Pango")

    order = make.order(email="mia@example.org")
    row = letter(
        attachments=[Attachment("tickets_pdf", f"{order.secret}|mia@example.org").as_row()]
    )
    monkeypatch.setattr(documents, "tickets_pdf", missing)
    answer = organiser.get(f"/team/post/{row.id}/bijlage/1")
    assert (answer.status_code, "dit toestel kan geen PDF maken" in answer.text) == (409, True)
