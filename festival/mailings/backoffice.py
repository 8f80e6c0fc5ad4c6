"""The team's screens of letters to many: write one, look at it, count, send, stop."""

from collections.abc import Callable, Collection, Mapping

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from festival import clock
from festival.db import db
from festival.editions.addresses import keep_edition_in_addresses, working_edition
from festival.editions.queries import all_editions, edition_by_slug
from festival.mail import messages
from festival.mail import rules as mail
from festival.mail.subjects import SubjectLink
from festival.mailings import filters, letters, queries, rules
from festival.mailings.audiences import VISITORS, Recipient, all_audiences, audience
from festival.mailings.criteria import Criteria
from festival.mailings.forms import (
    MailingForm,
    NewMailingForm,
    SendForm,
    mailing_form,
    new_mailing_form,
)
from festival.mailings.models import Mailing
from festival.team.access import may, team
from festival.team.outbox import POLICY
from festival.team.saving import Answer, apply_rule, save_form
from festival.web.languages import LANGUAGES

bp = Blueprint("mailings_team", __name__, url_prefix="/team/brieven")
keep_edition_in_addresses(bp)

KIND_WORDS: Mapping[str, object] = {
    "service": _l("over het kaartje"),
    "invitation": _l("uitnodiging"),
}
STATE_WORDS: Mapping[str, object] = {
    "draft": _l("concept"),
    "sending": _l("gaat nu weg"),
    "stopped": _l("gestopt"),
    "sent": _l("verstuurd"),
}


@bp.get("/")
@team("finance")
def index() -> str:
    """Lists the letters to many of the edition."""
    edition = working_edition()
    rows = [each for each in queries.mailings(edition) if _may_see(each)]
    return render_template(
        "mailings/team/index.html",
        edition=edition,
        may_change_letters=may("organiser"),
        rows=[(each, queries.count_written(each)[0]) for each in rows],
        kinds=KIND_WORDS,
        states=STATE_WORDS,
        local=edition.local,
    )


@bp.route("/nieuw", methods=["GET", "POST"])
@team("finance")
def make() -> Answer:
    """Begin a letter to many."""
    edition = working_edition()
    form = _new_form()
    made, problems, status = save_form(form, lambda: _made(form))
    if made:
        return redirect(url_for("mailings_team.change", code=made.code), 303)
    page = render_template("mailings/team/new.html", edition=edition, form=form, problems=problems)
    return page, status


@bp.get("/<code>")
@team("finance")
def show(code: str) -> str:
    """One letter to many: what it says, to how many it goes, and how far it is."""
    mailing = _mailing(code)
    counted = queries.count(mailing)
    recipient = _example(mailing)
    return render_template(
        "mailings/team/show.html",
        edition=mailing.edition,
        mailing=mailing,
        chosen=filters.in_words(mailing.whom, mailing.audience, mailing.criteria),
        whom=audience(mailing.whom).words,
        is_about_answers=bool(_private(mailing)),
        counted=counted,
        recipient=recipient,
        titles=_titles(mailing, recipient) if recipient else {},
        written=queries.count_written(mailing),
        outbox=queries.count_letters(mailing),
        is_whole=_is_whole(mailing),
        send_form=SendForm(data={"version": mailing.version, "counted": counted.total}),
        kinds=KIND_WORDS,
        states=STATE_WORDS,
        local=mailing.edition.local,
        my_address=current_user.email,
    )


@bp.route("/<code>/wijzig", methods=["GET", "POST"])
@team("finance")
def change(code: str) -> Answer:
    """Change the texts of a draft, and whom it is for."""
    mailing = _mailing(code)
    if mailing.state != "draft":
        return redirect(url_for("mailings_team.show", code=code), 303)
    form = mailing_form(mailing)
    criteria = _ticked(mailing) if request.method == "POST" else mailing.criteria
    saved, problems, status = save_form(form, lambda: _saved(mailing, form, criteria))
    if saved:
        flash(_("De brief is bewaard. Hij is nog niet verstuurd."), "good")
        return redirect(url_for("mailings_team.show", code=code), 303)
    mailing = _mailing(code)
    page = render_template(
        "mailings/team/change.html",
        edition=mailing.edition,
        mailing=mailing,
        form=form,
        problems=problems,
        criteria=criteria,
        questions=_offered(mailing),
        whom=audience(mailing.whom).words,
        fields=letters.known_fields(mailing),
    )
    return page, status


@bp.get("/<code>/voorbeeld/<language>")
@team("finance")
def preview(code: str, language: str) -> Response:
    """The letter as somebody would get it, without secret links, for the frame on its page."""
    mailing = _mailing(code)
    recipient = _example(mailing) if language in LANGUAGES else None
    if recipient is None:
        abort(404)
    values = letters.sample(mailing, recipient, language)
    letter = mail.write(letters.name_of(mailing), **values, now=clock.now())
    response = Response(messages.dressed(letter.body_html), mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@bp.post("/<code>/proef")
@team("finance")
def test(code: str) -> BaseResponse:
    """Send the letter to whoever is signed in, in both languages."""
    mailing = _mailing(code)
    recipient = _example(mailing)
    back = url_for("mailings_team.show", code=code, na=request.args.get("na"))
    if recipient is None:
        raise rules.NobodyChosen
    return apply_rule(
        lambda: rules.test_mailing(mailing, recipient, to=current_user.email, now=clock.now()),
        _("De proef gaat naar %(email)s, in twee talen.", email=current_user.email),
        back=back,
        to=back,
    )


@bp.post("/<code>/verstuur")
@team("finance")
def start(code: str) -> BaseResponse:
    """Send the letter to everybody whom it is for."""
    form = SendForm()
    seen, counted = form.version.data or 0, form.counted.data or 0
    return _apply(
        code,
        lambda mailing: rules.start_mailing(mailing, seen=seen, counted=counted, now=clock.now()),
        _("De brief gaat weg. Hier zie je hoe ver hij is."),
    )


@bp.post("/<code>/stop")
@team("finance")
def stop(code: str) -> BaseResponse:
    """Stop a letter that is being sent."""
    return _apply(
        code,
        lambda mailing: rules.stop_mailing(mailing, now=clock.now()),
        _("Gestopt. Wie hem nog niet had, krijgt hem niet, tot je hem verder laat gaan."),
    )


@bp.post("/<code>/verder")
@team("finance")
def resume(code: str) -> BaseResponse:
    """Go on with a letter that was stopped."""
    return _apply(
        code,
        lambda mailing: rules.resume_mailing(mailing, now=clock.now()),
        _("De brief gaat verder. Wie hem al heeft, krijgt hem niet nog eens."),
    )


@bp.post("/<code>/weg")
@team("finance")
def delete(code: str) -> BaseResponse:
    """Delete a draft."""
    mailing = _mailing(code)
    return apply_rule(
        lambda: rules.delete_mailing(mailing, now=clock.now()),
        _("Het concept is weg."),
        back=url_for("mailings_team.show", code=code),
        to=url_for("mailings_team.index"),
    )


def subject_links(ids: Collection[int]) -> dict[int, SubjectLink]:
    """Returns the links of these mailings, for the outbox."""
    rows = db.session.scalars(select(Mailing).where(Mailing.id.in_(ids)))
    return {
        row.id: SubjectLink(
            _("de brief aan velen “%(title)s”", title=row.subject),
            url_for("mailings_team.show", code=row.code),
        )
        for row in rows
    }


def _mailing(code: str) -> Mailing:
    mailing = queries.mailing_by_code(code) or abort(404)
    if not _may_see(mailing):
        abort(403)
    return mailing


def _may_see(mailing: Mailing) -> bool:
    """Returns whether this member may.

    Who looks after the money writes only about money, and not by answers that they may not read.
    """
    if may("organiser"):
        return True
    is_about_money = mailing.whom == VISITORS and filters.is_for_buyers(mailing.criteria)
    return is_about_money and all(may(*roles) for roles in _private(mailing))


def _private(mailing: Mailing) -> list[Collection[str]]:
    return filters.who_may_choose(mailing.whom, mailing.audience, mailing.criteria)


def _offered(mailing: Mailing) -> list[tuple[filters.Filter, list[tuple[str, str]]]]:
    """Returns the filters of a mailing, each with the values that this member may choose by."""
    edition, offered = mailing.audience, []
    for each in filters.all_filters(mailing.whom):
        if each.key == filters.PAYMENT and not may("organiser"):
            continue  # it stays "not yet paid"
        roles = each.roles(edition)
        choices = [
            (value, words)
            for value, words in each.choices(edition)
            if value not in roles or may(*roles[value])
        ]
        offered.append((each, choices))
    return offered


def _ticked(mailing: Mailing) -> dict[str, list[str]]:
    chosen = {
        each.key: [value for value, _words in choices if value in sent]
        for each, choices in _offered(mailing)
        if (sent := request.form.getlist(f"filter-{each.key}"))
    }
    kept = {key: values for key, values in chosen.items() if values}
    return kept if may("organiser") else {**kept, filters.PAYMENT: ["unpaid"]}


def _new_form() -> NewMailingForm:
    edition = working_edition()
    editions = all_editions() if may("organiser") else [edition]
    whom = all_audiences() if may("organiser") else [audience(VISITORS)]
    form = new_mailing_form(editions, edition, whom)
    if not may("organiser"):
        form.kind.choices = form.kind.choices[:1]
    return form


def _made(form: NewMailingForm) -> Mailing:
    edition = working_edition()
    whose = edition_by_slug(form.audience.data) or abort(404)
    whom = audience(form.whom.data)
    criteria = whom.at_first if may("organiser") else filters.UNPAID
    return rules.make_mailing(
        edition, whose, form.kind.data, criteria, whom=whom.key, now=clock.now()
    )


def _saved(mailing: Mailing, form: MailingForm, criteria: Criteria) -> Mailing:
    return rules.change_mailing(
        mailing,
        **form.texts,
        criteria=criteria,
        seen=form.version.data or 0,
        now=clock.now(),
    )


def _example(mailing: Mailing) -> Recipient | None:
    """Returns somebody who gets it, to look at: `?na=3` asks for the fourth; None if nobody."""
    skipped = min(max(request.args.get("na", 0, type=int), 0), 1_000_000)
    found = queries.recipients(mailing, queries.sample_address(mailing, skipped))
    return found[0] if found else None


def _titles(mailing: Mailing, recipient: Recipient) -> dict[str, str]:
    return {each: letters.sample(mailing, recipient, each)["title"] for each in LANGUAGES}


def _is_whole(mailing: Mailing) -> bool:
    texts = (mailing.subject, mailing.body)
    return all(getattr(text, language) for text in texts for language in LANGUAGES)


def _apply(code: str, rule: Callable[[Mailing], object], said: str) -> BaseResponse:
    mailing = _mailing(code)
    here = url_for("mailings_team.show", code=code)
    return apply_rule(lambda: rule(mailing), said, back=here, to=here)
