"""The letters about changes of the programme in which the team writes sentences of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from festival.db import db
from festival.editions import dates
from festival.editions.models import Edition
from festival.mail import rules as mail
from festival.mail.prose import EditableLetter, Field
from festival.programme import slot_status
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.releases import letters
from festival.releases.change_descriptions import GROUPS, ChangeDescription
from festival.releases.letters import MoveRecipient
from festival.tickets.own_words import FESTIVAL, example_order
from festival.web import languages
from festival.web.languages import Bilingual

_HOLDER: dict[str, Field] = {"naam": lambda values: values["ticket"].holder_name, **FESTIVAL}
_SPEAKER: dict[str, Field] = {"naam": lambda values: values["speaker"].name, **FESTIVAL}
_MOVED: dict[str, Field] = {
    "naam": lambda values: values["name"],
    "dagen": lambda values: letters.days_in_words(values["edition"].days),
    **FESTIVAL,
}


def _cancelled(edition: Edition, language: str) -> list[ChangeDescription]:
    """Returns the latest slot of the edition as if it were cancelled; [] before there is one."""
    slot = db.session.scalar(
        select(Slot)
        .join(Slot.session)
        .where(Session.edition_id == edition.id)
        .order_by(Slot.id.desc())
        .limit(1)
    )
    if slot is None:
        return []
    with languages.speaking(language):
        return [
            ChangeDescription(
                kind="cancelled",
                label=str(GROUPS["cancelled"]),
                title=slot.session.title,
                slug=slot.session.slug,
                codes=(slot.code,),
                before=dates.span(edition, slot.starts_at, slot.ends_at),
                after="",
                note="",
                reason=Bilingual(),
                parts=[],
                session_kind=slot.session.kind,
            )
        ]


def _to_holder(name: str) -> Callable[[Edition, str, datetime], object]:
    def write(edition: Edition, language: str, now: datetime) -> None:
        order = example_order(edition, language, now)
        if lines := _cancelled(edition, language):
            mail.queue(
                f"releases/{name}",
                to=order.email,
                language=language,
                now=now,
                about=(),
                edition=edition,
                ticket=order.tickets[0],
                lines=lines,
            )

    return write


def _to_speaker(edition: Edition, language: str, now: datetime) -> None:
    speaker = Speaker(name="Sanne Vermeer", secret="x" * 20)
    if lines := _cancelled(edition, language):
        mail.queue(
            "releases/sessions_changed",
            to="sanne@example.org",
            language=language,
            now=now,
            about=(),
            edition=edition,
            speaker=speaker,
            lines=lines,
            left=[],
            edition_slug=slot_status.edition_slug(edition),
        )


def _move(edition: Edition, language: str, now: datetime) -> None:
    order = example_order(edition, language, now)
    to = MoveRecipient(
        order, order.email, order.name, language, "payments.order", order.secret, ()
    )  # fmt: skip
    former = [day - timedelta(days=7) for day in edition.days]
    mail.queue("releases/edition_moved", **letters.of_move(edition, former, to), now=now)


# The subjects of changes say what changed; a text for all of them could not.
LETTERS = (
    EditableLetter(
        "releases/places_changed",
        _l("Een geboekte plek veranderde"),
        ("opening", "closing"),
        _HOLDER,
        _to_holder("places_changed"),
    ),
    EditableLetter(
        "releases/line_changed",
        _l("Een onderdeel met wachtlijst veranderde"),
        ("opening",),
        _HOLDER,
        _to_holder("line_changed"),
    ),
    EditableLetter(
        "releases/sessions_changed",
        _l("Een onderdeel van een spreker veranderde"),
        ("opening", "closing"),
        _SPEAKER,
        _to_speaker,
    ),
    EditableLetter(
        "releases/edition_moved",
        _l("Het festival is verplaatst"),
        ("subject", "opening"),
        _MOVED,
        _move,
    ),
)
