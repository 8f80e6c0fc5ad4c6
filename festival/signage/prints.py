"""The programme on paper: a wall sheet, a booklet, and a sheet for each door.

Each is made once per language and version of the programme, and kept in memory: a booklet of four
hundred sessions takes seconds to make.
"""

from collections.abc import Callable, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any

import structlog
from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _
from sqlalchemy import func, select

from festival import pdf, qr, text_metrics
from festival.db import db
from festival.editions import dates
from festival.editions.addresses import public_edition_or_404, team_edition_or_404
from festival.editions.models import Edition
from festival.lanes import FOR_VISITORS
from festival.memory import Memory
from festival.programme import labels
from festival.programme.models.releases import Release
from festival.programme.models.sessions import ACCESS, KINDS
from festival.programme.occurrences import StageEntry
from festival.programme.slot_status import edition_slug
from festival.programme.snapshot import StageSnapshot
from festival.signage import wall_sheet
from festival.signage.stage_schedule import schedule_of
from festival.sorting import person_key
from festival.team.access import public, team
from festival.text import unlinked
from festival.text_metrics import Fitted
from festival.web import languages
from festival.web.limits import limiter

bp = Blueprint("prints", __name__)
log = structlog.get_logger()

_FOLD = 4  # pages on one sheet of a booklet
_DOOR_MM = 222  # for the name of the stage and the entries, above the foot
_DOOR_SIZES = (20, 18, 16.5, 15, 13.5, 12, 11, 10, 9, 8, 7)

# By edition, language and document. Each is some hundred kilobytes.
_documents: Memory[tuple[int, str, str], bytes] = Memory(
    most=32, most_bytes=32 * 1024 * 1024, size=len, lane=FOR_VISITORS
)

Answer = Response | tuple[str, int]


@bp.get("/programma-a3.pdf", defaults={"slug": None})
@bp.get("/<slug>/programma-a3.pdf")
@public
@limiter.limit("120 per minute")
def wall(slug: str | None) -> Answer:
    """The wall sheet for every day, or for the one in `?dag=`. A day takes one A3 or more."""
    edition = public_edition_or_404(slug)
    days = schedule_of(edition).days
    asked = request.args.get("dag", "")
    chosen = [day for day in days if day.isoformat() == asked] if asked else days
    if not chosen:
        abort(404)
    name = _("programma-%(day)s-a3.pdf", day=asked) if asked else _("programma-a3.pdf")
    return _answer(edition, f"a3 {asked}", name, lambda: _wall(edition, chosen))


@bp.get("/programma-a5.pdf", defaults={"slug": None})
@bp.get("/<slug>/programma-a5.pdf")
@public
@limiter.limit("120 per minute")
def booklet(slug: str | None) -> Answer:
    """The booklet, to be printed on A4, two pages per side, and folded."""
    edition = public_edition_or_404(slug)
    if not schedule_of(edition).days:
        abort(404)
    return _answer(edition, "a5", _("programma-a5.pdf"), lambda: _booklet(edition))


@bp.get("/podium/<name>.pdf", defaults={"slug": None})
@bp.get("/<slug>/podium/<name>.pdf")
@public
@limiter.limit("120 per minute")
def door(slug: str | None, name: str) -> Answer:
    """The sheets for the door of one stage: one page for each day."""
    edition = public_edition_or_404(slug)
    stages = [each for each in schedule_of(edition).stages if each.slug == name]
    return _doors(edition, stages, f"{name}.pdf")


@bp.get("/team/programma/<slug>/deurbladen.pdf")
@team("programme")
def doors(slug: str) -> Answer:
    """The sheets for all doors."""
    edition = team_edition_or_404(slug)
    return _doors(edition, schedule_of(edition).stages, _("deurbladen.pdf"), for_team=True)


def _doors(
    edition: Edition, stages: Sequence[StageSnapshot], name: str, *, for_team: bool = False
) -> Answer:
    schedule = schedule_of(edition)
    days = [
        (stage, day, entries)
        for stage in stages
        for day in schedule.days
        if (entries := [entry for entry in schedule.entries_of(stage) if entry.day == day])
        and any(not entry.is_break for entry in entries)
    ]
    if not days:
        abort(404)

    def make() -> bytes:
        pdf.check()  # measuring needs the fonts too
        pages = [page for each in days for page in _door_pages(edition, *each)]
        return _made("programme_door", edition, pages=pages, title=_("Programma aan de deur"))

    what = " ".join(["deur", *(stage.slug for stage in stages)])
    return _answer(edition, what, name, make, for_team=for_team)


def _answer(
    edition: Edition, what: str, name: str, make: Callable[[], bytes], *, for_team: bool = False
) -> Answer:
    """Returns the document, made at most once per version, with an ETag.

    One `for_team` says nothing about caches: @team keeps it out of them.
    """
    try:
        document = _documents.get(
            (edition.id, languages.current(), what), version=edition.programme_version, make=make
        )
    except pdf.CannotMakePdf:
        log.exception("no PDF libraries")
        return render_template("signage/no_pdf.html", edition=edition), 503
    response = Response(document, content_type="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=name)
    response.set_etag(blake2b(document, digest_size=12).hexdigest())
    if not for_team:
        response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.make_conditional(request)
    return response


def _wall(edition: Edition, days: Sequence[date]) -> bytes:
    pdf.check()  # measuring needs the fonts too
    schedule = schedule_of(edition)
    here = languages.current()
    pages = []
    for day in days:
        sheets = wall_sheet.sheets_of(edition, schedule.stages, schedule.entries_on(day), here)
        pages += [
            {
                "day": _day(day),
                "festival": _festival_line(edition, number, len(sheets)),
                "sheet": sheet,
                "qr": qr.data_url(_url(edition, day)),
                "url": _plain(_url(edition)),
            }
            for number, sheet in enumerate(sheets, start=1)
        ]
    return _made("programme_wall", edition, pages=pages, title=_("Programma"), kinds=KINDS)


def _festival_line(edition: Edition, number: int, sheets: int) -> Fitted:
    place = (edition.venue_name or edition.city) if edition.city else ""
    sheet = _("blad %(number)s van %(all)s", number=number, all=sheets) if sheets > 1 else ""
    return text_metrics.fit(
        " · ".join(part for part in (edition.name.text(), place, str(sheet)) if part),
        "bold",
        width=190,
        height=7.4,
        sizes=(13, 12, 11, 10, 9, 8, 7, 6),
        leading=1.16,
        language=languages.current(),
    )


def _booklet(edition: Edition) -> bytes:
    pdf.check()  # measuring needs the fonts too
    schedule = schedule_of(edition)
    entries = [entry for entry in schedule.entries if not entry.is_break]
    stages = {stage.id: stage for stage in schedule.stages}
    items = [_item(edition, stages, number, entry) for number, entry in enumerate(entries)]
    html = _html(
        "programme_booklet",
        edition,
        title=_("Programma"),
        days=[
            (_day(day), [item for item in items if item["entry"].day == day])
            for day in schedule.days
        ],
        speakers=_index(items),
        stages=schedule.stages,
        qr=qr.data_url(_url(edition)),
        url=_plain(_url(edition)),
        cover=text_metrics.fit(
            edition.theme.text() or str(_("Programma")),
            "display",
            width=123,
            height=60,
            sizes=(40, 36, 32, 28, 25, 22, 20, 18, 16, 14, 12),
            leading=0.96,
            language=languages.current(),
        ),
        days_label=_capital(dates.days(edition.days)),
        access=ACCESS,
    )
    return pdf.make(
        html,
        style="programme_booklet",
        fold=_FOLD,
        filler=lambda pages: _html(
            "programme_notes", edition, pages=pages, title=_("Aantekeningen")
        ),
    )


def _item(
    edition: Edition, stages: dict[int, StageSnapshot], number: int, entry: StageEntry
) -> dict[str, Any]:
    occurrence = entry.occurrence
    spoken = occurrence.session.languages if occurrence and not entry.is_note else ""
    return {
        "entry": entry,
        "anchor": f"m{number}",
        "from_label": dates.clock(edition, entry.expected.starts_at),
        "until_label": dates.clock(edition, entry.expected.ends_at),
        "stage": stages[entry.stage_id or 0],
        "language": labels.language_label(spoken),
    }


def _index(items: Sequence[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """Returns the speakers by name, with the anchors of their sessions."""
    names: dict[int, str] = {}
    anchors: dict[int, list[str]] = {}
    for item in items:
        occurrence = item["entry"].occurrence
        if not item["entry"].is_off:
            for speaker in occurrence.speakers:
                names[speaker.id] = unlinked(speaker.name)
                anchors.setdefault(speaker.id, []).append(item["anchor"])
    people = [(name, anchors[speaker_id]) for speaker_id, name in names.items()]
    return sorted(people, key=lambda person: person_key(person[0]))


def _door_pages(
    edition: Edition, stage: StageSnapshot, day: date, entries: Sequence[StageEntry]
) -> list[dict[str, Any]]:
    """Returns the pages of one stage and day: one, or more when it is too full to be read."""
    name = text_metrics.fit(
        stage.name.text(),
        "display",
        width=182,
        height=50,
        sizes=(48, 42, 36, 31, 27, 23, 20, 17, 14, 12),
        leading=0.95,
        language=stage.name.language(),
    )
    room = _DOOR_MM - name.height
    for number in range(1, len(entries) + 1):
        parts = [
            entries[n * len(entries) // number : (n + 1) * len(entries) // number]
            for n in range(number)
        ]
        sizes = [_door_size(part, room) for part in parts]
        if None not in sizes or number == len(entries):
            break
    return [
        {
            "name": name,
            "stage": stage,
            "day": _day(day),
            "number": page,
            "of": len(parts),
            "entries": [
                {
                    "entry": entry,
                    "from_label": dates.clock(edition, entry.expected.starts_at),
                    "until_label": dates.clock(edition, entry.expected.ends_at),
                }
                for entry in part
            ],
            "size": size or _DOOR_SIZES[-1],
            "qr": qr.data_url(_url(edition, day)),
        }
        for page, (part, size) in enumerate(zip(parts, sizes, strict=True), start=1)
    ]


def _door_size(entries: Sequence[StageEntry], room: float) -> float | None:
    """Returns the largest type size in points that fits the entries on a door sheet, if any does.

    The page is that of programme_door.css.
    """

    def height(entry: StageEntry, size: float) -> float:
        width = 180 - 5.6 * size * text_metrics.MM
        title = text_metrics.count_lines(entry.title.text(), "title", 1.6 * size, width)
        who = f"mm Workshop, een plek boeken {', '.join(entry.speakers)}"
        below = 0 if entry.is_break else text_metrics.count_lines(who, "text", size, width)
        ems = 1.6 * 1.05 * title + 1.2 * (below + entry.is_off) + 1.1
        return size * text_metrics.MM * max(ems, 4)

    for size in _DOOR_SIZES:
        if sum(height(entry, size) for entry in entries) <= room:
            return size
    return None


def _made(name: str, edition: Edition, **values: Any) -> bytes:
    return pdf.make(_html(name, edition, **values), style=name)


def _html(name: str, edition: Edition, **values: Any) -> str:
    return render_template(
        f"pdf/{name}.html",
        edition=edition,
        language=languages.current(),
        state=_state(edition),
        **values,
    )


def _state(edition: Edition) -> str:
    """Returns `Stand van zaterdag 12 september, 14.05 uur`, because paper gets out of date."""
    last = db.session.scalar(
        select(func.max(Release.released_at)).where(Release.edition_id == edition.id)
    )
    if last is None:
        return ""
    local = edition.local(last)
    return str(
        _(
            "Stand van %(day)s, %(time)s uur",
            day=dates.day(local.date()),
            time=dates.clock(edition, last),
        )
    )


def _url(edition: Edition, day: date | None = None) -> str:
    """Returns the address of the programme online, which is always up to date."""
    return languages.url_in(
        languages.current(),
        "timetable.programme",
        edition_slug=edition_slug(edition),
        **({"dag": day.isoformat()} if day else {}),
    )


def _day(day: date) -> str:
    """Returns `Vrijdag 17 september`, the heading of a page."""
    return _capital(dates.day(day))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(url: str) -> str:
    return url.partition("://")[2]
