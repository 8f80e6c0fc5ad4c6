"""A programme as large as it gets: twelve stages, three days, four hundred sessions, all public."""

from collections.abc import Iterator
from datetime import time, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert

from festival.db import Base, db
from festival.editions.models import Edition
from festival.editions.rules import raise_programme_version
from festival.programme.models.places import Stage, Theme
from festival.programme.models.sessions import Session, Slot, Speaker, speaker_of_session
from tests.make import NOW

# How often each kind comes by, and how long it lasts in minutes.
_KINDS = (
    *(("talk", 45), ("workshop", 75), ("talk", 45), ("story", 30), ("workshop", 60)),
    *(("talk", 40), ("music", 45), ("workshop", 75), ("game", 60), ("coaching", 20)),
)
_STAGES = (
    *("Grote Zaal", "De Werkbank", "Kas", "Binnenplaats", "De Stille Kamer", "Foyer"),
    *("Smederij", "Zolder", "Gemeenschappelijke Ontmoetingsruimte", "Tuin", "De Draad", "Kelder"),
)
_ABOUT = (
    "Soep is geen project",
    "Burenhulp zonder formulieren",
    "Arbeidsmarktgerichte wijkontwikkelingsmaatschappijen",
    "Wie past er op wie?",
    "Een dak boven je hoofd en een tafel in de straat",
    "Meervoudig ruimtegebruik",
    "Van klacht naar klus",
)
_COACH_MEETINGS, _COACH_PAUSE = 4, 5  # meetings, minutes


def crowd(edition: Edition, stages: int = 12, days: int = 3, sessions: int = 400) -> None:
    """Fill `edition` with so many public sessions, spread evenly, none double on a stage.

    Every twentieth session is given twice, a coach has four meetings in a row, and each day ends
    with music on the first stage, until one at night. The edition lasts `days` from now on.
    """
    edition.ends_on = edition.starts_on + timedelta(days=days - 1)
    db.session.flush()
    stage_ids = _stages(edition, stages)
    theme_ids = _themes(edition)
    speaker_ids = _speakers(edition, sessions * 3 // 4)
    session_ids = _sessions(edition, sessions, theme_ids)
    _insert(
        speaker_of_session,
        [
            {"session_id": session_id, "speaker_id": speaker_ids[number % len(speaker_ids)]}
            for number, session_id in enumerate(session_ids)
        ],
    )
    slots = list(_slots(edition, session_ids, stage_ids))
    _insert(Slot, slots)
    raise_programme_version(edition.id)
    db.session.commit()


def _stages(edition: Edition, number: int) -> list[int]:
    return _added(
        Stage,
        edition,
        [
            {
                "edition_id": edition.id,
                "slug": f"zaal-{n + 1}",
                "name_nl": _STAGES[n] if n < len(_STAGES) else f"Zaal {n + 1}",
                "name_en": f"Stage {n + 1}",
                "capacity": 30 + 10 * n,
                "position": n,
            }
            for n in range(number)
        ],
    )


def _themes(edition: Edition) -> list[int]:
    names = ("Wonen", "Zorg", "Leren", "Werk", "Bouwen")
    rows = [
        {"edition_id": edition.id, "slug": name.lower(), "name_nl": name, "position": position}
        for position, name in enumerate(names)
    ]
    return _added(Theme, edition, rows)


def _speakers(edition: Edition, number: int) -> list[int]:
    return _added(
        Speaker,
        edition,
        [
            {
                "edition_id": edition.id,
                "slug": f"spreker-{n}",
                "name": f"{'Maximiliaan van Amerongen-Brouwers' if n % 9 == 8 else 'Spreker'} {n}",
                "organisation": f"Buurthuis {n % 40}",
                "is_public": True,
                "secret": f"geheim-{edition.id}-{n}",
            }
            for n in range(number)
        ],
    )  # fmt: skip


def _sessions(edition: Edition, number: int, theme_ids: list[int]) -> list[int]:
    return _added(
        Session,
        edition,
        [
            {
                "edition_id": edition.id,
                "slug": f"sessie-{n}",
                "kind": _KINDS[n % len(_KINDS)][0],
                "title_nl": f"{_ABOUT[n % len(_ABOUT)]} {n}",
                "title_en": f"Session {n}",
                "summary_nl": "Een verhaal uit de praktijk, en wat je er morgen mee kunt.",
                "summary_en": "A story from practice, and what you can do with it tomorrow.",
                "description_nl": "Eerst vertellen we, dan doen we. " * 10,
                "languages": ("nl", "en", "nl+en")[n % 3],
                "theme_id": theme_ids[n % len(theme_ids)],
                "is_public": True,
            }
            for n in range(number)
        ],
    )


def _slots(
    edition: Edition, session_ids: list[int], stage_ids: list[int]
) -> Iterator[dict[str, Any]]:
    codes = (f"{edition.id % 36:02X}{n:04X}Z" for n in count(1))
    columns = [(stage_id, day) for day in edition.days for stage_id in stage_ids]
    free = {column: edition.moment(column[1], time(9)) for column in columns}
    turns = [*range(len(session_ids)), *range(1, len(session_ids), 20)]
    for turn, number in enumerate(turns):
        kind, minutes = _KINDS[number % len(_KINDS)]
        stage_id, day = column = columns[turn % len(columns)]
        is_last = turn >= len(turns) - len(columns) and stage_id == stage_ids[0]
        if is_last:
            minutes = 90
            free[column] = max(free[column], edition.moment(day, time(23, 30)))
        for _ in range(_COACH_MEETINGS if kind == "coaching" else 1):
            starts_at = free[column]
            ends_at = starts_at + timedelta(minutes=minutes)
            pause = _COACH_PAUSE if kind == "coaching" else 15
            free[column] = ends_at + timedelta(minutes=pause)
            yield {
                "code": next(codes),
                "session_id": session_ids[number],
                "stage_id": stage_id,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "places": {"workshop": 20, "coaching": 1}.get(kind),
                "is_public": True,
                "changed_at": NOW,
            }


def _added(kind: type[Base], edition: Edition, rows: list[dict[str, Any]]) -> list[int]:
    """Add `rows`; their ids in the same order, which is that of the database too."""
    _insert(kind, rows)
    table = kind.__table__
    ids = db.session.scalars(
        table.select()
        .with_only_columns(table.c.id)
        .where(table.c.edition_id == edition.id)
        .order_by(table.c.id)
    )
    return list(ids)[-len(rows) :]


def _insert(kind: Any, rows: list[dict[str, Any]]) -> None:
    db.session.execute(insert(getattr(kind, "__table__", kind)), rows)
