"""Answering: with an order, afterwards, and when something changed meanwhile; and erasing."""

import re
from datetime import datetime, time, timedelta

import pytest

from festival import clock
from festival.db import db
from festival.errors import Refusal
from festival.payments.rules import checking_out
from festival.questions import answering, erasing, queries
from festival.questions.answering import GivenAnswer
from festival.questions.models import OrderAnswer
from festival.tickets.models import Order
from festival.web.languages import Bilingual
from tests import make
from tests.make import FRIDAY, NOW, SUNDAY


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def answers():
    rows = db.session.query(OrderAnswer).order_by(OrderAnswer.id)
    return [(each.question.label.nl, each.ticket_id, each.value) for each in rows]


def order_form(visitor, of, **fields):
    path = f"/bestellen?n-{of.slug}=1"
    page = visitor.get(path).text
    hidden = dict(re.findall(r'name="(form_key|shown|moments)"[^>]*value="([^"]*)"', page))
    hidden = {
        name: value.replace("&#34;", '"').replace("&amp;", "&") for name, value in hidden.items()
    }
    sent = {"name": "Mia Jansen", "email": "mia@example.org", **hidden, **fields}
    return page, visitor.post(path, data=sent)


def test_the_order_form_asks_and_keeps(visitor):
    of, other = make.ticket_type(), make.ticket_type()
    diet = make.question("Alles", "Vega", label=Bilingual("Wat eet je?"), types=[of])
    make.question(label=Bilingual("Voor een ander"), types=[other])
    once = make.question(label=Bilingual("Hoe vond je ons?"), about="order")
    make.question(label=Bilingual("Uit"), is_on=False)
    vega = diet.options[1].code
    page, answer = order_form(
        visitor, of, **{f"vraag-0-{diet.code}": vega, f"vraag-{once.code}": "Via een vriend"}
    )
    assert answer.status_code == 303
    assert "Wat eet je?" in page
    assert "Om te weten. We bewaren dit tot en met zondag 8 november." in page
    assert "Voor een ander" not in page
    assert ">Uit<" not in page
    [ticket] = db.session.query(Order).one().tickets
    assert answers() == [
        ("Wat eet je?", ticket.id, vega),
        ("Hoe vond je ons?", None, "Via een vriend"),
    ]


def test_a_required_answer_is_asked_for_and_what_was_typed_stays(visitor):
    of = make.ticket_type()
    diet = make.question("Alles", "Vega", label=Bilingual("Wat eet je?"), is_required=True)
    note = make.question(label=Bilingual("Nog iets?"))
    _page, answer = order_form(visitor, of, **{f"vraag-0-{note.code}": "Ik zing graag"})
    assert answer.status_code == 422
    assert "Maak een keuze." in answer.text
    assert f'href="#vraag-0-{diet.code}"' in answer.text
    assert 'value="Ik zing graag"' in answer.text
    assert 'value="Mia Jansen"' in answer.text
    assert db.session.query(Order).count() == 0


def test_a_choice_that_was_switched_off_meanwhile_is_asked_again(visitor):
    of = make.ticket_type()
    diet = make.question("Alles", "Vega", "Vegan", label=Bilingual("Wat eet je?"))
    gone = diet.options[2]
    gone.is_on = False
    db.session.commit()
    _page, answer = order_form(visitor, of, **{f"vraag-0-{diet.code}": gone.code})
    assert answer.status_code == 422
    assert "Deze keuze is er niet meer. Kies opnieuw." in answer.text


def test_the_rule_refuses_it_too(app):
    of = make.ticket_type()
    diet = make.question("Alles", "Vega", label=Bilingual("Wat eet je?"), is_required=True)
    edition = make.current_edition()
    request = make.order_request(of)
    for value, refusal in (("", answering.AnswerMissing), ("ONZIN", answering.AnswerWrong)):
        with pytest.raises(refusal):
            checking_out.check_out(
                edition, request, [], answers=[GivenAnswer(0, diet.code, value)], now=NOW
            )
    two = " ".join(each.code for each in diet.options)
    with pytest.raises(answering.AnswerWrong):
        checking_out.check_out(
            edition, request, [], answers=[GivenAnswer(0, diet.code, two)], now=NOW
        )
    assert db.session.query(Order).count() == 0


@pytest.mark.parametrize(
    ("kind", "good", "wrong"),
    [
        ("number", "-12", "twaalf"),
        ("number", "3", "3.5"),
        ("date", "2026-10-23", "2026-02-30"),
        ("text", "a" * 500, "a" * 501),
    ],
)
def test_answers_of_a_wrong_kind_are_refused(visitor, kind, good, wrong):
    of = make.ticket_type()
    asked = make.question(kind=kind)
    name = f"vraag-0-{asked.code}"
    assert order_form(visitor, of, **{name: wrong})[1].status_code == 422
    assert order_form(visitor, of, **{name: good})[1].status_code == 303
    assert [value for _label, _ticket, value in answers()] == [good]
    ticket = db.session.query(Order).one().tickets[0]
    with pytest.raises(answering.AnswerWrong):
        answering.change_answers(ticket.order, ticket, {asked.code: wrong}, now=NOW)


def test_the_same_form_with_another_answer_is_another_order(app):
    of, asked = make.ticket_type(), make.question()
    edition, request = make.current_edition(), make.order_request(of)

    def place(value):
        return checking_out.check_out(
            edition, request, [], answers=[GivenAnswer(0, asked.code, value)], now=NOW
        )

    first = place("fiets")
    assert place("fiets").id == first.id
    assert place("trein").id != first.id


def test_a_holder_changes_their_answers_until_the_day_for_changes(visitor, monkeypatch):
    ticket = make.ticket()
    asked = make.question(label=Bilingual("Hoe kom je?"))
    make.answer(asked, "Met de fiets", ticket)
    path = f"/kaartje/{ticket.secret}/vragen"
    assert path in visitor.get(f"/kaartje/{ticket.secret}").text
    assert 'value="Met de fiets"' in visitor.get(path).text
    name = f"vraag-{asked.code}"
    assert visitor.post(path, data={name: "Te voet"}).status_code == 303
    assert answers() == [("Hoe kom je?", ticket.id, "Te voet")]
    assert visitor.post(path, data={name: ""}).status_code == 303
    assert answers() == []
    edition = ticket.order.edition
    edition.changes_until_on = FRIDAY - timedelta(days=5)
    db.session.commit()
    last, after = (
        edition.moment(edition.changes_until_on, time(23)) + timedelta(hours=n) for n in (0, 2)
    )
    monkeypatch.setattr(clock, "now", lambda: last)
    assert visitor.post(path, data={name: "Te voet"}).status_code == 303
    assert visitor.post(path, data={name: ""}).status_code == 303
    monkeypatch.setattr(clock, "now", lambda: after)
    assert "Wijzigen kon tot en met" in visitor.get(path).text
    assert visitor.post(path, data={name: "Toch met de bus"}).status_code == 409
    assert answers() == []


def test_a_required_answer_cannot_be_taken_back(visitor):
    ticket = make.ticket()
    asked = make.question(is_required=True)
    make.answer(asked, "ja", ticket)
    answer = visitor.post(f"/kaartje/{ticket.secret}/vragen", data={f"vraag-{asked.code}": " "})
    assert answer.status_code == 422
    assert "Vul dit in." in answer.text
    assert [value for _label, _ticket, value in answers()] == ["ja"]


def test_no_other_link_opens_an_answer(visitor):
    order = make.order(tickets=2)
    asked = make.question()
    once = make.question(about="order")
    mine, other = order.tickets
    make.answer(asked, "Geheim van de ander", other)
    for path in (f"/kaartje/{mine.secret}/vragen", f"/bestelling/{order.secret}/vragen"):
        assert "Geheim van de ander" not in visitor.get(path).text
    assert visitor.get("/kaartje/onzin/vragen").status_code == 404
    assert visitor.get(f"/bestelling/{mine.secret}/vragen").status_code == 404
    visitor.post(f"/kaartje/{mine.secret}/vragen", data={f"vraag-{asked.code}": "Van mij"})
    visitor.post(f"/bestelling/{order.secret}/vragen", data={f"vraag-{once.code}": "Van allen"})
    assert queries.values(order, other) == {asked.code: "Geheim van de ander"}
    assert queries.values(order, mine) == {asked.code: "Van mij"}
    assert queries.values(order, None) == {once.code: "Van allen"}


def test_a_ticket_that_ended_changes_nothing(app):
    ticket = make.ticket(cancelled_at=NOW)
    asked = make.question()
    with pytest.raises(answering.TicketEnded):
        answering.change_answers(ticket.order, ticket, {asked.code: "x"}, now=NOW)


def test_a_question_past_its_end_date_is_not_asked(visitor):
    of = make.ticket_type()
    make.question(label=Bilingual("Te laat"), erase_on=NOW.date() - timedelta(days=1))
    assert "Te laat" not in visitor.get(f"/bestellen?n-{of.slug}=1").text


def test_answers_are_erased_after_their_last_day(any_app):
    ticket = make.ticket()
    over, kept = make.question(erase_on=SUNDAY), make.question(erase_on=SUNDAY + timedelta(days=2))
    make.answer(over, "Rolstoel", ticket)
    make.answer(kept, "Fiets", ticket)
    last_night = datetime(2026, 10, 25, 22, tzinfo=NOW.tzinfo)
    assert erasing.erase_overdue(lambda: last_night).done == 0
    after = last_night + timedelta(days=1)
    assert erasing.erase_overdue(lambda: after).done == 1
    assert erasing.erase_overdue(lambda: after).done == 0
    db.session.expire_all()
    assert [value for _label, _ticket, value in answers()] == ["", "Fiets"]
    erased = db.session.query(OrderAnswer).filter_by(value="").one()
    assert erased.erased_at == after


def test_one_answer_that_cannot_be_erased_keeps_no_other(app, monkeypatch):
    asked = make.question(erase_on=SUNDAY)
    rows = [make.answer(asked, f"antwoord {number}", make.ticket()) for number in range(3)]
    erase = erasing.erase_answer

    def fail_once(answer_id, *, now):
        if answer_id == rows[0].id:
            raise ValueError("broken")
        return erase(answer_id, now=now)

    monkeypatch.setattr(erasing, "erase_answer", fail_once)
    tally = erasing.erase_overdue(lambda: NOW + timedelta(days=60))
    assert (tally.done, tally.failed) == (2, 1)


def test_refusals_say_which_question(app):
    assert "“Wat eet je?”" in str(answering.AnswerWrong(question=Bilingual("Wat eet je?")))
    assert issubclass(answering.AnswerWrong, Refusal)
