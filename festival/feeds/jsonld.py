"""The festival and its sessions as schema.org events, for search engines (JSON-LD)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup

from festival.editions.models import Edition
from festival.feeds.source import FeedSource
from festival.money import CURRENCY
from festival.programme import session_languages, slot_status
from festival.programme.occurrences import Occurrence
from festival.programme.queries import Places
from festival.programme.snapshot import SessionSnapshot, SpeakerSnapshot
from festival.text import line, plain
from festival.web import languages

_TYPES = {"music": "MusicEvent", "workshop": "EducationEvent", "coaching": "EducationEvent"}
_NOTHING: tuple[Any, ...] = (None, "", [], {})


def written(described: dict[str, Any]) -> Markup:
    """Returns JSON that is safe inside `<script type="application/ld+json">`."""
    text = json.dumps({"@context": "https://schema.org", **described}, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704  no character with a meaning in HTML is left


def festival(
    edition: Edition,
    events: Sequence[dict[str, Any]],
    *,
    image: str,
    offers: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """Returns the festival with `events` as its parts and `offers` from tickets.linked."""
    return _without_nothing(
        {
            **_festival(edition),
            "description": plain(str(edition.intro)),
            "image": [image],
            "eventStatus": "https://schema.org/"
            + ("EventCancelled" if edition.called_off_at else "EventScheduled"),
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "inLanguage": list(languages.LANGUAGES),
            "organizer": _organizer(edition),
            "offers": list(offers),
            "isAccessibleForFree": all(each["price"] == "0.00" for each in offers)
            if offers
            else None,
            "subEvent": list(events),
        }
    )


def session(
    edition: Edition,
    source: FeedSource,
    session: SessionSnapshot,
    places: Mapping[int, Places],
    *,
    image: str,
) -> dict[str, Any] | None:
    """Returns a session as one event per occurrence; None if it has no occurrences.

    `places` are the places of its slots now. A session that was taken off the programme as a whole
    is cancelled: whoever knows it must be told.
    """
    known = source.by_session.get(session.id, [])
    events = [
        {
            **event(edition, occurrence),
            **_details(edition, occurrence, places),
            "image": [image],
            "superEvent": _festival(edition),
        }
        for occurrence in [each for each in known if each.state != "dropped"] or known
    ]
    if len(events) > 1:
        return {"@graph": events}
    return events[0] if events else None


def person(edition: Edition, source: FeedSource, speaker: SpeakerSnapshot) -> dict[str, Any]:
    """Returns a speaker with their events."""
    organisation = line(speaker.organisation)
    return _without_nothing(
        {
            **_person(edition, speaker),
            "description": plain(str(speaker.bio)),
            "image": languages.url_in("nl", "timetable.photo", name=speaker.photo)
            if speaker.photo
            else None,
            "affiliation": {"@type": "Organization", "name": organisation}
            if organisation
            else None,
            "sameAs": list(speaker.links),
            "performerIn": [event(edition, each) for each in source.of_speaker(speaker.id)],
        }
    )


def event(edition: Edition, occurrence: Occurrence) -> dict[str, Any]:
    """Returns the basic facts of an occurrence."""
    return _without_nothing(
        {
            "@type": _TYPES.get(occurrence.session.kind, "Event"),
            "@id": f"{_session_url(edition, occurrence)}#m-{occurrence.code}",
            "name": line(str(occurrence.session.title)),
            "url": _session_url(edition, occurrence),
            "startDate": _local(edition, occurrence.expected_starts_at),
            "endDate": _local(edition, occurrence.expected_ends_at),
            "location": _place(edition, str(occurrence.stage.name)),
            **_status(edition, occurrence),
        }
    )


def _status(edition: Edition, occurrence: Occurrence) -> dict[str, Any]:
    """Returns whether an occurrence takes place, and the announced start if it is different now."""
    announced = occurrence.moved_from_at or occurrence.starts_at
    is_moved = announced != occurrence.expected_starts_at
    status = "EventScheduled"
    if occurrence.is_cancelled or edition.called_off_at:
        status = "EventCancelled"
    elif is_moved:
        status = "EventRescheduled"
    return {
        "eventStatus": f"https://schema.org/{status}",
        "previousStartDate": _local(edition, announced) if is_moved else None,
    }


def _details(
    edition: Edition, occurrence: Occurrence, places: Mapping[int, Places]
) -> dict[str, Any]:
    about = occurrence.session
    booked = [places[slot.id] for slot in occurrence.slots if slot.id in places]
    total = sum(each.total for each in booked)
    left = total - sum(each.taken for each in booked)
    is_free = about.is_free and not booked  # booking a place needs a ticket
    is_full = occurrence.is_full or (bool(booked) and not left)
    return _without_nothing(
        {
            "description": plain(
                "\n\n".join(filter(None, (str(about.summary), str(about.description))))
            ),
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "inLanguage": list(session_languages.codes(about.languages)),
            "isAccessibleForFree": is_free or None,
            "typicalAgeRange": f"{about.min_age}-" if about.min_age else None,
            "maximumAttendeeCapacity": total if booked else occurrence.stage.capacity,
            "remainingAttendeeCapacity": left if booked and not occurrence.is_cancelled else None,
            "performer": [_person(edition, speaker) for speaker in occurrence.speakers],
            "organizer": _organizer(edition),
            # What a ticket costs is said with the festival. Only what needs none has a price here.
            "offers": {
                "@type": "Offer",
                "url": _session_url(edition, occurrence),
                "price": "0.00",
                "priceCurrency": CURRENCY,
                "availability": f"https://schema.org/{'SoldOut' if is_full else 'InStock'}",
            }
            if is_free and not occurrence.is_cancelled
            else None,
        }
    )


def _festival(edition: Edition) -> dict[str, Any]:
    """Returns the festival in short, also used inside the description of its sessions."""
    here = languages.current()
    # A past edition no longer has a front page, so its programme represents it.
    url = (
        languages.url_in(here, "home.front")
        if edition.is_current
        else languages.url_in(here, "timetable.programme", edition_slug=edition.slug)
    )
    return _without_nothing(
        {
            "@type": "Festival",
            "@id": f"{url}#festival",
            "name": line(str(edition.name)),
            "url": url,
            "startDate": edition.starts_on.isoformat(),
            "endDate": edition.ends_on.isoformat(),
            "location": _place(edition, edition.venue_name or edition.city or str(edition.name)),
        }
    )


def _person(edition: Edition, speaker: SpeakerSnapshot) -> dict[str, Any]:
    return {
        "@type": "Person",
        "name": line(speaker.name),
        "url": languages.url_in(
            languages.current(),
            "timetable.speaker",
            edition_slug=slot_status.edition_slug(edition),
            slug=speaker.slug,
        ),
    }


def _place(edition: Edition, name: str) -> dict[str, Any] | None:
    """Returns a place with its address, which the format requires; None if nothing is known."""
    address = _without_nothing(
        {
            "streetAddress": line(edition.venue_address),
            "addressLocality": line(edition.city),
        }
    )
    known = {"@type": "PostalAddress", **address} if address else line(edition.venue_name)
    return {"@type": "Place", "name": line(name), "address": known} if known else None


def _organizer(edition: Edition) -> dict[str, Any] | None:
    if not edition.organiser_name:
        return None
    return {
        "@type": "Organization",
        "name": line(edition.organiser_name),
        "url": languages.url_in(languages.current(), "home.front"),
    }


def _session_url(edition: Edition, occurrence: Occurrence) -> str:
    return languages.url_in(
        languages.current(),
        "timetable.session",
        edition_slug=slot_status.edition_slug(edition),
        slug=occurrence.session.slug,
    )


def _local(edition: Edition, at: datetime) -> str:
    return edition.local(at).isoformat()


def _without_nothing(described: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in described.items() if value not in _NOTHING}
