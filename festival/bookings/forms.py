"""Forms about places and stars. They check the shape; the rules decide what is allowed."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from festival import text
from festival.bookings.models import QUESTION_LENGTH
from festival.web.forms import PageForm

# More than anybody can go to. Limits what the database looks up if somebody sends thousands.
MOST_SLOTS = 50
MOST_STARS_SENT = 2000  # more than any programme has: somebody may star all of it
CODE_LENGTH = 64


class BookForm(PageForm):
    """One place for one ticket, and the question if it is with a coach."""

    slot = StringField(validators=[InputRequired(_l("Kies eerst een moment."))])
    moments = HiddenField()  # see shown_moments.py
    question = TextAreaField(
        validators=[Length(max=QUESTION_LENGTH, message=_l("Maak je vraag wat korter."))]
    )


class CancelForm(PageForm):
    """Confirms that the place is given back."""


class WaitForm(PageForm):
    """Joins the waiting list; there is nothing to fill in."""

    moments = HiddenField()


class SwapForm(PageForm):
    """The place to take instead of the one that is held."""

    slot = StringField(validators=[InputRequired(_l("Kies eerst een moment."))])
    moments = HiddenField()


@dataclass(frozen=True)
class ChosenSlots:
    """What was chosen for one ticket in the fields of bookings/choose.html."""

    slots: tuple[str, ...] = ()  # codes, in the order of the page
    question: str = ""
    waits: tuple[str, ...] = ()  # codes of full ones, to stand in line for


def read_chosen_slots(values: "MultiDict[str, Any]", prefix: str) -> ChosenSlots:
    """Returns what was chosen in the fields of a posted form that start with `prefix`."""
    codes, waits = (
        tuple(dict.fromkeys(code for code in values.getlist(f"{prefix}-{name}") if code))
        for name in ("slot", "wacht")
    )
    question = text.lines(values.get(f"{prefix}-question", ""))[:QUESTION_LENGTH]
    return ChosenSlots(codes[:MOST_SLOTS], question, waits[:MOST_SLOTS])


@dataclass(frozen=True)
class StarChange:
    """What a device starred and unstarred: codes of slots."""

    add: list[str]
    remove: list[str]


def read_stars(posted: Any) -> StarChange | None:
    """Returns the change in `{"add": [codes], "remove": [codes]}`; None if it is malformed."""
    if not isinstance(posted, dict):
        return None
    lists = [posted.get(name, []) for name in ("add", "remove")]
    for codes in lists:
        if not isinstance(codes, list) or len(codes) > MOST_STARS_SENT:
            return None
        if not all(isinstance(code, str) and _could_be_a_code(code) for code in codes):
            return None
    return StarChange(*lists)


def _could_be_a_code(text: str) -> bool:
    """Whether a database can look it up: JSON can hold text that no database accepts."""
    return len(text) <= CODE_LENGTH and text.isprintable()
