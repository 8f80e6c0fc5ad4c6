"""The worker writes letters in turns and pieces: all of them, nobody twice, not too fast."""

from datetime import timedelta

import pytest

from festival import jobs
from festival.db import db
from festival.mail import rules as mail
from festival.mail.models import Letter
from festival.mailings import letters as mailing_letters
from festival.mailings import queries, rules, sending
from festival.mailings.models import InvitationChoice, Mailing, MailingRecipient
from festival.web.languages import Bilingual
from tests import make
from tests.mailings.conftest import letters, send
from tests.make import NOW


def orders(number, **values):
    of = make.ticket_type(pool=make.pool(capacity=10_000))
    return [make.order(of=of, email=f"b{n:03}@example.org", **values) for n in range(number)]


def sending_mailing(**values):
    return make.mailing(state="sending", next_turn_at=NOW, **values)


def test_everybody_gets_their_own_letter_in_their_own_language(app):
    mia, bas = orders(2, name="Mia Jansen")
    bas.language = "en"
    db.session.commit()
    written = send(make.mailing())
    dutch, english = written[mia.email], written[bas.email]
    assert (dutch.subject, english.subject) == ("Tot zaterdag", "See you on Saturday")
    assert dutch.body_text.startswith("Dag Mia,")
    assert english.body_text.startswith("Hello Mia,")
    assert f"/kaartje/{mia.tickets[0].secret}" in dutch.body_text
    assert bas.tickets[0].secret not in dutch.body_text + dutch.body_html
    assert dutch.unsubscribe_url == ""
    assert {each.kind for each in dutch.subjects} == {"mailing", "orders"}


def test_the_link_of_a_ticket_goes_to_its_holder_alone(app):
    [order] = orders(1)
    order.tickets[0].holder_email = "zoe@example.org"
    db.session.commit()
    unpaid = make.mailing(body=Bilingual("{kaartjes}", "{kaartjes}"))
    order.confirmed_at = None
    unpaid.criteria = {"payment": ["unpaid"]}
    db.session.commit()
    [to_buyer] = send(unpaid).values()
    assert to_buyer.to == order.email
    assert order.tickets[0].secret not in to_buyer.body_text + to_buyer.body_html


@pytest.mark.parametrize(
    "typed", ["Mia\nBcc: all@example.org", "Mia {festival}", "<b>Mia</b> evil.shop"]
)
def test_what_strangers_type_stays_text(app, typed):
    orders(1, name=typed)
    mailing = make.mailing(
        subject=Bilingual("Dag {naam}", "Hello {naam}"), body=Bilingual("Dag {naam}", "Hi {naam}")
    )
    [letter] = send(mailing).values()
    assert "\n" not in letter.subject
    assert "Innovatiefestival" not in letter.subject
    assert "<b>" not in letter.body_html
    assert "evil.shop" not in letter.body_text + letter.body_html + letter.subject


def test_what_organisers_type_is_no_markup_and_its_links_work(app):
    orders(1)
    body = "<script>x</script>\nKijk op https://example.org/route?a=1&b=2. Tot dan!"
    [letter] = send(make.mailing(body=Bilingual(body, body))).values()
    assert "<script>" not in letter.body_html
    assert '<a href="https://example.org/route?a=1&amp;b=2">' in letter.body_html
    assert body.partition("\n")[2] in letter.body_text


def test_an_invitation_can_be_stopped_with_one_click(app):
    orders(1)
    [letter] = send(make.mailing(kind="invitation", body=Bilingual("Kom!", "Come!"))).values()
    secret = db.session.query(InvitationChoice).one().secret
    assert letter.unsubscribe_url == f"http://localhost/afmelden/{secret}"
    assert letter.unsubscribe_url in letter.body_text
    # The same link in the next one, whatever was chosen in between.
    [again] = send(make.mailing(kind="invitation", body=Bilingual("Kom!", "Come!"))).values()
    assert again.unsubscribe_url == letter.unsubscribe_url


def test_a_turn_writes_no_more_than_may_go_in_a_minute(app, monkeypatch):
    app.config["MAILING_PER_MINUTE"] = 3
    monkeypatch.setattr(sending, "PIECE", 2)
    orders(5)
    mailing = sending_mailing()
    assert sending.send_due(lambda: NOW) == jobs.Tally(done=1)
    assert queries.count_written(mailing)[0] == 3
    # The turn is taken; and later the mail server has not sent any of them yet.
    assert sending.send_due(lambda: NOW + timedelta(seconds=30)) == jobs.Tally()
    later = NOW + timedelta(minutes=1)
    sending.send_due(lambda: later)
    assert queries.count_written(mailing)[0] == 3
    db.session.query(Letter).update({"state": "sent"})
    db.session.commit()
    sending.send_due(lambda: later + timedelta(minutes=1))
    assert queries.count_written(mailing)[0] == 5
    assert db.session.get(Mailing, mailing.id).state == "sent"


def test_starting_wakes_the_worker(app, monkeypatch):
    queued = []
    monkeypatch.setattr(app.extensions["jobs"], "enqueue", lambda *job: queued.append(job))
    orders(1)
    mailing = make.mailing()

    rules.start_mailing(mailing, seen=1, counted=1, now=NOW)
    assert queued == [("send_mailing", mailing.id)]


def test_killed_in_the_middle_of_a_piece_it_goes_on_and_nobody_gets_it_twice(any_app, monkeypatch):
    orders(5)
    mailing = sending_mailing()
    assert sending.write_piece(mailing.id, at_most=2, now=NOW) == 2
    real, seen = mail.queue, []

    def killed(*args, **values):
        seen.append(values["to"])
        if len(seen) == 2:
            raise KeyboardInterrupt
        return real(*args, **values)

    monkeypatch.setattr(mail, "queue", killed)
    with pytest.raises(KeyboardInterrupt):
        sending.write_piece(mailing.id, at_most=2, now=NOW)
    assert queries.count_written(mailing)[0] == 2
    monkeypatch.setattr(mail, "queue", real)
    while sending.write_piece(mailing.id, at_most=2, now=NOW):
        pass
    rows = [row.to for row in db.session.query(Letter)]
    assert sorted(rows) == [f"b{n:03}@example.org" for n in range(5)]
    assert db.session.query(MailingRecipient).count() == 5


def test_a_wrong_address_stops_nobody_else(app):
    first, _second = orders(2)
    first.email = "geen adres"
    db.session.commit()
    mailing = make.mailing()
    assert list(send(mailing)) == ["b001@example.org"]
    assert queries.count_written(mailing) == (2, 1)
    assert db.session.get(Mailing, mailing.id).state == "sent"


def test_who_unsubscribes_meanwhile_gets_nothing(app):
    orders(3)
    mailing = sending_mailing(kind="invitation", body=Bilingual("Kom!", "Come!"))
    sending.write_piece(mailing.id, at_most=1, now=NOW)
    row = InvitationChoice(address="b001@example.org", secret="y" * 20, unsubscribed_at=NOW)
    db.session.add(row)
    db.session.commit()
    while sending.write_piece(mailing.id, at_most=1, now=NOW):
        pass
    assert list(letters()) == ["b000@example.org", "b002@example.org"]


def test_fields_that_need_a_paragraph():
    assert mailing_letters.fields_not_apart("Dag {naam}\n\n{kaartjes}\n\nTot dan") == []
    assert mailing_letters.fields_not_apart("Zie {kaartjes}\n\nTot dan") == ["kaartjes"]


def test_one_recipient_cannot_stop_the_others(app, monkeypatch):
    orders(5)
    mailing = sending_mailing()
    written = mailing_letters.to_recipient

    def fail_for_one(mailing, recipient, **values):
        if recipient.address.startswith("b002"):
            raise KeyError("a word that only this one lacks")
        return written(mailing, recipient, **values)

    monkeypatch.setattr(mailing_letters, "to_recipient", fail_for_one)
    sending.take_turn(mailing.id, now=NOW)
    assert queries.count_written(mailing) == (5, 1)
    assert db.session.query(Letter).count() == 4
