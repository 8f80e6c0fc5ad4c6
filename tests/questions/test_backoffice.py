"""The organiser's screens for questions, who else may read answers, and copying."""

import csv
import io
from datetime import timedelta

import pytest

from festival import clock
from festival.db import db
from festival.home import rules as home_rules
from festival.home.readers import ANSWERS
from festival.questions import queries
from festival.questions.models import OrderAnswer, OrderQuestion
from festival.web.languages import Bilingual
from tests import make
from tests.make import FRIDAY, NOW, SUNDAY

LIST = "/team/vragen/"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def organiser(visitor):
    make.current_edition()
    make.sign_in(visitor, "organiser")
    return visitor


def filled(**fields):
    return {
        "label_nl": "Wat eet je?", "label_en": "What do you eat?", "purpose_nl": "Voor de kok.",
        "purpose_en": "For the cook.", "about": "ticket", "kind": "choice", "sensitivity": "diet",
        "erase_on": "2026-11-08", "position": "1", "is_on": "y",
        "nieuw-0-nl": "Alles", "nieuw-0-en": "Everything", "nieuw-0-is_on": "y",
        "nieuw-1-nl": "Vega", "nieuw-1-en": "Veggie", "nieuw-1-is_on": "y",
        **fields,
    }  # fmt: skip


def as_sent(question, **fields):
    """What the form of this question sends when nothing is changed, and `fields`."""
    sent = filled(
        label_nl=question.label.nl, label_en="x", purpose_nl="x", purpose_en="x",
        kind=question.kind, sensitivity=question.sensitivity, version=question.version,
    )  # fmt: skip
    sent = {name: value for name, value in sent.items() if not name.startswith("nieuw-")}
    for option in question.options:
        sent[f"keuze-{option.code}-nl"] = option.label.nl
        sent[f"keuze-{option.code}-is_on"] = "y"
    sent |= fields
    return {name: value for name, value in sent.items() if value is not None}


def question():
    return db.session.query(OrderQuestion).one()


@pytest.mark.parametrize("role", ["programme", "finance", "editor", "checkin"])
def test_only_organisers_make_questions(visitor, role):
    asked = make.question()
    make.sign_in(visitor, role)
    for path in (LIST, f"{LIST}nieuw", f"{LIST}{asked.code}"):
        assert visitor.get(path).status_code == 403
    assert visitor.post(f"{LIST}{asked.code}/wis").status_code == 403


def test_a_question_is_made_changed_and_switched_off(organiser):
    of = make.ticket_type(slug="weekend")
    assert organiser.post(f"{LIST}nieuw", data=filled(types="weekend")).status_code == 303
    made = question()
    assert [each.label.nl for each in made.options] == ["Alles", "Vega"]
    assert (made.is_for_all, made.types) == (False, [of])
    assert "Wat eet je?" in organiser.get(LIST).text
    assert "Voor de kok." in organiser.get(f"{LIST}{made.code}").text
    sent = as_sent(made, label_nl="Wat lust je?", is_on=None)
    assert organiser.post(f"{LIST}{made.code}", data=sent).status_code == 303
    assert (question().label.nl, question().is_on, question().is_for_all) == (
        "Wat lust je?", False, True,
    )  # fmt: skip


def test_what_is_missing_is_said_and_what_was_typed_stays(organiser):
    answer = organiser.post(f"{LIST}nieuw", data=filled(purpose_nl=""))
    assert answer.status_code == 422
    assert "Schrijf waarvoor je het vraagt." in answer.text
    assert 'value="Vega"' in answer.text
    answer = organiser.post(f"{LIST}nieuw", data=filled(**{"nieuw-1-nl": "", "nieuw-1-en": ""}))
    assert "Vul er minstens twee in" in answer.text
    assert db.session.query(OrderQuestion).count() == 0


def test_what_has_answers_does_not_vanish(organiser):
    asked = make.question("Alles", "Vega", "Vegan", label=Bilingual("Wat eet je?"))
    vega = asked.options[1]
    make.answer(asked, vega.code, make.ticket())
    path = f"{LIST}{asked.code}"
    answer = organiser.post(path, data=as_sent(asked, **{f"keuze-{vega.code}-nl": ""}))
    assert "“Vega” is al gekozen en kan niet weg." in answer.text
    assert (
        "blijven het soort antwoord" in organiser.post(path, data=as_sent(asked, kind="text")).text
    )
    assert organiser.post(f"{path}/wis").status_code == 409
    vegan = asked.options[2]
    sent = as_sent(asked, **{f"keuze-{vegan.code}-nl": "", f"keuze-{vega.code}-is_on": None}) | {
        "nieuw-0-nl": "Glutenvrij",
        "nieuw-0-is_on": "y",
    }
    assert organiser.post(path, data=sent).status_code == 303
    assert [(each.label.nl, each.is_on) for each in question().options] == [
        ("Alles", True), ("Vega", False), ("Glutenvrij", True),
    ]  # fmt: skip
    assert db.session.query(OrderAnswer).count() == 1


def test_a_question_without_answers_goes(organiser):
    asked = make.question("Alles", "Vega", types=[make.ticket_type()])
    assert organiser.post(f"{LIST}{asked.code}/wis").status_code == 303
    assert db.session.query(OrderQuestion).count() == 0


def test_answers_are_counted_without_those_that_were_cancelled(organiser):
    asked = make.question("Fiets", "Trein", kind="several")
    bike, train = (each.code for each in asked.options)
    make.answer(asked, f"{bike} {train}", make.ticket())
    make.answer(asked, bike, make.ticket())
    gone = make.ticket(cancelled_at=NOW)
    gone.released_at = NOW
    make.answer(asked, train, gone)
    assert queries.chosen_codes(asked) == {bike: 2, train: 1}
    page = organiser.get(f"{LIST}{asked.code}").text
    assert "<dt>Fiets</dt><dd>2</dd>" in page
    assert "3 antwoorden" in page


@pytest.mark.parametrize("sensitivity", ["ordinary", "diet", "access"])
@pytest.mark.parametrize("role", ["organiser", "finance", "checkin", "programme", "editor"])
def test_who_of_the_team_reads_whose_answer_it_is(visitor, role, sensitivity):
    asked = make.question(label=Bilingual("Merkvraag"), sensitivity=sensitivity)
    make.answer(asked, "Merkantwoord", make.ticket())
    make.sign_in(visitor, role)
    may_read = role == "organiser" or role in ANSWERS[sensitivity]
    column = f"vraag={asked.code}&kolom=naam&kolom=vraag-{asked.code}"
    for path in ("", "wie-komt.csv", "bestand", "deurlijst", "catering.csv", "workshops.csv"):
        text = visitor.get(f"/team/wie-komt/{path}?{column}").text
        assert ("Merkantwoord" in text) == (may_read and path in {"", "wie-komt.csv"}), path
    for path in ("/team/bestellingen/csv", "/team/"):
        assert "Merkantwoord" not in visitor.get(path).text


def test_an_answer_never_runs_in_a_spreadsheet(organiser):
    asked = make.question()
    make.answer(asked, "=1+1", make.ticket())
    text = organiser.get(f"/team/wie-komt/wie-komt.csv?kolom=vraag-{asked.code}").text
    assert text.splitlines()[1] == "'=1+1"


def test_the_caterer_gets_numbers_of_diets_per_day_and_no_names(organiser):
    of = make.ticket_type(name=Bilingual("Vrijdag"), days=[str(FRIDAY)])
    asked = make.question("Alles", "Vega", label=Bilingual("Wat eet je?"), sensitivity="diet")
    ordinary = make.question("Fiets", "Trein", label=Bilingual("Hoe kom je?"))
    for number, ticket in enumerate(make.order(of=of, tickets=3).tickets):
        make.answer(asked, asked.options[number % 2].code, ticket)
        make.answer(ordinary, ordinary.options[0].code, ticket)
    text = organiser.get("/team/wie-komt/catering.csv").get_data().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text), delimiter=";"))[1:] == [
        ["vrijdag 23 oktober", "Kaartsoort", "Vrijdag", "3", "0"],
        ["vrijdag 23 oktober", "Wat eet je?", "Alles", "2", "0"],
        ["vrijdag 23 oktober", "Wat eet je?", "Vega", "1", "0"],
    ]


def test_a_copy_of_an_edition_has_the_questions_and_no_answers(app):
    of = make.ticket_type(slug="weekend")
    asked = make.question("Alles", "Vega", types=[of], erase_on=SUNDAY)
    make.answer(asked, asked.options[0].code, make.ticket(of=of))
    by = timedelta(days=364)
    copy = home_rules.copy_edition(
        make.current_edition(), name=Bilingual("Volgend jaar"), slug="volgend",
        first_day=FRIDAY + by, with_partners=False, now=NOW,
    )  # fmt: skip
    [question] = queries.questions(copy)
    assert question.erase_on == SUNDAY + by
    assert [each.label.nl for each in question.options] == ["Alles", "Vega"]
    assert [(each.slug, each.edition_id) for each in question.types] == [("weekend", copy.id)]
    assert question.code != asked.code
    assert queries.number_of_answers(question) == 0
    home_rules.delete_edition(copy, now=NOW)
    assert db.session.query(OrderQuestion).count() == 1
