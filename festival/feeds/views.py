"""The addresses of the feeds, for the current edition and for each edition by its slug."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from festival import clock
from festival.editions.addresses import current_edition_or_404, public_edition_or_404
from festival.editions.models import Edition
from festival.editions.queries import past_editions
from festival.feeds import calendars, frab, pictures, sharing, sitemap
from festival.feeds.pictures import Poster
from festival.feeds.source import Feed, FeedSource, source_of
from festival.lanes import FOR_VISITORS
from festival.memory import Memory
from festival.programme import calendar, slot_status
from festival.programme.occurrences import Occurrence
from festival.programme.snapshot import SessionSnapshot, SpeakerSnapshot, StageSnapshot
from festival.team.access import public
from festival.text import unlinked
from festival.web import languages
from festival.web.pages import public_page

bp = Blueprint("feeds", __name__)

S = TypeVar("S", SessionSnapshot, SpeakerSnapshot, StageSnapshot)

# Posters are kept by their content, so they need no version.
_pictures: Memory[Poster, bytes] = Memory(
    most=256, most_bytes=32 * 1024 * 1024, size=len, lane=FOR_VISITORS
)

bp.add_app_template_global(sharing.of_page, "shared_page")
bp.add_app_template_global(sharing.of_festival, "shared_festival")
bp.add_app_template_global(sharing.of_programme, "shared_programme")
bp.add_app_template_global(sharing.of_session, "shared_session")
bp.add_app_template_global(sharing.of_speaker, "shared_speaker")


def _below_each_edition(path: str) -> Callable[[Any], Any]:
    """Serve a view at `path` for the current edition, and below the slug of each edition."""

    def register(view: Any) -> Any:
        bp.get(path, defaults={"edition_slug": None})(view)
        return bp.get(f"/<edition_slug>{path}")(view)

    return register


@_below_each_edition("/schedule.xml")
@public
def schedule_xml(edition_slug: str | None) -> Response:
    """The programme in the XML format of frab and c3voc."""
    edition, source = _source(edition_slug)
    return send(
        source.feed("xml", lambda: frab.as_xml(edition, source)), "application/xml; charset=utf-8"
    )


@_below_each_edition("/schedule.json")
@public
def schedule_json(edition_slug: str | None) -> Response:
    """The same as JSON."""
    edition, source = _source(edition_slug)
    return send(source.feed("json", lambda: frab.as_json(edition, source)), "application/json")


@_below_each_edition("/schedule.ics")
@public
def schedule_ics(edition_slug: str | None) -> Response:
    """The programme as a calendar."""
    edition, source = _source(edition_slug)
    return _send_calendar(edition, source, "all", lambda event: True)


@_below_each_edition("/podium/<slug>.ics")
@public
def stage_ics(edition_slug: str | None, slug: str) -> Response:
    """One stage as a calendar."""
    edition, source = _source(edition_slug)
    stage = _by_slug(source.snapshot.stages, slug)
    return _send_calendar(
        edition, source, f"stage/{slug}", lambda event: event.stage.id == stage.id, stage.name
    )


@_below_each_edition("/sprekers/<slug>.ics")
@public
def speaker_ics(edition_slug: str | None, slug: str) -> Response:
    """A speaker's events as a calendar."""
    edition, source = _source(edition_slug)
    who = _by_slug(source.snapshot.speakers, slug)
    return _send_calendar(
        edition,
        source,
        f"speaker/{slug}",
        lambda event: who.id in event.session.speaker_ids,
        unlinked(who.name),
    )


@_below_each_edition("/programma/<slug>.ics")
@public
def session_ics(edition_slug: str | None, slug: str) -> Response:
    """All events of one session as a calendar."""
    edition, source = _source(edition_slug)
    session = _by_slug(source.snapshot.sessions, slug)
    return _send_calendar(
        edition,
        source,
        f"session/{slug}",
        lambda event: event.session.id == session.id,
        session.title,
    )


@_below_each_edition("/plaatje/<digest>/<path:name>.png")
@public
def picture(edition_slug: str | None, digest: str, name: str) -> BaseResponse:
    """A poster, cached for ever; redirects to its new address if it changed since."""
    edition, source = _source(edition_slug)
    poster = _poster(edition, source, name)
    if digest != poster.digest:
        return redirect(sharing.picture_url(edition, poster, name))
    drawn = _pictures.get(poster, make=lambda: pictures.draw(poster))
    response = Response(drawn, content_type="image/png")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@_below_each_edition("/meenemen")
@public
@public_page
def take_along(edition_slug: str | None) -> str:
    """A page that lists all feeds, for people with a calendar and for developers."""
    edition, source = _source(edition_slug)
    where = {"edition_slug": slot_status.edition_slug(edition)}

    def address(endpoint: str, **values: str) -> str:
        return languages.url_in(languages.current(), endpoint, **where, **values)

    return render_template(
        "feeds/take_along.html",
        edition=edition,
        programme_url=address("timetable.programme"),
        calendar_url=address("feeds.schedule_ics"),
        stages=[
            (stage.name, address("feeds.stage_ics", slug=stage.slug))
            for stage in source.snapshot.stages.values()
        ],
        xml_url=address("feeds.schedule_xml"),
        json_url=address("feeds.schedule_json"),
        changes_url=address("releases.atom"),
    )


@bp.get("/sitemap.xml")
@public
def sitemap_xml() -> Response:
    """The sitemap for search engines."""
    current = current_edition_or_404()
    now = clock.now()
    sources = [(each, source_of(each, now=now)) for each in (current, *past_editions(current))]
    # Kept with the current edition's version, until another edition changes.
    name = "/".join(["sitemap", *(f"{each.slug}:{source.version}" for each, source in sources[1:])])
    return send(
        sources[0][1].feed(name, lambda: sitemap.as_xml(sources)), "application/xml; charset=utf-8"
    )


def _by_slug(known: Mapping[int, S], slug: str) -> S:
    """Returns the row with this slug, or aborts with 404."""
    return next((each for each in known.values() if each.slug == slug), None) or abort(404)


def _poster(edition: Edition, source: FeedSource, name: str) -> Poster:
    """Returns the poster of a page: `festival`, `programma`, or `programma/` or `sprekers/` and a
    slug. Aborts with 404."""
    match name.split("/"):
        case ["festival"]:
            return sharing.festival_poster(edition)
        case ["programma"]:
            return sharing.programme_poster(edition)
        case ["programma", slug]:
            session = _by_slug(source.snapshot.sessions, slug)
            return sharing.session_poster(edition, source, session)
        case ["sprekers", slug]:
            speaker = _by_slug(source.snapshot.speakers, slug)
            return sharing.speaker_poster(edition, source, speaker)
        case _:
            raise NotFound


def _source(edition_slug: str | None) -> tuple[Edition, FeedSource]:
    edition = public_edition_or_404(edition_slug)
    return edition, source_of(edition, now=clock.now())


def _send_calendar(
    edition: Edition,
    source: FeedSource,
    name: str,
    holds: Callable[[Occurrence], bool],
    subject: object = "",
) -> Response:
    def draw() -> bytes:
        return calendars.as_ics(edition, source, filter(holds, source.events), subject)

    return send(source.feed(f"ics/{name}", draw), calendar.MIMETYPE)


def send(feed: Feed, mimetype: str) -> Response:
    """Returns the feed, or 304 if it did not change. The feed of releases uses this too."""
    is_packed = request.accept_encodings.quality("gzip") > 0
    response = Response(feed.packed if is_packed else feed.body, content_type=mimetype)
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(feed.etag, weak=True)  # weak: the same for plain and gzipped bytes
    response.last_modified = feed.made_at
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    # Scripts on other sites may read it too: it is the same for everybody.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.make_conditional(request)
    return response
