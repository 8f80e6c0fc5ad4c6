"""The day screen, made for a phone: what is on now and next at each stage, with its actions.

Each action is a link to a page that asks for a reason and shows the consequences. js/today.js opens
that page on top of this one.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from festival import clock
from festival.editions import dates
from festival.editions.addresses import working_edition
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.programme import queries as programme
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Slot
from festival.releases import alternatives, day_board, delay_propagation, queries
from festival.releases.forms import DelayForm, ManyForm, MoveSlotForm, ReasonForm, ReplaceForm
from festival.releases.rules import delays, on_the_day
from festival.team.access import team
from festival.team.saving import Answer, seen_version

bp = Blueprint("releases_today", __name__, url_prefix="/team/vandaag")

# Delays in minutes that take one tap.
STEPS = (5, 10, 15, 30)


@bp.get("/")
@team("programme")
def index() -> str:
    """Shows now and next at each stage; `?dag=` chooses another day of the festival."""
    edition = working_edition()
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
        boards=day_board.boards_of_day(edition, slots, now),
        steps=STEPS,
        most_late=delays.MOST_LATE,
    )


@bp.get("/<code>")
@team("programme")
def moment(code: str) -> str:
    """Shows all actions for one slot; for a coach also the other meetings of that half-day."""
    edition, slot = _slot(code)
    now = clock.now()
    return render_template(
        "releases/moment.html",
        edition=edition,
        slot=slot,
        moment=day_board.describe_moment(edition, [slot], now),
        run=[
            day_board.describe_moment(edition, [each], now)
            for each in day_board.half_day_of(edition, slot)
        ],
        day_label=dates.day(slot.day),
        steps=STEPS,
        most_late=delays.MOST_LATE,
    )


@bp.route("/<code>/later", methods=["GET", "POST"])
@team("programme")
def delay(code: str) -> Answer:
    """Delay a slot by `?minuten=`, 0 for on time again; later slots are offered to tick."""
    edition, slot = _slot(code)
    form = DelayForm()
    form.offer_reasons("late")
    asked = form.minutes.data if form.is_submitted() else request.args.get("minuten", 10, int)
    form.minutes.data = minutes = min(max(asked or 0, 0), delays.MOST_LATE)
    also = _read_ticks(form.also.data)
    return _ask(
        slot,
        form,
        lambda **values: delays.delay_slots(
            edition,
            {tick.code: tick.minutes for tick in also} | {code: minutes},
            seen={tick.code: tick.version for tick in also} | {code: values.pop("seen")},
            **values,
        ),
        action="late" if minutes else "on_time",
        # Computed after the rule ran: a refusal may mean that later slots have changed.
        shown=lambda: {
            "minutes": minutes,
            "most_late": delays.MOST_LATE,
            "expected": _clock_with(edition, slot, minutes),
            "rows": _shifted(edition, slot, minutes),
            "is_told": delays.must_notify(slot, minutes, now=clock.now()),
        },
    )


@bp.route("/<code>/verplaatsen", methods=["GET", "POST"])
@team("programme")
def move(code: str) -> Answer:
    """Move a slot to another stage or time; shows free stages, and warns of clashes first."""
    edition, slot = _slot(code)
    stages = programme.stages(edition)

    def destination() -> dict[str, Any]:
        stage = next(stage for stage in stages if stage.slug == form.stage.data)
        return {"stage": stage, "starts_at": form.starts_at(edition)}

    local = edition.local(slot.starts_at)
    form = MoveSlotForm(day=slot.day.isoformat(), starts=local.time(), stage=slot.stage.slug)
    form.offer(edition, stages)
    form.offer_reasons("move")
    return _ask(
        slot,
        form,
        lambda **values: on_the_day.move_slot_now(slot, **destination(), **values),
        action="move",
        clashes=lambda: alternatives.clashes_after_move(edition, slot, **destination()),
        shown=lambda: {
            "free_stages": alternatives.free_stages(edition, slot, programme.stages(edition))
        },
    )


@bp.route("/<code>/vervalt", methods=["GET", "POST"])
@team("programme")
def cancel(code: str) -> Answer:
    """Cancel a slot; for a coach also several meetings at once."""
    return _ask_many(code, on_the_day.cancel_slots, "cancel")


@bp.route("/<code>/toch", methods=["GET", "POST"])
@team("programme")
def restore(code: str) -> Answer:
    """Restore a cancelled slot; for a coach also several meetings at once."""
    return _ask_many(code, on_the_day.restore_slots, "restore")


@bp.route("/<code>/vol", methods=["GET", "POST"])
@team("programme")
def full(code: str) -> Answer:
    """Say that the room is full or, if it was, that it no longer is."""
    _edition, slot = _slot(code)
    action = "open" if slot.is_full else "full"
    form = ReasonForm()
    form.offer_reasons(action)
    return _ask(
        slot,
        form,
        lambda **values: on_the_day.declare_full(slot, is_full=action == "full", **values),
        action=action,
    )


@bp.route("/<code>/vervangen", methods=["GET", "POST"])
@team("programme")
def substitute(code: str) -> Answer:
    """Replace a slot by another session at the same time and stage."""
    edition, slot = _slot(code)
    others = [each for each in programme.all_sessions(edition) if each.id != slot.session_id]
    form = ReplaceForm()
    form.offer_reasons("replace")
    # Nothing is selected in advance, because visitors see the choice at once.
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
        action="replace",
    )


class Tick(NamedTuple):
    """A checkbox for a slot: the version that the organiser saw, and the slot's new delay."""

    code: str
    version: int
    minutes: int = 0

    @property
    def form_value(self) -> str:
        """The value that the form sends."""
        return f"{self.code}.{self.version}.{self.minutes}"


def _read_ticks(sent: Iterable[str] | None) -> list[Tick]:
    found = (re.fullmatch(r"(\w{1,20})\.(\d{1,9})\.(\d{1,3})", each) for each in sent or ())
    return [Tick(each[1], int(each[2]), int(each[3])) for each in found if each]


def _ask_many(code: str, rule: Callable[..., Release], action: str) -> Answer:
    """Asks about a slot and, for a coach, about the other meetings; `?alle=1` ticks them all."""
    edition, slot = _slot(code)
    form = ManyForm()
    form.offer_reasons(action)
    also = _read_ticks(form.also.data)
    others = [
        each
        for each in day_board.half_day_of(edition, slot)
        if each.id != slot.id
        and each.is_cancelled == (action == "restore")
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
        action=action,
        shown=lambda: {
            "others": [
                (
                    Tick(each.code, each.version).form_value,
                    day_board.announced_hours(edition, [each]),
                    each.taken,
                )
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
    action: str,
    shown: Callable[[], dict[str, Any]] = dict,
    clashes: Callable[[], dict[str, str]] = dict,
) -> Answer:
    """Shows the page that asks for a reason; when it is posted, applies `rule` and goes back.

    `clashes` returns sentences by key. The first post shows them; a post that lists them as known
    goes through.
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
        moment=day_board.describe_moment(edition, [slot], clock.now()),
        form=form,
        problems=problems,
        would_clash=would_clash,
        action=action,
        booked=queries.live_bookings([slot.code]).get(slot.code, 0),
        **shown(),
    )
    return page, status


def _clock_with(edition: Edition, slot: Slot, minutes: int) -> str:
    return dates.clock(edition, slot.starts_at + timedelta(minutes=minutes))


def _shifted(edition: Edition, slot: Slot, minutes: int) -> list[dict[str, Any]]:
    """Lists the later slots at that stage that `slot` would delay, each with its checkbox."""
    here = [each for each in queries.slots_on(edition, slot.day) if each.stage_id == slot.stage_id]
    shifts = delay_propagation.propagate_delay(slot, minutes, here, slot.stage.changeover_minutes)
    booked = queries.live_bookings([other.code for other, _later in shifts])
    return [
        {
            "tick": Tick(other.code, other.version, later).form_value,
            "slot": other,
            "minutes": later,
            "was": dates.clock(edition, other.expected_starts_at),
            "expected": _clock_with(edition, other, later),
            "told": booked.get(other.code, 0)
            if delays.must_notify(other, later, now=clock.now())
            else 0,
        }
        for other, later in shifts
    ]


def _day(edition: Edition, now: datetime) -> date:
    """Returns the requested day, or else today, or else the first day."""
    try:
        asked = date.fromisoformat(request.args.get("dag", ""))
    except ValueError:
        asked = edition.day_of(now)
    return asked if asked in edition.days else edition.days[0]


def _slot(code: str) -> tuple[Edition, Slot]:
    slot = queries.slot_by_code(code) or abort(404)
    return slot.session.edition, slot
