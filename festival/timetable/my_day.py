"""The data of `mijn dag`: every slot as JSON for the device, and chosen slots as a calendar.

The stars that somebody sets stay on their device. The device keeps this JSON too, so that it can
draw the day and find overlaps without network.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from flask_babel import gettext as _

from festival.editions import dates
from festival.editions.models import Edition
from festival.programme import calendar
from festival.programme.slot_status import State
from festival.programme.snapshot_reading import published
from festival.timetable import reading
from festival.timetable.cards import Card
from festival.web.hyphens import hyphenated
from festival.web.languages import Bilingual, current, url_in

CALENDAR = calendar.MIMETYPE


def as_json(edition: Edition) -> dict[str, Any]:
    """Returns every slot in the language of the page, and the words that js/my_day.js writes.

    `from` and `until` are as expected now, in UTC. `walks` has the walking minutes between two
    stages if they differ from `walk`, by `slug slug`.
    """
    programme = reading.programme_of(edition)
    snapshot = published(edition)
    slugs = {stage.id: stage.slug for stage in snapshot.stages.values()}
    return {
        "edition": edition.slug,
        "zone": edition.timezone,
        "version": edition.programme_version,
        "walk": edition.walk_minutes,
        "walks": {
            f"{one} {other}": minutes
            for (first, second), minutes in snapshot.walks.items()
            for one, other in (
                (slugs[first], slugs[second]),
                (slugs[second], slugs[first]),
            )
        },
        "days": [
            {
                "label": dates.day(day),
                "moments": [_moment(card, day) for card in cards if card.counts],
            }
            for day, cards in sorted(programme.days.items())
        ],
    }


def as_ics(edition: Edition, codes: Collection[str]) -> bytes:
    """Returns the slots with these codes as an iCalendar file, including cancelled ones."""
    made = calendar.calendar(edition, _("Mijn dag"))
    snapshot = published(edition)
    slots = [*snapshot.slots, *snapshot.dropped]
    for slot in sorted(slots, key=lambda each: (each.starts_at, each.id)):
        if slot.code in codes and slot.session_id in snapshot.sessions:
            session = snapshot.sessions[slot.session_id]
            url = url_in(current(), "timetable.session", slug=session.slug)
            stage = snapshot.stages[slot.stage_id]
            made.add_component(calendar.event(edition, slot, session, stage, url=url))
    return calendar.write(made)


def _moment(card: Card, day: date) -> dict[str, Any]:
    facts, topic = card.facts, card.topic
    assert topic is not None, "not a break"
    night = dates.night_after(day) if card.hour >= 24 else ""
    moment = {
        "code": facts["code"],
        "title": hyphenated(facts["title"].text(), facts["title"].language()),
        "lang": _other_language(facts["title"]),
        "url": facts["url"],
        "kind": facts["kind"],
        "stage": topic.stage,
        "stage_name": facts["stage_name"].text(),
        "from": card.starts_at.isoformat(timespec="minutes"),
        "until": card.ends_at.isoformat(timespec="minutes"),
        "time": f"{facts['time_label']} ({night})" if night else facts["time_label"],
        "was": facts["was_label"],
        "states": [_state(state) for state in facts["states"]],
        "is_cancelled": card.is_cancelled,
        # A visitor meets a coach for only a few minutes, so the half-day overlaps with nothing.
        "is_whole": facts["kind"] != "coaching",
    }
    return {name: value for name, value in moment.items() if value not in ("", [], False)}


def _state(state: State) -> dict[str, str]:
    words_of = {"shape": state.shape, "words": state.words, "reason": state.reason.text()}
    if state.url:
        words_of |= {"lead": state.lead, "link": str(state.link), "url": state.url}
    return words_of


def _other_language(text: Bilingual) -> str:
    return "" if text.language() == current() else text.language()
