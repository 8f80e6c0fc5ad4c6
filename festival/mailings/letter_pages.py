"""The team's screens of automatic letters: which are changed, and changing what they say."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from festival import clock
from festival.editions.addresses import keep_edition_in_addresses, working_edition
from festival.mail import messages, prose
from festival.mail.prose import EditableLetter
from festival.mailings import own_words
from festival.mailings.forms import letter_text_form
from festival.team.access import team
from festival.team.outbox import POLICY
from festival.team.saving import Answer, apply_rule, save_form
from festival.team.secret_links import without_secrets
from festival.web.languages import LANGUAGES

bp = Blueprint("letters_team", __name__, url_prefix="/team/brieven/vast")
keep_edition_in_addresses(bp)


@bp.get("/")
@team("organiser")
def index() -> str:
    """Lists the letters that go by themselves, and in which the team wrote something."""
    edition = working_edition()
    return render_template(
        "mailings/team/letters.html",
        edition=edition,
        letters=list(prose.editable_letters().values()),
        fixed=list(prose.fixed_letters().values()),
        changed=own_words.changed_letters(edition),
    )


@bp.route("/<group>/<name>", methods=["GET", "POST"])
@team("organiser")
def change(group: str, name: str) -> Answer:
    """Change what a letter says, in both languages."""
    edition, letter = working_edition(), _letter(group, name)
    texts = own_words.texts_of(edition, letter)
    form = letter_text_form(letter, texts, own_words.seen(texts))

    def save() -> bool:
        own_words.change_texts(
            edition, letter, form.texts, seen_before=form.seen.data, now=clock.now()
        )
        return True

    saved, problems, status = save_form(form, save)
    if saved:
        flash(_("Bewaard. Vanaf nu staat dit in de brief."), "good")
        return redirect(url_for("letters_team.change", group=group, name=name), 303)
    edition = working_edition()
    now = clock.now()
    page = render_template(
        "mailings/team/letter.html",
        edition=edition,
        letter=letter,
        group=group,
        name=name,
        form=form,
        problems=problems,
        is_changed=letter.name in own_words.changed_letters(edition),
        ours={each: own_words.our_texts(edition, letter, each, now=now) for each in LANGUAGES},
        has_example=own_words.example(edition, letter, "nl", now=now) is not None,
        block_words=prose.BLOCK_WORDS,
    )
    return page, status


@bp.get("/<group>/<name>/voorbeeld/<language>")
@team("organiser")
def preview(group: str, name: str, language: str) -> Response:
    """The letter as somebody would get it, without secret links, for the frame on its page."""
    letter = _letter(group, name)
    if language not in LANGUAGES:
        abort(404)
    found = own_words.example(working_edition(), letter, language, now=clock.now()) or abort(404)
    response = Response(without_secrets(messages.dressed(found[0].body_html)), mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@bp.post("/<group>/<name>/terug")
@team("organiser")
def put_back(group: str, name: str) -> BaseResponse:
    """Let a letter say what it says by itself."""
    edition, letter = working_edition(), _letter(group, name)
    here = url_for("letters_team.change", group=group, name=name)
    return apply_rule(
        lambda: own_words.put_back(edition, letter, now=clock.now()),
        _("Onze tekst staat er weer, in twee talen."),
        back=here,
        to=here,
    )


def _letter(group: str, name: str) -> EditableLetter:
    return prose.editable_letters().get(f"{group}/{name}") or abort(404)
