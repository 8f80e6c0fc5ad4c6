"""The timetable editor's pages: what the draft of a day is, and every deed by form or by script.

Each deed is one form post. The page's script sends the same fields, asks for JSON and gets the day
drawn anew; without it the form leads back to the page. Every answer says how to undo the deed: as
another post, with the version of what it would undo, so that nobody's later work is overwritten.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, session
from flask import url_for as address
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from festival import clock
from festival.backoffice.access import team
from festival.backoffice.editing import ChangedMeanwhile
from festival.editions import dates
from festival.editions.fields import seen_version
from festival.editions.models import Edition
from festival.editions.queries import edition_by_slug
from festival.errors import Refusal
from festival.faults import wants_json
from festival.programme import draft, queries, rules, search
from festival.programme.editor import grid as grids
from festival.programme.editor.forms import EVERYWHERE, BlockForm, PlaceForm
from festival.programme.models import Block, Session, Slot, Stage
from festival.programme.plan import Span

bp = Blueprint("timetable_team", __name__, url_prefix="/team/programma")

Answer = str | Response | tuple[str, int]

LONGEST_REASON = 500

# Where the last deed is kept for the page that follows it, when there is no script to do so.
_UNDO = "rooster_undo"


@dataclass(frozen=True)
class Done:
    """What was done, and which post undoes it."""

    said: str
    day: date
    undo_url: str
    undo_fields: dict[str, str] = field(default_factory=dict)
    code: str = ""  # of the slot or block, and its version now
    version: int = 0

    @property
    def undo(self) -> dict[str, Any]:
        """As the page posts it."""
        return {
            "url": self.undo_url,
            "fields": self.undo_fields | {"version": str(self.version)},
            "code": self.code,
        }


@bp.get("/<edition_slug>/rooster")
@team("programme")
def editor(edition_slug: str) -> str:
    """The draft of one day (`dag`); `q` finds among what has no place yet."""
    edition = _edition(edition_slug)
    grid = grids.lay_out(edition, _day(edition, request.args.get("dag", "")))
    return render_template(
        "programme/editor/editor.html",
        **_shown(edition, grid),
        wanted=request.args.get("q", ""),
        undo=session.pop(_UNDO, None),
    )


@bp.get("/<edition_slug>/rooster/versie")
@team("programme")
def version(edition_slug: str) -> Response:
    """Whether somebody changed the draft: its version."""
    return jsonify(draft_version=_edition(edition_slug).draft_version)


@bp.route("/<edition_slug>/rooster/momenten/<code>", methods=["GET", "POST"])
@team("programme")
def move(edition_slug: str, code: str) -> Answer:
    """Another time or stage for a moment; one that was taken off comes back."""
    edition = _edition(edition_slug)
    slot = _slot(edition, code)
    return _place(edition, slot.session, slot)


@bp.route("/<edition_slug>/rooster/onderdelen/<slug>", methods=["GET", "POST"])
@team("programme")
def place(edition_slug: str, slug: str) -> Answer:
    """A first (or a further) moment for a session."""
    edition = _edition(edition_slug)
    return _place(edition, queries.team_session(edition, slug) or abort(404), None)


@bp.post("/<edition_slug>/rooster/momenten/<code>/weg")
@team("programme")
def take_off(edition_slug: str, code: str) -> Answer:
    """Take a moment off the timetable, as the maker saw it in `version`."""
    edition = _edition(edition_slug)
    slot = _slot(edition, code)
    return _act(edition, lambda: _take_off(edition, slot), back=_url("move", edition, code=code))


@bp.route("/<edition_slug>/rooster/blokken/nieuw", methods=["GET", "POST"])
@bp.route("/<edition_slug>/rooster/blokken/<code>", methods=["GET", "POST"])
@team("programme")
def block(edition_slug: str, code: str | None = None) -> Answer:
    """A break or blocker, or a new one; `dag`, `van`, `tot` and `podium` say where."""
    edition = _edition(edition_slug)
    row = _block(edition, code) if code else None
    stages = queries.stages(edition)
    form = BlockForm(data=_fill_block(edition, row, stages) if row else _asked(edition))
    form.offer(edition, stages)
    problems: list[str] = []
    if form.validate_on_submit():
        try:
            return _answer(edition, _save_block(edition, row, form, stages))
        except Refusal as refusal:
            if wants_json():
                return _refused(edition, refusal, code or "")
            problems = [str(refusal)]
            row = _block(edition, code) if code else None
    elif form.is_submitted() and wants_json():
        return _invalid(edition, form)
    page = render_template(
        "programme/editor/block.html",
        **_shown(edition),
        form=form,
        row=row,
        problems=problems,
        back=_url("editor", edition, dag=form.day.data),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/<edition_slug>/rooster/blokken/<code>/weg")
@team("programme")
def drop_block(edition_slug: str, code: str) -> Answer:
    """Take a break or blocker away, as the maker saw it in `version`."""
    edition = _edition(edition_slug)
    row = _block(edition, code)
    return _act(edition, lambda: _drop_block(edition, row), back=_url("block", edition, code=code))


@bp.post("/<edition_slug>/rooster/botsingen")
@team("programme")
def accept_clash(edition_slug: str) -> Answer:
    """Let a clash be, for a reason."""
    edition = _edition(edition_slug)
    key, day = request.form.get("key", ""), _day(edition, request.form.get("shown", ""))

    def deed() -> Done:
        reason = request.form.get("reason", "")[:LONGEST_REASON]
        rules.accept_clash(
            edition, key, reason, by=current_user.name or current_user.email, now=clock.now()
        )
        return Done(_("Geaccepteerd."), day, _url("withdraw_acceptance", edition), {"key": key})

    return _act(edition, deed, back=_url("editor", edition, dag=day, _anchor="botsingen"))


@bp.post("/<edition_slug>/rooster/botsingen/toch")
@team("programme")
def withdraw_acceptance(edition_slug: str) -> Answer:
    """Warn of a clash again."""
    edition = _edition(edition_slug)
    key, day = request.form.get("key", ""), _day(edition, request.form.get("shown", ""))

    def deed() -> Done:
        reason = rules.withdraw_acceptance(edition, key, now=clock.now())
        return Done(
            *(_("We waarschuwen er weer voor."), day, _url("accept_clash", edition)),
            {"key": key, "reason": reason},
        )

    return _act(edition, deed, back=_url("editor", edition, dag=day, _anchor="botsingen"))


def _place(edition: Edition, of: Session, slot: Slot | None) -> Answer:
    """The form of one moment. By hand it first shows what would clash, then saves it anyway."""
    stages = queries.stages(edition)
    form = PlaceForm(data=_fill_slot(edition, slot, stages) if slot else _asked(edition, of))
    form.offer(edition, stages)
    problems: list[str] = []
    notices: list[grids.Notice] = []
    code = slot.code if slot else ""
    if form.validate_on_submit():
        stage = next(stage for stage in stages if stage.slug == form.stage.data)
        ends_at = form.moment(edition, form.ends.data, is_end=True)
        span = Span(form.moment(edition, form.starts.data), ends_at)
        if not form.anyway.data and span.starts_at < span.ends_at:
            notices = _would_clash(edition, of, slot, stage, span)
        if {notice.clash.key for notice in notices} <= set(request.form.getlist("known")):
            try:
                return _answer(edition, _save_place(edition, of, slot, stage, span, form))
            except Refusal as refusal:
                if wants_json():
                    return _refused(edition, refusal, code)
                problems, slot = [str(refusal)], _slot(edition, code) if code else None
    elif form.is_submitted() and wants_json():
        return _invalid(edition, form)
    page = render_template(
        "programme/editor/move.html",
        **_shown(edition),
        form=form,
        of=of,
        slot=slot,
        is_off=slot is not None and draft.is_dropped(slot),
        problems=problems,
        would_clash=notices,
        back=_url("editor", edition, dag=form.day.data),
    )
    return page, 422 if form.is_submitted() else 200


def _would_clash(
    edition: Edition, of: Session, slot: Slot | None, stage: Stage, span: Span
) -> list[grids.Notice]:
    places, door_places = (slot.places, slot.door_places) if slot else _usual_places(of, stage)
    return grids.clashes_of(
        *(edition, of.id, stage.id, span),
        code=slot.code if slot else "",
        places=places,
        door_places=door_places,
    )


def _save_place(
    edition: Edition, of: Session, slot: Slot | None, stage: Stage, span: Span, form: PlaceForm
) -> Done:
    where: dict[str, Any] = {"stage": stage, "starts_at": span.starts_at, "ends_at": span.ends_at}
    if slot is None:
        places, door_places = _usual_places(of, stage)
        if form.restores.data:
            places, door_places = form.places.data, form.door_places.data or 0
        slot = rules.place_session(
            of,
            **where,
            places=places,
            door_places=door_places,
            seen=seen_version(form),
            now=clock.now(),
        )
        undo: dict[str, str] = {}
        undo_url = _url("take_off", edition, code=slot.code)
    else:
        is_back = draft.is_dropped(slot)
        undo = {} if is_back else _fields(edition, slot, queries.stages(edition))
        undo_url = _url("take_off" if is_back else "move", edition, code=slot.code)
        rules.move_slot(slot, **where, seen=seen_version(form), now=clock.now())
    said = _(
        "“%(title)s” staat nu op %(when)s, %(stage)s.",
        title=draft.value(of, "title").text(),
        when=dates.span(edition, *span),
        stage=stage.name.text(),
    )
    return Done(
        said, edition.day_of(span.starts_at), undo_url, undo, code=slot.code, version=slot.version
    )


def _take_off(edition: Edition, slot: Slot) -> Done:
    of, code, is_public = slot.session, slot.code, slot.is_public
    title, day = draft.value(of, "title").text(), edition.day_of(draft.value(slot, "starts_at"))
    undo = _fields(edition, slot, queries.stages(edition))
    numbers = {"places": slot.places, "door_places": slot.door_places}
    rules.drop_slot(slot, seen=request.form.get("version", 0, int), now=clock.now())
    said = _("“%(title)s” heeft hier geen plek meer.", title=title)
    if is_public:
        undo_url, version = _url("move", edition, code=code), slot.version
    else:  # then it is gone, and undoing makes a new one
        undo_url, version = _url("place", edition, slug=of.slug), _moments(of)
        undo |= {name: str(number) for name, number in numbers.items() if number is not None}
        undo["restores"] = "1"
    return Done(said, day, undo_url, undo, code=code, version=version)


def _save_block(edition: Edition, row: Block | None, form: BlockForm, stages: list[Stage]) -> Done:
    undo = _fields(edition, row, stages) if row and not draft.is_dropped(row) else {}
    values = form.values(edition, stages)
    saved = rules.save_block(edition, row, values, seen=seen_version(form), now=clock.now())
    undo_url = _url("block" if undo else "drop_block", edition, code=saved.code)
    day = edition.day_of(values["starts_at"])
    return Done(_("Bewaard."), day, undo_url, undo, code=saved.code, version=saved.version)


def _drop_block(edition: Edition, row: Block) -> Done:
    undo, code, is_public = _fields(edition, row, queries.stages(edition)), row.code, row.is_public
    day = edition.day_of(draft.value(row, "starts_at"))
    rules.drop_block(row, seen=request.form.get("version", 0, int), now=clock.now())
    undo_url = _url("block", edition, code=code if is_public else None)
    version = row.version if is_public else 0
    return Done(_("Weggehaald."), day, undo_url, undo, code=code, version=version)


def _act(edition: Edition, deed: Callable[[], Done], *, back: str) -> Answer:
    """Do what needs no form of its own; when it is refused, say so on the page `back`."""
    try:
        return _answer(edition, deed())
    except Refusal as refusal:
        if wants_json():
            return _refused(edition, refusal, (request.view_args or {}).get("code", ""))
        flash(str(refusal), "bad")
        return redirect(back)


def _answer(edition: Edition, done: Done) -> Answer:
    if not wants_json():
        flash(done.said, "good")
        session[_UNDO] = done.undo
        return redirect(_url("editor", edition, dag=done.day))
    drawn_grid, drawn = _drawn(edition)
    warned = [notice for notice in drawn_grid.notices if done.code in notice.clash.slot_codes]
    return jsonify(
        ok=True,
        said=done.said,
        slot={"code": done.code, "version": done.version},
        clashes=[notice.sentence for notice in warned],
        undo=done.undo,
        **drawn,
    )


def _refused(edition: Edition, refusal: Refusal, code: str) -> Answer:
    """The refusal's sentence for the script, with how things are now."""
    sentence = str(refusal)
    slot = queries.slot_by_code(edition, code) if code else None
    if isinstance(refusal, ChangedMeanwhile) and slot is not None:
        sentence = _meanwhile(edition, slot)
    _grid, drawn = _drawn(edition)
    now = {"code": slot.code, "version": slot.version} if slot else None
    return _json(refusal.status, refusal.code, sentence, slot=now, **drawn)


def _invalid(edition: Edition, form: PlaceForm | BlockForm) -> Answer:
    first = next(str(each[0]) for each in form.errors.values() if each)
    _grid, drawn = _drawn(edition)
    return _json(422, "Invalid", first, **drawn)


def _json(status: int, code: str, message: str, **values: Any) -> Response:
    response = jsonify(ok=False, error=code, message=message, **values)
    response.status_code = status
    return response


def _meanwhile(edition: Edition, slot: Slot) -> str:
    """Where somebody else put the slot."""
    title = draft.value(slot.session, "title").text()
    if draft.is_dropped(slot):
        sentence = _(
            "Iemand anders heeft “%(title)s” intussen van het rooster gehaald. Wat jij deed, is "
            "niet bewaard.",
            title=title,
        )
    else:
        stages = {stage.id: stage.name.text() for stage in queries.stages(edition)}
        sentence = _(
            "Iemand anders heeft “%(title)s” intussen verplaatst naar %(when)s, %(stage)s. Wat "
            "jij deed, is niet bewaard.",
            title=title,
            when=dates.span(edition, draft.value(slot, "starts_at"), draft.value(slot, "ends_at")),
            stage=stages[draft.value(slot, "stage_id")],
        )
    return str(sentence)


def _drawn(edition: Edition) -> tuple[grids.Grid, dict[str, Any]]:
    """The day that the page shows, drawn anew for its script."""
    edition = _edition(edition.slug)
    grid = grids.lay_out(edition, _day(edition, request.form.get("shown", "")))
    html = render_template("programme/editor/board.html", **_shown(edition, grid), wanted="")
    return grid, {"draft_version": grid.draft_version, "board": html}


def _usual_places(of: Session, stage: Stage) -> tuple[int | None, int]:
    """How many places a new moment has, to book and at the door: as its last one, or its kind."""
    if last := _last_slot(of):
        return last.places, last.door_places
    kind = draft.value(of, "kind")
    return {"coaching": 1, "workshop": stage.capacity}.get(kind), 0


def _moments(of: Session) -> int:
    """How many moments the session has in the draft: what a form for a further one has seen."""
    return sum(not draft.is_dropped(slot) for slot in of.all_slots)


def _last_slot(of: Session) -> Slot | None:
    return max(of.all_slots, key=lambda slot: slot.id, default=None)


def _asked(edition: Edition, of: Session | None = None) -> dict[str, Any]:
    """What a form for something new starts with: as the address says, else as usual."""
    day = _day(edition, request.args.get("dag", ""))
    starts = _time(request.args.get("van", "")) or time(10)
    minutes, seen = 30, 0
    if of:
        seen = _moments(of)
        last = _last_slot(of)
        lasted = Span(last.starts_at, last.ends_at) if last else None
        minutes = grids.usual_length(lasted, draft.value(of, "kind"))
    ends = (datetime.combine(day, starts) + timedelta(minutes=minutes)).time()
    return {
        "version": seen,
        "day": day.isoformat(),
        "starts": starts,
        "ends": _time(request.args.get("tot", "")) or ends,
        "stage": request.args.get("podium", EVERYWHERE),
    }


def _fill_slot(edition: Edition, slot: Slot, stages: list[Stage]) -> dict[str, Any]:
    return {"version": slot.version} | _moment(edition, slot, stages)


def _fill_block(edition: Edition, row: Block, stages: list[Stage]) -> dict[str, Any]:
    title = draft.value(row, "title")
    texts = {"title_nl": title.nl, "title_en": title.en, "kind": draft.value(row, "kind")}
    return {"version": row.version} | texts | _moment(edition, row, stages)


def _moment(edition: Edition, row: Slot | Block, stages: list[Stage]) -> dict[str, Any]:
    starts_at, ends_at = (draft.value(row, name) for name in ("starts_at", "ends_at"))
    slugs = {stage.id: stage.slug for stage in stages}
    return {
        "day": edition.day_of(starts_at).isoformat(),
        "starts": edition.local(starts_at).time(),
        "ends": edition.local(ends_at).time(),
        "stage": slugs.get(draft.value(row, "stage_id"), EVERYWHERE),
    }


def _fields(edition: Edition, row: Slot | Block, stages: list[Stage]) -> dict[str, str]:
    """What to post to have `row` as it is now."""
    if isinstance(row, Block):
        filled = _fill_block(edition, row, stages)
    else:
        filled = _fill_slot(edition, row, stages) | {"anyway": "1"}
    return {
        name: f"{value:%H:%M}" if isinstance(value, time) else str(value)
        for name, value in filled.items()
    }


def _shown(edition: Edition, grid: grids.Grid | None = None) -> dict[str, Any]:
    """What every template of the editor needs; `team_url` leads to the other screens."""
    return {
        **{"shown": edition, "grid": grid, "here": _url, "url": _team_url},
        **{"day_name": dates.day, "short_day_name": dates.short_day, "drafted": draft.value},
        "holds": lambda text, wanted: search.holds_all(text, search.words(wanted)),
    }


def _url(name: str, edition: Edition, **values: Any) -> str:
    return address(f"timetable_team.{name}", edition_slug=edition.slug, **values)


def _team_url(name: str, edition: Edition, **values: Any) -> str:
    return address(f"programme_team.{name}", edition_slug=edition.slug, **values)


def _edition(slug: str) -> Edition:
    return edition_by_slug(slug) or abort(404)


def _slot(edition: Edition, code: str) -> Slot:
    slot = queries.slot_by_code(edition, code)
    if slot is None and request.method == "POST":
        raise rules.SlotGone
    return slot or abort(404)


def _block(edition: Edition, code: str) -> Block:
    row = queries.block_by_code(edition, code)
    if row is None and request.method == "POST":
        raise rules.SlotGone
    return row or abort(404)


def _day(edition: Edition, written: str) -> date:
    """The day that the address asks for; the first one where it asks for none of the festival."""
    named = {day.isoformat(): day for day in edition.days}
    return named.get(written, edition.days[0])


def _time(written: str) -> time | None:
    try:
        return time.fromisoformat(written)
    except ValueError:
        return None
