"""Public pages about changes of the programme: the list, each release, and a feed."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, abort, render_template, url_for
from flask_babel import gettext as _

from festival import clock
from festival.editions import dates
from festival.editions.addresses import public_edition_or_404
from festival.editions.models import Edition
from festival.feeds.source import source_of
from festival.feeds.views import send
from festival.programme import kept_json, slot_status
from festival.programme.changes import Change
from festival.programme.kept_json import read_changes
from festival.programme.models.releases import Release
from festival.programme.occurrences import Occurrence, occurrences_of
from festival.programme.snapshot import Snapshot
from festival.releases import feed, queries
from festival.releases.change_descriptions import (
    ChangeDescription,
    count_by_kind,
    describe_by_kind,
    describe_changes,
)
from festival.team.access import public
from festival.web.pages import public_page

bp = Blueprint("releases", __name__)

# A longer list of changes is summed up in numbers.
_MOST_IN_LIST = 12


@dataclass(frozen=True)
class ReleaseEntry:
    """One release in the list of releases."""

    release: Release
    url: str
    when: str  # "donderdag 1 oktober, 11.00 uur"
    lines: list[ChangeDescription]
    counts: str  # "60 nieuw, 2 verplaatst" if there are too many lines


@bp.get("/wijzigingen", defaults={"edition_slug": None})
@bp.get("/<edition_slug>/wijzigingen")
@public
@public_page
def changes(edition_slug: str | None) -> str:
    """Lists every release and every change on the day, the latest first."""
    edition = public_edition_or_404(edition_slug)
    return render_template(
        "releases/changes.html",
        edition=edition,
        entries=[_entry(edition, release) for release in queries.releases(edition)],
        programme_url=url_for(
            "timetable.programme", edition_slug=slot_status.edition_slug(edition)
        ),
        feed_url=url_for("releases.atom", edition_slug=slot_status.edition_slug(edition)),
        session_slug=slot_status.edition_slug(edition),
    )


@bp.get("/wijzigingen/<int(max=2147483647):number>", defaults={"edition_slug": None})
@bp.get("/<edition_slug>/wijzigingen/<int(max=2147483647):number>")
@public
@public_page
def release(edition_slug: str | None, number: int) -> str:
    """Shows one release: its changes, and the whole programme as it was then."""
    edition = public_edition_or_404(edition_slug)
    row = queries.release_by_number(edition, number) or abort(404)
    then = kept_json.read_snapshot(edition, row.programme) if row.programme else None
    return render_template(
        "releases/release.html",
        edition=edition,
        release=row,
        when=_when(edition, row.released_at),
        groups=describe_by_kind(edition, read_changes(row.changes)),
        days=_days(edition, then) if then else [],
        all_url=url_for("releases.changes", edition_slug=slot_status.edition_slug(edition)),
        session_slug=slot_status.edition_slug(edition),
    )


@bp.get("/wijzigingen.atom", defaults={"edition_slug": None})
@bp.get("/<edition_slug>/wijzigingen.atom")
@public
def atom(edition_slug: str | None) -> Response:
    """Serves the same list as an Atom feed (RFC 4287), in the language of the address."""
    edition = public_edition_or_404(edition_slug)
    source = source_of(edition, now=clock.now())

    def draw() -> bytes:
        return feed.write(edition, queries.releases(edition, at_most=50))

    return send(source.feed("changes", draw), "application/atom+xml; charset=utf-8")


def _entry(edition: Edition, release: Release) -> ReleaseEntry:
    found: list[Change] = read_changes(release.changes)
    lines = describe_changes(edition, found)
    is_long = len(lines) > _MOST_IN_LIST
    return ReleaseEntry(
        release=release,
        url=url_for(
            "releases.release",
            edition_slug=slot_status.edition_slug(edition),
            number=release.number,
        ),
        when=_when(edition, release.released_at),
        lines=[] if is_long else lines,
        counts=count_by_kind(found) if is_long else "",
    )


def _when(edition: Edition, moment: datetime) -> str:
    local = edition.local(moment)
    hour = _("%(span)s uur", span=dates.clock(edition, moment))
    return f"{dates.day(local.date())} {local.year}, {hour}"


def _days(edition: Edition, then: Snapshot) -> list[tuple[str, list[dict[str, Any]]]]:
    """Lists the programme as it was then, by day and time; a coach's half-day is one row."""
    occurrences = [
        each for session in then.sessions.values() for each in occurrences_of(then, session)
    ]
    occurrences.sort(key=lambda each: (each.starts_at, each.stage.id))
    by_day = groupby(occurrences, key=lambda each: edition.day_of(each.starts_at))
    return [(dates.day(day), [_row(edition, each) for each in group]) for day, group in by_day]


def _row(edition: Edition, occurrence: Occurrence) -> dict[str, Any]:
    return {
        "hours": dates.hours(edition, *occurrence.span),
        "title": occurrence.session.title,
        "kind": occurrence.session.kind,
        "stage": occurrence.stage.name,
        "speakers": ", ".join(speaker.name for speaker in occurrence.speakers),
        "is_cancelled": occurrence.is_cancelled,
    }
