"""The team's screens of the outbox: every letter, how far it got, and sending one again.

They are not in mail/, because mail may not import team (its access rules and audit trail).
"""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import load_only
from werkzeug.wrappers import Response as BaseResponse

from festival import clock, search_index
from festival.db import db, transactional
from festival.errors import Refusal
from festival.mail import attachments, messages, queries, rules, subjects
from festival.mail.attachments import NoAttachment
from festival.mail.models import STATES, Attachment, Letter, LetterSubject
from festival.pdf import CannotMakePdf
from festival.team import audit, lists
from festival.team.access import may, team
from festival.team.secret_links import without_secrets
from festival.web.forms import asked

bp = Blueprint("outbox_team", __name__, url_prefix="/team/post")

_COLUMNS = {"queued_at": Letter.queued_at, "to": Letter.to, "subject": Letter.subject}

# A letter's HTML may use its own styles, and nothing else: no scripts, no pictures from elsewhere.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"

STATE_WORDS: Mapping[str, object] = {
    "waiting": _l("wacht"),
    "sending": _l("gaat nu weg"),
    "sent": _l("verstuurd"),
    "unsure": _l("niet zeker"),
    "failed": _l("mislukt"),
    "kept": _l("bewaard"),
}
# States that the overview counts together.
_GROUPS = {"underway": ("waiting", "sending"), "wrong": ("failed", "unsure")}
_GROUP_WORDS = {"underway": _l("onderweg"), "wrong": _l("niet zeker aangekomen")}
PROBLEM_WORDS: Mapping[str, object] = {
    "connection": _l("We konden de mailserver niet bereiken, of hij liet ons niet binnen."),
    "refused": _l("De mailserver nam deze brief niet aan."),
    "answer_lost": _l(
        "De mailserver kreeg de hele brief, maar zijn antwoord kwam niet aan. Misschien is de brief"
        " bezorgd, misschien niet."
    ),
    "worker_stopped": _l(
        "Het programma dat de brief verstuurde, stopte halverwege. We weten niet hoe ver het kwam."
    ),
    "attachment": _l("Een bijlage kon niet worden gemaakt."),
    "letter": _l("Van deze brief konden we geen mail maken."),
}
ATTACHMENT_WORDS: Mapping[str, object] = {
    "tickets_pdf": _l("Kaartjes (PDF)"),
    "ticket_qr": _l("QR-code in de brief"),
    "agenda_ics": _l("Agenda (ics)"),
    "invoice_pdf": _l("Factuur (PDF)"),
    "invoice_ubl": _l("Factuur (UBL)"),
    "speaker_ics": _l("Momenten op het podium (ics)"),
}


class FileNotMade(Refusal):
    """Deze bijlage kan nu niet worden gemaakt: {reason}."""


@bp.get("/")
@team("finance")
def index() -> str:
    """All letters, or those about one row (`over`), the latest first."""
    about = _about()
    return render_template(
        "team/outbox.html",
        listing=lists.listing(_asked(), _COLUMNS, default="-queued_at"),
        counts=queries.count_by_state(),
        all_states=STATES,
        groups=[(name, _GROUP_WORDS[name], _GROUPS[name]) for name in _GROUPS],
        words=STATE_WORDS,
        problems=PROBLEM_WORDS,
        about=about,
        about_links=subjects.links([about] if about else []),
    )


@bp.get("/<int(max=2147483647):letter_id>")
@team("finance")
def letter(letter_id: int) -> str:
    """One letter: what it says without secret links, and what the mail server said."""
    letter = _letter(letter_id)
    return render_template(
        "mail/letter.html",
        letter=letter,
        may_read=_may_read(letter),
        text=without_secrets(letter.body_text),
        about=subjects.links(letter.subjects),
        copies=_copies(letter),
        words=STATE_WORDS,
        problem=PROBLEM_WORDS.get(letter.problem_kind),
        attachment_words=ATTACHMENT_WORDS,
        may_open=may("organiser"),
        max_tries=rules.MAX_TRIES,
        can_be_sent_again=may("organiser") and letter.state not in {"waiting", "sending"},
    )


@bp.get("/<int(max=2147483647):letter_id>/html")
@team("finance")
def html(letter_id: int) -> Response:
    """The letter as a mail program shows it, for the frame on its page."""
    letter = _letter(letter_id)
    if not _may_read(letter):
        abort(403)
    response = Response(without_secrets(messages.dressed(letter.body_html)), mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@bp.get("/<int(max=2147483647):letter_id>/bijlage/<int(max=2147483647):number>")
@team("organiser")  # it holds tickets that let people in, and what somebody does that day
def attachment(letter_id: int, number: int) -> Response:
    """An attached file of the letter, made again. Refuses with FileNotMade."""
    rows = _letter(letter_id).attachments
    if not 1 <= number <= len(rows):
        raise FileNotMade(reason=_("zo veel bijlagen heeft deze brief niet"))
    try:
        file = attachments.make_file(Attachment(**rows[number - 1]), now=clock.now())
    except NoAttachment as gone:
        raise FileNotMade(reason=_("wat erin stond, geldt niet meer")) from gone
    except CannotMakePdf as fault:
        raise FileNotMade(reason=_("dit toestel kan geen PDF maken")) from fault
    response = send_file(BytesIO(file.content), file.mimetype, download_name=file.name)
    response.headers["Cache-Control"] = "private, no-store"  # send_file's default allows caching
    return response


@bp.post("/<int(max=2147483647):letter_id>/opnieuw")
@team("organiser")
def send_again(letter_id: int) -> BaseResponse:
    """Send the same letter again."""
    try:
        copy = send_letter_again(_letter(letter_id), now=clock.now())
    except Refusal as refusal:
        flash(str(refusal), "error")
        return redirect(url_for(".letter", letter_id=letter_id))
    flash(_("De brief gaat opnieuw weg. Hier zie je hoe ver hij is."), "success")
    return redirect(url_for(".letter", letter_id=copy.id))


@transactional
def send_letter_again(letter: Letter, *, now: datetime) -> Letter:
    """Queue `letter` again and record who did it. Refuses with StillOnItsWay or CopyOnItsWay."""
    copy = rules.send_again(letter, now=now)
    audit.record("send_letter_again", f"letter {letter.id} to {letter.to}", now=now, copy=copy.id)
    return copy


def _asked() -> Select[Letter]:
    query = select(Letter).options(
        load_only(
            Letter.to,
            Letter.subject,
            Letter.language,
            Letter.state,
            Letter.queued_at,
            Letter.sent_at,
            Letter.next_try_at,
            Letter.tries,
            Letter.problem_kind,
            raiseload=True,  # the texts themselves are long
        )
    )
    state = request.args.get("state", "")
    if states := _GROUPS.get(state) or ({state} & set(STATES)):
        query = query.where(Letter.state.in_(states))
    if about := _about():
        query = query.where(subjects.is_about(about.kind, about.row_id))
    if words := asked("q"):
        query = query.where(search_index.holds_all(Letter.found_by, words))
    return query


def _about() -> LetterSubject | None:
    """Returns the row whose letters are asked for, as in `?over=orders-12`."""
    kind, _dash, number = request.args.get("over", "").rpartition("-")
    is_id = number.isascii() and number.isdecimal() and len(number) < 10
    return LetterSubject(kind=kind, row_id=int(number)) if kind and is_id else None


def _letter(letter_id: int) -> Letter:
    return db.get_or_404(Letter, letter_id)


def _may_read(letter: Letter) -> bool:
    # Letters about signing in contain a link: whoever reads it can sign in as that member.
    return may("organiser") or not letter.name.startswith("accounts/")


def _copies(letter: Letter) -> list[Letter]:
    query = select(Letter).where(Letter.again_of_id == letter.id).order_by(Letter.id)
    return list(db.session.scalars(query))
