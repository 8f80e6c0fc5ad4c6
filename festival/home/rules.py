"""Editions as a whole: a copy for next year, and away with an empty one.

Here, because this is the lowest room that may see ticket types and gates as well as stages.
"""

from datetime import date, datetime
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete, func, inspect, select
from sqlalchemy.exc import IntegrityError

from festival import codes
from festival.checkin.models import Gate, Scan
from festival.db import change_one, db, transactional
from festival.doorsales.models import TillCount
from festival.editions.models import DEADLINES, Edition, Partner, Question
from festival.editions.queries import current_edition
from festival.editions.shifting import Shift
from festival.errors import Refusal
from festival.mailings.models import LetterText, Mailing
from festival.programme.models.places import Stage, StageHours, Theme, Walk
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Session, Speaker
from festival.programme.models.timetable import AcceptedClash, Block
from festival.programme.rules.rows import drafting
from festival.questions.models import OrderQuestion
from festival.team import audit
from festival.team.editing import save
from festival.tickets.extras.models import Extra
from festival.tickets.holds.models import Hold
from festival.tickets.models import Order, Pool, TicketType, Voucher
from festival.tickets.waiting.models import TicketWait
from festival.web.languages import Bilingual

T = TypeVar("T")

# What goes with an edition that is deleted, in this order. Days, partners and questions go by
# themselves; people's work and data are in the way instead, see `_in_the_way`.
GOES_ALONG = (
    *(LetterText, OrderQuestion, Hold, Voucher, TicketType, Pool, Gate),
    *(Block, AcceptedClash, Stage, Theme),
)


class CopyWouldBePast(Refusal):
    """Deze dagen liggen vóór de huidige editie. Bezoekers zouden de kopie meteen kunnen lezen, als
    een editie die al is geweest. Kies een latere eerste dag."""


class EditionIsCurrent(Refusal):
    """Dit is de editie die bezoekers nu zien. Maak eerst een andere de huidige."""


class EditionNotEmpty(Refusal):
    """Deze editie kan niet weg, want er hoort nog iets bij: {what}."""


@transactional
def copy_edition(
    edition: Edition,
    *,
    name: Bilingual,
    slug: str,
    first_day: date,
    with_partners: bool,
    now: datetime,
) -> Edition:
    """Returns a copy of the edition that begins on `first_day`, which only the team sees.

    It has the texts, also those of letters, stages with their hours and walks, themes, pools,
    ticket types and extras, gates and questions, all on the days with the same number; no sessions,
    no sales and nothing of people. Refuses with CopyWouldBePast or SlugTaken.
    """
    shift = Shift(edition, first_day - edition.starts_on)
    last_day = edition.ends_on + shift.by
    current = current_edition()
    if current and last_day < current.starts_on:
        raise CopyWouldBePast
    # The version is from the clock, as that of every new edition.
    copy = _copied(
        edition,
        **{name: day + shift.by for name in DEADLINES if (day := getattr(edition, name))},
        is_current=False,
        called_off_at=None,
        called_off_reason_nl="",
        called_off_reason_en="",
        starts_on=first_day,
        ends_on=last_day,
        programme_version=int(now.timestamp()),
        draft_version=0,
        version=1,
    )
    save(copy, {"slug": slug, "name": name})
    copy.match_days()
    db.session.flush()
    _copy_places(copy, shift)
    _copy_tickets(copy, shift)
    always = (Gate, Question, LetterText)
    kept = (*always, Partner) if with_partners else always
    for kind in kept:
        db.session.add_all(_copied(row, edition_id=copy.id) for row in _of(kind, edition))
    audit.record("copy_edition", f"edition {copy.slug}", now=now, of=edition.slug)
    return copy


@transactional
def delete_edition(edition: Edition, *, now: datetime) -> None:
    """Delete an edition that nobody uses. Refuses with EditionIsCurrent or EditionNotEmpty."""
    drafting(edition.id)
    if there := _in_the_way(edition):
        raise EditionNotEmpty(what=", ".join(there))
    audit.record("delete_edition", f"edition {edition.slug}", now=now)
    try:
        for kind in GOES_ALONG:
            db.session.execute(delete(kind).where(kind.edition_id == edition.id))
        is_deleted = change_one(
            delete(Edition).where(Edition.id == edition.id, Edition.is_current.is_(False))
        )
    except IntegrityError as clash:  # it came in this very moment
        raise EditionNotEmpty(what=_("iets dat er net bij kwam")) from clash
    if not is_deleted:
        raise EditionIsCurrent


def _copy_places(copy: Edition, shift: Shift) -> None:
    edition = shift.edition
    db.session.add_all(
        _copied(theme, edition_id=copy.id, version=1) for theme in _of(Theme, edition)
    )
    stages = {
        stage.id: _copied(stage, edition_id=copy.id, version=1) for stage in _of(Stage, edition)
    }
    db.session.add_all(stages.values())
    db.session.flush()
    for hours in db.session.scalars(select(StageHours).where(StageHours.stage_id.in_(stages))):
        moved = _copied(hours, stage_id=stages[hours.stage_id].id)
        shift.span(moved)
        db.session.add(moved)
    for walk in db.session.scalars(select(Walk).where(Walk.stage_id.in_(stages))):
        first, second = sorted((stages[walk.stage_id].id, stages[walk.other_id].id))
        db.session.add(Walk(stage_id=first, other_id=second, minutes=walk.minutes))


def _copy_tickets(copy: Edition, shift: Shift) -> None:
    edition = shift.edition
    days = {former.id: day for former, day in zip(edition.day_rows, copy.day_rows, strict=True)}
    pools = {pool.id: _copied(pool, edition_id=copy.id, taken=0) for pool in _of(Pool, edition)}
    db.session.add_all(pools.values())
    db.session.flush()
    types: dict[int, TicketType] = {}
    for sold in _of(TicketType, edition):
        moved = _copied(
            sold,
            edition_id=copy.id,
            pool_id=pools[sold.pool_id].id,
            sale_from=shift.moment(sold.sale_from),
            sale_until=shift.moment(sold.sale_until),
        )
        moved.days = [days[day.id] for day in sold.days]
        db.session.add(moved)
        types[sold.id] = moved
    for extra in _of(Extra, edition):
        day_id = days[extra.day_id].id if extra.day_id else None
        db.session.add(_copied(extra, edition_id=copy.id, day_id=day_id, taken=0, version=1))
    for asked in _of(OrderQuestion, edition):
        question = _copied(
            asked,
            edition_id=copy.id,
            code=codes.readable(),
            erase_on=asked.erase_on + shift.by,
        )
        question.types = [types[each.id] for each in asked.types]
        question.options = [_copied(each, code=codes.readable()) for each in asked.options]
        db.session.add(question)


def _of(kind: type[T], edition: Edition) -> list[T]:
    rows: Any = kind
    return list(
        db.session.scalars(select(kind).where(rows.edition_id == edition.id).order_by(rows.id))
    )


def _copied(row: T, **values: Any) -> T:
    """Returns a new row with the columns of `row`, except its id and those in `values`."""
    kept = {
        column.key: getattr(row, column.key)
        for column in inspect(type(row)).column_attrs
        if column.key != "id"
    }
    return type(row)(**kept | values)


def _in_the_way(edition: Edition) -> list[str]:
    """Returns in words what keeps the edition from being deleted."""

    def count(of: Any, query: Any) -> int:
        return db.session.scalar(select(func.count()).select_from(of).where(query)) or 0

    orders = count(Order, Order.edition_id == edition.id)
    of_edition = select(TicketType.id).where(TicketType.edition_id == edition.id)
    waits = count(TicketWait, TicketWait.type_id.in_(of_edition))
    releases = count(Release, Release.edition_id == edition.id)
    sessions = count(Session, Session.edition_id == edition.id)
    people = count(Speaker, Speaker.edition_id == edition.id)
    mailings = count(Mailing, Mailing.edition_id == edition.id)
    tills = count(TillCount, TillCount.edition_id == edition.id)
    scans = count(Scan, Scan.gate_id.in_(select(Gate.id).where(Gate.edition_id == edition.id)))
    return [
        words
        for number, words in (
            (orders, ngettext("%(num)s bestelling", "%(num)s bestellingen", orders)),
            (waits, ngettext("%(num)s wachtende", "%(num)s wachtenden", waits)),
            (releases, ngettext("%(num)s uitgave", "%(num)s uitgaven", releases)),
            (sessions, ngettext("%(num)s onderdeel", "%(num)s onderdelen", sessions)),
            (people, ngettext("%(num)s mens", "%(num)s mensen", people)),
            (mailings, ngettext("%(num)s brief", "%(num)s brieven", mailings)),
            (tills, ngettext("%(num)s getelde kassa", "%(num)s getelde kassa’s", tills)),
            (scans, ngettext("%(num)s scan", "%(num)s scans", scans)),
        )
        if number
    ]
