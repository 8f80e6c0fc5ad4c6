"""Letters through a real mail server, one that behaves and some that do not."""

import ssl
import threading
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pypdfium2
import pytest

from festival.bookings import letters as booking_letters
from festival.bookings.models import Booking
from festival.db import db, transactional
from festival.home import worker
from festival.mail import attachments, delivery, messages, rules, smtp
from festival.mail.messages import AttachedFile
from festival.mail.models import Attachment, Letter
from festival.tickets import letters as ticket_letters
from tests import make
from tests.mail import certificates, server

MINUTE = timedelta(minutes=1)


def deliver(app, post, letter, *, now=make.NOW):
    app.config["SMTP_URL"] = post.url
    reached = delivery.deliver(letter.id, now=now)
    db.session.refresh(letter)
    return reached


def test_a_letter_arrives_as_it_was_written(any_app, post, queue_letter):
    any_app.config["MAIL_FROM"] = "Pluk é festival <hallo@example.org>"
    edition = make.edition(organiser_email="vraag@example.org")
    letter = queue_letter(any_app, name="Noor", edition=edition)
    assert deliver(any_app, post, letter)

    assert (letter.state, letter.sent_at) == ("sent", make.NOW)
    assert letter.answer == "250 queued as 4711"
    assert post.recipients == ["bezoeker@example.org"]
    [mail] = post.letters
    assert mail["To"] == "bezoeker@example.org"
    assert mail["From"] == "Pluk é festival <hallo@example.org>"
    assert mail["Reply-To"] == "vraag@example.org"
    assert mail["Subject"] == "Dag Noor, é €"
    assert mail["Message-ID"] == letter.message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "nl"
    assert mail["Date"].datetime == make.NOW
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text["Content-Transfer-Encoding"] == html["Content-Transfer-Encoding"]
    assert text["Content-Transfer-Encoding"] == "quoted-printable"
    assert text.get_content().replace("\r\n", "\n") == letter.body_text
    assert "\r\n.een regel die met een punt begint\r\n" in text.get_content()
    assert "café, ijs, €" in text.get_content()
    # The style stands in the elements; only what an element cannot say stays above.
    assert '<h1 style="' in html.get_content()
    assert "prefers-color-scheme: dark" in html.get_content()


def test_every_line_is_short_ascii(app, post, queue_letter):
    letter = queue_letter(app, name="Ž" * 300 + " " + "woord " * 60)
    deliver(app, post, letter)
    assert letter.state == "sent"
    for line in post.raw[0].split(b"\r\n"):
        assert len(line) <= 998  # RFC 5322, 2.1.1
        line.decode("ascii")
    assert post.letters[0]["Subject"] == letter.subject


def test_files_are_made_when_the_letter_leaves(app, post, queue_letter):
    wanted = [Attachment("tickets_pdf", "secret|a@example.org"), Attachment("agenda_ics", "s")]
    letter = queue_letter(app, attachments=wanted)
    asked = []

    def make_pdf(reference, now):
        asked.append(Attachment("tickets_pdf", reference))
        return AttachedFile("kaartjes.pdf", "application/pdf", b"%PDF-1.7 \x00\xff\n.\n")

    def make_calendar(reference, now):
        asked.append(Attachment("agenda_ics", reference))
        return AttachedFile("mijn dag.ics", "text/calendar", "BEGIN:VCALENDAR é\r\n".encode())

    attachments.register(app, "tickets_pdf", make_pdf)
    attachments.register(app, "agenda_ics", make_calendar)
    deliver(app, post, letter)
    assert asked == wanted
    pdf, calendar = post.letters[0].iter_attachments()
    assert (pdf.get_filename(), pdf.get_content()) == ("kaartjes.pdf", b"%PDF-1.7 \x00\xff\n.\n")
    assert calendar.get_filename() == "mijn dag.ics"
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_content().strip() == "BEGIN:VCALENDAR é"


def test_a_file_that_cannot_be_made_is_tried_again_and_then_seen(app, post, queue_letter):
    letter = queue_letter(app, attachments=[Attachment("tickets_pdf", "x")])

    def make_pdf(reference, now):
        raise OSError("no fonts")

    attachments.register(app, "tickets_pdf", make_pdf)
    now = make.NOW
    for tries in range(1, rules.MAX_TRIES + 1):
        assert deliver(app, post, letter, now=now)
        assert letter.tries == tries
        now = letter.next_try_at
    assert (letter.state, letter.problem_kind) == ("failed", "attachment")
    assert letter.problem == "OSError: no fonts"
    assert not post.has_recipient.is_set()


def test_tickets_and_agenda_arrive_as_files(app, post):
    """The real letters with their real files, by the worker's own sweep."""
    order = make.order(tickets=3, email="mia@example.org", language="en")
    order.tickets[2].holder_email = "omer@example.org"
    booking = Booking(ticket=order.tickets[0], slot=make.slot(taken=1), booked_at=make.NOW)
    db.session.add(booking)
    db.session.commit()
    transactional(ticket_letters.order_confirmed)(order, now=make.NOW)
    transactional(booking_letters.place_booked)(booking, now=make.NOW)
    app.config["SMTP_URL"] = post.url
    worker.run_due(make.NOW)

    files = {}
    for mail in post.letters:
        for file in mail.iter_attachments():
            files[mail["To"], file.get_content_type()] = file
    assert set(files) == {
        ("mia@example.org", "application/pdf"),
        ("omer@example.org", "application/pdf"),
        ("mia@example.org", "text/calendar"),
    }
    pages = {
        to: len(pypdfium2.PdfDocument(file.get_content()))
        for (to, kind), file in files.items()
        if kind == "application/pdf"
    }
    assert pages == {"mia@example.org": 2, "omer@example.org": 1}
    pdf = files["mia@example.org", "application/pdf"]
    assert pdf.get_filename() == f"tickets-{order.code}.pdf"
    calendar = files["mia@example.org", "text/calendar"].get_content()
    assert calendar.count("BEGIN:VEVENT") == 1


def test_a_letter_about_tickets_that_are_gone_is_given_up_at_once(app, post, queue_letter):
    letter = queue_letter(app, attachments=[Attachment("tickets_pdf", "x|a@example.org")])
    deliver(app, post, letter)
    assert (letter.state, letter.tries, letter.problem_kind) == ("failed", 1, "attachment")
    assert "not valid any more" in letter.problem
    assert not post.has_recipient.is_set()


@pytest.mark.parametrize("where", ["on_recipient", "on_text"])
def test_not_now_is_tried_again_later(app, post, queue_letter, where):
    setattr(post, where, "451 4.7.1 greylisted, come back")
    letter = queue_letter(app)
    deliver(app, post, letter)
    assert (letter.state, letter.tries, letter.handed_over_at) == ("waiting", 1, None)
    assert (letter.problem_kind, letter.problem) == ("refused", "451 4.7.1 greylisted, come back")
    assert letter.next_try_at == make.NOW + MINUTE

    deliver(app, post, letter)  # not due yet
    assert letter.tries == 1
    setattr(post, where, "250 OK")
    deliver(app, post, letter, now=make.NOW + MINUTE)
    assert (letter.state, letter.tries, len(post.letters)) == ("sent", 2, 1)
    assert letter.problem == ""


@pytest.mark.parametrize("where", ["on_recipient", "on_text"])
def test_no_is_final_at_once(app, post, queue_letter, where):
    setattr(post, where, "550 5.1.1 no such person")
    letter = queue_letter(app)
    assert deliver(app, post, letter)
    assert (letter.state, letter.tries) == ("failed", 1)
    assert (letter.problem_kind, letter.problem) == ("refused", "550 5.1.1 no such person")
    assert delivery.due(make.NOW + timedelta(days=9)) == []


def test_a_lost_answer_makes_it_unsure_and_nobody_tries_again(any_app, post, queue_letter):
    post.drops_after_text = True
    letter = queue_letter(any_app)
    deliver(any_app, post, letter)
    assert (letter.state, letter.problem_kind) == ("unsure", "answer_lost")
    assert "closed" in letter.problem
    assert len(post.letters) == 1  # the server did take it

    post.drops_after_text = False
    worker.run_due(make.NOW + timedelta(days=30))
    assert len(post.letters) == 1
    copy = rules.send_again(letter, now=make.NOW)
    deliver(any_app, post, copy)
    assert (copy.state, len(post.letters)) == ("sent", 2)


def test_an_answer_that_never_comes_makes_it_unsure(app, post, queue_letter, monkeypatch):
    monkeypatch.setattr(smtp, "LAST_PATIENCE", 0.3)
    post.may_answer_text.clear()
    letter = queue_letter(app)
    deliver(app, post, letter)
    assert (letter.state, letter.problem_kind) == ("unsure", "answer_lost")


def test_a_connection_that_breaks_before_the_text_is_tried_again(
    app, post, queue_letter, monkeypatch
):
    monkeypatch.setattr(smtp, "PATIENCE", 0.3)
    post.may_answer_recipient.clear()
    letter = queue_letter(app)
    assert not deliver(app, post, letter)
    assert (letter.state, letter.problem_kind) == ("waiting", "connection")


def test_a_lease_lost_on_the_way_sends_nothing(any_app, post, queue_letter, monkeypatch):
    """Another worker took the letter over while this one was talking to the server."""
    letter = queue_letter(any_app)

    def steal(parcel, *, now, really=rules.hand_over):
        assert rules.claim(letter.id, now=now + rules.LEASE)
        really(parcel, now=now)

    monkeypatch.setattr(rules, "hand_over", steal)
    deliver(any_app, post, letter)
    assert post.letters == []
    assert (letter.state, letter.tries, letter.handed_over_at) == ("sending", 2, None)


def test_no_server_at_all_is_tried_again_and_the_others_wait(app, queue_letter):
    app.config["SMTP_URL"] = "smtp://127.0.0.1:1"
    letters = [queue_letter(app) for _ in range(3)]
    worker.run_due(make.NOW)
    for letter in letters:
        db.session.refresh(letter)
    assert [letter.tries for letter in letters] == [1, 0, 0]
    assert letters[0].problem_kind == "connection"
    assert "refused" in letters[0].problem.lower()


def test_a_sweep_delivers_all_that_is_due(any_app, post, queue_letter):
    any_app.config["SMTP_URL"] = post.url
    letters = [queue_letter(any_app, to=f"b{n}@example.org") for n in range(5)]
    worker.run_due(make.NOW)
    assert post.recipients == [letter.to for letter in letters]
    worker.run_due(make.NOW + timedelta(days=1))
    assert len(post.letters) == 5


def test_a_letter_whose_worker_stops_during_a_sweep_does_not_keep_the_sweep_busy(
    any_app, post, queue_letter
):
    """It can no longer be claimed; a sweep that found it due over and over would never end."""
    letter = queue_letter(any_app)
    parcel = rules.claim(letter.id, now=make.NOW)
    rules.hand_over(parcel, now=make.NOW)
    later = make.NOW + rules.LEASE
    assert rules.claim(letter.id, now=later) is None
    assert delivery.due(later) == []
    worker.run_due(later)
    assert letter.state == "unsure"


def test_without_a_mail_server_letters_are_kept(any_app, queue_letter):
    letter = queue_letter(any_app, name="Noor")
    worker.run_due(make.NOW)
    db.session.refresh(letter)
    assert letter.state == "kept"
    file = Path(any_app.config["INSTANCE_PATH"]) / "mail" / f"{letter.id}.eml"
    mail = message_from_bytes(file.read_bytes(), policy=default)
    assert mail["Subject"] == "Dag Noor, é €"
    text = mail.get_body(("plain",)).get_content()
    assert text.replace("\r\n", "\n") == letter.body_text


def test_a_letter_that_cannot_be_kept_is_tried_again(app, queue_letter):
    (Path(app.config["INSTANCE_PATH"]) / "mail").write_text("in the way")
    letter = queue_letter(app)
    worker.run_due(make.NOW)
    db.session.refresh(letter)
    assert (letter.state, letter.problem_kind) == ("waiting", "letter")


def test_an_unusable_sender_is_seen_in_the_row(app, post, queue_letter):
    app.config["MAIL_FROM"] = "niemand"
    letter = queue_letter(app)
    deliver(app, post, letter)
    assert (letter.state, letter.problem_kind) == ("waiting", "letter")
    assert "MAIL_FROM" in letter.problem


# -- TLS and signing in -----------------------------------------------------------------------


def authenticator(_server, _session, _envelope, _mechanism, data):
    from aiosmtpd.smtp import AuthResult

    knows = (data.login, data.password) == (b"pluk", b"ge:heim/?")
    return AuthResult(success=knows, handled=knows)


@pytest.fixture
def trusted(tmp_path, monkeypatch):
    """A certificate for this machine that this process trusts, as a private CA is trusted."""
    certificate, key = certificates.write(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


def test_starttls_and_signing_in(app, queue_letter, trusted):
    options = {"tls_context": trusted, "require_starttls": True, "auth_required": True}
    with server.running(**options, authenticator=authenticator) as post:
        address = post.url.removeprefix("smtp://")
        letter = queue_letter(app)
        post.url = f"smtp://pluk:verkeerd@{address}?starttls=yes"
        assert not deliver(app, post, letter)
        assert (letter.state, letter.problem_kind) == ("waiting", "connection")
        assert letter.problem.startswith("535")
        post.url = f"smtp://pluk:ge%3Aheim%2F%3F@{address}?starttls=yes"
        deliver(app, post, letter, now=make.NOW + MINUTE)
        assert letter.state == "sent"


def test_tls_from_the_first_byte(app, queue_letter, trusted):
    with server.running(ssl_context=trusted) as post:
        post.url = post.url.replace("smtp://", "smtps://")
        letter = queue_letter(app)
        deliver(app, post, letter)
        assert letter.state == "sent"


def test_an_unknown_certificate_gets_no_letter(app, queue_letter, trusted, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with server.running(tls_context=trusted) as post:
        post.url += "?starttls=yes"
        letter = queue_letter(app)
        deliver(app, post, letter)
        assert (letter.state, letter.problem_kind) == ("waiting", "connection")
        assert "certificate" in letter.problem.lower()
        assert post.letters == []


def test_a_server_that_offers_no_tls_gets_no_letter(app, post, queue_letter):
    post.url += "?starttls=yes"
    letter = queue_letter(app)
    deliver(app, post, letter)
    assert (letter.problem_kind, post.letters) == ("connection", [])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://a:b@mail.example.org:587", ("mail.example.org", 587, "a", "b", "starttls")),
        ("smtps://a%40x:b%2F@mail.example.org", ("mail.example.org", 465, "a@x", "b/", "always")),
        ("smtp://localhost:25", ("localhost", 25, "", "", "none")),
        ("smtp://relay.example.org:25?starttls=no", ("relay.example.org", 25, "", "", "none")),
    ],
)
def test_server_addresses(url, expected):
    server = smtp.Server.from_url(url)
    assert (server.host, server.port, server.user, server.password, server.tls) == expected


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://x", "smtp://", "smtp://a:b@mail.example.org?starttls=no"]
)
def test_server_addresses_that_are_refused(url):
    with pytest.raises(smtp.BadServerAddress):
        smtp.Server.from_url(url)


def test_nothing_waits_in_a_transaction_while_the_server_thinks(postgres_app, post, queue_letter):
    """A slow mail server must not hold a connection of the database in a transaction."""
    postgres_app.config["SMTP_URL"] = post.url
    post.may_answer_recipient.clear()
    post.may_answer_text.clear()
    letter_id = queue_letter(postgres_app).id
    db.session.rollback()

    def run():
        with postgres_app.app_context():
            delivery.deliver(letter_id, now=make.NOW)

    thread = threading.Thread(target=run)
    thread.start()

    def open_transactions():
        count = db.session.scalar(
            db.text(
                "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
                " AND datname = current_database()"
            )
        )
        db.session.rollback()
        return count

    try:
        assert post.has_recipient.wait(10)
        assert open_transactions() == 0
        post.may_answer_recipient.set()
        assert post.has_text.wait(10)
        assert open_transactions() == 0
        assert db.session.get(Letter, letter_id).handed_over_at == make.NOW
        db.session.rollback()
    finally:
        post.may_answer_recipient.set()
        post.may_answer_text.set()
        thread.join(20)
    assert db.session.get(Letter, letter_id).state == "sent"


def test_our_own_style_is_not_fetched_from_anywhere(app, queue_letter):
    html = messages.dressed(queue_letter(app).body_html)
    assert "<link" not in html
    assert "src=" not in html
