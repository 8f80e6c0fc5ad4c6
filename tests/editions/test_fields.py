"""Fields that forms share: a text in two languages, addresses."""

from typing import Any

import pytest
from flask import Flask
from wtforms import StringField, TextAreaField

from festival.editions import fields
from festival.web import languages
from festival.web.forms import PageForm
from festival.web.languages import Bilingual


class Both(PageForm):
    """A form with one of each."""

    name_nl, name_en = fields.both("Naam", needed=True)
    intro_nl, intro_en = fields.both("Inleiding", long=True)
    slug = fields.slug_field()
    site = StringField("Website", [fields.web_address])
    sites = TextAreaField("Websites", [fields.web_addresses])


GOOD = {"name_nl": "Samen eten"}


@pytest.fixture
def filled(bare_app: Flask) -> Any:
    """The form as it was sent, checked."""

    def fill(language: str = "nl", **sent: str) -> Both:
        request = bare_app.test_request_context("/", method="POST", data=sent)
        with request, languages.speaking(language):
            form = Both()
            form.validate()
            for field in form:
                field.errors = [str(sentence) for sentence in field.errors]
            return form

    return fill


def test_a_pair_says_which_language_it_is_in(filled: Any, bare_app: Flask) -> None:
    form = filled()
    with bare_app.test_request_context(), languages.speaking("nl"):
        labels = [str(form[name].label.text) for name in ("name_nl", "name_en")]
    assert labels == ["Naam in het Nederlands", "Naam in het Engels"]
    assert (form.name_nl.type, form.intro_nl.type) == ("StringField", "TextAreaField")


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"name_nl": "Samen eten"}, {}),
        ({"name_en": "Eating together"}, {}),
        ({"name_nl": "", "name_en": ""}, {"name_nl"}),
        ({"name_nl": "  ", "name_en": "\r\n"}, {"name_nl"}),
        ({"name_nl": "x" * 200, "intro_nl": "x" * 10_000}, {}),
        ({"name_nl": "x" * 201}, {"name_nl"}),
        ({"name_en": "x" * 201}, {"name_en"}),
        ({**GOOD, "intro_nl": "x" * 10_001, "intro_en": "x" * 10_001}, {"intro_nl", "intro_en"}),
    ],
)
def test_one_of_two_languages_is_enough(filled: Any, sent: dict[str, str], wrong: set[str]) -> None:
    assert set(filled(**sent).errors) == set(wrong)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nl", "Vul dit in, in een van de twee talen."),
        ("en", "Fill this in, in one of the two languages."),
    ],
)
def test_what_is_missing_is_said_once(filled: Any, language: str, sentence: str) -> None:
    form = filled(language)
    assert (form.name_nl.errors, list(form.name_en.errors)) == ([sentence], [])


def test_texts_are_kept_without_the_space_around_them(filled: Any) -> None:
    form = filled(name_nl="  Samen eten\n", intro_en="\r\nEen.\r\n\r\nTwee.\r\n")
    assert fields.bilingual_values(form, ("name", "intro")) == {
        "name": Bilingual("Samen eten", ""),
        "intro": Bilingual("", "Een.\n\nTwee."),
    }


@pytest.mark.parametrize(
    ("slug", "is_good"),
    [
        ("", True),
        ("  ", True),
        ("2027", True),
        (" pak-een-stoel ", True),
        ("x" * 60, True),
        ("x" * 61, False),
        ("Pak", False),
        ("pak een stoel", False),
        ("-pak", False),
        ("pak-", False),
        ("pak--een", False),
        ("café", False),
        ("a/b", False),
        ("a.b", False),
    ],
)
def test_a_word_in_an_address(filled: Any, slug: str, is_good: bool) -> None:
    form = filled(**GOOD, slug=slug)
    assert bool(form.slug.errors) != is_good
    assert form.slug.data == slug.strip()


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("", True),
        ("https://voorbeeld.example", True),
        ("http://voorbeeld.example", True),
        ("voorbeeld.example", False),
        ("hallo", False),
        ("http:voorbeeld.example", False),
        ("httpx://voorbeeld.example", False),
        ("javascript:alert(1)//https://", False),
        ("data:text/html,https://", False),
        ("//voorbeeld.example", False),
        ("mailto:hallo@example.org", False),
    ],
)
def test_only_addresses_of_pages_become_links(filled: Any, address: str, is_good: bool) -> None:
    form = filled(**GOOD, site=address, sites=f"https://eerste.example\r\n{address}")
    assert form.site.errors == ([] if is_good else ["Begin het adres met https://."])
    assert bool(form.sites.errors) != is_good
    assert form.sites.data.endswith(address), "what was typed stays"


def test_each_address_stands_on_a_line_of_its_own(filled: Any) -> None:
    form = filled("en", **GOOD, sites="https://een.example, twee.example")
    [sentence] = form.sites.errors
    assert sentence == "Put each address on a line of its own and begin it with https://."
