"""Pages beside Flask-Security's own: forgotten password, link, account."""

from flask import (
    Blueprint,
    flash,
    make_response,
    redirect,
    render_template,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_security import auth_required, current_user, login_user
from flask_security.proxies import _security
from werkzeug.wrappers import Response

from festival import clock
from festival.accounts import queries, rules
from festival.accounts.forms import ForgotForm, LinkForm
from festival.accounts.signing_in import datastore
from festival.web import languages
from festival.web.limits import PER_ADDRESS, PER_LINK, limiter, typed
from festival.web.limits import link as link_key
from festival.web.same_time import same_time

bp = Blueprint("accounts", __name__, url_prefix="/team")


@bp.route("/wachtwoord-vergeten", methods=["GET", "POST"])
@limiter.limit("60 per minute; 600 per hour", methods=["POST"])
@limiter.limit(
    "5 per 10 minute; 15 per day",
    methods=["POST"],
    key_func=typed("email"),
    error_message=PER_ADDRESS,
)
def forgot() -> str | Response:
    """Ask for a link to choose a new password; the reply is the same for any address."""
    form = ForgotForm()
    if form.validate_on_submit():
        with same_time():
            rules.send_reset_link(
                form.email.data or "", language=languages.current(), now=clock.now()
            )
        flash(
            _(
                "Hoort dit adres bij iemand van het team, dan is er nu een mail onderweg met een"
                " link. Kijk zo nodig bij de ongewenste mail."
            ),
            "info",
        )
        return redirect(url_for("security.login"))
    return render_template("accounts/forgot.html", form=form, uses_session=True)


@bp.route("/link/<secret>", methods=["GET", "POST"])
@limiter.limit("20 per minute", methods=["POST"], key_func=link_key, error_message=PER_LINK)
def link(secret: str) -> str | Response | tuple[str, int]:
    """Choose a password with a link. Opening it changes nothing: mail scanners open it too."""
    now = clock.now()
    found = queries.link(secret, now=now)
    if found is None:
        return render_template("accounts/link_gone.html", uses_session=True), 410
    form = LinkForm()
    form.member = found.member
    if form.validate_on_submit():
        member = rules.use_link(secret, form.password.data or "", now=now)
        # From here on it is a sign-in like any other, with the second factor.
        second_step = _security.two_factor_plugins.tf_enter(member, False, "link", next_loc=None)
        if second_step is not None:
            return make_response(second_step)
        login_user(member, remember=False, authn_via=["link"])
        datastore.commit()
        return redirect(url_for("accounts.begin"))
    is_new = not found.member.password
    return render_template(
        "accounts/link.html", form=form, member=found.member, is_new=is_new, uses_session=True
    )


@bp.get("/begin")
@auth_required("session")
def begin() -> Response:
    """The first page after signing in: the gates for the check-in crew, else the dashboard."""
    is_crew = current_user.role_names == ["checkin"]
    return redirect(url_for("checkin.index" if is_crew else "home.dashboard"))


@bp.get("/toegang")
@auth_required("session")
def account() -> str:
    """All settings of the signed-in member's own access."""
    codes = datastore.mf_get_recovery_codes(current_user)
    return render_template(
        "accounts/account.html", member=current_user, recovery_codes=len(codes), uses_session=True
    )


@bp.post("/overal-uitloggen")
@auth_required("session")
def end_sessions() -> Response:
    """Sign the member out everywhere but here."""
    member = current_user._get_current_object()
    rules.end_sessions(member)
    signed_in_at = session.get("fs_paa", 0)
    login_user(member, remember=False, authn_via=["session"])
    session["fs_paa"] = signed_in_at  # no password was typed just now
    datastore.commit()
    flash(_("Gelukt. Op andere apparaten ben je uitgelogd."), "good")
    return redirect(url_for("accounts.account"))


@bp.after_request
def not_kept(response: Response) -> Response:
    """Keep these private pages out of caches and search engines."""
    response.headers.setdefault("Cache-Control", "private, no-store")
    response.headers.setdefault("X-Robots-Tag", "noindex")
    return response


# Elsewhere decorators say this; they are in team/access.py, which lies above this folder.
for view in (forgot, link):
    vars(view)["audience"] = "public"
for view in (begin, account, end_sessions):
    vars(view)["audience"] = ("team",)
