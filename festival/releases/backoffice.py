"""The team's screens: what the next release changes, publishing it, or discarding the draft."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from festival import clock
from festival.editions.addresses import team_edition_or_404
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.programme import clashes, snapshot_reading
from festival.programme.changes import Change, between
from festival.programme.photos import forget_photos
from festival.programme.queries import photos_of_edition
from festival.programme.rules import publishing
from festival.programme.snapshot import Snapshot
from festival.releases import letters, queries
from festival.releases.change_descriptions import ChangeDescription, describe_changes, in_both
from festival.releases.forms import MoveEditionForm, PublishForm
from festival.releases.rules import moving
from festival.releases.rules import publishing as publishing_rules
from festival.team.access import team
from festival.team.saving import Answer, apply_rule, counted, seen_version
from festival.web.languages import Bilingual

bp = Blueprint("releases_team", __name__, url_prefix="/team/programma")


@dataclass(frozen=True)
class ChangeRow:
    """A change in the draft, with the number of places booked in the slots that it changes."""

    line: ChangeDescription
    booked: int
    gone: dict[str, int]  # for a cancellation: bookings by slot code, for the checkbox


@dataclass(frozen=True)
class Difference:
    """What the next release changes for visitors."""

    groups: list[tuple[str, list[ChangeRow]]]
    people: list[str]  # whose own text or photo changed
    quiet: list[str]  # sessions with draft changes that no timetable shows
    has_other_breaks: bool

    def __bool__(self) -> bool:
        return bool(self.groups or self.people or self.quiet or self.has_other_breaks)


@bp.route("/<edition_slug>/publiceren", methods=["GET", "POST"])
@team("programme")
def publish(edition_slug: str) -> Answer:
    """Shows what the next release changes, with the form that publishes it."""
    edition = team_edition_or_404(edition_slug)
    form = PublishForm()
    problems: list[str] = []
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        photos = photos_of_edition(edition)
        try:
            publishing_rules.publish_release(
                edition,
                name=form.texts["name"],
                note=form.texts["note"],
                seen=_seen(form),
                agreed=form.agreed,
                by=current_user.name,
                now=clock.now(),
            )
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            forget_photos(photos - photos_of_edition(edition))
            flash(_("Gepubliceerd. Wie het aangaat, krijgt bericht."), "good")
            # Not to the release itself: public pages do not show flashed messages.
            return redirect(url_for("releases_team.publish", edition_slug=edition_slug), 303)
    return _publish_page(team_edition_or_404(edition_slug), form, problems), status


@bp.post("/<edition_slug>/publiceren/weg")
@team("programme")
def discard(edition_slug: str) -> Response:
    """Discard the draft: everything goes back to what visitors see."""
    edition = team_edition_or_404(edition_slug)
    here = url_for("releases_team.publish", edition_slug=edition_slug)
    seen = request.form.get("draft_version", -1, int)
    photos = photos_of_edition(edition)
    answer = apply_rule(
        lambda: publishing.discard_all(edition, seen=seen, now=clock.now()),
        _("Het concept is weer gelijk aan wat bezoekers zien."),
        back=here,
        to=here,
    )
    forget_photos(photos - photos_of_edition(edition))
    return answer


@bp.get("/<edition_slug>/vandaag")
@team("programme")
def today(edition_slug: str) -> Response:
    """Redirects to the day screen, or with `?code=` to one slot on it."""
    team_edition_or_404(edition_slug)
    code = request.args.get("code")
    return redirect(
        url_for("releases_today.moment", code=code) if code else url_for("releases_today.index")
    )


@bp.route("/<edition_slug>/verplaatsen", methods=["GET", "POST"])
@team("organiser")
def move_edition(edition_slug: str) -> Answer:
    """Move the edition to other days: first says what that touches, then asks."""
    edition = team_edition_or_404(edition_slug)
    form = MoveEditionForm(request.values)
    chosen = form.first_day.data if form.validate() else None
    status = 422 if form.first_day.raw_data and not chosen else 200
    refusal = moving.why_not_move(edition, chosen, now=clock.now()) if chosen else None
    if request.method == "POST" and chosen and not refusal:
        try:
            moving.move_edition(
                edition, chosen, seen=seen_version(form), by=current_user.name, now=clock.now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            flash(_("De editie is verplaatst. Wie het aangaat, krijgt een mail."), "good")
            return redirect(url_for("editions_team.edit", slug=edition_slug), 303)
    if refusal:
        chosen, status = None, refusal.status
    edition = team_edition_or_404(edition_slug)
    form.version.data = str(edition.version)
    if not form.first_day.raw_data:
        form.first_day.errors = []
    sessions, places = queries.placed(edition)
    page = render_template(
        "releases/move_edition.html",
        shown=edition,
        form=form,
        problems=[str(refusal)] if refusal else [],
        former=letters.days_in_words(edition.days),
        days=letters.days_in_words(_from(edition, chosen)) if chosen else "",
        tickets=queries.live_tickets(edition),
        sessions=sessions,
        places=places,
        letters=len(list(letters.told_of_move(edition))) if chosen else 0,
    )
    return page, status


def _from(edition: Edition, first_day: date) -> list[date]:
    return [day + (first_day - edition.starts_on) for day in edition.days]


def _publish_page(edition: Edition, form: PublishForm, problems: Iterable[str]) -> str:
    # Read before the draft: a change made meanwhile makes the posted form outdated.
    seen = edition.draft_version
    old, new = snapshot_reading.published(edition), snapshot_reading.read_draft(edition)
    if not form.is_submitted():
        name = _next_name(edition)
        form.name_nl.data, form.name_en.data = name.nl, name.en
    form.draft_version.data = str(seen)
    accepted = clashes.accepted(edition)
    found = clashes.find(new, clashes.wanted_in(edition))
    return render_template(
        "releases/publish.html",
        shown=edition,
        form=form,
        draft_version=seen,
        problems=problems,
        difference=_difference(edition, old, new),
        clashes=sum(clash.key not in accepted for clash in found),
        refusals=[
            _("%(name)s bij “%(title)s”", name=name, title=title.text())
            for name, title in queries.declined_sessions(new)
        ],
        releases=queries.releases(edition, at_most=5),
        address=lambda release: url_for("releases.release", **_address(edition, release.number)),
    )


def _difference(edition: Edition, old: Snapshot, new: Snapshot) -> Difference:
    changes = between(old, new)
    booked = queries.live_bookings(
        [slot.code for session in old.sessions.values() for slot in session.slots]
    )
    codes_of = {
        session.id: [slot.code for slot in session.slots] for session in old.sessions.values()
    }
    groups: dict[str, list[ChangeRow]] = {}
    for line in describe_changes(edition, changes):
        groups.setdefault(line.label, []).append(_row(line, changes, booked, codes_of))
    former = {person.id: person for person in old.speakers.values()}
    listed = {change.session_id for change in changes if change.kind == "changed"}
    return Difference(
        groups=list(groups.items()),
        people=[
            person.name
            for person in new.speakers.values()
            if person.id in former and _own(person) != _own(former[person.id])
        ],
        quiet=[
            new.sessions[session_id].title.text()
            for session_id in queries.waiting_sessions(edition)
            if session_id not in listed
        ],
        has_other_breaks=_breaks(old) != _breaks(new),
    )


def _row(
    line: ChangeDescription,
    changes: list[Change],
    booked: dict[str, int],
    codes_of: dict[int, list[str]],
) -> ChangeRow:
    codes = line.codes
    if not codes:
        [session_id] = {change.session_id for change in changes if change.slug == line.slug}
        codes = tuple(codes_of[session_id])
    numbers = {code: booked[code] for code in codes if code in booked}
    return ChangeRow(
        line=line,
        booked=sum(numbers.values()),
        gone=numbers if line.kind == "cancelled" else {},
    )


def _own(person: Any) -> tuple[Any, ...]:
    texts = ("name", "pronunciation", "organisation", "place", "bio", "links", "photo", "photo_alt")
    return tuple(getattr(person, name) for name in texts)


def _breaks(programme: Snapshot) -> list[tuple[Any, ...]]:
    names = ("code", "title", "stage_id", "starts_at", "ends_at")
    return [
        tuple(getattr(block, name) for name in names)
        for block in programme.blocks
        if block.kind == "break"
    ]


def _next_name(edition: Edition) -> Bilingual:
    number = queries.next_number(edition)
    return in_both(lambda: str(_("Uitgave %(number)s", number=number)))


def _seen(form: PublishForm) -> int:
    return counted(str(form.draft_version.data or ""), -1)


def _address(edition: Edition, number: int) -> dict[str, Any]:
    return {"edition_slug": None if edition.is_current else edition.slug, "number": number}
