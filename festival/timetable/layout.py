"""The position of each card: its day, its hour, and its lane if a stage has several at once."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from festival.editions import dates
from festival.editions.models import Edition
from festival.programme import session_languages
from festival.programme.occurrences import StageEntry, occurrences_of, stage_entries
from festival.programme.queries import Places
from festival.programme.snapshot import Snapshot
from festival.programme.snapshot_reading import published
from festival.timetable.cards import (
    Card,
    CardPosition,
    Programme,
    card_facts,
    draw_break,
    draw_card,
    draw_note,
)

# As many as the style sheet supports.
MOST_LANES = 12
MOST_COLUMNS = 48
LONGEST = 14 * 60 + 55


def draw_programme(edition: Edition) -> Programme:
    """Draw every card of the published programme."""
    snapshot = published(edition)
    stages = list(snapshot.stages.values())
    environment = current_app.jinja_env
    macros: Any = environment.get_template("parts/timetable.html").module
    numbers = {stage.id: number for number, stage in enumerate(stages)} | {None: -1}
    entries = sorted(
        stage_entries(edition, snapshot),
        key=lambda entry: (entry.starts_at, numbers[entry.stage_id], entry.is_break, entry.slug),
    )
    days: dict[date, list[Card]] = {}
    for day, of_day in groupby(entries, key=lambda entry: entry.day):
        busy: dict[int, list[datetime]] = defaultdict(list)
        for entry in of_day:
            stage = numbers[entry.stage_id]
            lane = 0 if stage < 0 else _free_lane(busy[stage], entry)
            place = _place(edition, day, entry, stage, lane)
            days.setdefault(day, []).append(_draw(macros, edition, snapshot, entry, place))
    for cards in days.values():
        cards.sort(key=lambda card: (card.hour, card.minute, card.stage, card.lane))
    return Programme(
        stages=[(stage.slug, stage.name) for stage in stages],
        themes=[(theme.slug, theme.name) for theme in snapshot.themes.values()],
        languages=_spoken(days),
        days=days,
        highlights=_highlights(edition, snapshot),
        booking_closes=timedelta(minutes=edition.booking_closes_minutes),
        _macros=environment.get_template("parts/sessions.html").module,
    )


def _spoken(days: Mapping[date, Sequence[Card]]) -> list[str]:
    topics = [card.topic for cards in days.values() for card in cards if card.topic]
    return session_languages.in_order(code for topic in topics for code in topic.spoken)


def lay_out(
    programme: Programme,
    cards: Sequence[Card],
    places: Mapping[int, Places],
    day: date,
    now: datetime,
    *,
    zone: str = "",
    as_list: bool = False,
) -> dict[str, Any]:
    """Returns `cards` (of `day`, in order of time) as templates/parts/timetable.html needs them."""
    # Only lanes that hold a card: a filter may leave a stage with fewer lanes.
    lanes = sorted({(card.stage, card.lane) for card in cards if card.stage >= 0})
    columns = {lane: number for number, lane in enumerate(lanes, start=1)}
    stages = Counter(stage for stage, _lane in lanes)

    hours: dict[int, list[str]] = {}
    if cards:
        hours = {hour: [] for hour in range(cards[0].hour, cards[-1].hour + 1)}
    for card in cards:
        before, middle, after = card.drawn
        at = min(columns.get((card.stage, card.lane), 1), MOST_COLUMNS)
        left = programme.draw_places(card, places, now)
        hours[card.hour].append(f"{before}{at}{middle}{left}{after}")
    return {
        "label": dates.day(day),
        "date": day.isoformat(),
        "zone": zone,
        "as_list": as_list,
        "first_hour": cards[0].hour if cards else 0,
        "length": max(map(_ends_in_hour, cards)) - cards[0].hour + 1 if cards else 0,
        "stages": [{"name": programme.stages[n][1], "lanes": stages[n]} for n in stages],
        "hours": [
            {
                "hour": hour,
                "label": _("%(span)s uur", span=f"{hour % 24}.00"),
                "night": dates.night_after(day) if hour == max(24, cards[0].hour) else "",
                "drawn": Markup("".join(drawn)),  # noqa: S704  by our own templates
            }
            for hour, drawn in hours.items()
        ],
    }


def _draw(
    macros: Any, edition: Edition, snapshot: Snapshot, entry: StageEntry, place: CardPosition
) -> Card:
    if entry.occurrence is not None:
        draw = draw_note if entry.is_note else draw_card
        return draw(macros, edition, entry.occurrence, place)
    assert entry.block is not None
    stage = None if entry.stage_id is None else snapshot.stages[entry.stage_id]
    return draw_break(macros, entry.block.title, stage, place)


def _highlights(edition: Edition, snapshot: Snapshot) -> dict[int, dict[str, Any]]:
    """Returns the cards for the front page, without sessions that are cancelled completely."""
    first = {
        session.id: min(slot.starts_at for slot in session.slots if not slot.is_cancelled)
        for session in snapshot.sessions.values()
        if session.is_highlight and not all(slot.is_cancelled for slot in session.slots)
    }
    return {
        session_id: card_facts(
            edition,
            occurrences_of(snapshot, snapshot.sessions[session_id])[0],
            with_day=True,
        )
        for session_id in sorted(first, key=lambda each: (first[each], each))
    }


def _free_lane(busy: list[datetime], entry: StageEntry) -> int:
    """Returns a stage's first free lane when `entry` begins, and marks it busy until its end."""
    for lane, until in enumerate(busy):
        if until <= entry.starts_at:
            busy[lane] = entry.ends_at
            return lane
    if len(busy) < MOST_LANES:
        busy.append(entry.ends_at)
    return len(busy) - 1


def _place(edition: Edition, day: date, entry: StageEntry, stage: int, lane: int) -> CardPosition:
    local = edition.local(entry.starts_at)
    hour = local.hour + (24 if local.date() > day else 0)
    minutes = int((entry.ends_at - entry.starts_at).total_seconds()) // 60
    time_label = dates.hours(edition, entry.starts_at, entry.ends_at)
    at = {"hour": hour, "minute": local.minute}
    return CardPosition(
        at
        | {"stage": stage, "lane": lane}
        | {"starts_at": entry.starts_at, "ends_at": entry.ends_at},
        at
        | {"minutes": min(minutes, LONGEST), "is_wide": stage < 0}
        | {"time_label": time_label, "starts_at": local.isoformat()},
    )


def _ends_in_hour(card: Card) -> int:
    """Returns the hour of its announced end: 24 and up after midnight."""
    lasts = int((card.ends_at - card.starts_at).total_seconds()) // 60
    return card.hour + (card.minute + lasts - 1) // 60
