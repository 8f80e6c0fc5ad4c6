"""Moving an edition to other days, with everything that is on its days."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from festival.db import db, transactional
from festival.editions.models import Edition
from festival.editions.rules import move_days, raise_programme_version
from festival.editions.shifting import Shift
from festival.errors import Refusal
from festival.programme import draft
from festival.programme.models.places import Stage
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.programme.models.timetable import Block
from festival.programme.rules import publishing
from festival.programme.rules.rows import drafting
from festival.questions.models import OrderQuestion
from festival.releases import letters, queries
from festival.releases.change_descriptions import in_both
from festival.releases.rules.locks import lock_edition
from festival.releases.rules.record_change import mark_changed
from festival.team import audit
from festival.team.editing import take_version
from festival.tickets.models import TicketType, Voucher
from festival.web.languages import Bilingual


class StaysOnItsDays(Refusal):
    """De editie begint al op deze dag. Kies een andere eerste dag."""


class HasBegun(Refusal):
    """De editie is al begonnen en er zijn kaartjes voor. Ze blijft op haar dagen. Maak voor een
    volgend festival een nieuwe editie."""


class DaysAreOver(Refusal):
    """Op deze dag is het al geweest. Kies een eerste dag die nog komt."""


@transactional
def move_edition(
    edition: Edition, first_day: date, *, seen: int, by: str = "", now: datetime
) -> Release:
    """Move the edition so that it starts on `first_day`, with all that is on its days.

    Slots, breaks, hours of stages, availability of speakers, deadlines, sales, codes and the days
    on which answers are erased move as many days, and ticket types stay for the same days, so every
    ticket still admits. Whoever has to pay keeps their last day. Everybody with a ticket or a
    session gets a letter. `seen` is the version of the edition that the organiser saw. Refuses with
    ChangedMeanwhile, StaysOnItsDays, HasBegun or DaysAreOver.
    """
    lock_edition(edition)
    take_version(edition, seen)
    drafting(edition.id)
    former = edition.days
    shift = Shift(edition, first_day - edition.starts_on)
    if refusal := why_not_move(edition, first_day, now=now):
        raise refusal
    move_days(edition, shift.by)
    _move_programme(shift, now=now)
    _move_sales(shift, now=now)
    _move_erasing(shift)
    db.session.flush()
    release = publishing.add_release(
        edition,
        kind="change",
        name=in_both(lambda: letters.moved_to(edition.days)),
        note=_NOTE,
        changes=[],
        by=by,
        now=now,
    )
    raise_programme_version(edition.id)
    audit.record(
        "move_edition",
        f"edition {edition.slug}",
        now=now,
        before=str(former[0]),
        after=str(first_day),
    )
    letters.edition_moved(edition, former, now=now)
    return release


def why_not_move(edition: Edition, first_day: date, *, now: datetime) -> Refusal | None:
    """Returns why the edition cannot move so that it starts on `first_day`; None if it can."""
    if first_day == edition.starts_on:
        return StaysOnItsDays()
    if now >= edition.day_begins(edition.starts_on) and queries.live_tickets(edition):
        return HasBegun()
    # The days of an edition that is over may be put right.
    if first_day < edition.local(now).date() <= edition.ends_on:
        return DaysAreOver()
    return None


_NOTE = Bilingual(
    "De hele editie is verplaatst. Alle onderdelen houden hun tijd en hun plek, alleen de dag is"
    " anders. Kaartjes en geboekte plekken blijven geldig.",
    "The whole edition has moved. All sessions keep their time and place, only the day is"
    " different. Tickets and booked places stay valid.",
)


def _move_programme(shift: Shift, *, now: datetime) -> None:
    edition = shift.edition
    for slot in db.session.scalars(
        select(Slot)
        .join(Slot.session)
        .where(Session.edition_id == edition.id)
        .order_by(Slot.id)  # as bookings lock them
        .with_for_update(of=Slot, key_share=True)
        .execution_options(populate_existing=True)
    ):
        shift.span(slot)
        if slot.moved_from_at is not None:
            slot.moved_from_at = shift.moment(slot.moved_from_at)
        slot.delay_minutes = 0  # a delay is of the day
        slot.version += 1
        mark_changed(slot, now=now)
        _move_draft(slot, shift)
    for block in db.session.scalars(select(Block).where(Block.edition_id == edition.id)):
        shift.span(block)
        block.version += 1
        _move_draft(block, shift)
    for stage in db.session.scalars(select(Stage).where(Stage.edition_id == edition.id)):
        for hours in stage.hours:
            shift.span(hours)
    for speaker in db.session.scalars(select(Speaker).where(Speaker.edition_id == edition.id)):
        for available in speaker.availability:
            shift.span(available)


def _move_draft(row: Slot | Block, shift: Shift) -> None:
    moved: dict[str, Any] = {
        name: draft.written(shift.moment(draft.value(row, name)))
        for name in ("starts_at", "ends_at")
        if name in row.draft
    }
    if moved:
        row.draft = {**row.draft, **moved}


def _move_sales(shift: Shift, *, now: datetime) -> None:
    """Move the sales and the codes that are not over. What ended stays closed.

    The start of a running sale stays where it is, unless the sale would end before it.
    """
    edition = shift.edition
    for sold in db.session.scalars(
        select(TicketType).where(TicketType.edition_id == edition.id, TicketType.sale_until > now)
    ):
        until = shift.moment(sold.sale_until)
        if sold.sale_from > now or until <= sold.sale_from:
            sold.sale_from = shift.moment(sold.sale_from)
        sold.sale_until = until
        sold.version += 1
    for voucher in db.session.scalars(
        select(Voucher).where(
            Voucher.edition_id == edition.id,
            or_(Voucher.valid_until > now, Voucher.valid_until.is_(None)),
        )
    ):
        _move_voucher(voucher, shift, now=now)


def _move_voucher(voucher: Voucher, shift: Shift, *, now: datetime) -> None:
    begins, ends = voucher.valid_from, voucher.valid_until
    until = shift.moment(ends) if ends else None
    if begins and (begins > now or (until and until <= begins)):
        voucher.valid_from = shift.moment(begins)
    voucher.valid_until = until
    if (voucher.valid_from, until) != (begins, ends):
        voucher.version += 1


def _move_erasing(shift: Shift) -> None:
    """Keep answers as long after the festival as its questions say."""
    for question in db.session.scalars(
        select(OrderQuestion).where(OrderQuestion.edition_id == shift.edition.id)
    ):
        question.erase_on += shift.by
        question.version += 1
