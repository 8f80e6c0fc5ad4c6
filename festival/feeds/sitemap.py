"""The sitemap: every public page of the current and the past editions, in both languages."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from xml.etree import ElementTree

from festival.editions.models import Edition
from festival.feeds.source import FeedSource
from festival.programme import slot_status
from festival.web import languages

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_FIXED = ("home.front", "tickets.choose", "home.praktisch", "home.contact", "home.privacy")


def as_xml(editions: Sequence[tuple[Edition, FeedSource]]) -> bytes:
    """Returns the sitemap with all pages of `editions`, the current one first."""
    # The prefixes are part of the names: ElementTree's own registry is shared by the whole process.
    root = ElementTree.Element("urlset", {"xmlns": _SITEMAP, "xmlns:xhtml": _XHTML})
    for endpoint in _FIXED:
        _add(root, endpoint, {}, None)
    for edition, source in editions:
        where = {"edition_slug": slot_status.edition_slug(edition)}
        changed = {
            session_id: max(event.changed_at for event in events)
            for session_id, events in source.by_session.items()
        }
        _add(root, "timetable.programme", where, max(changed.values(), default=None))
        _add(root, "timetable.speakers", where, None)
        _add(root, "releases.changes", where, None)
        _add(root, "feeds.take_along", where, None)
        for session in source.snapshot.sessions.values():
            _add(
                root, "timetable.session", {**where, "slug": session.slug}, changed.get(session.id)
            )
        for speaker in source.snapshot.speakers.values():
            _add(root, "timetable.speaker", {**where, "slug": speaker.slug}, None)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add(
    root: ElementTree.Element,
    endpoint: str,
    values: dict[str, str | None],
    changed_at: datetime | None,
) -> None:
    """Adds one page: an entry for each language, which refers to the other one."""
    urls = {each: languages.url_in(each, endpoint, **values) for each in languages.LANGUAGES}
    for url in urls.values():
        entry = ElementTree.SubElement(root, "url")
        ElementTree.SubElement(entry, "loc").text = url
        if changed_at:
            ElementTree.SubElement(entry, "lastmod").text = _second(changed_at)
        for language, other in _alternates(urls):
            ElementTree.SubElement(
                entry, "xhtml:link", rel="alternate", hreflang=language, href=other
            )


def _alternates(urls: dict[str, str]) -> Iterable[tuple[str, str]]:
    return [*urls.items(), ("x-default", urls["nl"])]


def _second(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
