"""`schedule.xml` and `schedule.json` in frab's format, following c3voc's schemas.

https://github.com/voc/schedule, validator/xsd/schedule.xml.xsd and validator/json/schema.json, and
nothing that later versions of these refuse. The format has no cancellations and no delays: a delay
is part of the times, the title of a cancelled event says so, and the subtitle explains both. Breaks
are not events. A coach's meetings are one event, see feeds/source.py.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from flask import current_app
from flask_babel import gettext as _

from festival.editions.models import Edition
from festival.feeds import sharing
from festival.feeds.source import FeedSource, number_of
from festival.programme import calendar, session_languages, slot_status
from festival.programme.occurrences import Occurrence
from festival.programme.snapshot import SpeakerSnapshot, StageSnapshot
from festival.text import line, plain
from festival.web import languages


@dataclass(frozen=True)
class _Schedule:
    """The content of both formats."""

    version: str
    base_url: str
    conference: dict[str, Any]
    rooms: list[dict[str, Any]]
    days: list["_Day"]


@dataclass(frozen=True)
class _Room:
    """A stage, or a second place at the same stage, such as the table of another coach."""

    name: str
    guid: str
    stage: StageSnapshot
    events: list[Occurrence]


@dataclass(frozen=True)
class _Day:
    index: int
    on: date
    starts_at: datetime
    ends_at: datetime
    rooms: dict[str, list[dict[str, Any]]]  # events by the name of their room


def as_json(edition: Edition, source: FeedSource) -> bytes:
    """Returns `schedule.json`, in the language of the page."""
    schedule = _schedule(edition, source)
    conference = {
        **schedule.conference,
        "daysCount": len(schedule.days),
        "url": languages.url_in(
            languages.current(),
            "timetable.programme",
            edition_slug=slot_status.edition_slug(edition),
        ),
        "rooms": schedule.rooms,
        "days": [
            {
                "index": day.index,
                "date": day.on.isoformat(),
                "day_start": day.starts_at.isoformat(),
                "day_end": day.ends_at.isoformat(),
                "rooms": day.rooms,
            }
            for day in schedule.days
        ],
    }
    written = {
        "$schema": "https://c3voc.de/schedule/schema.json",
        "schedule": {
            "version": schedule.version,
            "base_url": schedule.base_url,
            "conference": conference,
        },
    }
    # With a space after each colon: some readers recognise the format by `"$schema": "https…`.
    return json.dumps(written, ensure_ascii=False).encode()


def as_xml(edition: Edition, source: FeedSource) -> bytes:
    """Returns `schedule.xml`, in the language of the page."""
    schedule = _schedule(edition, source)
    root = ElementTree.Element("schedule")
    _text(root, "version", schedule.version)
    conference = ElementTree.SubElement(root, "conference")
    facts = schedule.conference
    _text(conference, "title", facts["title"])
    _text(conference, "acronym", facts["acronym"])
    _text(conference, "start", facts["start"])
    _text(conference, "end", facts["end"])
    _text(conference, "days", len(schedule.days))
    _text(conference, "timeslot_duration", facts["timeslot_duration"])
    _text(conference, "base_url", schedule.base_url)
    _text(conference, "time_zone_name", facts["time_zone_name"])
    for day in schedule.days:
        element = ElementTree.SubElement(
            root,
            "day",
            index=str(day.index),
            date=day.on.isoformat(),
            start=day.starts_at.isoformat(),
            end=day.ends_at.isoformat(),
        )
        for name, events in day.rooms.items():
            room = ElementTree.SubElement(element, "room", name=name)
            for event in events:
                _add_event(room, event)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _schedule(edition: Edition, source: FeedSource) -> _Schedule:
    shown = [each for each in source.events if each.state != "dropped"]
    rooms = _rooms(edition, source.snapshot.stages.values(), shown)
    # The day of the delayed start: otherwise an event's time could lie outside its day.
    by_day: dict[date, dict[str, list[dict[str, Any]]]] = {day: {} for day in edition.days}
    for room in rooms:
        for event in room.events:
            on_day = by_day.setdefault(edition.day_of(event.expected_starts_at), {})
            on_day.setdefault(room.name, []).append(_event(edition, source, event, room.name))
    days = [
        _Day(
            index=index,
            on=day,
            starts_at=_day_begins(edition, day),
            ends_at=_day_begins(edition, day + timedelta(days=1)),
            rooms=by_day[day],
        )
        for index, day in enumerate(sorted(by_day), start=1)
    ]
    return _Schedule(
        version=plain(source.release) or "0",
        base_url=languages.url_in(languages.current(), "home.front"),
        conference={
            "acronym": _acronym(edition),
            "title": line(str(edition.name)),
            "start": min(by_day).isoformat(),
            "end": max(by_day).isoformat(),
            "timeslot_duration": "00:05",
            "time_zone_name": edition.timezone,
        },
        rooms=[
            {
                "name": room.name,
                "guid": room.guid,
                "description": line(str(room.stage.floor)) or None,
                "capacity": room.stage.capacity,
            }
            for room in rooms
        ],
        days=days,
    )


def _event(edition: Edition, source: FeedSource, event: Occurrence, room: str) -> dict[str, Any]:
    """Returns one event as in schedule.json."""
    session, here = event.session, languages.current()
    starts_at = edition.local(event.expected_starts_at)
    minutes = int((event.ends_at - event.starts_at).total_seconds()) // 60
    where = {"edition_slug": slot_status.edition_slug(edition)}
    title = line(str(session.title))
    return {
        "id": number_of(event.id),
        "guid": str(uuid5(NAMESPACE_URL, calendar.uid(event))),
        "logo": sharing.picture_url(
            edition, sharing.session_poster(edition, source, session), f"programma/{session.slug}"
        ),
        "date": starts_at.isoformat(),
        "start": f"{starts_at:%H:%M}",
        "duration": f"{minutes // 60:02}:{minutes % 60:02}",
        "room": room,
        # The schema wants letters and digits, up to six digits, and at least four characters.
        "slug": f"{_acronym(edition)}-{number_of(event.id)}-{_long_enough(session.slug)}",
        "url": languages.url_in(here, "timetable.session", slug=session.slug, **where),
        "title": _("Gaat niet door: %(title)s", title=title) if event.is_cancelled else title,
        "subtitle": _state(event),
        "track": line(str(event.theme.name)) if event.theme else "",
        "type": session.kind,
        "language": _language(session.languages),
        "abstract": plain(str(session.summary)),
        "description": plain(_description(event)),
        "recording_license": "",
        # No speaker was asked whether they may be recorded, so the answer is no.
        "do_not_record": True,
        "persons": [_person(edition, speaker) for speaker in event.speakers],
        "links": [
            {
                "title": line(str(other.title)),
                "url": languages.url_in(here, "timetable.session", slug=other.slug, **where),
            }
            for other in [event.instead]
            if other
        ],
        "attachments": [],
    }


def _state(event: Occurrence) -> str:
    """Returns what changed since the announcement, in a few words."""
    parts = [line(str(event.reason))]
    if event.is_cancelled:
        parts.insert(0, _("Gaat niet door"))
    elif event.delay_minutes:
        parts.insert(0, _("Begint %(num)s minuten later.", num=event.delay_minutes))
    if event.is_full and not event.is_cancelled:
        parts.append(_("De zaal is vol."))
    return " · ".join(part for part in parts if part)


def _description(event: Occurrence) -> str:
    parts = [str(event.session.description)]
    if event.session.bring:
        parts.append(_("Neem mee: %(what)s", what=str(event.session.bring)))
    return "\n\n".join(part for part in parts if part)


def _language(spoken: str) -> str:
    """Returns the one language of two letters that the format has room for.

    It is that of this feed if it is spoken, or if none has a code of two letters.
    """
    here = languages.current()
    short = [code for code in session_languages.codes(spoken) if len(code) == 2]
    return here if here in short or not short else short[0]


def _person(edition: Edition, speaker: SpeakerSnapshot) -> dict[str, Any]:
    """Returns a person with both names that readers look for; the schema then allows no `id`."""
    here = languages.current()
    name = line(speaker.name)
    person = {
        "code": str(number_of(speaker.id)),
        "guid": _guid("speaker", edition.slug, speaker.slug),
        "name": name,
        "public_name": name,
        "biography": plain(str(speaker.bio)),
        "url": languages.url_in(
            here,
            "timetable.speaker",
            slug=speaker.slug,
            edition_slug=slot_status.edition_slug(edition),
        ),
    }
    if speaker.photo:
        person["avatar"] = languages.url_in("nl", "timetable.photo", name=speaker.photo)
    return person


def _add_event(room: ElementTree.Element, event: dict[str, Any]) -> None:
    element = ElementTree.SubElement(room, "event", id=str(event["id"]), guid=event["guid"])
    for name in (
        *("room", "title", "subtitle", "type", "date", "start", "duration", "abstract", "slug"),
        *("track", "logo"),
    ):
        _text(element, name, event[name])
    persons = ElementTree.SubElement(element, "persons")
    for person in event["persons"]:
        _text(persons, "person", person["name"], id=person["code"])
    _text(element, "language", event["language"])
    _text(element, "description", event["description"])
    recording = ElementTree.SubElement(element, "recording")
    _text(recording, "license", event["recording_license"])
    _text(recording, "optout", "true" if event["do_not_record"] else "false")
    links = ElementTree.SubElement(element, "links")
    for link in event["links"]:
        _text(links, "link", link["title"], href=link["url"])
    ElementTree.SubElement(element, "attachments")
    _text(element, "url", event["url"])


def _text(parent: ElementTree.Element, name: str, text: object, **attributes: str) -> None:
    ElementTree.SubElement(parent, name, attributes).text = str(text)


def _rooms(
    edition: Edition, stages: Collection[StageSnapshot], shown: Iterable[Occurrence]
) -> list[_Room]:
    """Returns rooms with unique names, which readers use as keys, and without overlaps."""
    names = {stage.id: line(str(stage.name)) or stage.slug for stage in stages}
    times = Counter(names.values())
    at_stage: dict[int, list[Occurrence]] = {}
    for event in shown:
        at_stage.setdefault(event.stage.id, []).append(event)
    rooms = []
    for stage in stages:
        name = names[stage.id]
        if times[name] > 1:
            name = f"{name} ({stage.slug})"
        for number, lane in enumerate(_lanes(at_stage.get(stage.id, [])), start=1):
            beside = "" if number == 1 else str(number)
            rooms.append(
                _Room(
                    name=f"{name} ({beside})" if beside else name,
                    guid=_guid("stage", edition.slug, stage.slug, *filter(None, [beside])),
                    stage=stage,
                    events=sorted(lane, key=lambda each: each.expected_starts_at),
                )
            )
    return rooms


def _lanes(events: Iterable[Occurrence]) -> list[list[Occurrence]]:
    """Splits the events of one stage into lists without overlaps; returns at least one list.

    Uses the expected times, which are the ones in the feed. A cancelled event gives way to its
    replacement.
    """
    lanes: list[list[Occurrence]] = [[]]
    for event in sorted(events, key=lambda each: (each.is_cancelled, each.expected_starts_at)):
        for lane in lanes:
            if not any(event.expected.overlaps(other.expected) for other in lane):
                lane.append(event)
                break
        else:
            lanes.append([event])
    return lanes


def _day_begins(edition: Edition, day: date) -> datetime:
    return edition.local(edition.day_begins(day))


def _acronym(edition: Edition) -> str:
    """Returns the edition's slug as the schemas want it: four or more letters and digits."""
    short = re.sub(r"[^a-z0-9]", "", edition.slug.lower())
    return short if len(short) >= 4 else f"festival{short}"


def _long_enough(slug: str) -> str:
    return slug if len(slug) >= 4 else f"sessie-{slug}"


def _guid(*names: str) -> str:
    host = urlsplit(current_app.config["PUBLIC_URL"]).hostname
    return str(uuid5(NAMESPACE_URL, "/".join((str(host), *names))))
