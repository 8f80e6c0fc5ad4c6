"""The programme for visitors: the timetable, a session, who is on stage."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask_babel import gettext as _

from festival import clock, storage
from festival.backoffice.access import public
from festival.editions import dates
from festival.editions.models import Edition
from festival.editions.queries import public_edition
from festival.languages import LANGUAGES
from festival.pages import public_page
from festival.programme import photos, queries, timetable, words
from festival.programme.models import KINDS, Slot, Speaker
from festival.programme.timetable import Filters

bp = Blueprint("programme", __name__)


@bp.get("/programma", defaults={"edition_slug": None})
@bp.get("/<edition_slug>/programma")
@public
@public_page
def programme(edition_slug: str | None) -> str:
    """One day of the programme: `?dag=2027-09-17`, and the filters `q soort thema taal vrij`."""
    edition = _edition(edition_slug)
    drawn = timetable.programme_of(edition)
    days = sorted({*edition.days, *drawn.days})
    day = _chosen_day(days, edition, clock.now())
    filters = _chosen_filters(drawn)
    # With a filter the tabs say how much there is on each day, so all days are looked at; their
    # places only where that is what is asked.
    places = timetable.places_on(edition, days if filters.only_with_places else [day])
    chosen = {
        each: timetable.choose(drawn.days.get(each, ()), filters, places)
        for each in (days if filters else [day])
    }
    return render_template(
        "programme/programme.html",
        edition=edition,
        day=day,
        day_label=dates.day(day),
        tabs=[
            _tab(edition, each, filters, is_current=each == day, cards=chosen.get(each))
            for each in days
        ],
        timetable=timetable.lay_out(drawn, chosen[day], places, dates.day(day)),
        count=len(chosen[day]),
        elsewhere=[
            (dates.day(each), len(cards), _day_url(edition, each, filters))
            for each, cards in chosen.items()
            if cards and each != day
        ],
        is_empty=not drawn.days,
        filters=filters,
        kinds=[(kind, words.KINDS[kind]) for kind in KINDS],
        themes=[(slug, name.text()) for slug, name in drawn.themes],
        languages=[(each, words.LANGUAGES[each]) for each in LANGUAGES],
        all_url=_day_url(edition, day, Filters()),
        is_past=_is_past(edition),
    )


@bp.get("/programma/<slug>", defaults={"edition_slug": None})
@bp.get("/<edition_slug>/programma/<slug>")
@public
@public_page
def session(edition_slug: str | None, slug: str) -> str:
    """A session: what it is, who is there, and each moment with its places."""
    edition = _edition(edition_slug)
    session = queries.session_by_slug(edition, slug) or abort(404)
    now = clock.now()
    return render_template(
        "programme/session.html",
        edition=edition,
        session=session,
        language_label=words.LANGUAGES[session.languages],
        level_label=words.LEVELS[session.level],
        moments=[_moment(edition, slots, now) for slots in timetable.moments_of(session)],
        stages=list({slot.stage_id: slot.stage for slot in session.slots}.values()),
        needs_booking=any(slot.is_bookable for slot in session.slots),
        can_book=any(_can_book(slot, now) for slot in session.slots),
        speaker_url=lambda speaker: _speaker_url(edition, speaker),
        is_past=_is_past(edition),
    )


@bp.get("/sprekers", defaults={"edition_slug": None})
@bp.get("/<edition_slug>/sprekers")
@public
@public_page
def speakers(edition_slug: str | None) -> str:
    """All who are on stage, by name."""
    edition = _edition(edition_slug)
    return render_template(
        "programme/speakers.html",
        edition=edition,
        speakers=queries.speakers(edition),
        speaker_url=lambda speaker: _speaker_url(edition, speaker),
    )


@bp.get("/sprekers/<slug>", defaults={"edition_slug": None})
@bp.get("/<edition_slug>/sprekers/<slug>")
@public
@public_page
def speaker(edition_slug: str | None, slug: str) -> str:
    """One person on stage, and where to find them."""
    edition = _edition(edition_slug)
    speaker = queries.speaker_by_slug(edition, slug) or abort(404)
    moments = [
        timetable.card_of(edition, session, slots, with_day=True)
        for session in speaker.sessions
        for slots in timetable.moments_of(session)
    ]
    return render_template(
        "programme/speaker.html",
        edition=edition,
        speaker=speaker,
        cards=sorted(moments, key=lambda card: str(card["starts_at"])),
        all_url=url_for("programme.speakers", edition_slug=timetable.edition_slug(edition)),
    )


@bp.get("/foto/<path:name>")
@public
def photo(name: str) -> Response:
    """A photo of a speaker or a session. Its name holds a digest, so it may be kept for ever."""
    if not photos.NAME.fullmatch(name):
        abort(404)
    try:
        content = storage.get(name)
    except FileNotFoundError:
        abort(404)
    response = Response(content, mimetype="image/webp")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    # Whatever it might be after all: it is a picture here, and nothing in it runs.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _edition(slug: str | None) -> Edition:
    return public_edition(slug) or abort(404)


def _is_past(edition: Edition) -> bool:
    return edition.day_of(clock.now()) > edition.ends_on


def _chosen_day(days: Sequence[date], edition: Edition, now: datetime) -> date:
    try:
        asked = date.fromisoformat(request.args.get("dag", ""))
    except ValueError:
        asked = edition.day_of(now)
    return asked if asked in days else days[0]


def _chosen_filters(drawn: timetable.Programme) -> Filters:
    """What the address asks for; what does not exist is not asked for."""

    def one_of(name: str, known: Sequence[str]) -> str:
        asked = request.args.get(name, "")
        return asked if asked in known else ""

    return Filters(
        text=request.args.get("q", "").strip()[:100],
        kind=one_of("soort", KINDS),
        theme=one_of("thema", [slug for slug, _name in drawn.themes]),
        language=one_of("taal", LANGUAGES),
        only_with_places=request.args.get("vrij") == "1",
    )


def _day_url(edition: Edition, day: date, filters: Filters, anchor: str | None = None) -> str:
    arguments: dict[str, Any] = filters.as_arguments()
    return url_for(
        "programme.programme",
        edition_slug=timetable.edition_slug(edition),
        dag=day.isoformat(),
        _anchor=anchor,
        **arguments,
    )


def _tab(
    edition: Edition,
    day: date,
    filters: Filters,
    *,
    is_current: bool,
    cards: Sequence[timetable.Card] | None,
) -> dict[str, Any]:
    label = dates.day(day)
    if filters and cards is not None:
        label = _("%(day)s (%(count)s)", day=label, count=len(cards))
    return {"label": label, "url": _day_url(edition, day, filters), "is_current": is_current}


def _moment(edition: Edition, slots: Sequence[Slot], now: datetime) -> dict[str, Any]:
    """One row of the session page: a slot, or a coach's half-day with its meetings."""
    first, last = slots[0], slots[-1]
    bookable = [slot for slot in slots if slot.is_bookable]
    day = edition.day_of(first.starts_at)
    return {
        "time_label": dates.span(edition, first.starts_at, last.ends_at),
        "starts_at": edition.local(first.starts_at).isoformat(),
        "stage_name": first.stage.name,
        "places_left": sum(slot.places_left or 0 for slot in bookable) if bookable else None,
        "total": sum(slot.places or 0 for slot in bookable),
        "door_places": first.door_places,
        "is_over": last.ends_at <= now,
        "is_closed": bool(bookable) and not any(now < s.booking_closes_at for s in bookable),
        "grid_url": _day_url(edition, day, Filters(), timetable.anchor(slots)),
        "meetings": [
            {
                "time_label": dates.hours(edition, slot.starts_at, slot.ends_at),
                "starts_at": edition.local(slot.starts_at).isoformat(),
                "is_taken": slot.places_left == 0,
            }
            for slot in slots
        ]
        if len(slots) > 1
        else [],
    }


def _can_book(slot: Slot, now: datetime) -> bool:
    return bool(slot.places_left) and now < slot.booking_closes_at


def _speaker_url(edition: Edition, speaker: Speaker) -> str:
    return url_for(
        "programme.speaker", edition_slug=timetable.edition_slug(edition), slug=speaker.slug
    )
