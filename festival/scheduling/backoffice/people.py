"""People on stage: the list, and one of them with a photo and when they can be there."""

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from festival import clock, search, storage
from festival.editions.addresses import team_edition_or_404
from festival.editions.fields import seen_version
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.programme import draft, queries
from festival.programme.fields import offer_days, spans_of
from festival.programme.models.sessions import Session, Speaker
from festival.programme.photos import forget_photos, keep_photo, photos_of
from festival.programme.rules import people
from festival.scheduling.backoffice.base import (
    Answer,
    bp,
    discarded,
    page,
    removed,
    url,
    waiting,
)
from festival.scheduling.forms.people import SpeakerForm, fill_speaker
from festival.team import lists
from festival.team.access import team

_STATES = ("new", "waiting", "released", "no_session", "no_email")


@bp.get("/<edition_slug>/mensen")
@team("programme")
def speakers(edition_slug: str) -> str:
    """All who are on stage; `q` finds by name, organisation or place, `staat` by how they stand."""
    edition = team_edition_or_404(edition_slug)
    sessions = queries.sessions_by_speaker(edition)
    listing = lists.listing_of(
        chosen_speakers(edition, sessions),
        {
            "name": lambda row: search.folded(draft.value(row, "name")),
            "organisation": lambda row: search.folded(draft.value(row, "organisation")),
            "sessions": lambda row: len(sessions.get(row.id, ())),
        },
        default="name",
    )
    return page(
        "speakers",
        edition,
        listing=listing,
        sessions=sessions,
        value=draft.value,
        states=list(zip(_STATES, _state_labels(), strict=True)),
        active=any(request.args.get(name) for name in ("q", "staat")),
    )


@bp.route("/<edition_slug>/mensen/nieuw", methods=["GET", "POST"])
@bp.route("/<edition_slug>/mensen/<slug>", methods=["GET", "POST"])
@team("programme")
def speaker(edition_slug: str, slug: str | None = None) -> Answer:
    """Somebody on stage, or somebody new; with a photo, contact and availability."""
    edition = team_edition_or_404(edition_slug)
    row = (queries.team_speaker(edition, slug) or abort(404)) if slug else None
    form = SpeakerForm(data=fill_speaker(edition, row)) if row else SpeakerForm()
    offer_days(form.availability, edition)
    problems: list[str] = []
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            saved = _save(edition, row, form)
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            flash(_("Bewaard."), "good")
            return redirect(url("speaker", edition, slug=saved.slug))
    return _speaker_page(edition_slug, slug, form, problems), status


@bp.post("/<edition_slug>/mensen/<slug>/terug")
@team("programme")
def discard_speaker(edition_slug: str, slug: str) -> Response:
    """Forget what waits for the next release."""
    edition = team_edition_or_404(edition_slug)
    row = queries.team_speaker(edition, slug) or abort(404)
    return discarded(row, back=url("speaker", edition, slug=slug))


@bp.post("/<edition_slug>/mensen/<slug>/weg")
@team("programme")
def remove_speaker(edition_slug: str, slug: str) -> Response:
    """Take somebody off the programme."""
    edition = team_edition_or_404(edition_slug)
    row = queries.team_speaker(edition, slug) or abort(404)
    names, sent = photos_of(row), [file.stored for file in row.files]

    def remove() -> None:
        people.remove_speaker(row, now=clock.now())
        forget_photos(names)
        for stored in sent:
            storage.remove(stored)

    return removed(remove, back=url("speaker", edition, slug=slug), to=url("speakers", edition))


def chosen_speakers(
    edition: Edition, sessions: dict[int, list[Session]] | None = None
) -> list[Speaker]:
    """Who the address asks for, by name; `sessions`: what queries.sessions_by_speaker found."""
    asked = request.args.get
    wanted, state = search.words(asked("q", "")), asked("staat", "")
    if sessions is None:
        sessions = queries.sessions_by_speaker(edition)
    return [
        row
        for row in queries.team_speakers(edition)
        if search.holds_all(_words_of(row), wanted)
        and (state not in _STATES or _is_in_state(row, state, row.id in sessions))
    ]


def _save(edition: Edition, row: Speaker | None, form: SpeakerForm) -> Speaker:
    """Keep a new photo outside the transaction, write the speaker, drop photos of no more use."""
    names, seen = photos_of(row), seen_version(form)
    photo = keep_photo(form.photo_file.data, drop=form.drop_photo.data, folder="speakers")
    try:
        return people.save_speaker(
            edition,
            row,
            form.values | photo,
            availability=spans_of(form.availability, edition),
            seen=seen,
            now=clock.now(),
        )
    finally:
        forget_photos(names | {photo.get("photo", "")} - {""})


def _speaker_page(
    edition_slug: str, slug: str | None, form: SpeakerForm, problems: list[str]
) -> str:
    edition = team_edition_or_404(edition_slug)
    row = queries.team_speaker(edition, slug) if slug else None
    return page(
        "speaker",
        edition,
        row=row,
        form=form,
        problems=problems,
        value=draft.value,
        photo=draft.value(row, "photo") if row else "",
        waiting=waiting(row),
        sessions=queries.sessions_by_speaker(edition).get(row.id, []) if row else [],
        answers=queries.answers_of(row) if row else {},
        own_url=url_for("speakers.show", secret=row.secret) if row else None,
    )


def _words_of(row: Speaker) -> str:
    return search.folded(
        *(draft.value(row, name) for name in ("name", "organisation", "place")), row.slug
    )


def _is_in_state(row: Speaker, state: str, has_session: bool) -> bool:
    is_so = {
        "new": not row.is_public,
        "waiting": bool(row.draft),
        "released": row.is_public,
        "no_session": not has_session,
        "no_email": not row.email,
    }
    return is_so[state]


def _state_labels() -> tuple[str, ...]:
    return (
        _("Nog nooit uitgegeven"),
        _("Wijziging wacht op de volgende uitgave"),
        _("Bezoekers zien dit"),
        _("Bij geen enkel onderdeel"),
        _("Zonder mailadres"),
    )
