"""Making the programme: stages, themes, people on stage, sessions, and when and where they are.

Stages, themes and numbers of places change at once, and raise the programme's version so that no
page shows an old card. All else is the draft, until a release (publishing.py). Every rule holds
the edition's row from its beginning, so that no release takes half of what it does.
"""

from festival.programme.rules.acceptances import (
    ClashGone,
    ReasonMissing,
    accept_clash,
    withdraw_acceptance,
)
from festival.programme.rules.people import (
    SpeakerOnStage,
    remove_speaker,
    save_speaker,
    set_availability,
    set_speakers,
    write_people,
)
from festival.programme.rules.places import (
    StageInUse,
    ThemeInUse,
    remove_stage,
    remove_theme,
    save_stage,
    save_theme,
    set_hours,
    set_walks,
)
from festival.programme.rules.placing import (
    MOST_SLOTS_AT_ONCE,
    NoSlots,
    PlacedMeanwhile,
    PlacesTaken,
    SlotGone,
    TooManySlots,
    add_coaching_slots,
    add_slot,
    drop_block,
    drop_slot,
    move_slot,
    place_session,
    save_block,
    update_slot,
)
from festival.programme.rules.rows import EndsBeforeStart, OutsideEdition, drafting
from festival.programme.rules.sessions import (
    SessionHasSlots,
    SessionWasPublished,
    SomeChanged,
    copy_session,
    discard_draft,
    free_slug,
    remove_session,
    save_each,
    save_session,
    save_sessions,
)

__all__ = [
    "MOST_SLOTS_AT_ONCE",
    "ClashGone",
    "EndsBeforeStart",
    "NoSlots",
    "OutsideEdition",
    "PlacedMeanwhile",
    "PlacesTaken",
    "ReasonMissing",
    "SessionHasSlots",
    "SessionWasPublished",
    "SlotGone",
    "SomeChanged",
    "SpeakerOnStage",
    "StageInUse",
    "ThemeInUse",
    "TooManySlots",
    "accept_clash",
    "add_coaching_slots",
    "add_slot",
    "copy_session",
    "discard_draft",
    "drafting",
    "drop_block",
    "drop_slot",
    "free_slug",
    "move_slot",
    "place_session",
    "remove_session",
    "remove_speaker",
    "remove_stage",
    "remove_theme",
    "save_block",
    "save_each",
    "save_session",
    "save_sessions",
    "save_speaker",
    "save_stage",
    "save_theme",
    "set_availability",
    "set_hours",
    "set_speakers",
    "set_walks",
    "update_slot",
    "withdraw_acceptance",
    "write_people",
]
