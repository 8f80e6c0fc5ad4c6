"""Every page for everybody names its own address and says what it is, in both languages."""

from xml.etree import ElementTree

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import make
from tests.kept_pages import forget_pages
from tests.world import World, at

NAMESPACE = {"namespaceHTMLElements": False}


def head_of(text: str) -> ElementTree.Element:
    head = html5lib.parse(text, treebuilder="etree", **NAMESPACE).find("head")
    assert head is not None
    return head


def public_addresses(app: Flask, world: World) -> dict[str, str]:
    """An address of each endpoint that everybody may read, with what it needs filled in."""
    known = {
        "timetable.session": {"slug": world.talk.slug},
        "timetable.speaker": {"slug": world.ria.slug},
        "releases.release": {"number": 1},
    }
    adapter = app.url_map.bind("localhost")
    found = {}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if getattr(view, "audience", "") != "public" or "GET" not in (rule.methods or ()):
            continue
        values = known.get(rule.endpoint, {})
        if rule.arguments - set(rule.defaults or ()) == set(values):
            found[rule.endpoint] = adapter.build(rule.endpoint, values)
    return found


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_for_everybody_says_where_and_what_it_is(
    app: Flask, visitor: FlaskClient, world: World, prefix: str
) -> None:
    make.ticket_type()
    seen = []
    for endpoint, address in public_addresses(app, world).items():
        answer = visitor.get(prefix + address + "?extra=1")
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        head = head_of(answer.text)
        if any("noindex" in meta.get("content", "") for meta in head.iterfind("meta[@name]")):
            continue
        seen.append(endpoint)
        [canonical] = head.iterfind("link[@rel='canonical']")
        where = f"http://localhost{prefix}{address}"
        assert canonical.get("href") == where, endpoint
        languages = {
            each.get("hreflang"): each.get("href") for each in head.iterfind("link[@hreflang]")
        }
        assert languages["en"] == f"http://localhost/en{address}", endpoint
        assert languages["nl"] == languages["x-default"] == f"http://localhost{address}", endpoint
        tags = {tag.get("property"): tag.get("content") for tag in head.iterfind("meta[@property]")}
        assert tags["og:url"] == where, endpoint
        for name in ("og:title", "og:description", "og:image", "og:image:alt"):
            assert tags[name], (endpoint, name)
        assert "<" not in tags["og:title"], endpoint
    assert {
        "home.front", "home.praktisch", "home.privacy", "home.contact", "tickets.choose",
        "timetable.programme", "timetable.session", "timetable.speakers", "timetable.speaker",
        "releases.changes", "releases.release",
    } <= set(seen)  # fmt: skip


def test_a_past_edition_names_its_own_address(visitor: FlaskClient, world: World) -> None:
    old = make.edition(
        is_current=False, slug="toen",
        starts_on=make.FRIDAY.replace(year=2020), ends_on=make.SUNDAY.replace(year=2020),
    )  # fmt: skip
    make.slot(make.session(edition_id=old.id, slug="oud"), starts=at(23, 10).replace(year=2020))
    forget_pages()
    [canonical] = head_of(visitor.get("/toen/sprekers").text).iterfind("link[@rel='canonical']")
    assert canonical.get("href") == "http://localhost/toen/sprekers"
    own = f"/{world.edition.slug}/sprekers"
    [canonical] = head_of(visitor.get(own).text).iterfind("link[@rel='canonical']")
    assert canonical.get("href") == "http://localhost/sprekers", "it is the current one"


def test_pages_of_the_team_and_of_holders_are_shared_with_nobody(visitor: FlaskClient) -> None:
    make.edition()
    ticket = make.ticket()
    make.sign_in(visitor, "organiser")
    for address in ("/team/", f"/kaartje/{ticket.secret}", "/bestaat-niet"):
        text = visitor.get(address).text
        assert 'rel="canonical"' not in text, address
        assert "og:url" not in text, address


def test_without_an_edition_a_page_has_an_address_yet_no_picture(visitor: FlaskClient) -> None:
    head = head_of(visitor.get("/").text)
    assert len(list(head.iterfind("link[@rel='canonical']"))) == 1
    assert not list(head.iterfind("meta[@property='og:image']"))
