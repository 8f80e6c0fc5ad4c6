"""Screens at doors and in the foyer: what is on now and next, in large type, refreshed by itself.

The page holds the coming days completely, and its script decides by the server's clock what is on
now. So the screen keeps working after a night without network. See static/js/screen.js.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, current_app, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from festival import clock
from festival.config import ROOT
from festival.editions import dates
from festival.editions.addresses import current_edition_or_404
from festival.editions.models import Edition
from festival.programme import queries
from festival.programme.occurrences import Occurrence, StageEntry
from festival.programme.queries import Places
from festival.programme.snapshot import StageSnapshot
from festival.signage.stage_schedule import (
    StageSchedule,
    moved_from,
    moved_to,
    places_in_time,
    schedule_of,
    shown_day,
)
from festival.team.access import public
from festival.web import languages
from festival.web.languages import Bilingual
from festival.web.pages import public_page

bp = Blueprint("screens", __name__, url_prefix="/scherm")

FOYER = "foyer"
_FOYER_DAYS = 2  # with twelve stages a third day would make the page too heavy


@bp.get("/")
@public
@public_page
def index() -> str:
    """A list of all screens, for whoever sets up the televisions."""
    edition = current_edition_or_404()
    stages = queries.stages(edition)
    return render_template(
        "signage/screens/index.html",
        edition=edition,
        stages=[
            (
                stage.name,
                url_for("screens.stage", name=_name(stage.slug)),
                url_for("prints.door", name=stage.slug),
            )
            for stage in stages
        ],
        foyer_url=url_for("screens.stage", name=FOYER),
        paper="papier=1",  # black on paper instead of light on dark
    )


@bp.get("/<name>")
@public
def stage(name: str) -> str:
    """The screen of a stage, or of all stages (`foyer`). Without JavaScript it reloads itself."""
    edition = current_edition_or_404()
    now = clock.now()
    return render_template(
        "signage/screens/screen.html",
        edition=edition,
        clock_label=dates.clock(edition, now),
        now_ms=_milliseconds(now),
        fragment_url=url_for("screens.fragment", name=name),
        worker_url=url_for("screens.service_worker"),
        **_shown(edition, name, now, placed=True),
    )


@bp.get("/<name>/nu")
@public
def fragment(name: str) -> Response:
    """The complete content of the screen with an ETag. The script picks what is on now."""
    response: Response = _fragment(name=name)
    # A television's own clock may be wrong. A header, because the kept page is the same for all.
    response.headers["X-Now"] = str(_milliseconds(clock.now()))
    return response


@bp.get("/sw.js")
@public
def service_worker() -> Response:
    """The service worker, so that a television that restarts without network shows its screen."""
    path = ROOT / "static" / "js" / "screen-sw.js"
    response = Response(path.read_bytes(), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@public_page
def _fragment(name: str) -> str:
    edition = current_edition_or_404()
    return render_template(
        "signage/screens/boards.html",
        edition=edition,
        **_shown(edition, name, clock.now(), placed=False),
    )


def _name(slug: str) -> str:
    """Returns the name of a stage in the address; a stage called foyer gets another name."""
    return f"podium-{slug}" if slug == FOYER else slug


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _shown(edition: Edition, name: str, now: datetime, *, placed: bool) -> dict[str, Any]:
    """Returns the variables of templates/signage/screens/boards.html.

    If `placed`, each entry is marked as now, next or later; otherwise the script does that.
    """
    schedule = schedule_of(edition)
    stages = [each for each in schedule.stages if name in (FOYER, _name(each.slug))]
    if not stages and name != FOYER:
        abort(404)
    is_foyer = name == FOYER
    entries = _coming(edition, schedule, stages, now, is_foyer=is_foyer)
    day = shown_day(entries, now)
    places = queries.places_on(edition, sorted({entry.day for entry in entries}), now)
    days = sorted({entry.day for entry in entries if not entry.is_break})
    return {
        "is_foyer": is_foyer,
        "stage": None if is_foyer else stages[0],
        "day": day if placed else None,
        "days": [(each, dates.day(each)) for each in days],
        "boards": [
            _board(edition, each, [e for e in entries if e.stage_id == each.id], places, day, now)
            if placed
            else _board(edition, each, [e for e in entries if e.stage_id == each.id], places)
            for each in stages
        ],
        "placed": placed,
        "never": not schedule.days,
        "build": current_app.extensions["asset_root"],
    }


def _coming(
    edition: Edition,
    schedule: StageSchedule,
    stages: Sequence[StageSnapshot],
    now: datetime,
    *,
    is_foyer: bool,
) -> list[StageEntry]:
    """Returns the entries of these stages from today on."""
    ids = {stage.id for stage in stages}
    today = edition.day_of(now)
    entries = [entry for entry in schedule.entries if entry.stage_id in ids and entry.day >= today]
    if is_foyer:
        days = sorted({entry.day for entry in entries if not entry.is_break})[:_FOYER_DAYS]
        entries = [entry for entry in entries if entry.day in days and not entry.is_break]
    return entries


def _board(
    edition: Edition,
    stage: StageSnapshot,
    entries: Sequence[StageEntry],
    places: Mapping[int, Places],
    day: Any = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    lists: dict[str, list[dict[str, Any]]] = {"now": [], "next": [], "later": [], "rest": []}
    where = places_in_time(entries, day, now) if now else ["rest"] * len(entries)
    for entry, place in zip(entries, where, strict=True):
        lists[place].append(_drawn(edition, entry, places, now))
    return {"stage": stage, "lists": lists}


def _drawn(
    edition: Edition, entry: StageEntry, places: Mapping[int, Places], now: datetime | None
) -> dict[str, Any]:
    known = [places[slot.id] for slot in entry.bookable if slot.id in places]
    # Only a coach's meetings that have not begun are still available.
    coming = [each for each in known if len(known) == 1 or not each.has_begun]
    total = sum(each.total for each in known)
    starts_at, ends_at = entry.expected
    is_late = entry.starts_at != starts_at
    return {
        "entry": entry,
        "starts": int(starts_at.timestamp()),
        "ends": int(ends_at.timestamp()),
        "from_label": dates.clock(edition, starts_at),
        "until_label": dates.clock(edition, ends_at),
        "was_label": dates.clock(edition, entry.starts_at) if is_late else "",
        "news": _news(edition, entry),
        "left": sum(each.left for each in coming) if known else None,
        "total": total,
        "minutes": int((ends_at - starts_at).total_seconds()) // 60,
        "minutes_left": _minutes_until(ends_at, now),
        "minutes_to": _minutes_until(starts_at, now),
    }


class News(NamedTuple):
    """What changed since the announcement, in one language."""

    language: str
    labels: list[str]
    reason: Bilingual  # in the other language if it was given in only that one
    instead_label: str
    instead: Bilingual | None


def _news(edition: Edition, entry: StageEntry) -> list[News]:
    """Returns the news in the page's language and then in the other: visitors may read either one.

    The reason is given twice only if it was written in both languages.
    """
    occurrence = entry.occurrence
    if occurrence is None or not (entry.is_off or occurrence.delay_minutes or occurrence.is_moved):
        return []
    here = languages.current()
    news = []
    instead = occurrence.instead.title if occurrence.instead and not entry.is_note else None
    for language in sorted(languages.LANGUAGES, key=lambda each: each != here):
        with languages.speaking(language):
            is_there = language == here or occurrence.reason.language(language) == language
            reason = occurrence.reason if is_there else Bilingual()
            labels = _labels(edition, entry, occurrence)
            news.append(News(language, labels, reason, _("In plaats hiervan:"), instead))
    return news


def _labels(edition: Edition, entry: StageEntry, occurrence: Occurrence) -> list[str]:
    if entry.state == "cancelled":
        return [_("Gaat niet door")]
    where = moved_to(entry) or moved_from(entry)
    at = f"{where.stage}, {dates.clock(edition, where.at)}" if where else ""
    if entry.is_note:
        return [_("Verplaatst naar %(where)s", where=at)]
    labels = []
    if late := occurrence.delay_minutes:
        labels.append(ngettext("%(num)s minuut later", "%(num)s minuten later", late))
    if occurrence.is_moved:
        labels.append(_("Stond eerst: %(where)s", where=at))
    return labels


def _minutes_until(moment: datetime, now: datetime | None) -> int | None:
    """Returns the minutes until `moment`, rounded up so that the last minute is not shown as 0."""
    return None if now is None else -(int((now - moment).total_seconds()) // 60)
