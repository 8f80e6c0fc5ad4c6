"""Speakers and hosts: the list, and the page of one person with photo and availability."""

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from festival import clock, search, storage
from festival.editions.addresses import team_edition_or_404
from festival.editions.models import Edition
from festival.programme import draft, queries
from festival.programme.fields import offer_days, spans_of
from festival.programme.models.sessions import Session, Speaker
from festival.programme.photos import forget_photos, photos_of
from festival.programme.rules import people
from festival.scheduling.backoffice.base import (
    apply_removal,
    bp,
    discard_changes,
    page,
    save_with_photo,
    url,
    waiting_fields,
)
from festival.scheduling.forms.people import SpeakerForm, fill_speaker
from festival.sorting import person_key, title_key
from festival.team import lists
from festival.team.access import team
from festival.team.saving import Answer, save_form, seen_version
from festival.web.forms import asked

_STATES = ("new", "waiting", "released", "no_session", "no_email")


@bp.get("/<edition_slug>/mensen")
@team("programme")
def speakers(edition_slug: str) -> str:
    """Lists speakers and hosts; `q` searches name, organisation and place, `staat` filters."""
    edition = team_edition_or_404(edition_slug)
    sessions = queries.sessions_by_speaker(edition)
    listing = lists.listing_of(
        chosen_speakers(edition, sessions),
        {
            "name": lambda row: person_key(draft.value(row, "name")),
            "organisation": lambda row: title_key(draft.value(row, "organisation")),
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
    """Shows and saves a speaker or host, or a new one, with photo, contact and availability."""
    edition = team_edition_or_404(edition_slug)
    row = (queries.team_speaker(edition, slug) or abort(404)) if slug else None
    form = SpeakerForm(data=fill_speaker(edition, row)) if row else SpeakerForm()
    offer_days(form.availability, edition)
    saved, problems, status = save_form(form, lambda: _save(edition, row, form))
    if saved:
        flash(_("Bewaard."), "good")
        return redirect(url("speaker", edition, slug=saved.slug))
    return _speaker_page(edition_slug, slug, form, problems), status


@bp.post("/<edition_slug>/mensen/<slug>/terug")
@team("programme")
def discard_speaker(edition_slug: str, slug: str) -> Response:
    """Discard the changes that wait for the next release."""
    edition = team_edition_or_404(edition_slug)
    row = queries.team_speaker(edition, slug) or abort(404)
    return discard_changes(row, back=url("speaker", edition, slug=slug))


@bp.post("/<edition_slug>/mensen/<slug>/weg")
@team("programme")
def remove_speaker(edition_slug: str, slug: str) -> Response:
    """Remove a person from the programme."""
    edition = team_edition_or_404(edition_slug)
    row = queries.team_speaker(edition, slug) or abort(404)
    photos, uploads = photos_of(row), [file.stored for file in row.files]

    def remove() -> None:
        people.remove_speaker(row, now=clock.now())
        forget_photos(photos)
        for stored in uploads:
            storage.remove(stored)

    return apply_removal(
        remove, back=url("speaker", edition, slug=slug), to=url("speakers", edition)
    )


def chosen_speakers(
    edition: Edition, sessions: dict[int, list[Session]] | None = None
) -> list[Speaker]:
    """Returns the people that the query string asks for, by name.

    `sessions` is the result of queries.sessions_by_speaker, if already known.
    """
    argument = request.args.get
    wanted, state = search.wanted(asked("q")), argument("staat", "")
    if sessions is None:
        sessions = queries.sessions_by_speaker(edition)
    return [
        row
        for row in queries.team_speakers(edition)
        if search.holds_all(_words_of(row), wanted)
        and (state not in _STATES or _is_in_state(row, state, row.id in sessions))
    ]


def _save(edition: Edition, row: Speaker | None, form: SpeakerForm) -> Speaker:
    return save_with_photo(
        row,
        form,
        lambda photo: people.save_speaker(
            edition,
            row,
            form.values | photo,
            availability=spans_of(form.availability, edition),
            seen=seen_version(form),
            now=clock.now(),
        ),
        folder="speakers",
    )


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
        waiting=waiting_fields(row),
        sessions=queries.sessions_by_speaker(edition).get(row.id, []) if row else [],
        answers=queries.answers_of(row) if row else {},
        post_url=url_for("speakers_team.person", edition_slug=edition.slug, slug=row.slug)
        if row
        else None,
    )


def _words_of(row: Speaker) -> str:
    return search.folded(
        *(draft.value(row, name) for name in ("name", "organisation", "place")), row.slug
    )


def _is_in_state(row: Speaker, state: str, has_session: bool) -> bool:
    matches = {
        "new": not row.is_public,
        "waiting": bool(row.draft),
        "released": row.is_public,
        "no_session": not has_session,
        "no_email": not row.email,
    }
    return matches[state]


def _state_labels() -> tuple[str, ...]:
    return (
        _("Nog nooit uitgegeven"),
        _("Wijziging wacht op de volgende uitgave"),
        _("Bezoekers zien dit"),
        _("Bij geen enkel onderdeel"),
        _("Zonder mailadres"),
    )
