"""What people may send about places: shape only; whether it may be is for the rules."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from festival.bookings.models import QUESTION_LENGTH

# More than anybody can walk to; who sends thousands must not make the database look for them.
MOST_SLOTS = 50


class BookForm(FlaskForm):
    """One place for one ticket; a coach wants to know the question."""

    slot = StringField(validators=[InputRequired(_l("Kies eerst een moment."))])
    question = TextAreaField(
        validators=[Length(max=QUESTION_LENGTH, message=_l("Maak je vraag wat korter."))]
    )


class CancelForm(FlaskForm):
    """Yes, give the place back."""


@dataclass(frozen=True)
class Choice:
    """What was chosen for one ticket in the fields of bookings/choose.html."""

    slots: tuple[str, ...] = ()  # codes, in the order of the page
    question: str = ""


def read_choice(values: "MultiDict[str, Any]", prefix: str) -> Choice:
    """The choice whose fields start with `prefix` in a posted form."""
    codes = dict.fromkeys(code for code in values.getlist(f"{prefix}-slot") if code)
    question = values.get(f"{prefix}-question", "").strip()[:QUESTION_LENGTH]
    return Choice(tuple(codes)[:MOST_SLOTS], question)
