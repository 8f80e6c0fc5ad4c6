"""The day itself, for a phone: what is on now and next at each stage, and what to do about it.

Every deed is a link to a page that asks why and shows what comes of it; js/today.js opens that page
over this one.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from festival import clock
from festival.editions import dates
from festival.editions.addresses import current_edition_or_404
from festival.editions.fields import seen_version
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.programme import queries as programme
from festival.programme.models.places import Stage
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Slot
from festival.programme.occurrences import half_days
from festival.releases import alternatives, delay_propagation, queries
from festival.releases.forms import DelayForm, ManyForm, MoveForm, ReasonForm, ReplaceForm
from festival.releases.rules import delays, on_the_day
from festival.scheduling.backoffice.base import Answer
from festival.team.access import team

bp = Blueprint("releases_today", __name__, url_prefix="/team/vandaag")

# So many minutes later, with one tap.
STEPS = (5, 10, 15, 30)


@dataclass(frozen=True)
class SlotToday:
    """One slot, or a coach's half-day, as it stands on the day screen."""

    slots: list[Slot]
    slot: Slot  # the one that the deeds are about: of a coach the one that is on or next
    hours: str  # as announced
    expected: str  # "" where that is the same
    is_now: bool
    taken: int
    places: int | None


@dataclass(frozen=True)
class StageToday:
    """What is on at one stage from now on."""

    stage: Stage
    first: list[SlotToday]  # now and next
    later: list[SlotToday]


@bp.get("/")
@team("programme")
def index() -> str:
    """Now and next at each stage; `?dag=` for another day of the festival."""
    edition = current_edition_or_404()
    now = clock.now()
    day = _day(edition, now)
    slots = queries.slots_on(edition, day)
    return render_template(
        "releases/today.html",
        edition=edition,
        day=day,
        day_label=dates.day(day),
        now_label=dates.clock(edition, now),
        is_today=day == edition.day_of(now),
        tabs=[
            {
                "label": dates.short_day(each),
                "url": url_for("releases_today.index", dag=each.isoformat()),
                "is_current": each == day,
            }
            for each in edition.days
        ],
        boards=_boards(edition, slots, now),
        steps=STEPS,
        most_late=delays.MOST_LATE,
    )


@bp.get("/<code>")
@team("programme")
def moment(code: str) -> str:
    """Everything that can be done with one slot; of a coach also the meetings around it."""
    edition, slot = _slot(code)
    now = clock.now()
    return render_template(
        "releases/moment.html",
        edition=edition,
        slot=slot,
        moment=_moment(edition, [slot], now),
        run=[_moment(edition, [each], now) for each in _run(edition, slot)],
        day_label=dates.day(slot.day),
        steps=STEPS,
        most_late=delays.MOST_LATE,
    )


@bp.route("/<code>/later", methods=["GET", "POST"])
@team("programme")
def delay(code: str) -> Answer:
    """`?minuten=` later than announced, 0 for on time again; what follows it is shown to tick."""
    edition, slot = _slot(code)
    form = DelayForm()
    form.offer_reasons("late")
    asked = form.minutes.data if form.is_submitted() else request.args.get("minuten", 10, int)
    form.minutes.data = minutes = min(max(asked or 0, 0), delays.MOST_LATE)
    also = _ticked(form.also.data)
    return _ask(
        slot,
        form,
        lambda **values: delays.delay_slots(
            edition,
            {tick.code: tick.minutes for tick in also} | {code: minutes},
            seen={tick.code: tick.version for tick in also} | {code: values.pop("seen")},
            **values,
        ),
        deed="late" if minutes else "on_time",
        # Also after a refusal: what follows may be otherwise now.
        shown=lambda: {
            "minutes": minutes,
            "most_late": delays.MOST_LATE,
            "expected": _clock_with(edition, slot, minutes),
            "rows": _shifted(edition, slot, minutes),
            "is_told": delays.is_told(slot, minutes, now=clock.now()),
        },
    )


@bp.route("/<code>/verplaatsen", methods=["GET", "POST"])
@team("programme")
def move(code: str) -> Answer:
    """To another stage or hour, and what is there already; what would clash is said first."""
    edition, slot = _slot(code)
    stages = programme.stages(edition)

    def there() -> dict[str, Any]:
        stage = next(stage for stage in stages if stage.slug == form.stage.data)
        return {"stage": stage, "starts_at": form.moment(edition, form.starts.data)}

    local = edition.local(slot.starts_at)
    form = MoveForm(day=slot.day.isoformat(), starts=local.time(), stage=slot.stage.slug)
    form.offer(edition, stages)
    form.offer_reasons("move")
    return _ask(
        slot,
        form,
        lambda **values: on_the_day.move_slot_now(slot, **there(), **values),
        deed="move",
        clashes=lambda: alternatives.clashes_there(edition, slot, **there()),
        shown=lambda: {
            "free_stages": alternatives.free_stages(edition, slot, programme.stages(edition))
        },
    )


@bp.route("/<code>/vervalt", methods=["GET", "POST"])
@team("programme")
def cancel(code: str) -> Answer:
    """It does not happen. Of a coach more than one meeting at once, if need be."""
    return _ask_many(code, on_the_day.cancel_slots, "cancel")


@bp.route("/<code>/toch", methods=["GET", "POST"])
@team("programme")
def restore(code: str) -> Answer:
    """It goes on after all."""
    return _ask_many(code, on_the_day.restore_slots, "restore")


@bp.route("/<code>/vol", methods=["GET", "POST"])
@team("programme")
def full(code: str) -> Answer:
    """The room is full; or, where it was, it is not any more."""
    _edition_of, slot = _slot(code)
    deed = "open" if slot.is_full else "full"
    form = ReasonForm()
    form.offer_reasons(deed)
    return _ask(
        slot,
        form,
        lambda **values: on_the_day.declare_full(slot, is_full=deed == "full", **values),
        deed=deed,
    )


@bp.route("/<code>/vervangen", methods=["GET", "POST"])
@team("programme")
def substitute(code: str) -> Answer:
    """Something else at the same time and place."""
    edition, slot = _slot(code)
    others = [each for each in programme.all_sessions(edition) if each.id != slot.session_id]
    form = ReplaceForm()
    form.offer_reasons("replace")
    # None is chosen beforehand: visitors see this at once.
    form.session.choices = [
        ("", _("Kies een onderdeel")),
        *alternatives.replacements(edition, slot, others),
    ]
    return _ask(
        slot,
        form,
        lambda **values: on_the_day.replace_slot(
            slot, next(each for each in others if each.slug == form.session.data), **values
        ),
        deed="replace",
    )


class Tick(NamedTuple):
    """A box that a maker may tick: a slot as it was seen, and what is to come of it."""

    code: str
    version: int
    minutes: int = 0

    @property
    def written(self) -> str:
        """As the form sends it."""
        return f"{self.code}.{self.version}.{self.minutes}"


def _ticked(sent: Iterable[str] | None) -> list[Tick]:
    found = (re.fullmatch(r"(\w{1,20})\.(\d{1,9})\.(\d{1,3})", each) for each in sent or ())
    return [Tick(each[1], int(each[2]), int(each[3])) for each in found if each]


def _ask_many(code: str, rule: Callable[..., Release], deed: str) -> Answer:
    """Ask about a slot, and of a coach about the other meetings; `?alle=1` ticks all of them."""
    edition, slot = _slot(code)
    form = ManyForm()
    form.offer_reasons(deed)
    also = _ticked(form.also.data)
    others = [
        each
        for each in _run(edition, slot)
        if each.id != slot.id
        and each.is_cancelled == (deed == "restore")
        and each.expected_ends_at > clock.now()
    ]
    return _ask(
        slot,
        form,
        lambda **values: rule(
            edition,
            seen={tick.code: tick.version for tick in also} | {code: values.pop("seen")},
            **values,
        ),
        deed=deed,
        shown=lambda: {
            "others": [
                (Tick(each.code, each.version).written, _hours(edition, [each]), each.taken)
                for each in others
            ],
            "is_for_all": bool(request.args.get("alle")),
        },
    )


def _ask(
    slot: Slot,
    form: ReasonForm,
    rule: Callable[..., Release],
    *,
    deed: str,
    shown: Callable[[], dict[str, Any]] = dict,
    clashes: Callable[[], dict[str, str]] = dict,
) -> Answer:
    """The page that asks why; when it is sent, the deed itself, and back to the day.

    Sent the first time, it also says what would clash (`clashes`: sentences by key); sent again,
    these are known.
    """
    edition, stage, day = slot.session.edition, slot.stage.slug, slot.day.isoformat()
    problems: list[str] = []
    status = 422 if form.is_submitted() else 200
    is_sent = form.validate_on_submit()
    would_clash = clashes() if is_sent else {}
    if not would_clash.keys() <= set(request.form.getlist("known")):
        status = 409
    elif is_sent:
        try:
            release = rule(
                reason=form.reason,
                seen=seen_version(form),
                by=current_user.name,
                now=clock.now(),
            )
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            flash(release.name.text(), "good")
            return redirect(url_for("releases_today.index", dag=day, _anchor=stage), 303)
    form.version.data = str(slot.version)
    page = render_template(
        "releases/ask.html",
        edition=edition,
        slot=slot,
        moment=_moment(edition, [slot], clock.now()),
        form=form,
        problems=problems,
        would_clash=would_clash,
        deed=deed,
        booked=queries.live_bookings([slot.code]).get(slot.code, 0),
        **shown(),
    )
    return page, status


def _boards(edition: Edition, slots: Sequence[Slot], now: datetime) -> list[StageToday]:
    """Per stage what is not over yet."""
    by_stage: dict[int, list[SlotToday]] = defaultdict(list)
    for run in _runs(slots):
        if run[-1].expected_ends_at > now:
            by_stage[run[0].stage_id].append(_moment(edition, run, now))
    boards = []
    for stage in programme.stages(edition):
        moments = by_stage[stage.id]
        in_order = sorted(moments, key=lambda each: (not each.is_now, each.slots[0].starts_at))
        coming = [each.slots[0].starts_at for each in in_order if not each.is_now]
        # Of what does not happen, also what comes instead: both begin at the same hour.
        until = len(moments) - len(coming) + coming.count(coming[0] if coming else now)
        if moments:
            boards.append(StageToday(stage, in_order[:until], in_order[until:]))
    return boards


def _runs(slots: Sequence[Slot]) -> list[list[Slot]]:
    """The slots one by one, a coach's half-day as one; in order of time."""
    coached: dict[int, list[Slot]] = defaultdict(list)
    runs = []
    for slot in slots:
        if slot.session.kind == "coaching":
            coached[slot.session_id].append(slot)
        else:
            runs.append([slot])
    for of_coach in coached.values():
        runs += half_days(of_coach)
    return sorted(runs, key=lambda run: (run[0].starts_at, run[0].id))


def _run(edition: Edition, slot: Slot) -> list[Slot]:
    """The meetings of the coach's half-day that `slot` is in; none for anything else."""
    if slot.session.kind != "coaching":
        return []
    of_coach = [
        each for each in queries.slots_on(edition, slot.day) if each.session_id == slot.session_id
    ]
    return next(run for run in half_days(of_coach) if slot in run)


def _moment(edition: Edition, slots: list[Slot], now: datetime) -> SlotToday:
    going_on = [each for each in slots if not each.is_cancelled and each.expected_ends_at > now]
    slot = (going_on or slots)[0]
    bookable = [each for each in slots if each.is_bookable]
    late = slot.delay_minutes
    return SlotToday(
        slots=slots,
        slot=slot,
        hours=_hours(edition, slots),
        expected=dates.hours(edition, slot.expected_starts_at, slot.expected_ends_at)
        if late
        else "",
        is_now=slots[0].expected_starts_at <= now < slots[-1].expected_ends_at,
        taken=sum(each.taken for each in bookable),
        places=sum(each.places or 0 for each in bookable) if bookable else None,
    )


def _hours(edition: Edition, slots: Sequence[Slot]) -> str:
    return dates.hours(edition, slots[0].starts_at, slots[-1].ends_at)


def _clock_with(edition: Edition, slot: Slot, minutes: int) -> str:
    return dates.clock(edition, slot.starts_at + timedelta(minutes=minutes))


def _shifted(edition: Edition, slot: Slot, minutes: int) -> list[dict[str, Any]]:
    """What follows at that stage when `slot` is so much later, each with its box to tick."""
    here = [each for each in queries.slots_on(edition, slot.day) if each.stage_id == slot.stage_id]
    shifts = delay_propagation.shifts(slot, minutes, here, slot.stage.changeover_minutes)
    booked = queries.live_bookings([other.code for other, _later in shifts])
    return [
        {
            "tick": Tick(other.code, other.version, later).written,
            "slot": other,
            "minutes": later,
            "was": dates.clock(edition, other.expected_starts_at),
            "expected": _clock_with(edition, other, later),
            "told": booked.get(other.code, 0)
            if delays.is_told(other, later, now=clock.now())
            else 0,
        }
        for other, later in shifts
    ]


def _day(edition: Edition, now: datetime) -> date:
    """The asked day; today; or else the first."""
    try:
        asked = date.fromisoformat(request.args.get("dag", ""))
    except ValueError:
        asked = edition.day_of(now)
    return asked if asked in edition.days else edition.days[0]


def _slot(code: str) -> tuple[Edition, Slot]:
    edition = current_edition_or_404()
    return edition, queries.slot_by_code(edition, code) or abort(404)
