"""Two schedules in the shapes of real festivals, with invented names: sizes, nights, long texts."""

import itertools
import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from festival.editions.models import Edition
from festival.sheets import Cell

FIRST_DAY = date(2026, 10, 16)
_FIRST = ("Ria", "José", "Zoë", "Łukasz", "Şule", "Émile", "Björn", "Ana", "Thijs", "Noor", "Bo")
_LAST = ("van der Berg", "Wróżyńska", "Müller", "d’Hondt", "Özdemir", "de Wit", "García", "Smid")
_WORDS = [
    "samen",
    "buurt",
    "dak",
    "soep",
    "zaag",
    "licht",
    "tuin",
    "plein",
    "stoel",
    "draad",
    "verhaal",
    "wijk",
    "koor",
    "brug",
]


@dataclass
class Schedule:
    """The rows of three files, and when each session starts (on the clocks of the festival)."""

    stages: list[list[Cell]]
    people: list[list[Cell]]
    sessions: list[list[Cell]]
    starts: dict[str, datetime]  # by title


def large() -> Schedule:
    """482 sessions in 44 rooms on four days, 13 at night, several speakers each, long texts."""
    return _schedule(sessions=482, rooms=44, days=4, people=700, nights=13, longest=7_000, seed=1)


def small() -> Schedule:
    """138 sessions in nine rooms on two days, four at night."""
    return _schedule(sessions=138, rooms=9, days=2, people=160, nights=4, longest=900, seed=2)


def lasts(edition: Edition, days: int) -> None:
    """Let `edition` last that many days from FIRST_DAY on."""
    edition.starts_on = FIRST_DAY
    edition.ends_on = FIRST_DAY + timedelta(days=days - 1)
    edition.match_days()


def _schedule(
    *, sessions: int, rooms: int, days: int, people: int, nights: int, longest: int, seed: int
) -> Schedule:
    chance = random.Random(seed)
    names = [f"{first} {last}" for first, last in itertools.product(_FIRST, _LAST)]
    everybody = [f"{names[n % len(names)]} {n // len(names) + 1}" for n in range(people)]
    stages: list[list[Cell]] = [["Naam (Nederlands)", "Hoeveel mensen er in mogen"]]
    stages += [[f"Zaal {n + 1}", 20 + n] for n in range(rooms)]
    rows: list[list[Cell]] = [
        ["Titel", "Titel (Nederlands)", "Het hele verhaal (Nederlands)", "Wie", "Dag", "Van", "Tot",
         "Podium"]
    ]  # fmt: skip
    starts = {}
    for n in range(sessions):
        title = f"{chance.choice(_WORDS).title()} en {chance.choice(_WORDS)} {n + 1}"
        night = n < nights
        hour = n % 6 if night else chance.randrange(9, 24)
        day = FIRST_DAY + timedelta(days=1 + n % days if night else n % days)
        at = datetime.combine(day, time(hour, chance.choice((0, 5, 15, 30, 45))))
        until = at + timedelta(minutes=chance.choice((20, 45, 60)))
        text = " ".join(chance.choices(_WORDS, k=longest))[: longest if n % 9 == 0 else 400]
        who = "; ".join(chance.sample(everybody, chance.randrange(1, 6)))
        rows.append(
            ["", title, text.strip(), who, f"{at:%d-%m-%Y}", f"{at:%H:%M}", f"{until:%H:%M}",
             f"Zaal {n % rooms + 1}"]
        )  # fmt: skip
        starts[title] = at
    return Schedule(stages, [["Naam"], *([name] for name in everybody)], rows, starts)
