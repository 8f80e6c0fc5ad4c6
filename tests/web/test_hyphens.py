"""Long Dutch words may be cut, short ones and names may not."""

import pytest

from festival.web.hyphens import hyphenated


def cut(text, language="nl"):
    return hyphenated(text, language).replace("\N{SOFT HYPHEN}", "|")


def test_a_long_compound_may_be_cut_between_its_parts():
    assert cut("bijeenkomst") == "bijeenkomst"
    assert cut("woonstichting") == "woon|stich|ting"
    assert cut("woningcorporaties").startswith("woning|")
    assert "markt|toe" in cut("arbeidsmarkttoeleidingsbijeenkomst")


def test_four_letters_stay_together_on_either_side():
    first, *_, last = cut("arbeidsmarkttoeleidingsbijeenkomst").split("|")
    assert min(len(first), len(last)) >= 4


def test_a_word_keeps_its_diaeresis():
    assert "|ö" not in cut("buurtcoöperatievereniging")


@pytest.mark.parametrize("text", ["", "De buurt als bouwmeester", "3.14159265358979323846"])
def test_the_rest_stays_as_it_is(text):
    assert hyphenated(text, "nl") == text


def test_english_has_its_own_dictionary():
    assert cut("responsibilities", "en") != cut("responsibilities", "nl")
