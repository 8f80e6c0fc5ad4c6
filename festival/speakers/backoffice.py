"""The team's screens about speakers: who has their link, who said yes, and their files."""

from collections.abc import Collection

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from festival import clock, search
from festival.editions import dates
from festival.editions.addresses import team_edition_or_404
from festival.editions.models import Edition
from festival.mail.subjects import SubjectLink
from festival.programme import queries as programme
from festival.programme.models.sessions import Speaker
from festival.speakers import files, queries, rules
from festival.team.access import team
from festival.web import languages
from festival.web.forms import asked

bp = Blueprint("speakers_team", __name__, url_prefix="/team/programma")


@bp.get("/<edition_slug>/sprekers-post")
@team("programme")
def index(edition_slug: str) -> str:
    """All speakers with their letters and answers; `q` filters by name, `toestand` by state."""
    edition = team_edition_or_404(edition_slug)
    wanted = search.wanted(asked("q"))
    state = queries.STATES.get(request.args.get("toestand", ""))
    everybody = queries.people(edition)
    rows = [
        person
        for person in everybody
        if (state is None or state(person)) and search.holds_all(_words_of(person.speaker), wanted)
    ]
    return render_template(
        "speakers/team_index.html",
        shown=edition,
        rows=rows,
        counts=queries.count_by_state(everybody),
        active=bool(wanted or state),
        day=lambda moment: dates.short_day(edition.local(moment).date()),
    )


@bp.post("/<edition_slug>/sprekers-post")
@team("programme")
def send(edition_slug: str) -> BaseResponse:
    """Write to the chosen speakers: send the link, or a reminder to those who did not answer."""
    edition = team_edition_or_404(edition_slug)
    chosen = set(request.form.getlist("who"))
    speakers = [row for row in programme.team_speakers(edition) if row.slug in chosen]
    is_reminder = request.form.get("letter") == "remind"
    rule = rules.remind_speakers if is_reminder else rules.invite_speakers
    if not speakers:
        flash(_("Kies eerst aan wie je wilt schrijven."), "bad")
    else:
        _say(rule(speakers, now=clock.now()), is_reminder=is_reminder)
    return redirect(_back(edition), 303)


@bp.get("/<edition_slug>/sprekers-post/<slug>")
@team("programme")
def person(edition_slug: str, slug: str) -> str:
    """One speaker: their answers, when they were written to, their files."""
    edition = team_edition_or_404(edition_slug)
    row = programme.team_speaker(edition, slug) or abort(404)
    return _person_page(edition, row)


@bp.post("/<edition_slug>/sprekers-post/<slug>/link")
@team("programme")
def show_link(edition_slug: str, slug: str) -> str:
    """Show the secret link, for a speaker without an e-mail address. The audit trail tells."""
    edition = team_edition_or_404(edition_slug)
    row = programme.team_speaker(edition, slug) or abort(404)
    rules.note_shown_link(row, now=clock.now())
    link = languages.url_in(row.language, "speakers.show", secret=row.secret)
    return _person_page(edition, row, link)


def _person_page(edition: Edition, row: Speaker, link: str = "") -> str:
    [shown] = queries.persons([row])
    return render_template(
        "speakers/team_person.html",
        shown=edition,
        person=shown,
        link=link,
        when=lambda moment: dates.day(edition.local(moment).date()),
        spans=[dates.span(edition, each.starts_at, each.ends_at) for each in row.availability],
    )


@bp.post("/<edition_slug>/sprekers-post/<slug>/nieuwe-link")
@team("programme")
def renew(edition_slug: str, slug: str) -> BaseResponse:
    """Give the speaker's own page a new link. The old link stops working."""
    edition = team_edition_or_404(edition_slug)
    row = programme.team_speaker(edition, slug) or abort(404)
    rules.renew_secret(row, now=clock.now())
    flash(_("Er is een nieuwe link. De oude werkt niet meer: stuur de spreker de nieuwe."), "good")
    return redirect(url_for("speakers_team.person", edition_slug=edition.slug, slug=slug), 303)


@bp.get("/<edition_slug>/bestanden")
@team("programme")
def all_files(edition_slug: str) -> str:
    """All files that speakers sent."""
    edition = team_edition_or_404(edition_slug)
    return render_template(
        "speakers/team_files.html",
        shown=edition,
        rows=queries.files_of(edition),
        day=lambda moment: dates.short_day(edition.local(moment).date()),
    )


@bp.get("/<edition_slug>/bestanden/<code>")
@team("programme")
def file(edition_slug: str, code: str) -> Response:
    """Download one of these files."""
    file = queries.file_in(team_edition_or_404(edition_slug), code) or abort(404)
    return files.download(file.stored, name=file.name, mimetype=file.mimetype)


def subject_links(ids: Collection[int]) -> dict[int, SubjectLink]:
    """Returns the page of each speaker with one of `ids`, for letters about them."""
    rows = queries.speakers_with_edition(ids)
    return {
        row.id: SubjectLink(
            row.name, url_for("speakers_team.person", edition_slug=slug, slug=row.slug)
        )
        for row, slug in rows
    }


def _words_of(speaker: Speaker) -> str:
    return search.folded(speaker.name, speaker.organisation, speaker.email)


def _back(edition: Edition) -> str:
    """Redirects to the list with its filters, or to the page of a single speaker."""
    if slug := request.form.get("person", ""):
        return url_for("speakers_team.person", edition_slug=edition.slug, slug=slug)
    state = request.form.get("toestand", "")
    return url_for(
        "speakers_team.index",
        edition_slug=edition.slug,
        toestand=state if state in queries.STATES else None,
        q=request.form.get("q") or None,
    )


def _say(sent: rules.LetterCounts, *, is_reminder: bool) -> None:
    letters = ngettext("%(num)s brief verstuurd.", "%(num)s brieven verstuurd.", sent.sent)
    flash(letters, "good" if sent.sent else "warning")
    if sent.without_address:
        flash(
            ngettext(
                "%(num)s spreker heeft geen e-mailadres: geef de link zelf.",
                "%(num)s sprekers hebben geen e-mailadres: geef de link zelf.",
                sent.without_address,
            ),
            "warning",
        )
    if sent.not_needed and is_reminder:
        flash(
            ngettext(
                "%(num)s spreker kreeg niets: die heeft al geantwoord, is nog niet uitgenodigd, of"
                " kreeg net een brief.",
                "%(num)s sprekers kregen niets: die hebben al geantwoord, zijn nog niet"
                " uitgenodigd, of kregen net een brief.",
                sent.not_needed,
            )
        )
    elif sent.not_needed:
        flash(
            ngettext(
                "%(num)s spreker had de link al.",
                "%(num)s sprekers hadden de link al.",
                sent.not_needed,
            )
        )
