"""The organiser's screens of the team: members, invitations, roles, access."""

from collections.abc import Collection

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from festival import clock
from festival.accounts import queries
from festival.accounts.models import TeamMember
from festival.email_addresses import shown
from festival.mail.subjects import SubjectLink
from festival.team import rules
from festival.team.access import team
from festival.team.forms import InviteForm, MemberForm
from festival.team.saving import Answer, apply_rule, save_form, seen_version
from festival.web import languages

bp = Blueprint("members_team", __name__, url_prefix="/team/leden")


def subject_links(ids: Collection[int]) -> dict[int, SubjectLink]:
    """Returns the page of each member with one of `ids`, for letters about them."""
    return {
        one.id: SubjectLink(one.name or one.email, url_for("members_team.member", code=one.code))
        for one in queries.team()
        if one.id in ids
    }


@bp.get("/")
@team("organiser")
def index() -> str:
    """All members of the team."""
    return render_template("team/members.html", members=queries.team())


@bp.route("/nieuw", methods=["GET", "POST"])
@team("organiser")
def invite() -> Answer:
    """Invite somebody."""
    form = InviteForm(language=languages.current())
    invited, problems, status = save_form(
        form,
        lambda: rules.invite_member(
            form.name.data or "",
            form.email.data or "",
            form.roles.data or [],
            language=form.language.data,
            now=clock.now(),
        ),
    )
    if invited:
        flash(_("De uitnodiging aan %(name)s is onderweg.", name=invited.name), "good")
        return redirect(url_for("members_team.index"))
    return render_template("team/invite.html", form=form, problems=problems), status


@bp.route("/<code>", methods=["GET", "POST"])
@team("organiser")
def member(code: str) -> Answer:
    """One member: change name and roles."""
    one = _member(code)
    form = MemberForm(name=one.name, roles=one.role_names, version=one.version)
    changed, problems, status = save_form(
        form,
        lambda: rules.change_member(
            one,
            form.name.data or "",
            form.roles.data or [],
            seen=seen_version(form),
            now=clock.now(),
        ),
    )
    if changed:
        flash(_("De gegevens van %(name)s zijn bewaard.", name=changed.name), "good")
        return redirect(url_for("members_team.index"))
    page = render_template(
        "team/member.html",
        form=form,
        member=one,
        problems=problems,
        is_me=one.id == current_user.id,
    )
    return page, status


@bp.post("/<code>/uitnodiging")
@team("organiser")
def invite_again(code: str) -> Response:
    """Send a new link; earlier links stop working."""
    one = _member(code)
    page = url_for("members_team.member", code=one.code)
    return apply_rule(
        lambda: rules.invite_again(one, now=clock.now()),
        _("Er is een nieuwe link onderweg naar %(email)s.", email=shown(one.email)),
        back=page,
        to=page,
    )


@bp.post("/<code>/tweede-stap")
@team("organiser")
def forget_second_factor(code: str) -> Response:
    """Remove the second factor of a member who lost their phone."""
    one = _member(code)
    rules.forget_second_factor(one, now=clock.now())
    flash(_("De tweede stap van %(name)s is gewist.", name=one.name), "good")
    return _back(one)


@bp.post("/<code>/uit")
@team("organiser")
def deactivate(code: str) -> Response:
    """Stop a member from signing in."""
    one = _member(code)
    return apply_rule(
        lambda: rules.deactivate_member(one, now=clock.now()),
        _("%(name)s kan niet meer inloggen.", name=one.name),
        back=url_for("members_team.member", code=one.code),
        to=url_for("members_team.index"),
    )


@bp.post("/<code>/aan")
@team("organiser")
def reactivate(code: str) -> Response:
    """Let a member sign in again."""
    one = _member(code)
    rules.reactivate_member(one, now=clock.now())
    flash(_("%(name)s kan weer inloggen.", name=one.name), "good")
    return _back(one)


def _member(code: str) -> TeamMember:
    return queries.member_by_code(code) or abort(404)


def _back(one: TeamMember) -> Response:
    return redirect(url_for("members_team.member", code=one.code))
