"""What the team does with a mailing, and whether an address wants invitations."""

from datetime import datetime

from sqlalchemy import Update, delete, update

from festival import codes, jobs
from festival.db import change_one, db, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.mail import fields
from festival.mail import rules as mail
from festival.mailings import letters, queries
from festival.mailings.audiences import VISITORS, Recipient
from festival.mailings.criteria import Criteria
from festival.mailings.models import InvitationChoice, Mailing
from festival.team import audit
from festival.team.editing import take_version
from festival.web.languages import LANGUAGES, Bilingual


class NoDraft(Refusal):
    """Deze brief is al verstuurd, of onderweg. Je kunt hem niet meer wijzigen of wissen."""


class AlreadyStarted(Refusal):
    """Deze brief is al gestart, door jou of door iemand anders. Niemand krijgt hem twee keer."""


class NotSending(Refusal):
    """Deze brief gaat nu niet weg, dus er is niets te stoppen."""


class NotStopped(Refusal):
    """Deze brief is niet gestopt, dus hij kan niet verder gaan."""


class LanguageMissing(Refusal):
    """Schrijf het onderwerp en de brief in het Nederlands en in het Engels. Iedereen krijgt hem in
    de eigen taal."""


class NobodyChosen(Refusal):
    """Niemand krijgt deze brief: er is niemand die past bij wat je koos."""


class OtherNumber(Refusal):
    """Intussen is het aantal {now}, en je zag er {seen}. Er is besteld, betaald of geannuleerd.
    Kijk nog eens naar de brief, en verstuur hem dan."""


class FieldNotApart(Refusal):
    """Zet {field} op een eigen regel, met een lege regel ervoor en erna. Er komt een lijst."""


class SubjectTooLong(Refusal):
    """Het onderwerp is te lang. Houd het onder de 100 tekens."""


@transactional
def make_mailing(
    edition: Edition,
    audience: Edition,
    kind: str,
    criteria: Criteria,
    *,
    whom: str = VISITORS,
    now: datetime,
) -> Mailing:
    """Returns a new draft of `edition` for the people of `audience` who fit `criteria`.

    `whom` is the key of an audience (audiences.py).
    """
    mailing = Mailing(
        edition=edition,
        audience=audience,
        whom=whom,
        code=codes.readable(),
        kind=kind,
        criteria={key: list(values) for key, values in criteria.items()},
        made_at=now,
    )
    db.session.add(mailing)
    db.session.flush()
    audit.record("make_mailing", subject(mailing), now=now, kind=kind)
    return mailing


@transactional
def change_mailing(
    mailing: Mailing,
    *,
    title: Bilingual,
    body: Bilingual,
    criteria: Criteria,
    seen: int,
    now: datetime,
) -> Mailing:
    """Change the text and whom it is for. Either language may still be empty.

    Refuses with NoDraft, ChangedMeanwhile, UnknownField, LooseBrace, FieldNotApart or
    SubjectTooLong.
    """
    _take_draft(mailing, seen)
    mailing.criteria = {key: list(values) for key, values in criteria.items()}
    mailing.subject, mailing.body = title, body
    for language in LANGUAGES:
        _check_text(mailing, getattr(title, language), getattr(body, language))
    audit.record("change_mailing", subject(mailing), now=now)
    return mailing


@transactional
def delete_mailing(mailing: Mailing, *, now: datetime) -> None:
    """Delete a draft. Refuses with NoDraft."""
    audit.record("delete_mailing", subject(mailing), now=now)
    if not change_one(delete(Mailing).where(Mailing.id == mailing.id, Mailing.state == "draft")):
        raise NoDraft
    db.session.expunge(mailing)


@transactional
def test_mailing(mailing: Mailing, recipient: Recipient, *, to: str, now: datetime) -> None:
    """Send `to` the letter of `recipient` in both languages, without its secret links.

    Refuses with LanguageMissing.
    """
    _check_languages(mailing)
    for language in LANGUAGES:
        values = letters.sample(mailing, recipient, language) | {"to": to}
        mail.queue(letters.name_of(mailing), **values, is_test=True, about=(), now=now)


@transactional
def start_mailing(mailing: Mailing, *, seen: int, counted: int, now: datetime) -> None:
    """Let the worker write the letters of a draft, of which the sender saw version and number.

    Refuses with AlreadyStarted, ChangedMeanwhile, LanguageMissing, NobodyChosen or OtherNumber.
    """
    started = change_one(
        update(Mailing)
        .where(Mailing.id == mailing.id, Mailing.state == "draft")
        .values(state="sending", started_at=now, next_turn_at=now, counted=counted)
    )
    if not started:
        raise AlreadyStarted
    take_version(mailing, seen)
    _check_languages(mailing)
    total = queries.count(mailing).total
    if not total:
        raise NobodyChosen
    if total != counted:
        raise OtherNumber(now=total, seen=counted)
    audit.record("start_mailing", subject(mailing), now=now, to=total)
    jobs.after_commit("send_mailing", mailing)


@transactional
def stop_mailing(mailing: Mailing, *, now: datetime) -> None:
    """Stop writing letters; those in the outbox still go. Refuses with NotSending."""
    if not change_one(_between("sending", "stopped", mailing)):
        raise NotSending
    audit.record("stop_mailing", subject(mailing), now=now)


@transactional
def resume_mailing(mailing: Mailing, *, now: datetime) -> None:
    """Go on with a stopped mailing: whoever has it gets nothing more. Refuses with NotStopped."""
    if not change_one(_between("stopped", "sending", mailing).values(next_turn_at=now)):
        raise NotStopped
    audit.record("resume_mailing", subject(mailing), now=now)
    jobs.after_commit("send_mailing", mailing)


@transactional
def unsubscribe(choice: InvitationChoice, *, now: datetime) -> None:
    """Send no more invitations to this address. Once more changes nothing."""
    change_one(
        update(InvitationChoice)
        .where(InvitationChoice.id == choice.id, InvitationChoice.unsubscribed_at.is_(None))
        .values(unsubscribed_at=now)
    )


@transactional
def subscribe_again(choice: InvitationChoice) -> None:
    """Send invitations to this address again."""
    choice.unsubscribed_at = None


def subject(mailing: Mailing) -> str:
    """Returns the name of a mailing in the audit trail."""
    return f"mailing {mailing.code}"


def _take_draft(mailing: Mailing, seen: int) -> None:
    is_draft = update(Mailing).where(Mailing.id == mailing.id, Mailing.state == "draft")
    if not change_one(is_draft.values(state="draft")):
        raise NoDraft
    take_version(mailing, seen)


def _between(before: str, after: str, mailing: Mailing) -> Update:
    where = (Mailing.id == mailing.id, Mailing.state == before)
    return update(Mailing).where(*where).values(state=after)


def _check_languages(mailing: Mailing) -> None:
    texts = (mailing.subject, mailing.body)
    if not all(getattr(text, language) for text in texts for language in LANGUAGES):
        raise LanguageMissing


def _check_text(mailing: Mailing, title: str, body: str) -> None:
    if len(title) > letters.LONGEST_SUBJECT:
        raise SubjectTooLong
    fields.check_fields(title, letters.IN_TEXT)
    fields.check_fields(body, letters.known_fields(mailing))
    for field in letters.fields_not_apart(body):
        raise FieldNotApart(field=f"{{{field}}}")
