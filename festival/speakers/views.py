"""A speaker's own page behind a secret link: slots, answers, profile, contact, files."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from festival import clock, storage
from festival.db import db
from festival.editions import dates
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.feedback import queries as feedback
from festival.programme import calendar, draft
from festival.programme.fields import fill_spans, offer_days, spans_of
from festival.programme.models.sessions import Slot, Speaker
from festival.programme.photos import discard_photo, forget_photos, keep_photo, photos_of
from festival.programme.rules import people
from festival.speakers import files, queries, rules
from festival.speakers.agenda import agenda_ics, public_url
from festival.speakers.forms import (
    AnswerForm,
    AvailabilityForm,
    ContactForm,
    FileForm,
    ProfileForm,
    fill_profile,
)
from festival.speakers.queries import OwnSession
from festival.speakers.questions import questions_of
from festival.team.access import holder
from festival.team.saving import Answer, seen_version
from festival.web import languages
from festival.web.limits import PER_LINK, limiter, link

bp = Blueprint("speakers", __name__, url_prefix="/spreker")


# Room in a request besides the file: field names and the lines between the parts.
_BESIDE_THE_FILE = 64 * 1024

_limit = limiter.limit("60 per minute", methods=["POST"], key_func=link, error_message=PER_LINK)


@bp.url_value_preprocessor
def _take_large_files(endpoint: str | None, _values: Any) -> None:
    # Runs before anything reads the form. Other pages keep MAX_REQUEST_MB.
    if endpoint == "speakers.own_files":
        request.max_content_length = current_app.config["MAX_FILE_BYTES"] + _BESIDE_THE_FILE


@bp.after_request
def _keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/<secret>")
@holder
def show(secret: str) -> str:
    """The speaker's sessions: when, where and with what, and questions that are still open."""
    return _show(_speaker(secret))


@bp.post("/<secret>/antwoord/<slug>")
@_limit
@holder
def answer(secret: str, slug: str) -> Answer:
    """Keep the answer yes or no to one session."""
    speaker = _speaker(secret)
    own = next(
        (each for each in queries.own_sessions(speaker) if each.session.slug == slug), None
    ) or abort(404)
    form = AnswerForm()
    if not form.validate_on_submit():
        return _show(speaker, wrong=(slug, form)), 422
    reason = form.reason.data if form.answer.data == "no" else ""
    rules.answer_session(speaker, own.session, form.answer.data, reason=reason, now=clock.now())
    flash(
        _("Fijn, we rekenen op je.")
        if form.answer.data == "yes"
        else _("Jammer. We hebben het doorgegeven aan wie het programma maakt."),
        "good",
    )
    return redirect(url_for("speakers.show", secret=secret, _anchor=slug), 303)


@bp.route("/<secret>/over-jou", methods=["GET", "POST"])
@_limit
@holder
def profile(secret: str) -> Answer:
    """What visitors read about the speaker. Changes wait for the next release."""
    speaker = _speaker(secret)
    form = ProfileForm(data=fill_profile(speaker))
    problems: list[str] = []
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            _save_profile(speaker, form)
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            flash(_("Bewaard. Het komt bij de volgende uitgave op de site."), "good")
            return redirect(url_for("speakers.profile", secret=secret), 303)
    # Read again: after a refusal the rule's transaction was rolled back.
    return _page("profile", _speaker(secret), form=form, problems=problems), status


@bp.route("/<secret>/nodig", methods=["GET", "POST"])
@_limit
@holder
def contact(secret: str) -> Answer:
    """What only the team reads: needs, address, telephone, the language of letters."""
    speaker = _speaker(secret)
    form = ContactForm(obj=speaker)
    problems: list[str] = []
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            people.save_speaker(
                _edition(speaker), speaker, form.values, seen=seen_version(form), now=clock.now()
            )
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            flash(_("Bewaard. Alleen het team leest dit."), "good")
            return redirect(url_for("speakers.contact", secret=secret), 303)
    return _page("contact", _speaker(secret), form=form, problems=problems), status


@bp.route("/<secret>/wanneer", methods=["GET", "POST"])
@_limit
@holder
def availability(secret: str) -> Answer:
    """When the speaker can be there."""
    speaker = _speaker(secret)
    edition = _edition(speaker)
    form = AvailabilityForm(
        data={
            "version": speaker.version,
            "spans": fill_spans(edition, speaker.availability),
        }
    )
    offer_days(form.spans, edition)
    problems: list[str] = []
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        spans = spans_of(form.spans, edition)
        try:
            people.set_availability(speaker, spans, seen=seen_version(form), now=clock.now())
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            flash(
                _("Bewaard. We plannen je alleen op deze tijden.")
                if spans
                else _("Bewaard. We rekenen erop dat je het hele festival kunt."),
                "good",
            )
            return redirect(url_for("speakers.availability", secret=secret), 303)
    return _page("availability", _speaker(secret), form=form, problems=problems), status


@bp.route("/<secret>/bestanden", methods=["GET", "POST"])
@limiter.limit("60 per hour", methods=["POST"], key_func=link, error_message=PER_LINK)
@holder
def own_files(secret: str) -> Answer:
    """The speaker's files for the host, and a form to send a new one."""
    speaker = _speaker(secret)
    form = FileForm()
    problems: list[str] = []
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            _add_file(speaker, form.file.data)
        except Refusal as refusal:
            problems, status = [str(refusal)], refusal.status
        else:
            flash(_("Je bestand staat klaar voor wie je onderdeel begeleidt."), "good")
            return redirect(url_for("speakers.own_files", secret=secret), 303)
    page = _page(
        "files",
        _speaker(secret),
        form=form,
        problems=problems,
        most=files.MOST_FILES,
        accept=files.ACCEPT,
        megabytes=_megabytes(),
    )
    return page, status


@bp.get("/<secret>/bestanden/<code>")
@holder
def own_file(secret: str, code: str) -> Response:
    """Download one of the speaker's own files, or one for a session that they host."""
    file = queries.file_for(_speaker(secret), code) or abort(404)
    return files.download(file.stored, name=file.name, mimetype=file.mimetype)


@bp.post("/<secret>/bestanden/<code>/weg")
@_limit
@holder
def remove_file(secret: str, code: str) -> BaseResponse:
    """Remove one of the speaker's own files."""
    stored = rules.remove_file(_speaker(secret), code, now=clock.now())
    if stored:
        storage.remove(stored)  # after the commit: a row without its file would be a fault
        flash(_("Het bestand is weg."), "good")
    return redirect(url_for("speakers.own_files", secret=secret), 303)


@bp.get("/<secret>/agenda.ics")
@holder
def agenda(secret: str) -> Response:
    """The speaker's own released slots as a calendar file."""
    speaker = _speaker(secret)
    response = Response(agenda_ics(_edition(speaker), speaker), content_type=calendar.MIMETYPE)
    response.headers.set(
        "Content-Disposition", "inline", filename=_("agenda-%(slug)s.ics", slug=speaker.slug)
    )
    return response


def _speaker(secret: str) -> Speaker:
    """Returns the speaker. An outdated link leads to a page that says how to get a new one."""
    speaker = queries.speaker_by_secret(secret)
    if speaker is None:
        abort(make_response(render_template("speakers/gone.html"), 404))
    return speaker


def _edition(speaker: Speaker) -> Edition:
    return db.session.get_one(Edition, speaker.edition_id)


def _page(name: str, speaker: Speaker, **values: Any) -> str:
    return render_template(
        f"speakers/{name}.html",
        uses_session=True,
        edition=_edition(speaker),
        speaker=speaker,
        seen=draft.merged(speaker),
        is_waiting=bool(speaker.is_public and speaker.draft),
        **values,
    )


def _show(speaker: Speaker, wrong: tuple[str, AnswerForm] | None = None) -> str:
    edition, now = _edition(speaker), clock.now()
    sessions = queries.own_sessions(speaker)
    said = feedback.of_sessions([own.session.id for own in sessions])
    sent = queries.files_for_host(speaker)
    parts = [
        _part(edition, speaker, own, now)
        | {
            "form": wrong[1] if wrong and wrong[0] == own.session.slug else None,
            "feedback": said[own.session.id],
            "files": sent.get(own.session.id, ()),
        }
        for own in sessions
    ]
    return _page(
        "show",
        speaker,
        parts=parts,
        open_answers=sum(part["asks"] and not part["own"].answer for part in parts),
        webcal=_webcal(speaker),
    )


def _part(edition: Edition, speaker: Speaker, own: OwnSession, now: datetime) -> dict[str, Any]:
    """Returns one session as the page shows it."""
    session = own.session
    moments = _moments(edition, own, now)
    is_over = bool(moments) and all(each["is_past"] or each["is_cancelled"] for each in moments)
    hosts = [each.name for each in session.hosts if each.id != speaker.id]
    return {
        "own": own,
        "session": session,
        "asks": bool(own.role) and not is_over,  # whether to ask if they come
        "others": [each.name for each in session.speakers if each.id != speaker.id] + hosts,
        "hosts": hosts,
        "moments": moments,
        "stages": list({slot.stage_id: slot.stage for slot in own.slots}.values()),
        "url": public_url(edition, session) if session.is_public else None,
        "answered_on": own.answered_at and dates.day(edition.local(own.answered_at).date()),
    }


def _moments(edition: Edition, own: OwnSession, now: datetime) -> list[dict[str, Any]]:
    """Returns the times of a session as the page shows them: each slot, or a coach's day as one."""
    days: dict[Any, list[Slot]] = {}
    for slot in own.slots:
        key = slot.code
        if own.session.kind == "coaching":
            key = f"{edition.day_of(slot.starts_at)} {slot.stage_id} {slot.is_public}"
        days.setdefault(key, []).append(slot)
    return [_moment(edition, own, slots, now) for slots in days.values()]


def _moment(
    edition: Edition, own: OwnSession, slots: Sequence[Slot], now: datetime
) -> dict[str, Any]:
    first, last = slots[0], slots[-1]
    bookable = [slot for slot in slots if slot.is_bookable]
    asked = questions_of([slot.id for slot in bookable]) if own.role else {}
    early = own.session.minutes_before
    return {
        "when": dates.span(edition, first.starts_at, last.ends_at),
        "starts_at": edition.local(first.starts_at).isoformat(),
        "stage": first.stage,
        "is_draft": not first.is_public,
        "is_cancelled": all(slot.is_cancelled for slot in slots),
        "reason": first.reason,
        "delay": dates.hours(edition, first.expected_starts_at, last.expected_ends_at)
        if first.delay_minutes
        else "",
        "is_past": last.expected_ends_at <= now,
        "set_up": dates.clock(edition, first.expected_starts_at - timedelta(minutes=early))
        if early
        else "",
        "taken": sum(slot.taken for slot in bookable),
        "places": sum(slot.places or 0 for slot in bookable),
        "meetings": [
            {
                "hours": dates.hours(edition, slot.expected_starts_at, slot.expected_ends_at),
                "is_taken": bool(slot.taken),
                "is_cancelled": slot.is_cancelled,
                "questions": asked.get(slot.id, ()),
            }
            for slot in slots
        ]
        if own.session.kind == "coaching"
        else [],
    }


def _webcal(speaker: Speaker) -> str:
    address = languages.url_in(languages.current(), "speakers.agenda", secret=speaker.secret)
    return "webcal:" + address.partition(":")[2]


def _save_profile(speaker: Speaker, form: ProfileForm) -> None:
    """Store a new photo outside the transaction, save, and remove photos that nothing shows."""
    photo = keep_photo(form.photo_file.data, drop=False, folder="speakers")
    former = photos_of(speaker)
    try:
        people.save_speaker(
            _edition(speaker),
            speaker,
            form.values | photo,
            seen=seen_version(form),
            now=clock.now(),
        )
    except BaseException:
        discard_photo(photo)
        raise
    forget_photos(former)


def _add_file(speaker: Speaker, sent: Any) -> None:
    most = current_app.config["MAX_FILE_BYTES"]
    content = sent.read(most + 1)
    if len(content) > most:
        raise files.FileTooLarge(megabytes=_megabytes())
    kind = files.kind_of(content)
    stored = files.keep(content)
    try:
        rules.add_file(
            speaker,
            name=files.harmless_name(sent.filename or "", kind),
            stored=stored,
            mimetype=kind,
            size=len(content),
            now=clock.now(),
        )
    except BaseException:
        storage.remove(stored)
        raise


def _megabytes() -> int:
    return int(current_app.config["MAX_FILE_BYTES"]) // 1024 // 1024
