"""The programme for visitors: the timetable, what is on now, a session, who is on stage."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

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
from festival.programme import labels, photos, queries, slot_status
from festival.programme.half_days import shown_together
from festival.programme.models.sessions import KINDS, Session, Slot, Speaker
from festival.team.access import public
from festival.timetable import cards as timetable_cards
from festival.timetable import filters as choosing
from festival.timetable import layout, my_day, reading
from festival.timetable.filters import Filters
from festival.web.languages import LANGUAGES
from festival.web.pages import public_page

bp = Blueprint("timetable", __name__)


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
    )
    as_list = request.args.get("vorm") == "lijst"
    to = _address(edition, filters, as_list=as_list)
    # With a filter the tabs say how much there is on each day, so all days are looked at; their
    # places only where that is what is asked.
    places = queries.places_on(edition, days if filters.only_with_places else [day], now)
    chosen = {
        each: reading.choose(drawn.days.get(each, ()), filters, places, now)
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
        count=reading.count(chosen[day]),
        now_card=reading.first_to_come(chosen[day], now) if is_today else None,
        elsewhere=[
            (dates.day(each), reading.count(cards), to(each))
            for each, cards in chosen.items()
            if reading.count(cards) and each != day
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
    """What is on at each stage, and what comes next; the page fetches itself every minute."""
    edition = current_edition_or_404()
    now = clock.now()
    day = edition.day_of(now)
    drawn = reading.programme_of(edition)
    places = queries.places_on(edition, [day], now)

    def with_places(cards: Sequence[timetable_cards.Card]) -> list[dict[str, Any]]:
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
    """What this device put a star at: js/my_day.js writes it in, from what the device keeps."""
    edition = current_edition_or_404()
    return render_template(
        "timetable/my_day.html", edition=edition, is_past=_is_past(edition), **_stars(edition)
    )


@bp.get("/mijn-dag.ics")
@public
def my_days_ics() -> Response:
    """The moments `?s=CODE,CODE` for a calendar; codes that are not known are left out."""
    edition = current_edition_or_404()
    codes = request.args.get("s", "")[:5000].split(",")
    response = Response(my_day.as_ics(edition, codes), content_type=my_day.CALENDAR)
    response.headers.set("Content-Disposition", "attachment", filename=_("mijn-dag.ics"))
    return response


@bp.get("/programma.json")
@public
@public_page
def programme_json() -> Response:
    """Every moment of the programme for `mijn dag`, also without network; see my_day.py."""
    return jsonify(my_day.as_json(current_edition_or_404()))


@bp.get("/programma/<slug>", defaults={"edition_slug": None})
@bp.get("/<edition_slug>/programma/<slug>")
@public
@public_page
def session(edition_slug: str | None, slug: str) -> str:
    """A session: what it is, who is there, and each moment with its places."""
    edition = public_edition_or_404(edition_slug)
    session = queries.session_by_slug(edition, slug) or abort(404)
    now = clock.now()
    moments = [
        _moment(edition, slots, now) for slots in shown_together(session.kind, session.slots)
    ]
    return render_template(
        "timetable/session.html",
        edition=edition,
        session=session,
        language_label=labels.LANGUAGES[session.languages],
        level_label=labels.LEVELS[session.level],
        access=[labels.ACCESS[each] for each in session.access],
        moments=moments,
        stages=list({slot.stage_id: slot.stage for slot in session.slots}.values()),
        needs_booking=any(slot.is_bookable for slot in session.slots),
        can_book=any(_can_book(slot, now) for slot in session.slots),
        is_full=any(_has_no_room(moment) for moment in moments),
        has_waiting_list=session.kind != "coaching"
        and any(
            _has_no_room(moment) and moment["places_left"] is not None and not moment["is_closed"]
            for moment in moments
        ),
        is_off=_is_off(session, moments),
        elsewhere=_elsewhere(moments),
        is_past=_is_past(edition),
        takes_feedback=feedback.is_open(session, now=now),
        speaker_url=lambda speaker: _speaker_url(edition, speaker),
        changes_url=_changes_url(edition),
        **_stars(edition),
    )


@bp.get("/sprekers", defaults={"edition_slug": None})
@bp.get("/<edition_slug>/sprekers")
@public
@public_page
def speakers(edition_slug: str | None) -> str:
    """All who are on stage, by name."""
    edition = public_edition_or_404(edition_slug)
    return render_template(
        "timetable/speakers.html",
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
    edition = public_edition_or_404(edition_slug)
    speaker = queries.speaker_by_slug(edition, slug) or abort(404)
    moments = [
        (slots[0].starts_at, timetable_cards.card_of(edition, session, slots, with_day=True))
        for session in speaker.sessions
        for slots in shown_together(session.kind, session.slots)
    ]
    return render_template(
        "timetable/speaker.html",
        edition=edition,
        speaker=speaker,
        cards=[card for _starts_at, card in sorted(moments, key=lambda moment: moment[0])],
        all_url=url_for("timetable.speakers", edition_slug=slot_status.edition_slug(edition)),
    )


@bp.get("/foto/<path:name>")
@public
def photo(name: str) -> Response:
    """A photo of somebody on stage. No other one ever gets its name, so it may be kept for ever."""
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


def _is_past(edition: Edition) -> bool:
    return edition.day_of(clock.now()) > edition.ends_on


def _chosen_day(days: Sequence[date], edition: Edition, now: datetime) -> date:
    """The day that is asked for; else today on a day of the festival, else its first."""
    try:
        asked = date.fromisoformat(request.args.get("dag", ""))
    except ValueError:
        asked = edition.day_of(now)
    if asked in days:
        return asked
    today = edition.day_of(now)
    return today if today in days else days[0]


def _address(edition: Edition, filters: Filters, *, as_list: bool) -> Callable[[date], str]:
    """The address of a day with these filters and in this form."""
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
    cards: Sequence[timetable_cards.Card] | None,
    current: date,
    *,
    counted: bool,
) -> dict[str, Any]:
    label = dates.day(day)
    if counted and cards is not None:
        label = _("%(day)s (%(count)s)", day=label, count=reading.count(cards))
    return {"label": label, "url": url, "is_current": day == current}


def _choices(drawn: timetable_cards.Programme) -> dict[str, list[tuple[str, str]]]:
    """What each choice of the filter form has to choose from."""
    return {
        "kinds": [(kind, str(labels.KINDS[kind])) for kind in KINDS],
        "themes": [(slug, name.text()) for slug, name in drawn.themes],
        "stages": [(slug, name.text()) for slug, name in drawn.stages],
        "languages": [(each, str(labels.LANGUAGES[each])) for each in LANGUAGES],
        "levels": [(each, str(label)) for each, label in labels.LEVELS.items()],
        "access": [(each, str(label)) for each, label in labels.ACCESS.items()],
    }


def _stars(edition: Edition) -> dict[str, Any]:
    """Where js/stars.js finds what it needs; nothing for an edition that is over."""
    if not edition.is_current:
        return {"stars_url": None}
    return {"stars_url": url_for("timetable.programme_json")}


def _changes_url(edition: Edition) -> str | None:
    """What changed in the programme, where the program shows that."""
    if not edition.is_current:
        return None
    return url_for("releases.changes")


def _moment(edition: Edition, slots: Sequence[Slot], now: datetime) -> dict[str, Any]:
    """One row of the session page: a slot, or a coach's half-day with its meetings."""
    first, last = slots[0], slots[-1]
    bookable = [slot for slot in slots if slot.is_bookable]
    going_on = [slot for slot in bookable if not slot.is_cancelled]
    # Of a coach's meetings those that have not begun can still be had.
    coming = [slot for slot in going_on if len(slots) == 1 or now < slot.expected_starts_at]
    card = timetable_cards.card_of(edition, first.session, slots)
    late = timedelta(minutes=slot_status.delay_of(slots) if card["was_label"] else 0)
    return {
        "code": first.code,
        "time_label": dates.span(edition, first.starts_at + late, last.ends_at + late),
        "was_label": card["was_label"],
        "starts_at": card["starts_at"],
        "stage_name": first.stage.name,
        "states": card["states"],
        "is_cancelled": card["is_cancelled"],
        "is_full": slot_status.is_full(slots),
        "places_left": sum(slot.places_left or 0 for slot in coming) if coming else None,
        "total": sum(slot.places or 0 for slot in going_on),
        "door_places": first.door_places,
        "is_on": bool(going_on) and all(slot.expected_starts_at <= now for slot in going_on),
        "is_over": last.expected_ends_at <= now,
        "is_closed": bool(bookable) and not any(now < s.booking_closes_at for s in bookable),
        "grid_url": slot_status.moment_url(edition, first),
        "meetings": [
            {
                "time_label": dates.hours(edition, slot.starts_at, slot.ends_at),
                "starts_at": edition.local(slot.starts_at).isoformat(),
                "is_taken": slot.places_left == 0,
                "is_cancelled": slot.is_cancelled,
                "is_over": slot.expected_starts_at <= now,
            }
            for slot in slots
        ]
        if len(slots) > 1
        else [],
    }


def _is_off(session: Session, moments: Sequence[dict[str, Any]]) -> bool:
    """Whether the session does not happen after all: cancelled, or off the programme."""
    if moments:
        return all(moment["is_cancelled"] for moment in moments)
    return queries.was_on_the_programme(session)


def _elsewhere(moments: Sequence[dict[str, Any]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """For each full moment (when it is) the later ones with room, and where they stand."""

    open_ones = [each for each in moments if not (each["is_over"] or each["is_cancelled"])]
    full = [each for each in open_ones if _has_no_room(each)]
    others = [
        (each["time_label"], each["grid_url"])
        for each in open_ones
        if not (each in full or each["is_closed"])
    ]
    return [(each["time_label"], others) for each in full] if others else []


def _has_no_room(moment: dict[str, Any]) -> bool:
    """Whether it goes on without a place left."""
    goes_on = not (moment["is_over"] or moment["is_cancelled"])
    return goes_on and (moment["is_full"] or moment["places_left"] == 0)


def _can_book(slot: Slot, now: datetime) -> bool:
    return (
        bool(slot.places_left)
        and not slot.is_cancelled
        and not slot.is_full
        and now < slot.booking_closes_at
    )


def _speaker_url(edition: Edition, speaker: Speaker) -> str:
    return url_for(
        "timetable.speaker", edition_slug=slot_status.edition_slug(edition), slug=speaker.slug
    )
