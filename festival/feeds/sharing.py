"""Metadata in the head of a page, for search engines, social networks and calendar programs.

Templates get it from `shared_festival`, `shared_programme`, `shared_session` and
`shared_speaker`, and print it with the macro in templates/parts/sharing.html.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import has_request_context, request
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from festival import clock
from festival.editions import dates
from festival.editions.models import Edition
from festival.feeds import jsonld
from festival.feeds.pictures import EVERYTHING, Poster
from festival.feeds.source import FeedSource, source_of
from festival.programme import labels, slot_status
from festival.programme.occurrences import Occurrence
from festival.programme.queries import Places
from festival.programme.snapshot import SessionSnapshot, SpeakerSnapshot
from festival.team.access import is_for_everybody
from festival.text import line
from festival.web import languages


@dataclass(frozen=True)
class SharedPage:
    """The metadata of one page."""

    title: str
    description: str
    urls: dict[str, str]  # this page by language
    image: str
    alt: str
    feeds: Sequence[tuple[str, str, str]]  # type, title, address
    described: Markup  # JSON-LD

    @property
    def url(self) -> str:
        """The canonical address of this page."""
        return self.urls[languages.current()]


def of_page(edition: Edition | None, title: str, description: str) -> SharedPage | None:
    """Returns the metadata of the page that is asked for, if it is one for everybody; else None.

    For pages that say no more about themselves than their title and description.
    """
    if not has_request_context() or not is_for_everybody(request.endpoint):
        return None
    poster = festival_poster(edition) if edition else None
    values = dict(request.view_args or {})
    if edition and values.get("edition_slug") == edition.slug:
        values["edition_slug"] = slot_status.edition_slug(edition)  # the current one needs none
    return SharedPage(
        title=line(title) or (line(str(edition.name)) if edition else ""),
        description=_short(description),
        urls=_urls(request.endpoint or "", **values),
        image=picture_url(edition, poster, "festival") if edition and poster else "",
        alt=poster.alt if poster else "",
        feeds=(),
        described=Markup(),
    )


def of_festival(
    edition: Edition, highlights: Sequence[int], offers: Sequence[dict[str, Any]]
) -> SharedPage:
    """Returns the metadata of the front page, with the events of `highlights` (session ids).

    `offers` come from tickets.linked.
    """
    poster = festival_poster(edition)
    image = picture_url(edition, poster, "festival")
    source = source_of(edition, now=clock.now())

    def described() -> Markup:
        events = [
            jsonld.event(edition, event)
            for session_id in highlights
            for event in source.by_session.get(session_id, [])
            if event.state != "dropped"
        ]
        return jsonld.written(jsonld.festival(edition, events, image=image, offers=offers))

    return SharedPage(
        title=line(str(edition.name)),
        description=_short(str(edition.intro) or str(edition.theme)),
        urls=_urls("home.front"),
        image=image,
        alt=poster.alt,
        feeds=_feeds(edition),
        # Tickets go on sale and sell out without a new version of the programme.
        described=_kept(source, f"front {offers}", described),
    )


def of_programme(edition: Edition, day: date) -> SharedPage:
    """Returns the metadata of the programme page for `day`."""
    source = source_of(edition, now=clock.now())
    poster = programme_poster(edition)
    image = picture_url(edition, poster, "programma")

    def described() -> Markup:
        events = [
            jsonld.event(edition, event)
            for event in source.events
            if event.state != "dropped" and edition.day_of(event.expected_starts_at) == day
        ]
        return jsonld.written(jsonld.festival(edition, events, image=image))

    return SharedPage(
        title=f"{_('Programma')}, {line(str(edition.name))}",
        description=_short(str(edition.intro) or str(edition.theme)),
        urls=_urls("timetable.programme", edition_slug=slot_status.edition_slug(edition)),
        image=image,
        alt=poster.alt,
        feeds=_feeds(edition),
        described=_kept(source, f"{day}", described),
    )


def of_session(
    edition: Edition, session: SessionSnapshot, places: Mapping[int, Places]
) -> SharedPage:
    """Returns the metadata of a session's page; `places` are the places of its slots now."""
    source = source_of(edition, now=clock.now())
    where = {"edition_slug": slot_status.edition_slug(edition), "slug": session.slug}
    poster = session_poster(edition, source, session)
    image = picture_url(edition, poster, f"programma/{session.slug}")
    title = line(str(session.title))
    described = jsonld.session(edition, source, session, places, image=image)
    ics = languages.url_in(languages.current(), "feeds.session_ics", **where)
    return SharedPage(
        title=title,
        description=_short(str(session.summary) or str(session.description) or title),
        urls=_urls("timetable.session", **where),
        image=image,
        alt=poster.alt,
        feeds=[("text/calendar", title, ics)],
        described=jsonld.written(described) if described else Markup(),
    )


def of_speaker(edition: Edition, speaker: SpeakerSnapshot) -> SharedPage:
    """Returns the metadata of a speaker's page."""
    source = source_of(edition, now=clock.now())
    where = {"edition_slug": slot_status.edition_slug(edition), "slug": speaker.slug}
    poster = speaker_poster(edition, source, speaker)
    name = line(speaker.name)
    ics = languages.url_in(languages.current(), "feeds.speaker_ics", **where)
    return SharedPage(
        title=name,
        description=_short(str(speaker.bio) or name),
        urls=_urls("timetable.speaker", **where),
        image=picture_url(edition, poster, f"sprekers/{speaker.slug}"),
        alt=poster.alt,
        feeds=[("text/calendar", name, ics)],
        described=jsonld.written(jsonld.person(edition, source, speaker)),
    )


def festival_poster(edition: Edition) -> Poster:
    """Returns the poster of the whole festival: its theme, its days, its place."""
    title = edition.theme or edition.name
    return Poster(
        kind="",
        label="",
        title=title.text(),
        language=title.language(),
        names="",
        when=f"{dates.days(edition.days)} {edition.starts_on.year}",
        where=", ".join(part for part in (edition.venue_name, edition.city) if part),
        festival=str(edition.name),
    )


def programme_poster(edition: Edition) -> Poster:
    """Returns the poster of the programme."""
    return Poster(
        kind=EVERYTHING,
        label="",
        title=_("Programma"),
        language=languages.current(),
        names="",
        when=f"{dates.days(edition.days)} {edition.starts_on.year}",
        where=", ".join(part for part in (edition.venue_name, edition.city) if part),
        festival=str(edition.name),
    )


def session_poster(edition: Edition, source: FeedSource, session: SessionSnapshot) -> Poster:
    """Returns the poster of one session: what, who, when and where."""
    events = source.by_session.get(session.id, [])
    live = [each for each in events if each.state == "scheduled"]
    stages = dict.fromkeys(line(str(each.stage.name)) for each in live)
    return Poster(
        kind=session.kind,
        label=str(labels.KINDS[session.kind]),
        title=session.title.text(),
        language=session.title.language(),
        names=", ".join(each.name for each in source.snapshot.speakers_of(session)),
        when=_when(edition, events, live),
        where=", ".join(stages),
        festival=str(edition.name),
    )


def speaker_poster(edition: Edition, source: FeedSource, speaker: SpeakerSnapshot) -> Poster:
    """Returns the poster of a speaker: who, in what, when and where; in the ink of their first."""
    events = source.of_speaker(speaker.id)
    live = [each for each in events if each.state == "scheduled"]
    first = live[0].session if live else None
    return Poster(
        kind=first.kind if first else "",
        label=str(labels.KINDS[first.kind]) if first else "",
        title=line(speaker.name),
        language=languages.current(),
        names=first.title.text() if first else line(speaker.organisation),
        when=_when(edition, events, live),
        where=", ".join(dict.fromkeys(line(str(each.stage.name)) for each in live)),
        festival=str(edition.name),
    )


def picture_url(edition: Edition, poster: Poster, name: str) -> str:
    """Returns the address of the picture of `poster`, in the language of the page.

    `name` is that of the page, such as `programma/soep`.
    """
    return languages.url_in(
        languages.current(),
        "feeds.picture",
        edition_slug=slot_status.edition_slug(edition),
        digest=poster.digest,
        name=name,
    )


def _kept(source: FeedSource, name: str, described: Callable[[], Markup]) -> Markup:
    """Returns JSON-LD of many sessions, made once per version because there may be hundreds."""
    body = source.feed(f"described/{name}", lambda: described().encode()).body
    return Markup(body.decode())  # noqa: S704  by linked.written


def _when(edition: Edition, events: Sequence[Occurrence], live: Sequence[Occurrence]) -> str:
    if not live:
        return _("Gaat niet door") if events else ""
    first = dates.span(edition, live[0].expected_starts_at, live[0].expected_ends_at)
    if len(live) == 1:
        return first
    more = len(live) - 1
    return str(
        ngettext(
            "%(first)s en nog %(num)s keer", "%(first)s en nog %(num)s keer", more, first=first
        )
    )


def _feeds(edition: Edition) -> list[tuple[str, str, str]]:
    where = {"edition_slug": slot_status.edition_slug(edition)}
    title = line(str(edition.name))
    return [
        (mimetype, named, languages.url_in(languages.current(), endpoint, **where))
        for mimetype, named, endpoint in (
            ("text/calendar", title, "feeds.schedule_ics"),
            ("application/xml", f"{title} (XML)", "feeds.schedule_xml"),
            ("application/json", f"{title} (JSON)", "feeds.schedule_json"),
            ("application/atom+xml", _("Wat er veranderde"), "releases.atom"),
        )
    ]


def _urls(endpoint: str, **values: Any) -> dict[str, str]:
    return {each: languages.url_in(each, endpoint, **values) for each in languages.LANGUAGES}


def _short(text: str) -> str:
    """Returns whole words of `text`, at most 200 characters."""
    text = line(text)
    return text if len(text) <= 200 else text[:199].rpartition(" ")[0].rstrip(" ,.;:") + "…"
