"""Letters about tickets: who gets one, with which tickets and links, in which language."""

import html
import re

import pytest

from festival.db import db, transactional
from festival.mail.models import Letter
from festival.tickets import letters
from festival.web.languages import Bilingual, speaking
from tests import make
from tests.make import NOW

MIA, ZOE, BAS = ("mia@example.org", "zoe@example.org", "bas@example.org")
# Eighty letters, as many as a name may have, with everything in it that Dutch names bring along.
LONG = "Anne-Fleur d’Hondt-van den Ünal-Ağaoğlu & Zn., geb. ’t Hooft-Œdipe <de Jongste> x"[:80]


def order(*emails, language="nl", **values):
    """Mia's order with a ticket for each of `emails`; those for '' are hers."""
    of = make.ticket_type(name=Bilingual("Bewoner", "Resident"), days=["2026-10-24"])
    row = make.order(
        **{"tickets": len(emails), "of": of, "name": "Mia Jansen", "email": MIA, **values},
        language=language,
    )
    for ticket, email in zip(row.tickets, emails, strict=True):
        ticket.holder_email = email
    db.session.commit()
    return row


def written(letter, *arguments, **values):
    """The letters that a call of `letter` queues."""
    before = db.session.query(Letter).count()
    transactional(letter)(*arguments, now=NOW, **values)
    return db.session.query(Letter).order_by(Letter.id).all()[before:]


def links(of):
    """The links of a letter's text, without the machine they point at."""
    found = re.findall(r"http://localhost(\S+)", of.body_text)
    assert all(f'href="http://localhost{link}"' in of.body_html for link in found)
    return found


def attached(order, email, *tickets):
    """What a letter carries: a sheet with all tickets of `email`, and the QR code of each."""
    codes = [{"kind": "ticket_qr", "reference": ticket.secret} for ticket in tickets]
    return [{"kind": "tickets_pdf", "reference": f"{order.code}|{email}"}, *codes]


SUBJECTS = {
    "nl": ("Je 4 kaartjes voor Innovatiefestival", "Je kaartje voor Innovatiefestival"),
    "en": ("Your 4 tickets for Innovation festival", "Your ticket for Innovation festival"),
}


@pytest.mark.parametrize(("language", "base"), [("nl", ""), ("en", "/en")])
def test_each_address_gets_one_letter_in_the_language_of_the_order(app, language, base):
    row = order("", ZOE, BAS, ZOE, language=language)
    mia, bas, zoe = written(letters.order_confirmed, row)
    assert [each.to for each in (mia, bas, zoe)] == [MIA, BAS, ZOE]
    four, one = SUBJECTS[language]
    assert [each.subject for each in (mia, bas, zoe)] == [four, one, four.replace("4", "2")]
    own = [f"{base}/kaartje/{ticket.secret}" for ticket in row.tickets]
    # Mia sees that the others have theirs, and gets no link that is not hers.
    assert links(mia) == [own[0], f"{base}/bestelling/{row.secret}"]
    assert links(bas) == [own[2]]
    assert links(zoe) == [own[1], own[3]]
    assert mia.body_text.count(ZOE) == 2
    assert ZOE not in bas.body_text + bas.body_html
    for letter, email in ((mia, MIA), (bas, BAS), (zoe, ZOE)):
        own = [ticket for ticket in row.tickets if (ticket.holder_email or MIA) == email]
        assert letter.attachments == attached(row, email, *own)


def test_who_ordered_for_others_alone_gets_all_of_it_but_no_pdf(app):
    overview, _bas, _zoe = written(letters.order_confirmed, order(ZOE, BAS))
    assert overview.to == MIA
    assert overview.attachments == []
    assert "Dit kaartje gaat naar zoe@example.org." in overview.body_text
    assert "Dit kaartje gaat naar bas@example.org." in overview.body_text


def test_an_order_that_waits_for_its_money_has_no_pdf_yet(app):
    for letter in written(letters.order_confirmed, order("", ZOE, confirmed_at=None)):
        assert letter.attachments == []


def test_a_ticket_that_was_given_back_is_in_no_letter(app):
    row = order("", ZOE, BAS)
    row.tickets[0].released_at = row.tickets[1].released_at = NOW
    db.session.commit()
    assert letters.live_tickets(row) == [row.tickets[2]]
    mia, bas = written(letters.order_confirmed, row)
    assert (mia.to, bas.to) == (MIA, BAS)
    # Hers was the only one in her own PDF.
    assert mia.attachments == []
    for ticket in row.tickets[:2]:
        assert ticket.code not in mia.body_text + bas.body_text


def test_places_stand_with_the_ticket_that_they_are_for(app):
    row = order("", ZOE)
    places = {row.tickets[1].id: ["Soep koken, 11.00 uur", "Zagen, 14.00 uur"]}
    mia, zoe = written(letters.order_confirmed, row, places=places)
    assert "Plek: Soep koken, 11.00 uur\n  Plek: Zagen, 14.00 uur" in zoe.body_text
    assert zoe.body_text.index(row.tickets[1].code) < zoe.body_text.index("Plek: ")
    assert "Plek: " not in mia.body_text, "what Zoë does that day is hers"
    assert written(letters.order_confirmed, row)[0].body_text.count("Plek: ") == 0


@pytest.mark.parametrize("language", ["nl", "en"])
def test_names_stand_as_they_were_written_and_are_no_markup(app, language):
    assert len(LONG) == 80
    row = order("", ZOE, language=language, name=LONG)
    for ticket in row.tickets:
        ticket.holder_name = LONG
    row.tickets[0].type.name = Bilingual("<script>alert(1)</script>")
    db.session.commit()
    for letter in written(letters.order_confirmed, row):
        assert letter.body_text.count(LONG) >= 2
        assert html.escape("<de Jongste>") in letter.body_html
        assert "<de Jongste>" not in letter.body_html
        assert "<script>" not in letter.body_html
        assert "<script>alert(1)</script>, " in letter.body_text


def test_a_name_of_several_lines_does_not_end_the_subject(app):
    row = order("")
    row.edition.name = Bilingual("Het festival\n\nBcc: allen@example.org")
    db.session.commit()
    [letter] = written(letters.order_confirmed, row)
    assert "\n" not in letter.subject
    assert letter.to == MIA


@pytest.mark.parametrize(
    ("language", "typed", "days"),
    [("nl", "Bewoner", "zaterdag 24 oktober"), ("en", "Resident", "Saturday 24 October")],
)
def test_a_line_shows_a_reader_what_is_theirs(app, language, typed, days):
    row = order("", ZOE)
    with speaking(language):
        for reader, own, other in ((MIA, 0, 1), (ZOE, 1, 0)):
            lines = letters.ticket_lines(row, reader, {row.tickets[0].id: ["Soep"]})
            assert [line.code for line in lines] == [ticket.code for ticket in row.tickets]
            assert lines[0].places == (("Soep",) if reader == MIA else ())
            assert lines[1].places == ()
            assert (lines[own].type_name, lines[own].days) == (typed, days)
            base = "/en" if language == "en" else ""
            secret = row.tickets[own].secret
            assert lines[own].url == f"http://localhost{base}/kaartje/{secret}"
            assert (lines[own].email, lines[other].url) == ("", "")
            assert lines[other].email == row.tickets[other].email


def again(orders, email=MIA, language="nl"):
    edition = make.current_edition()
    [letter] = written(letters.tickets_again, edition, email, orders, language=language)
    return letter


def test_all_orders_of_an_address_stand_in_one_letter(app):
    mine, pending = order("", ZOE), order("", confirmed_at=None, due_at=NOW)
    letter = again([mine, pending])
    assert links(letter) == [
        f"/bestelling/{mine.secret}",
        f"/kaartje/{mine.tickets[0].secret}",
        f"/bestelling/{pending.secret}",
        f"/kaartje/{pending.tickets[0].secret}",
    ]
    assert f"Bestelling {mine.code}\n" in letter.body_text
    assert f"Bestelling {pending.code}, nog niet betaald\n" in letter.body_text
    assert "Dit kaartje gaat naar zoe@example.org." in letter.body_text
    # Of what is not paid yet there is no PDF.
    assert letter.attachments == attached(mine, MIA, mine.tickets[0])


def test_a_holder_learns_nothing_of_the_rest_of_the_order(app):
    row = order("", ZOE, BAS, name="Mia Jansen-Geheim")
    letter = again([row], ZOE, "en")
    assert letter.subject == "Your tickets for Innovation festival, once more"
    assert links(letter) == [f"/en/kaartje/{row.tickets[1].secret}"]
    both = letter.body_text + letter.body_html
    for secret in (row.code, row.secret, row.tickets[0].code, "Geheim", MIA, BAS):
        assert secret not in both
    assert letter.attachments == attached(row, ZOE, row.tickets[1])


def test_the_language_is_that_of_who_asks_and_not_of_the_order(app):
    row = order("", language="nl")
    letter = again([row], language="en")
    assert letter.language == "en"
    assert links(letter)[0] == f"/en/bestelling/{row.secret}"
    assert "Resident, Saturday 24 October" in letter.body_text


def test_an_order_page_has_an_address_in_each_language(app):
    row = order("")
    assert letters.order_url(row, "nl") == f"http://localhost/bestelling/{row.secret}"
    assert letters.order_url(row, "en") == f"http://localhost/en/bestelling/{row.secret}"
