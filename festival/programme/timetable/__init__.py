"""The programme as visitors read it: drawn once per version and language, then kept in memory.

Drawing four hundred cards takes longer than everything else on the page, and a card changes only
when the programme does. How many places are left changes all the time: each look reads those
numbers with one query and writes them into the cards that are kept.
"""

# Who shows cards asks for their addresses here.
from festival.programme.states import edition_slug, session_url
from festival.programme.timetable.cards import (
    COACH_BREAK,
    Card,
    Programme,
    anchor,
    card_of,
    coach_runs,
    moments_of,
)
from festival.programme.timetable.layout import lay_out
from festival.programme.timetable.reading import (
    DAY_BEGINS,
    Stand,
    choose,
    count,
    first_to_come,
    init_app,
    now_and_next,
    places_on,
    programme_of,
)

__all__ = [
    "COACH_BREAK",
    "DAY_BEGINS",
    "Card",
    "Programme",
    "Stand",
    "anchor",
    "card_of",
    "choose",
    "coach_runs",
    "count",
    "edition_slug",
    "first_to_come",
    "init_app",
    "lay_out",
    "moments_of",
    "now_and_next",
    "places_on",
    "programme_of",
    "session_url",
]
