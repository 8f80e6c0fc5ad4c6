"""What the team may send about an edition, its partners and its questions."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask_wtf import FlaskForm

from festival.editions.forms import EditionForm, PartnerForm, QuestionForm
from festival.web import languages
from festival.web.languages import Bilingual

EDITION = {
    "name_nl": "Festival 2028",
    "starts_on": "2028-09-15",
    "ends_on": "2028-09-16",
    "city": "",
    "organiser_name": "Stichting Voorbeeld",
    "organiser_email": "hallo@example.org",
    "payment_days": "14",
    "coaching_per_ticket": "1",
    "booking_closes_minutes": "15",
    "walk_minutes": "5",
}
QUESTION = {"question_nl": "Mag de hond mee?", "answer_nl": "Ja."}
LONG = "Dit is te lang: schrijf hooguit {} tekens."


def sent_to(app: Flask, kind: type[FlaskForm], sent: dict[str, str], language: str = "nl") -> Any:
    """The values that a form takes from what was sent, and what it says is wrong, by field."""
    with app.test_request_context("/", method="POST", data=sent), languages.speaking(language):
        form: Any = kind()
        if form.validate():
            return form.values
        return {name: str(sentences[0]) for name, sentences in form.errors.items()}


def test_an_edition_with_the_least_that_it_needs(bare_app: Flask) -> None:
    values = sent_to(bare_app, EditionForm, EDITION)
    assert values["slug"] == "festival-2028"
    assert values["name"] == Bilingual("Festival 2028", "")
    assert (values["starts_on"], values["ends_on"]) == (date(2028, 9, 15), date(2028, 9, 16))
    assert (values["payment_days"], values["walk_minutes"]) == (14, 5)
    assert values["takes_feedback"] is False, "an empty checkbox is not sent"
    assert values["organiser_iban"] == values["city"] == ""
    assert not values["theme"]
    assert "version" not in values


@pytest.mark.parametrize(
    ("sent", "slug"),
    [
        ({"name_nl": "Łódź, één keer!"}, "lodz-een-keer"),
        ({"name_nl": "", "name_en": "Festival in English"}, "festival-in-english"),
        ({"name_en": "Festival in English"}, "festival-2028"),
        ({"slug": " 2028 "}, "2028"),
    ],
)
def test_an_address_is_made_of_the_name(bare_app: Flask, sent: dict[str, str], slug: str) -> None:
    for language in languages.LANGUAGES:
        assert sent_to(bare_app, EditionForm, EDITION | sent, language)["slug"] == slug


@pytest.mark.parametrize(
    ("field", "sent", "sentence"),
    [
        ("name_nl", "", "Vul dit in, in een van de twee talen."),
        ("name_nl", "x" * 201, LONG.format(200)),
        ("theme_en", "x" * 201, LONG.format(200)),
        ("house_rules_nl", "x" * 10_001, LONG.format(10000)),
        ("slug", "Festival 2028",
         "Gebruik alleen kleine letters, cijfers en streepjes, zoals: pak-een-stoel."),
        ("starts_on", "", "Kies de eerste dag."),
        ("starts_on", "2028-02-30", "Kies de eerste dag."),
        ("ends_on", "16-09-2028", "Kies de laatste dag."),
        ("starts_on", "0028-09-15", "Dit jaar kan niet kloppen. Kijk het nog eens na."),
        ("ends_on", "9999-12-31", "Dit jaar kan niet kloppen. Kijk het nog eens na."),
        ("venue_name", "x" * 121, LONG.format(120)),
        ("venue_address", "x" * 201, LONG.format(200)),
        ("city", "x" * 81, LONG.format(80)),
        ("organiser_name", " ", "Vul in wie het festival maakt."),
        ("organiser_name", "x" * 121, LONG.format(120)),
        ("organiser_email", "", "Vul een mailadres in: daar komen vragen van bezoekers."),
        ("organiser_email", "hallo@", "Dit e-mailadres klopt niet. Kijk het nog eens na."),
        ("organiser_address", "x" * 301, LONG.format(300)),
        ("organiser_iban", "NL91 ABNA 0417 1643 01", "Deze IBAN klopt niet. Kijk hem nog eens na."),
        ("organiser_iban", "0417164300", "Deze IBAN klopt niet. Kijk hem nog eens na."),
        ("payment_days", "0", "Kies 1 tot 14 dagen."),
        ("payment_days", "15", "Kies 1 tot 14 dagen."),
        ("payment_days", "9" * 30, "Kies 1 tot 14 dagen."),
        ("payment_days", "veertien", "Schrijf een heel getal, in cijfers."),
        ("coaching_per_ticket", "-1", "Kies 0 tot 20."),
        ("coaching_per_ticket", "21", "Kies 0 tot 20."),
        ("booking_closes_minutes", "-1", "Kies 0 tot 1440 minuten."),
        ("booking_closes_minutes", "1441", "Kies 0 tot 1440 minuten."),
        ("walk_minutes", "", "Vul een getal in."),
        ("walk_minutes", "-1", "Kies 0 tot 240 minuten."),
        ("walk_minutes", "241", "Kies 0 tot 240 minuten."),
        ("walk_minutes", "2,5", "Schrijf een heel getal, in cijfers."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_edition(
    bare_app: Flask, field: str, sent: str, sentence: str
) -> None:
    assert sent_to(bare_app, EditionForm, EDITION | {field: sent}) == {field: sentence}


@pytest.mark.parametrize(
    ("field", "sent", "sentence"),
    [
        ("name_nl", "", "Fill this in, in one of the two languages."),
        ("starts_on", "", "Choose the first day."),
        ("ends_on", "", "Choose the last day."),
        ("organiser_name", "", "Fill in who makes the festival."),
        ("organiser_email", "hallo@", "This email address is not right. Please check it."),
        ("organiser_iban", "NL00", "This IBAN is not right. Please check it once more."),
        ("payment_days", "0", "Choose 1 to 14 days."),
        ("walk_minutes", "", "Fill in a number."),
    ],
)
def test_what_is_wrong_in_english(bare_app: Flask, field: str, sent: str, sentence: str) -> None:
    assert sent_to(bare_app, EditionForm, EDITION | {field: sent}, "en") == {field: sentence}


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        ("payment_days", 1, 14),
        ("coaching_per_ticket", 0, 20),
        ("booking_closes_minutes", 0, 1440),
        ("walk_minutes", 0, 240),
    ],
)
def test_numbers_up_to_their_limits(bare_app: Flask, field: str, least: int, most: int) -> None:
    for number in (least, most):
        values = sent_to(bare_app, EditionForm, EDITION | {field: str(number)})
        assert values[field] == number


def test_an_iban_is_kept_as_banks_write_it_down(bare_app: Flask) -> None:
    sent = EDITION | {"organiser_iban": " nl91 abna 0417 1643 00 "}
    assert sent_to(bare_app, EditionForm, sent)["organiser_iban"] == "NL91ABNA0417164300"


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"name": ""}, {"name": "Vul een naam in."}),
        ({"name": "  "}, {"name": "Vul een naam in."}),
        ({"name": "x" * 121}, {"name": LONG.format(120)}),
        ({"url": "voorbeeld.example"}, {"url": "Begin het adres met https://."}),
        ({"url": "https://" + "x" * 293}, {"url": LONG.format(300)}),
        ({"position": "1000"}, {"position": "Kies een getal van 0 tot 999."}),
        ({"position": "-1"}, {"position": "Kies een getal van 0 tot 999."}),
        ({"position": "voor"}, {"position": "Schrijf een heel getal, in cijfers."}),
        ({}, {"name": "Meander", "url": "", "kind": Bilingual()}),
        ({"name": " Meander ", "kind_en": "school", "url": "https://m.example", "position": "0"},
         {"name": "Meander", "url": "https://m.example", "kind": Bilingual("", "school"),
          "position": 0}),
    ],
)  # fmt: skip
def test_a_partner(bare_app: Flask, sent: dict[str, str], found: dict[str, Any]) -> None:
    assert sent_to(bare_app, PartnerForm, {"name": "Meander"} | sent) == found


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"question_nl": ""}, {"question_nl": "Vul dit in, in een van de twee talen."}),
        ({"answer_nl": ""}, {"answer_nl": "Vul dit in, in een van de twee talen."}),
        ({"question_nl": "x" * 201}, {"question_nl": LONG.format(200)}),
        ({"answer_en": "x" * 10_001}, {"answer_en": LONG.format(10000)}),
        ({"position": "1000"}, {"position": "Kies een getal van 0 tot 999."}),
        ({"question_nl": "", "question_en": "Dogs?", "position": "3"},
         {"question": Bilingual("", "Dogs?"), "answer": Bilingual("Ja.", ""), "position": 3}),
        ({}, {"question": Bilingual("Mag de hond mee?", ""), "answer": Bilingual("Ja.", "")}),
    ],
)  # fmt: skip
def test_a_question(bare_app: Flask, sent: dict[str, str], found: dict[str, Any]) -> None:
    assert sent_to(bare_app, QuestionForm, QUESTION | sent) == found
