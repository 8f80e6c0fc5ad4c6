"""Character sets of older files: recognised, or refused; never a name that is spelled wrong."""

import pytest

from festival import charsets

TEXTS = {
    "cp1252": (
        "Titel;Wie\nCafé, “één”; en – €;Ria",
        "crème brûlée à la Zoë",
        "foto’s van de coöperatie",
        "Núñez, España",
        "m² bij 20 °C",
        "cœur",
        "Café £ 5",
    ),
    "mac_roman": (
        "Titel;Wie\nCafé;Zoë",
        "coördinatie",
        "foto’s – “hé” … €",
        "Reünie van patiënten",
        "François, Île-de-France",
        "titel;prijs\n“Één” €5",
    ),
    "cp1250": (
        "Titel;Wie\nŁukasz Wróżyński",
        "Więcek i Ziębiński, Poznań",
        "Dvořák Šimůnek",
        "Poznań",
        "őszi fűzfa",
        "Łódź",
    ),
}


@pytest.mark.parametrize(
    ("charset", "text"), [(charset, text) for charset in TEXTS for text in TEXTS[charset]]
)
def test_it_is_recognised(charset: str, text: str) -> None:
    assert charsets.decoded(text.encode(charset)) == text


@pytest.mark.parametrize("content", [b"\xd8rsted", b"\x81\x8d\xff", b"\xfe\xfd\x81" * 9])
def test_what_could_be_two_things_is_refused(content: bytes) -> None:
    with pytest.raises(charsets.UnclearCharset):
        charsets.decoded(content)
