"""What a form showed of slots, so that nobody takes a place at hours that they did not see.

A form sends a mark of the hours and the stage of each slot that it offers, in the field `moments`.
The rule compares the mark of what is taken with the slot as it is now. There is no signature:
whoever changes the field is only asked once more, or not asked.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Protocol

from festival.editions import dates
from festival.errors import Refusal
from festival.programme.models.sessions import Slot

_MOST_READ = 2000  # more slots than any page offers


class MomentChanged(Refusal):
    """“{title}” is verplaatst. Het is nu {when}, {stage}. Komt dat ook uit? Kies het dan nog een
    keer."""


class _Shown(Protocol):
    """A slot as pages show it."""

    @property
    def code(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def stage_id(self) -> int: ...


def mark(slot: _Shown) -> str:
    """Returns ten hex digits that are the same as long as hours and stage of `slot` are."""
    shown = f"{slot.starts_at.timestamp()} {slot.ends_at.timestamp()} {slot.stage_id}"
    return blake2b(shown.encode(), digest_size=5).hexdigest()


def written(slots: Iterable[_Shown], *, keep: Mapping[str, str] | None = None) -> str:
    """Returns the value of the field `moments` for a form that offers `slots`.

    `keep` are marks that were sent with choices that the page shows once more: they stay, so that
    a move in the meantime is still told.
    """
    kept = keep or {}
    return " ".join(f"{slot.code}:{kept.get(slot.code) or mark(slot)}" for slot in slots)


def read(text: str | None) -> dict[str, str]:
    """Returns marks by the codes of slots from what a form sent. What is malformed is left out."""
    parts = (part.partition(":") for part in (text or "").split()[:_MOST_READ])
    return {code: sent for code, _colon, sent in parts if sent}


def chosen(
    sent: Mapping[str, str], codes: Collection[str], refusal: Refusal | None = None
) -> dict[str, str]:
    """Returns what to keep of the marks `sent` with the choices `codes`, after `refusal`.

    What the refusal told needs no telling again.
    """
    told = refusal.details["code"] if isinstance(refusal, MomentChanged) else None
    return {code: sent[code] for code in codes if code in sent and code != told}


def check_shown(slot: Slot, shown: str) -> None:
    """Refuse with MomentChanged if `slot` is not as it was when it was `shown`: its mark.

    '' says nothing: nobody looked at a page, or one from before forms sent marks.
    """
    if shown and shown != mark(slot):
        raise MomentChanged(
            title=slot.session.title,
            when=dates.span(slot.session.edition, slot.starts_at, slot.ends_at),
            stage=slot.stage.name,
            code=slot.code,
        )
