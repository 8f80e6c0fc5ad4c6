"""The gallery draws every component; whatever is wrong with a macro shows here first."""

from itertools import pairwise

import html5lib
import pytest
from flask_babel import refresh

from festival import create_app
from festival.home import gallery as gallery_module


@pytest.fixture
def gallery(visitor):
    def text_of(path="/_stijl"):
        # The tests' app context is one and the same for all requests, and so is its language.
        refresh()
        answer = visitor.get(path)
        assert answer.status_code == 200
        return answer.text

    return text_of


@pytest.mark.parametrize("path", ["/_stijl", "/en/_stijl", "/_stijl?kleur=donker"])
def test_the_gallery_is_valid_html(gallery, path):
    parser = html5lib.HTMLParser()
    parser.parse(gallery(path))
    assert parser.errors == []


def test_no_id_is_used_twice(gallery):
    tree = html5lib.parse(gallery(), namespaceHTMLElements=False)
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert sorted(ids) == sorted(set(ids))


def test_every_reference_finds_its_element(gallery):
    tree = html5lib.parse(gallery(), namespaceHTMLElements=False)
    ids = {element.get("id") for element in tree.iter()}
    for element in tree.iter():
        named = [element.get(name, "") for name in ("aria-describedby", "aria-labelledby", "for")]
        if (href := element.get("href", "")).startswith("#"):
            named.append(href[1:])
        assert {id for value in named for id in value.split()} <= ids


def test_nothing_is_styled_or_scripted_inside_the_page(gallery):
    tree = html5lib.parse(gallery(), namespaceHTMLElements=False)
    assert not [element for element in tree.iter() if element.get("style")]
    assert not [element for element in tree.iter("script") if not element.get("src")]
    assert not list(tree.iter("style"))


def test_macros_speak_the_language_of_the_page(gallery):
    # One after the other: macros are loaded once, and must not keep the language of that moment.
    assert "nog 3 plekken" in gallery()
    assert "3 places left" in gallery("/en/_stijl")
    assert "nog 3 plekken" in gallery()
    assert ">Lezing</p>" in gallery()


def test_a_text_in_the_other_language_says_so(gallery):
    assert '<span lang="en">My street, my story</span>' in gallery()
    assert '<span lang="en">My street, my story</span>' not in gallery("/en/_stijl")


def test_the_gallery_is_closed_in_production(tmp_path):
    settings = {"PRODUCTION": True, "INSTANCE_PATH": str(tmp_path), "SECRET_KEY": "tests only"}
    app = create_app(settings)
    assert "home.stijl" not in app.view_functions


@pytest.mark.parametrize(
    ("query", "scheme"),
    [("", ""), ("?kleur=donker", "dark"), ("?kleur=licht", "light"), ("?kleur=onzin", "")],
)
def test_the_gallery_can_be_seen_in_both_colours(gallery, query, scheme):
    assert f'<html lang="nl" class="{scheme}">' in gallery(f"/_stijl{query}")


def test_every_kind_and_every_look_is_there(gallery):
    page = gallery()
    for kind in ("talk", "workshop", "music", "game", "coaching", "story"):
        assert f"kind-{kind}" in page, kind
    for look in ("button-second", "button-danger", "button-quiet", "button-small", "button-big"):
        assert look in page, look
    assert page.count('aria-invalid="true"') >= 2, "fields that were filled in wrong"


def test_the_sample_days_can_be_drawn():
    """A card that begins in another hour than its column would fall off the timetable."""
    for stages in (4, 12):
        day = gallery_module._day(stages=stages)
        assert len(day["stages"]) == stages
        assert len({stage["name"] for stage in day["stages"]}) == stages
        for hour in day["hours"]:
            for card in hour["cards"]:
                assert card["hour"] == hour["hour"]
                assert 0 <= card["stage"] < stages
                assert card["lane"] < day["stages"][card["stage"]]["lanes"]
            begins = [card["minute"] for card in hour["cards"]]
            assert begins == sorted(begins)


def test_no_two_sample_cards_lie_on_top_of_each_other():
    day = gallery_module._day(stages=12)
    lanes = {}
    for hour in day["hours"]:
        for card in hour["cards"]:
            begins = card["hour"] * 60 + card["minute"]
            lane = lanes.setdefault((card["stage"], card["lane"]), [])
            lane.append((begins, begins + card["minutes"]))
    for cards in lanes.values():
        for (_starts, ends), (starts, _ends) in pairwise(sorted(cards)):
            assert ends <= starts
