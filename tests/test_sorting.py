"""Lists of names and titles, in the order in which Dutch readers look for them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from festival.sorting import person_key, title_key


@pytest.mark.parametrize(
    "in_order",
    [
        # Names of one word, among others.
        ["Anna", "Émile", "Frits", "Łukasz", "Mia", "Özlem", "Şule", "Tom", "Zara"],
        # A surname without its particles.
        [
            *("Mia Aa", "Jan van der Berg", "Piet van den Berg", "Anna Berg-de Vries"),
            *("Noor van den Bergh", "Ali Demirbağcı", "An D’Hondt"),
            *("Bas 't Hart", "Eva ’t Hooft", "Kees ter Horst", "Jo in 't Veld", "Anna de Vries"),
            *("Zoë de Vries", "Ümit Yılmaz"),
        ],
        ["Mohammed El Amrani", "Zeynep Arslan", "Van der Berg", "de Boer", "’s Gravesande"],
        ["De Buurtkeuken", "Huis van de Wijk", "Koor Zuid"],
        ["ANNEMARIE VERMEULEN", "Bert vermeulen", "Chris Vermeulen"],
        # Greek comes after Latin, Cyrillic after Greek.
        ["Zara", "Αναστασία Βασιλείου", "Олександр Шевченко", "山田太郎"],
    ],
)
def test_people_stand_under_their_surname(in_order):
    mixed = random.Random(8).sample(in_order, len(in_order))
    assert sorted(mixed, key=person_key) == in_order


@pytest.mark.parametrize(
    "name", ["Berg, Jan van der", "van der Berg, Jan", "JAN VAN DER BERG", "Jan van der Berg (hij)"]
)
def test_a_name_sorts_the_same_however_it_is_written(name):
    assert person_key(name) == person_key("Jan van der Berg")


def test_titles_ignore_capitals_accents_and_signs_and_count():
    in_order = [
        *("“Aan tafel!”", "Café Één", "Café Zuid", "de Grote Loods", "Één", "Naïef", "’s Nachts"),
        *("Zaal 2", "zaal 10", "Zaal A"),
    ]
    mixed = random.Random(8).sample(in_order, len(in_order))
    assert sorted(mixed, key=title_key) == in_order


@given(st.text())
def test_every_text_has_a_place(text):
    assert person_key(text) == person_key(text.upper().lower()) or not text.isascii()
    assert isinstance(title_key(text), str)
