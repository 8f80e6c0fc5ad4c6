"""The page on which visitors say what they thought of a session; no account, no name."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from festival import clock, codes
from festival.editions import dates
from festival.editions.addresses import public_edition_or_404
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.feedback import queries, rules
from festival.feedback.forms import FeedbackForm
from festival.programme import queries as programme
from festival.programme import slot_status
from festival.programme.models.sessions import Session, Slot
from festival.team.access import public
from festival.web.limits import limiter

bp = Blueprint("feedback", __name__)


@bp.get("/programma/<slug>/mening", defaults={"edition_slug": None})
@bp.get("/<edition_slug>/programma/<slug>/mening")
@public
def form(edition_slug: str | None, slug: str) -> str:
    """The form, or before and after its time a page that says when it opens."""
    session = _session(edition_slug, slug)
    now = clock.now()
    asked = _form(session, now)
    if "slot" in asked:  # preselect the slot that is on now, or the last one
        asked.slot.data = asked.slot.choices[-1].value
    asked.form_key.data = codes.secret()
    return _page(session, asked, now)


@bp.post("/programma/<slug>/mening", defaults={"edition_slug": None})
@bp.post("/<edition_slug>/programma/<slug>/mening")
@public
# All visitors may share one IP address: this is enough for a full hall, but stops a flood.
@limiter.limit("600 per minute; 20000 per day")
def give(edition_slug: str | None, slug: str) -> Response | tuple[str, int]:
    """Keep the opinion and say thank you."""
    session = _session(edition_slug, slug)
    now = clock.now()
    sent = _form(session, now)
    if not sent.validate():
        return _page(session, sent, now), 422
    if not sent.website.data:
        try:
            rules.give_feedback(
                session,
                _chosen(session, sent, now),
                useful=int(sent.useful.data),
                words=sent.words.data,
                form_key=sent.form_key.data,
                now=now,
            )
        except Refusal as refusal:
            return _page(_session(edition_slug, slug), sent, now, [str(refusal)]), refusal.status
    return redirect(url_for("feedback.thanks", edition_slug=edition_slug, slug=slug), 303)


@bp.get("/programma/<slug>/mening/dank", defaults={"edition_slug": None})
@bp.get("/<edition_slug>/programma/<slug>/mening/dank")
@public
def thanks(edition_slug: str | None, slug: str) -> str:
    """The page that says thank you."""
    session = _session(edition_slug, slug)
    return render_template("feedback/thanks.html", **_frame(session))


def _session(edition_slug: str | None, slug: str) -> Session:
    edition = public_edition_or_404(edition_slug)
    session = programme.session_by_slug(edition, slug) or abort(404)
    return session if queries.takes_feedback(edition, session) else abort(404)


def _choices(session: Session, now: datetime) -> list[Slot]:
    # A meeting with a coach has one visitor, so its slot would tell who gave the opinion.
    return [] if session.kind == "coaching" else queries.open_slots(session, now=now)


def _form(session: Session, now: datetime) -> FeedbackForm:
    form = FeedbackForm()
    form.offer([(slot.code, _moment(session, slot)) for slot in _choices(session, now)])
    return form


def _moment(session: Session, slot: Slot) -> str:
    when = dates.span(session.edition, slot.expected_starts_at, slot.expected_ends_at)
    return f"{when}, {slot.stage.name}"


def _chosen(session: Session, sent: FeedbackForm, now: datetime) -> Slot | None:
    slots = _choices(session, now)
    if "slot" in sent:
        return next(slot for slot in slots if slot.code == sent.slot.data)
    return slots[0] if slots else None


def _page(session: Session, form: FeedbackForm, now: datetime, problems: Sequence[str] = ()) -> str:
    happening = [slot for slot in session.slots if not slot.is_cancelled]
    return render_template(
        "feedback/form.html",
        form=form,
        problems=problems,
        is_open=queries.is_open(session.edition, session, now=now),
        opens=_opening(session.edition, happening, now),
        **_frame(session),
    )


def _opening(edition: Edition, slots: list[Slot], now: datetime) -> str:
    """Returns when the next slot begins; '' if there is none."""
    coming = [slot for slot in slots if now < slot.expected_starts_at]
    if not coming:
        return ""
    return dates.span(edition, coming[0].expected_starts_at, coming[0].expected_ends_at)


def _frame(session: Session) -> dict[str, object]:
    return {
        "edition": session.edition,
        "session": session,
        "session_url": slot_status.session_url(session.edition, session),
    }
