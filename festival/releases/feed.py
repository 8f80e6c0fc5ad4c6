"""The releases as an Atom feed (RFC 4287)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from flask import render_template

from festival.editions.models import Edition
from festival.programme import slot_status
from festival.programme.kept_json import read_changes
from festival.programme.models.releases import Release
from festival.releases.change_descriptions import describe_changes
from festival.text import line, plain
from festival.web import languages

_ATOM = "http://www.w3.org/2005/Atom"
# The `updated` of an empty feed.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def write(edition: Edition, releases: Sequence[Release]) -> bytes:
    """Returns the feed of `releases`, which come latest first, in the language of the page.

    An entry's id is its address with the edition's slug in it: that stays the same when the next
    edition becomes the current one.
    """
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": languages.current()})
    _add(feed, "id", _address("releases.changes", edition.slug))
    _add(feed, "title", render_template("releases/feed_title.txt", edition=edition))
    _add(feed, "updated", _moment(releases[0].released_at if releases else _NEVER))
    slug = slot_status.edition_slug(edition)
    _link(feed, "self", _address("releases.atom", slug), "application/atom+xml")
    _link(feed, "alternate", _address("releases.changes", slug), "text/html")
    author = ET.SubElement(feed, "author")
    _add(author, "name", edition.organiser_name or str(edition.name))
    for release in releases:
        _entry(feed, edition, release)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(feed: ET.Element, edition: Edition, release: Release) -> None:
    entry = ET.SubElement(feed, "entry")
    number = release.number
    _add(entry, "id", _address("releases.release", edition.slug, number=number))
    _add(entry, "title", line(str(release.name)))
    _add(entry, "published", _moment(release.released_at))
    _add(entry, "updated", _moment(release.released_at))
    slug = slot_status.edition_slug(edition)
    _link(entry, "alternate", _address("releases.release", slug, number=number), "text/html")
    lines = describe_changes(edition, read_changes(release.changes))
    html = render_template("releases/feed_entry.html", release=release, lines=lines)
    _add(entry, "content", html, type="html")


def _address(endpoint: str, slug: str | None, **values: object) -> str:
    return languages.url_in(languages.current(), endpoint, edition_slug=slug, **values)


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = plain(text).strip()


def _link(parent: ET.Element, rel: str, href: str, mimetype: str) -> None:
    ET.SubElement(parent, "link", {"rel": rel, "href": href, "type": mimetype})
