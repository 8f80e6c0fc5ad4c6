"""Makes an example of each letter about changes, for tests/test_letters.py."""

from datetime import UTC, date, datetime

from festival.bookings.rules import waiting_list
from festival.db import db
from festival.programme.models.sessions import Slot, Speaker
from festival.programme.rules import people, sessions, slots
from festival.releases.rules import moving, publishing
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW


def _slot(number: int, dutch: str, english: str, kind: str = "workshop") -> Slot:
    return make.slot(
        make.session(slug=f"onderdeel-{number}", kind=kind, title=Bilingual(dutch, english)),
        stage=make.stage(name=Bilingual(f"Zaal {number}", f"Hall {number}")),
        starts=datetime(2026, 10, 23, 7 + number, 0, tzinfo=UTC),
        places=20,
    )


def _drafted(slot: Slot, **values: object) -> None:
    common = {"stage": slot.stage, "starts_at": slot.starts_at, "ends_at": slot.ends_at}
    slots.move_slot(slot, **{**common, **values}, seen=slot.version, now=NOW)


def places_changed(language: str) -> None:
    """One slot moves and one is cancelled."""
    ticket = make.ticket(language=language, email="mia@example.org")
    ticket.holder_name = "Mia Jansen"
    moved = _slot(1, "Zagen voor beginners", "Sawing for beginners")
    gone = _slot(2, "Soep met de straat", "Soup with the street")
    for slot in (moved, gone):
        make.booking(ticket, slot, now=NOW)
    _drafted(moved, stage=gone.stage, starts_at=moved.starts_at.replace(hour=13),
             ends_at=moved.ends_at.replace(hour=14))  # fmt: skip
    slots.drop_slot(gone, seen=gone.version, now=NOW)
    publishing.publish_release(
        moved.session.edition, name=Bilingual("Tweede"), agreed=[gone.code], now=NOW
    )


def line_changed(language: str) -> None:
    """Of two slots with a waiting list, one moves and one is cancelled."""
    ticket = make.ticket(language=language, email="mia@example.org")
    ticket.holder_name = "Mia Jansen"
    moved = _slot(1, "Zagen voor beginners", "Sawing for beginners")
    gone = _slot(2, "Soep met de straat", "Soup with the street")
    for slot in (moved, gone):
        slot.is_full = True
        waiting_list.join_waiting_list(ticket, slot, now=NOW)
    _drafted(moved, stage=gone.stage, starts_at=moved.starts_at.replace(hour=13),
             ends_at=moved.ends_at.replace(hour=14))  # fmt: skip
    slots.drop_slot(gone, seen=gone.version, now=NOW)
    publishing.publish_release(moved.session.edition, name=Bilingual("Tweede"), now=NOW)


def edition_moved(language: str) -> None:
    """An edition with one ticket moves by a year."""
    make.order(language=language, email="mia@example.org", name="Mia Jansen")
    moving.move_edition(make.current_edition(), date(2027, 9, 17), seen=1, now=NOW)


def sessions_changed(language: str) -> None:
    """Of a speaker's sessions one moves, one gets another title, and one loses the speaker."""
    edition = make.current_edition()
    speaker = Speaker(
        edition_id=edition.id, slug="ria", name="Ria Wróżyńska", email="ria@example.org",
        secret="geheim-van-ria", language=language, is_public=True,
    )  # fmt: skip
    db.session.add(speaker)
    db.session.flush()
    moved, other, left = (
        _slot(1, "Soep is geen project", "Soup is not a project", "talk"),
        _slot(2, "De lange adem", "Staying power", "talk"),
        _slot(3, "Wat nu?", "What now?", "talk"),
    )
    for slot in (moved, other, left):
        people.set_speakers(slot.session, [speaker])
    _drafted(moved, starts_at=moved.starts_at.replace(hour=13),
             ends_at=moved.ends_at.replace(hour=14))  # fmt: skip
    sessions.save_session(
        edition,
        other.session,
        {"title": Bilingual("De langste adem", "The most staying power")},
        speakers=[speaker],
        seen=other.session.version,
        now=NOW,
    )
    sessions.save_session(
        edition, left.session, {}, speakers=[], seen=left.session.version, now=NOW
    )
    publishing.publish_release(edition, name=Bilingual("Tweede"), now=NOW)
