"""What people send about places and stars: shape only. The rules decide whether it may be."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from festival.bookings.models import QUESTION_LENGTH

# More than anybody can walk to. The database does not look for the thousands that somebody sends.
MOST_SLOTS = 50
MOST_STARS_SENT = 2000  # more than any programme has: somebody may star all of it
CODE_LENGTH = 64


class BookForm(FlaskForm):
    """One place for one ticket; a coach wants to know the question."""

    slot = StringField(validators=[InputRequired(_l("Kies eerst een moment."))])
    question = TextAreaField(
        validators=[Length(max=QUESTION_LENGTH, message=_l("Maak je vraag wat korter."))]
    )


class CancelForm(FlaskForm):
    """Yes, give the place back."""


class WaitForm(FlaskForm):
    """Get in line for a place."""


class SwapForm(FlaskForm):
    """Another place instead of the one that is held."""

    slot = StringField(validators=[InputRequired(_l("Kies eerst een moment."))])


@dataclass(frozen=True)
class ChosenSlots:
    """What was chosen for one ticket in the fields of bookings/choose.html."""

    slots: tuple[str, ...] = ()  # codes, in the order of the page
    question: str = ""


def read_chosen_slots(values: "MultiDict[str, Any]", prefix: str) -> ChosenSlots:
    """Returns what was chosen in the fields of a posted form that start with `prefix`."""
    codes = dict.fromkeys(code for code in values.getlist(f"{prefix}-slot") if code)
    question = values.get(f"{prefix}-question", "").strip()[:QUESTION_LENGTH]
    return ChosenSlots(tuple(codes)[:MOST_SLOTS], question)


@dataclass(frozen=True)
class StarChange:
    """What a device starred and unstarred: codes of slots."""

    add: list[str]
    remove: list[str]


def read_stars(posted: Any) -> StarChange | None:
    """Returns the change in a posted `{"add": [codes], "remove": [codes]}`; None if it is none."""
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
    """Whether a database can look for it: JSON can hold text that none accepts."""
    return len(text) <= CODE_LENGTH and text.isprintable()
