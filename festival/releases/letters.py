"""Letters about changes. Each ticket gets one letter about its places and one about its waiting
lists; each speaker or host gets one letter about all of their sessions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from festival.bookings.queries.held_places import who_has_a_place_in
from festival.bookings.queries.waiting_list import who_waits_for
from festival.editions import dates
from festival.editions.models import Edition
from festival.mail import rules as mail
from festival.mail.models import Attachment
from festival.programme import slot_status
from festival.programme.changes import Change
from festival.programme.models.sessions import Speaker
from festival.releases import queries
from festival.releases.change_descriptions import ChangeDescription, describe_changes
from festival.tickets.models import Order, Ticket
from festival.web import languages
from festival.web.languages import Bilingual

# Kinds of changes that people with a place in the slot must know about.
_FOR_BOOKERS = {"new", "moved", "cancelled", "late", "on_time", "back", "replaced"}
# People on the waiting list learn about delays when they get a place.
_FOR_WAITING_LIST = _FOR_BOOKERS - {"late", "on_time"}


def notify_bookers(edition: Edition, changes: Iterable[Change], *, now: datetime) -> int:
    """Tell everyone who has a place in a changed slot what changed and what they can do.

    Returns the number of letters. Call this after the slots are written: anyone who books at the
    same time is then either found here or refused.
    """
    by_slot = _changes_by_slot(changes, _FOR_BOOKERS, now=now)
    letters = _to_tickets(edition, by_slot, who_has_a_place_in(by_slot))
    return mail.queue_many(
        "releases/places_changed",
        (
            {**each, "attachments": [Attachment("agenda_ics", each["ticket"].secret)]}
            for each in letters
        ),
        now=now,
    )


def notify_waiting_list(edition: Edition, changes: Iterable[Change], *, now: datetime) -> int:
    """Tell everyone on the waiting list of a slot that is moved, cancelled or restored.

    Returns the number of letters. Call this after the slots are written.
    """
    by_slot = _changes_by_slot(changes, _FOR_WAITING_LIST, now=now)
    letters = _to_tickets(edition, by_slot, who_waits_for(by_slot))
    return mail.queue_many("releases/line_changed", letters, now=now)


def notify_speakers(
    edition: Edition,
    changes: Sequence[Change],
    *,
    former: dict[int, set[int]],
    now: datetime,
) -> int:
    """Tell every speaker and host about the changes of their sessions, with a calendar file.

    `former` says who was in which session before (see queries.people_in): people who are no longer
    in a session hear that too. Returns the number of letters.
    """
    by_session: dict[int, list[Change]] = defaultdict(list)
    for change in changes:
        if not _is_over(change, now):
            by_session[change.session_id].append(change)
    present = queries.people_in(by_session)
    former_sessions = {
        speaker_id: (sessions - present.get(speaker_id, set())) & by_session.keys()
        for speaker_id, sessions in former.items()
    }
    people = queries.speakers(
        {*present, *(each for each, sessions in former_sessions.items() if sessions)}
    )
    return mail.queue_many(
        "releases/sessions_changed",
        (
            _to_speaker(
                edition,
                speaker,
                [change for each in present.get(speaker.id, ()) for change in by_session[each]],
                [by_session[each][0].title for each in former_sessions.get(speaker.id, ())],
            )
            for speaker in people
        ),
        now=now,
    )


def edition_moved(edition: Edition, former: Sequence[date], *, now: datetime) -> int:
    """Tell everybody with a ticket or a session that the edition moved. Returns how many."""
    return mail.queue_many(
        "releases/edition_moved",
        (of_move(edition, former, to) for to in told_of_move(edition)),
        now=now,
    )


@dataclass(frozen=True)
class MoveRecipient:
    """One address that hears that an edition moves, and the page of its own that it is sent to."""

    row: Order | Ticket | Speaker
    email: str
    name: str
    language: str
    endpoint: str
    secret: str
    attachments: tuple[Attachment, ...]


def of_move(edition: Edition, former: Sequence[date], to: MoveRecipient) -> dict[str, Any]:
    """Returns the arguments of mail.queue for the letter to one of them."""
    return {
        "to": to.email,
        "language": to.language,
        "attachments": list(to.attachments),
        "about": (to.row,),
        "edition": edition,
        "name": to.name,
        "former": former,
        "endpoint": to.endpoint,
        "secret": to.secret,
        "days_in_words": days_in_words,
        "moved_to": moved_to,
    }


def told_of_move(edition: Edition) -> Iterator[MoveRecipient]:
    """Yields everybody who hears it: each order's buyer, each other holder, and who is on stage."""
    orders = queries.live_orders(edition)
    booked = queries.tickets_with_places(edition)

    def agendas(*tickets: Ticket) -> tuple[Attachment, ...]:
        return tuple(Attachment("agenda_ics", t.secret) for t in tickets if t.id in booked)

    for order in orders:
        live = [ticket for ticket in order.tickets if ticket.released_at is None]
        own = [ticket for ticket in live if ticket.email == order.email]
        if order.email:
            yield MoveRecipient(
                order,
                order.email,
                order.name,
                order.language,
                "payments.order",
                order.secret,
                agendas(*own),
            )
        for ticket in live:
            if ticket.email != order.email:
                yield MoveRecipient(
                    ticket,
                    ticket.email,
                    ticket.holder_name,
                    order.language,
                    "bookings.ticket",
                    ticket.secret,
                    agendas(ticket),
                )
    for speaker in queries.people_on_stage(edition):
        yield MoveRecipient(
            speaker,
            speaker.email,
            speaker.name,
            speaker.language,
            "speakers.show",
            speaker.secret,
            (Attachment("speaker_ics", speaker.secret),),
        )


def moved_to(days: Sequence[date]) -> str:
    """`Verplaatst naar vrijdag 17 en zaterdag 18 september 2027`."""
    return str(_("Verplaatst naar %(days)s", days=days_in_words(days)))


def days_in_words(days: Sequence[date]) -> str:
    """`vrijdag 17 en zaterdag 18 september 2027`: an edition may move by a year."""
    return f"{dates.days(days)} {days[-1].year}"


def _changes_by_slot(
    changes: Iterable[Change], kinds: Collection[str], *, now: datetime
) -> dict[str, Change]:
    """Maps slot codes to the changes that matter to people who booked or wait for the slot."""
    return {
        # A new slot with bookings was dropped before and now comes back.
        change.slot_code: replace(change, kind="back") if change.kind == "new" else change
        for change in changes
        if change.kind in kinds and not _is_over(change, now)
    }


def _to_tickets(
    edition: Edition, by_slot: Mapping[str, Change], recipients: Mapping[Ticket, Sequence[str]]
) -> Iterator[dict[str, Any]]:
    """Yields the values of each letter; `recipients` maps tickets to the codes of their slots."""
    used = {ticket.order.language for ticket in recipients}
    lines = {language: _lines_by_slot(edition, by_slot.values(), language) for language in used}
    for ticket, codes in recipients.items():
        if not ticket.email:  # ordered by hand, or at the door
            continue
        language = ticket.order.language
        yield {
            "to": ticket.email,
            "language": language,
            "about": (ticket,),
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
        "about": (speaker,),
        "attachments": [Attachment(kind="speaker_ics", reference=speaker.secret)],
        "edition": edition,
        "speaker": speaker,
        "lines": lines,
        "left": left,
        "edition_slug": slot_status.edition_slug(edition),
    }


def _lines_by_slot(
    edition: Edition, changes: Iterable[Change], language: str
) -> dict[str, ChangeDescription]:
    """Describes the change of each slot, once per language instead of once per letter."""
    with languages.speaking(language):
        return {change.slot_code: describe_changes(edition, [change])[0] for change in changes}


def _is_over(change: Change, now: datetime) -> bool:
    places = [place for place in (change.before, change.after) if place]
    return bool(places) and all(place.ends_at <= now for place in places)
