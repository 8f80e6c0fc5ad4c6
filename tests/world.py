"""A programme of two days for tests to look at."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from festival.editions.models import Edition
from festival.programme.models.places import Stage, Theme
from festival.programme.models.sessions import Session, Speaker
from festival.programme.rules import people, publishing, sessions, slots, stages_and_themes
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment on the festival's clocks, in October 2026 (summer time until the 25th)."""
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC) - timedelta(hours=2)


@dataclass
class World:
    """A talk, a workshop given twice, and a coach with twelve meetings, on Friday and Saturday."""

    edition: Edition
    hall: Stage
    table: Stage
    care: Theme
    ria: Speaker
    talk: Session
    workshop: Session
    coach: Session


def build_world() -> World:
    edition = make.current_edition()
    hall = stages_and_themes.save_stage(
        edition,
        None,
        {"slug": "hal", "name": Bilingual("De Hal", "The Hall"), "position": 1},
        now=NOW,
    )
    table = stages_and_themes.save_stage(
        edition, None, {"slug": "tafel", "name": Bilingual("De Tafel"), "position": 2}, now=NOW
    )
    care = stages_and_themes.save_theme(
        edition, None, {"slug": "zorg", "name": Bilingual("Zorg", "Care"), "position": 1}, now=NOW
    )
    ria = people.save_speaker(
        edition,
        None,
        {"slug": "ria", "name": "Ria Wróżyńska", "organisation": "Buurthuis"},
        now=NOW,
    )

    def session(slug: str, kind: str, title: Bilingual, **values: object) -> Session:
        return sessions.save_session(
            edition,
            None,
            {"slug": slug, "kind": kind, "title": title, **values},
            speakers=[ria] if kind == "talk" else [],
            now=NOW,
        )

    talk = session(
        "soep", "talk", Bilingual("Soep is geen project", "Soup is not a project"),
        theme_id=care.id, languages="nl", is_highlight=True,
    )  # fmt: skip
    workshop = session("zagen", "workshop", Bilingual("Zagen voor beginners"), languages="nl+en")
    coach = session("coach", "coaching", Bilingual("Waar begin ik?", "Where do I begin?"))
    slots.add_slot(
        talk, stage=hall, starts_at=at(23, 10), ends_at=at(23, 10, 45), places=None, now=NOW
    )
    for day in (23, 24):
        slots.add_slot(
            workshop,
            stage=table,
            starts_at=at(day, 11),
            ends_at=at(day, 12, 30),
            places=20,
            now=NOW,
        )
    slots.add_coaching_slots(
        coach, stage=table, starts_at=at(23, 13), minutes=20, pause=5, number=12, now=NOW
    )
    publishing.publish_draft(edition, name=Bilingual("Eerste"), now=NOW)
    return World(edition, hall, table, care, ria, talk, workshop, coach)
