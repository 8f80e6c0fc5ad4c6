"""Answers that are files: sent after ordering, read by few, and gone when they must be."""

import threading
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from festival import clock, storage
from festival.corrections.people import Maker, Person, mark_of
from festival.corrections.rules import handing_on
from festival.db import db
from festival.questions import erasing, files
from festival.questions.models import OrderAnswer
from festival.tickets.models import Order, Ticket
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW, SUNDAY
from tests.questions.test_answering import order_form


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def picture(kind="PNG", size=(20, 20)):
    kept = BytesIO()
    Image.new("RGB", size, "white").save(kept, kind)
    return kept.getvalue()


def card(**values):
    values = {"kind": "file", "label": Bilingual("Je studentenkaart", "Your student card")} | values
    return make.question(**values)


def send(visitor, address, content, name="kaart.png"):
    return visitor.post(address, data={"bestand": (BytesIO(content), name)})


def in_storage(app):
    return [each.name for each in Path(app.config["STORAGE_URL"], "answers").glob("*")]


def test_a_file_is_sent_after_ordering_and_read_again(visitor, app):
    question = card(is_required=True)
    ticket = make.ticket()
    page = visitor.get(f"/kaartje/{ticket.secret}").text
    assert "stuur ons nog: Je studentenkaart." in page
    address = f"/kaartje/{ticket.secret}/vragen/{question.code}"
    assert send(visitor, address, picture(), "../../mijn kaart.exe").status_code == 303
    [answer] = db.session.query(OrderAnswer)
    assert (answer.value, answer.mimetype) == ("mijn kaart.png", "image/png")
    got = visitor.get(address)
    assert got.data == picture()
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["Cache-Control"] == "private, no-store"
    assert "stuur ons nog" not in visitor.get(f"/kaartje/{ticket.secret}").text

    assert send(visitor, address, picture(size=(30, 30))).status_code == 303
    assert len(in_storage(app)) == 1, "the former file is gone"
    assert visitor.post(f"{address}/weg").status_code == 303
    assert (db.session.query(OrderAnswer).count(), in_storage(app)) == (0, [])
    assert visitor.get(address).status_code == 404


def test_of_a_whole_order_on_the_page_of_the_buyer(visitor):
    question = card(about="order", is_required=True)
    order = make.ticket().order
    assert "stuur ons nog: Je studentenkaart." in visitor.get(f"/bestelling/{order.secret}").text
    address = f"/bestelling/{order.secret}/vragen/{question.code}"
    assert send(visitor, address, picture("JPEG"), "a.jpeg").status_code == 303
    assert 'href="' + address in visitor.get(f"/bestelling/{order.secret}/vragen").text
    assert visitor.get(address).mimetype == "image/jpeg"


def test_ordering_waits_for_no_file_and_says_that_one_will_be_asked(visitor):
    of = make.ticket_type()
    card(is_required=True, types=[of])
    page, answer = order_form(visitor, of)
    assert "Na je bestelling kun je ons een bestand sturen: Je studentenkaart" in page
    assert answer.status_code == 303
    assert db.session.query(Order).count() == 1


def test_other_answers_are_changed_without_the_file(visitor):
    card(is_required=True)
    note = make.question(label=Bilingual("Nog iets?"))
    ticket = make.ticket()
    sent = visitor.post(f"/kaartje/{ticket.secret}/vragen", data={f"vraag-{note.code}": "Ja"})
    assert sent.status_code == 303
    assert db.session.query(OrderAnswer).one().value == "Ja"


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 422, "Dit bestand is leeg."),
        (b"<script>alert(1)</script>", 422, "Stuur een PDF of een foto"),
        (b"ID3 a song", 422, "Stuur een PDF of een foto"),
    ],
    ids=["empty", "html", "sound"],
)
def test_what_is_no_good_leaves_nothing(visitor, app, content, status, words):
    question = card()
    ticket = make.ticket()
    address = f"/kaartje/{ticket.secret}/vragen/{question.code}"
    assert send(visitor, address, picture()).status_code == 303
    answer = send(visitor, address, content)
    assert (answer.status_code, words in answer.text) == (status, True)
    assert len(in_storage(app)) == 1
    assert visitor.get(address).data == picture(), "the former file stays"


def test_a_file_that_is_too_large(visitor, app, monkeypatch):
    monkeypatch.setattr(files, "MOST_MEGABYTES", 0)
    question = card()
    address = f"/kaartje/{make.ticket().secret}/vragen/{question.code}"
    answer = send(visitor, address, picture())
    assert (answer.status_code, "hoogstens 0 MB" in answer.text) == (413, True)
    assert in_storage(app) == []


def test_no_file_chosen(visitor):
    question = card()
    address = f"/kaartje/{make.ticket().secret}/vragen/{question.code}"
    answer = visitor.post(address, data={})
    assert (answer.status_code, "Kies eerst een bestand." in answer.text) == (422, True)


def test_too_late(visitor, app, monkeypatch):
    question = card()
    address = f"/kaartje/{make.ticket().secret}/vragen/{question.code}"
    send(visitor, address, picture())
    monkeypatch.setattr(clock, "now", lambda: NOW + (SUNDAY - NOW.date()) + timedelta(days=1))
    answer = send(visitor, address, picture(size=(9, 9)))
    assert answer.status_code == 409
    assert "Wijzigen kon tot en met" in answer.text
    assert visitor.post(f"{address}/weg").status_code == 409
    assert visitor.get(address).data == picture()
    assert len(in_storage(app)) == 1


def test_not_with_a_link_of_somebody_else(visitor):
    question = card()
    ticket, other = make.ticket(), make.ticket()
    send(visitor, f"/kaartje/{ticket.secret}/vragen/{question.code}", picture())
    assert visitor.get(f"/kaartje/{other.secret}/vragen/{question.code}").status_code == 404
    of_order = f"/bestelling/{ticket.order.secret}/vragen/{question.code}"
    assert visitor.get(of_order).status_code == 404, "what the holder answers, no buyer reads"


@pytest.mark.parametrize(
    ("sensitivity", "role", "status"),
    [
        ("ordinary", "finance", 200),
        ("ordinary", "programme", 403),
        ("access", "finance", 403),
        ("access", "checkin", 200),
        ("diet", "checkin", 403),
        ("diet", "organiser", 200),
    ],
)
def test_the_team_reads_it_by_the_role_that_the_question_names(visitor, sensitivity, role, status):
    question = card(sensitivity=sensitivity)
    ticket = make.ticket()
    address = f"/kaartje/{ticket.secret}/vragen/{question.code}"
    send(visitor, address, picture())
    make.sign_in(visitor, role)
    of_team = f"/team/wie-komt/bestand/{question.code}/{ticket.code}"
    assert visitor.get(of_team).status_code == status
    if status == 200:
        assert f'href="{of_team}"' in visitor.get(f"/team/wie-komt/?vraag={question.code}").text


def test_the_file_goes_with_its_answer_after_the_last_day(visitor, app):
    question = card()
    ticket = make.ticket()
    send(visitor, f"/kaartje/{ticket.secret}/vragen/{question.code}", picture())
    later = NOW + (question.erase_on - NOW.date()) + timedelta(days=2)
    erasing.erase_overdue(lambda: NOW)
    assert len(in_storage(app)) == 1
    erasing.erase_overdue(lambda: later)
    answer = db.session.query(OrderAnswer).one()
    assert (answer.value, answer.stored, in_storage(app)) == ("", "", [])


def test_a_new_holder_does_not_get_the_file_and_it_goes(visitor, app):
    question = card()
    ticket = make.ticket()
    address = f"/kaartje/{ticket.secret}/vragen/{question.code}"
    send(visitor, address, picture())
    to = Person("Ko Nieuw", "ko@example.org", mark_of(ticket))
    handing_on.hand_on(ticket, to, by=Maker("holder"), now=NOW)
    ticket = db.session.query(Ticket).one()
    assert visitor.get(f"/kaartje/{ticket.secret}/vragen/{question.code}").status_code == 404
    erasing.erase_overdue(lambda: NOW)
    assert in_storage(app) == []


def test_a_sweep_that_could_not_remove_a_file_tries_again(visitor, app, monkeypatch):
    question = card()
    ticket = make.ticket()
    send(visitor, f"/kaartje/{ticket.secret}/vragen/{question.code}", picture())
    erasing.erase_answers_of(ticket, now=NOW)

    def away(name):
        raise OSError("the store is away")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "remove", away)
        assert erasing.erase_overdue(lambda: NOW).failed == 1
    assert len(in_storage(app)) == 1
    assert erasing.erase_overdue(lambda: NOW).failed == 0
    assert in_storage(app) == []


def test_of_two_files_sent_at_once_one_stays(any_app):
    question, ticket = card(), make.ticket()
    ids = (ticket.order_id, ticket.id, question.id)
    begin, names = threading.Barrier(2), []
    db.session.commit()

    def one(number):
        with any_app.app_context():
            order = db.session.get(Order, ids[0])
            begin.wait()
            kept = files.KeptFile(storage_name(number), f"{number}.png", "image/png")
            names.append(
                files.keep_file(
                    order,
                    db.session.get(Ticket, ids[1]),
                    db.session.get(type(question), ids[2]),
                    kept,
                    now=NOW,
                )
            )

    threads = [threading.Thread(target=one, args=(number,)) for number in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    db.session.rollback()
    kept = db.session.query(OrderAnswer).one().stored
    assert sorted([*filter(None, names), kept]) == [storage_name(0), storage_name(1)]


def storage_name(number):
    return f"answers/{number}"
