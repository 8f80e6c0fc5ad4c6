"""The gallery draws every component; whatever is wrong with a macro shows here first."""

import html5lib
import pytest
from flask_babel import refresh

from festival import create_app


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
