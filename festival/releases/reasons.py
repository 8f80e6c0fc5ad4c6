"""The usual reasons for a change on the day, in both languages, so that one tap is enough."""

from festival.web.languages import Bilingual

TEXTS = {
    "ill": Bilingual("De spreker is ziek.", "The speaker is ill."),
    "on_the_way": Bilingual("De spreker is nog onderweg.", "The speaker is still on the way."),
    "train": Bilingual("De trein is vertraagd.", "The train is delayed."),
    "runs_over": Bilingual("Het vorige loopt uit.", "The one before is running over."),
    "technique": Bilingual("De techniek is nog niet klaar.", "The equipment is not ready yet."),
    "hot": Bilingual("Het is te warm in de zaal.", "The room is too hot."),
    "busy": Bilingual("Er komen meer mensen dan er passen.", "More people come than fit in."),
    "weather": Bilingual("Het weer laat het niet toe.", "The weather does not allow it."),
    "safety": Bilingual("Het is hier nu niet veilig.", "It is not safe here right now."),
    "solved": Bilingual("Het is opgelost.", "It has been solved."),
    "arrived": Bilingual("De spreker is er.", "The speaker has arrived."),
}
_BY_ACTION = {
    "late": ("runs_over", "train", "on_the_way", "technique"),
    "move": ("busy", "hot", "technique", "weather", "safety"),
    "cancel": ("ill", "train", "technique", "weather", "safety"),
    "restore": ("solved", "arrived"),
    "full": ("busy", "safety"),
    "open": (),
    "replace": ("ill", "train", "technique"),
}

# These actions need a reason: everyone who has a place reads it.
NEEDED = {"move", "cancel", "replace"}


def usual_reasons(action: str) -> dict[str, Bilingual]:
    """Returns the usual reasons for `action` by name, the likeliest first."""
    return {name: TEXTS[name] for name in _BY_ACTION[action]}
