"""The programme for visitors: the timetable, what is on now, sessions, speakers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _

from festival import clock, storage
from festival.editions import dates
from festival.editions.addresses import current_edition_or_404, public_edition_or_404
from festival.editions.models import Edition
from festival.feedback import queries as feedback
from festival.programme import labels, photos, queries, session_languages, slot_status
from festival.programme.models.sessions import KINDS
from festival.programme.occurrences import occurrences_of
from festival.programme.snapshot import SessionSnapshot, Snapshot, SpeakerSnapshot
from festival.programme.snapshot_reading import published
from festival.sorting import person_key
from festival.team.access import public
from festival.timetable import filters as choosing
from festival.timetable import layout, my_day, reading
from festival.timetable.cards import Card, Programme, card_facts
from festival.timetable.filters import Filters
from festival.timetable.session_page import alternatives, can_book, has_no_room, row_of
from festival.web.pages import public_page

bp = Blueprint("timetable", __name__)

S = TypeVar("S", SessionSnapshot, SpeakerSnapshot)


@bp.get("/programma", defaults={"edition_slug": None})
@bp.get("/<edition_slug>/programma")
@public
@public_page
def programme(edition_slug: str | None) -> str:
    """One day of the programme: `?dag=2027-09-17`, as a list with `vorm=lijst`; see filters.py."""
    edition = public_edition_or_404(edition_slug)
    now = clock.now()
    drawn = reading.programme_of(edition)
    days = sorted({*edition.days, *drawn.days})
    day = _chosen_day(days, edition, now)
    filters = choosing.chosen(
        request.args,
        themes=[slug for slug, _name in drawn.themes],
        stages=[slug for slug, _name in drawn.stages],
        languages=drawn.languages,
    )
    as_list = request.args.get("vorm") == "lijst"
    to = _address(edition, filters, as_list=as_list)
    # With a filter the tabs show the number for each day, so all days are filtered. Places are only
    # read for other days if the filter is about places.
    places = queries.places_on(edition, days if filters.only_with_places else [day], now)
    chosen = {
        each: reading.filter_cards(drawn.days.get(each, ()), filters, places, now)
        for each in (days if filters else [day])
    }
    is_today = day == edition.day_of(now)
    return render_template(
        "timetable/programme.html",
        edition=edition,
        day=day,
        day_label=dates.day(day),
        tabs=[_tab(each, to(each), chosen.get(each), day, counted=bool(filters)) for each in days],
        forms=[
            {
                "label": label,
                "url": _address(edition, filters, as_list=is_list)(day),
                "is_current": is_list == as_list,
            }
            for label, is_list in ((_("Rooster"), False), (_("Lijst"), True))
        ],
        timetable=layout.lay_out(
            drawn, chosen[day], places, day, now, zone=edition.timezone, as_list=as_list
        ),
        count=reading.count_cards(chosen[day]),
        now_card=reading.first_to_come(chosen[day], now) if is_today else None,
        alternatives=[
            (dates.day(each), reading.count_cards(cards), to(each))
            for each, cards in chosen.items()
            if reading.count_cards(cards) and each != day
        ],
        is_empty=not drawn.days,
        is_today=is_today,
        filters=filters,
        choices=_choices(drawn),
        all_url=_address(edition, Filters(), as_list=as_list)(day),
        is_past=_is_past(edition),
        changes_url=_changes_url(edition),
        **_stars(edition),
    )


@bp.get("/nu")
@public
@public_page
def now() -> str:
    """What is on at each stage, and what comes next. The page refreshes every minute."""
    edition = current_edition_or_404()
    now = clock.now()
    day = edition.day_of(now)
    drawn = reading.programme_of(edition)
    places = queries.places_on(edition, [day], now)

    def with_places(cards: Sequence[Card]) -> list[dict[str, Any]]:
        return [
            {**card.facts, "stage_name": None, "places": drawn.draw_places(card, places, now)}
            for card in cards
        ]

    return render_template(
        "timetable/now.html",
        edition=edition,
        stands=[
            {
                "name": stand.name,
                "slug": stand.slug,
                "now": with_places(stand.now),
                "next": with_places(stand.next),
            }
            for stand in reading.now_and_next(drawn, edition, now)
        ],
        breaks=[
            card.facts
            for card in drawn.days.get(day, ())
            if card.is_break and card.starts_at <= now < card.ends_at
        ],
        time_label=dates.clock(edition, now),
        day_label=dates.day(day),
        is_today=day in edition.days,
        is_past=_is_past(edition),
        begins=dates.day(edition.starts_on),
        programme_url=_address(edition, Filters(), as_list=False)(day),
    )


@bp.get("/mijn-dag")
@public
@public_page
def my_days() -> str:
    """The sessions with a star on this device: js/my_day.js fills them in from local storage."""
    edition = current_edition_or_404()
    return render_template(
        "timetable/my_day.html", edition=edition, is_past=_is_past(edition), **_stars(edition)
    )


@bp.get("/mijn-dag.ics")
@public
def my_days_ics() -> Response:
    """The slots `?s=CODE,CODE` as a calendar file. Unknown codes are ignored."""
    edition = current_edition_or_404()
    codes = request.args.get("s", "")[:5000].split(",")
    response = Response(my_day.as_ics(edition, codes), content_type=my_day.CALENDAR)
    response.headers.set("Content-Disposition", "attachment", filename=_("mijn-dag.ics"))
    return response


@bp.get("/programma.json")
@public
@public_page
def programme_json() -> Response:
    """Every slot of the programme for `mijn dag`, which also works offline; see my_day.py."""
    return jsonify(my_day.as_json(current_edition_or_404()))


@bp.get("/programma/<slug>", defaults={"edition_slug": None})
@bp.get("/<edition_slug>/programma/<slug>")
@public
@public_page
def session(edition_slug: str | None, slug: str) -> str:
    """A session: its text, its speakers, and each occurrence with its places."""
    edition = public_edition_or_404(edition_slug)
    snapshot = published(edition)
    session = _by_slug(snapshot.sessions, slug)
    now = clock.now()
    occurrences = occurrences_of(snapshot, session)
    places = queries.places_of([slot.id for slot in session.slots], now)
    rows = [row_of(edition, each, places, now) for each in occurrences]
    full = [row for row in rows if has_no_room(row)]
    return render_template(
        "timetable/session.html",
        edition=edition,
        session=session,
        theme=snapshot.themes.get(session.theme_id or 0),
        speakers=snapshot.speakers_of(session),
        language_label=session_languages.words(session.languages),
        level_label=labels.LEVELS[session.level],
        access=labels.access_labels(session.access, session.no_access),
        moments=rows,
        places=places,
        stages=list({each.stage.id: each.stage for each in occurrences}.values()),
        needs_booking=any(slot.is_bookable for slot in session.slots),
        can_book=any(can_book(edition, each, places, now) for each in occurrences),
        is_full=bool(full),
        has_waiting_list=session.kind != "coaching"
        and any(row["places_left"] is not None and not row["is_closed"] for row in full),
        is_off=all(row["is_cancelled"] for row in rows)
        if rows
        else any(slot.session_id == session.id for slot in snapshot.dropped),
        alternatives=alternatives(rows),
        is_past=_is_past(edition),
        takes_feedback=feedback.is_open(edition, session, now=now),
        speaker_url=lambda speaker: _speaker_url(edition, speaker),
        changes_url=_changes_url(edition),
        **_stars(edition),
    )


@bp.get("/sprekers", defaults={"edition_slug": None})
@bp.get("/<edition_slug>/sprekers")
@public
@public_page
def speakers(edition_slug: str | None) -> str:
    """All speakers, by name."""
    edition = public_edition_or_404(edition_slug)
    snapshot = published(edition)
    kinds = {
        speaker.id: next((session.kind for session in _sessions_of(snapshot, speaker)), "story")
        for speaker in snapshot.speakers.values()
    }
    return render_template(
        "timetable/speakers.html",
        edition=edition,
        speakers=[
            (each, kinds[each.id])
            for each in sorted(snapshot.speakers.values(), key=lambda each: person_key(each.name))
        ],
        speaker_url=lambda speaker: _speaker_url(edition, speaker),
    )


@bp.get("/sprekers/<slug>", defaults={"edition_slug": None})
@bp.get("/<edition_slug>/sprekers/<slug>")
@public
@public_page
def speaker(edition_slug: str | None, slug: str) -> str:
    """One speaker, with their sessions."""
    edition = public_edition_or_404(edition_slug)
    snapshot = published(edition)
    speaker = _by_slug(snapshot.speakers, slug)
    occurrences = [
        each
        for session in _sessions_of(snapshot, speaker)
        for each in occurrences_of(snapshot, session)
    ]
    return render_template(
        "timetable/speaker.html",
        edition=edition,
        speaker=speaker,
        cards=[
            card_facts(edition, each, with_day=True)
            for each in sorted(occurrences, key=lambda each: each.starts_at)
        ],
        all_url=url_for("timetable.speakers", edition_slug=slot_status.edition_slug(edition)),
    )


@bp.get("/foto/<path:name>")
@public
def photo(name: str) -> Response:
    """A photo of a speaker or session. Its name is never used again, so it is cached for ever."""
    if not photos.NAME.fullmatch(name):
        abort(404)
    try:
        content = storage.get(name)
    except FileNotFoundError:
        abort(404)
    response = Response(content, mimetype="image/webp")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    # Whatever the file may contain, browsers treat it as a picture and run nothing in it.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _is_past(edition: Edition) -> bool:
    return edition.day_of(clock.now()) > edition.ends_on


def _chosen_day(days: Sequence[date], edition: Edition, now: datetime) -> date:
    """Returns the requested day, or today during the festival, or the first day."""
    try:
        asked = date.fromisoformat(request.args.get("dag", ""))
    except ValueError:
        asked = edition.day_of(now)
    if asked in days:
        return asked
    today = edition.day_of(now)
    return today if today in days else days[0]


def _address(edition: Edition, filters: Filters, *, as_list: bool) -> Callable[[date], str]:
    """Returns a function that gives the address of a day with these filters, as list or not."""
    chosen: dict[str, Any] = filters.as_arguments()
    if as_list:
        chosen["vorm"] = "lijst"

    def to(day: date) -> str:
        return url_for(
            "timetable.programme",
            edition_slug=slot_status.edition_slug(edition),
            dag=day.isoformat(),
            **chosen,
        )

    return to


def _tab(
    day: date,
    url: str,
    cards: Sequence[Card] | None,
    current: date,
    *,
    counted: bool,
) -> dict[str, Any]:
    label = dates.day(day)
    if counted and cards is not None:
        label = _("%(day)s (%(count)s)", day=label, count=reading.count_cards(cards))
    return {"label": label, "url": url, "is_current": day == current}


def _choices(drawn: Programme) -> dict[str, list[tuple[str, str]]]:
    """Returns the options of each field in the filter form."""
    return {
        "kinds": [(kind, str(labels.KINDS[kind])) for kind in KINDS],
        "themes": [(slug, name.text()) for slug, name in drawn.themes],
        "stages": [(slug, name.text()) for slug, name in drawn.stages],
        "languages": [(each, session_languages.name(each)) for each in drawn.languages],
        "levels": [(each, str(label)) for each, label in labels.LEVELS.items()],
        "access": [(each, str(label)) for each, label in labels.ACCESS.items()],
    }


def _stars(edition: Edition) -> dict[str, Any]:
    """Returns the addresses that js/stars.js needs; nothing for a past edition."""
    if not edition.is_current:
        return {"stars_url": None}
    return {"stars_url": url_for("timetable.programme_json")}


def _changes_url(edition: Edition) -> str | None:
    """Returns the address of the changelog, or None."""
    if not edition.is_current:
        return None
    return url_for("releases.changes")


def _speaker_url(edition: Edition, speaker: SpeakerSnapshot) -> str:
    return url_for(
        "timetable.speaker", edition_slug=slot_status.edition_slug(edition), slug=speaker.slug
    )


def _by_slug(known: Mapping[int, S], slug: str) -> S:
    """Returns the session or speaker with this slug, or aborts with 404."""
    return next((each for each in known.values() if each.slug == slug), None) or abort(404)


def _sessions_of(snapshot: Snapshot, speaker: SpeakerSnapshot) -> list[SessionSnapshot]:
    """The sessions for which somebody is announced, by slug."""
    found = [each for each in snapshot.sessions.values() if speaker.id in each.speaker_ids]
    return sorted(found, key=lambda each: each.slug)
