"""What the team fills in about a question, as the rules take it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from festival.tickets.models import TicketType
from festival.web.languages import Bilingual


@dataclass(frozen=True)
class OptionValues:
    """One option as it should be; `code` is '' for a new one. Without a label it goes."""

    code: str
    label: Bilingual
    is_on: bool


@dataclass(frozen=True)
class QuestionValues:
    """A question as it should be. No `types` means all."""

    label: Bilingual
    purpose: Bilingual
    about: str
    kind: str
    sensitivity: str
    erase_on: date
    position: int
    is_required: bool
    is_on: bool
    types: Sequence[TicketType]
    options: Sequence[OptionValues]
