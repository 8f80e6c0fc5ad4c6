"""The programme: sessions are what happens, slots are when and where, each with its own places.

What visitors see is in the columns of rows that are public. What makers change there stands in
`draft` until the next release, see draft.py; private fields (needs, contact) change at once.
"""

from festival.programme.models.feedback import Feedback
from festival.programme.models.places import Stage, StageHours, Theme, Walk
from festival.programme.models.releases import Release
from festival.programme.models.sessions import (
    ACCESS,
    BOOKABLE_KINDS,
    KINDS,
    LEVELS,
    SLOT_STATES,
    Availability,
    Session,
    Slot,
    Speaker,
    SpeakerFile,
    speaker_of_session,
)
from festival.programme.models.timetable import AcceptedClash, Block, WantedTogether

__all__ = [
    "ACCESS",
    "BOOKABLE_KINDS",
    "KINDS",
    "LEVELS",
    "SLOT_STATES",
    "AcceptedClash",
    "Availability",
    "Block",
    "Feedback",
    "Release",
    "Session",
    "Slot",
    "Speaker",
    "SpeakerFile",
    "Stage",
    "StageHours",
    "Theme",
    "Walk",
    "WantedTogether",
    "speaker_of_session",
]
