"""Letters about changes: one per ticket for its places and one for what it waits for, and one per
person on stage, each with all of theirs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from festival.bookings.queries.held_places import who_has_a_place_in
from festival.bookings.queries.waiting_list import who_waits_for
from festival.editions.models import Edition
from festival.mail import rules as mail
from festival.mail.models import Attachment
from festival.programme import slot_status
from festival.programme.changes import Change
from festival.programme.models.sessions import Speaker
from festival.releases import queries
from festival.releases.change_descriptions import ChangeDescription, describe_changes
from festival.tickets.models import Ticket
from festival.web import languages
from festival.web.languages import Bilingual

# Changes of a slot that whoever has a place there must know.
_OF_PLACES = {"new", "moved", "cancelled", "late", "on_time", "back", "replaced"}
# And whoever only waits for one: when it begins, they hear with their place.
_OF_LINES = _OF_PLACES - {"late", "on_time"}


def to_bookers(edition: Edition, changes: Iterable[Change], *, now: datetime) -> int:
    """To whoever has a place in a slot that changed: what was and what is, and what they can do.

    Answers how many letters. The slots must be written before: then who books at the same time
    is in the list, or was refused.
    """
    news = _news(changes, _OF_PLACES, now=now)
    letters = _to_tickets(edition, news, who_has_a_place_in(news))
    return mail.queue_many(
        "releases/places_changed",
        (
            {**each, "attachments": [Attachment("agenda_ics", each["ticket"].secret)]}
            for each in letters
        ),
        now=now,
    )


def to_waiting(edition: Edition, changes: Iterable[Change], *, now: datetime) -> int:
    """To whoever is in line for a slot that was moved, goes or comes back; the slots are written.

    Answers how many letters.
    """
    news = _news(changes, _OF_LINES, now=now)
    letters = _to_tickets(edition, news, who_waits_for(news))
    return mail.queue_many("releases/line_changed", letters, now=now)


def to_speakers(
    edition: Edition,
    changes: Sequence[Change],
    *,
    former: dict[int, set[int]],
    now: datetime,
) -> int:
    """To every speaker and host of a session that changed, with all of it, and with a calendar.

    `former` is who was in which of those sessions before, see queries.people_in: who is in one no
    more hears that. Answers how many letters.
    """
    by_session: dict[int, list[Change]] = defaultdict(list)
    for change in changes:
        if not _is_over(change, now):
            by_session[change.session_id].append(change)
    present = queries.people_in(by_session)
    gone = {
        speaker_id: (sessions - present.get(speaker_id, set())) & by_session.keys()
        for speaker_id, sessions in former.items()
    }
    people = queries.speakers({*present, *(each for each in gone if gone[each])})
    return mail.queue_many(
        "releases/sessions_changed",
        (
            _to_speaker(
                edition,
                speaker,
                [change for each in present.get(speaker.id, ()) for change in by_session[each]],
                [by_session[each][0].title for each in gone.get(speaker.id, ())],
            )
            for speaker in people
        ),
        now=now,
    )


def _news(changes: Iterable[Change], kinds: Collection[str], *, now: datetime) -> dict[str, Change]:
    """By the code of its slot what is news to people who had to do with that slot before."""
    return {
        # New, and booked already: it had been taken off.
        change.slot_code: replace(change, kind="back") if change.kind == "new" else change
        for change in changes
        if change.kind in kinds and not _is_over(change, now)
    }


def _to_tickets(
    edition: Edition, news: Mapping[str, Change], told: Mapping[Ticket, Sequence[str]]
) -> Iterator[dict[str, Any]]:
    """What the letter of each ticket needs: whom `told` concerns, and the codes of which slots."""
    spoken = {ticket.order.language for ticket in told}
    lines = {language: _by_code(edition, news.values(), language) for language in spoken}
    for ticket, codes in told.items():
        language = ticket.order.language
        yield {
            "to": ticket.email,
            "language": language,
            "edition": edition,
            "ticket": ticket,
            "lines": [lines[language][code] for code in codes],
        }


def _to_speaker(
    edition: Edition, speaker: Speaker, changes: Collection[Change], left: Collection[Bilingual]
) -> dict[str, Any]:
    with languages.speaking(speaker.language):
        lines = describe_changes(edition, changes)
    return {
        "to": speaker.email,
        "language": speaker.language,
        "attachments": [Attachment(kind="speaker_ics", reference=speaker.secret)],
        "edition": edition,
        "speaker": speaker,
        "lines": lines,
        "left": left,
        "edition_slug": slot_status.edition_slug(edition),
    }


def _by_code(
    edition: Edition, changes: Iterable[Change], language: str
) -> dict[str, ChangeDescription]:
    """The line of each slot by itself; drawn once, not for everybody who has a place."""
    with languages.speaking(language):
        return {change.slot_code: describe_changes(edition, [change])[0] for change in changes}


def _is_over(change: Change, now: datetime) -> bool:
    places = [place for place in (change.before, change.after) if place]
    return bool(places) and all(place.ends_at <= now for place in places)
