"""The page where somebody stops invitations, and what mail programs do with one click."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from festival import clock
from festival.editions import queries as editions
from festival.mailings import queries, rules
from festival.mailings.forms import ConfirmSubscriptionForm
from festival.mailings.models import InvitationChoice
from festival.team.access import holder
from festival.web.limits import PER_LINK, limiter, link

bp = Blueprint("mailings", __name__)

_limit = limiter.limit("60 per hour", methods=["POST"], key_func=link, error_message=PER_LINK)


@bp.get("/afmelden/<secret>")
@holder
def choose(secret: str) -> str:
    """Shows whether this address gets invitations. Opening it changes nothing: scanners do that."""
    return render_template(
        "mailings/choose.html",
        uses_session=True,
        edition=editions.current_edition(),
        choice=_choice(secret),
        form=ConfirmSubscriptionForm(),
    )


@bp.post("/afmelden/<secret>")
@_limit
@holder
def one_click(secret: str) -> Response:
    """Stops invitations when a mail program asks for it (RFC 8058)."""
    choice = _choice(secret)
    if request.form.get("List-Unsubscribe") != "One-Click":
        abort(400)
    rules.unsubscribe(choice, now=clock.now())
    return Response("", 204)


@bp.post("/afmelden/<secret>/keuze")
@_limit
@holder
def change(secret: str) -> BaseResponse:
    """Stops invitations, or sends them again."""
    choice = _choice(secret)
    form = ConfirmSubscriptionForm()
    if form.validate_on_submit():
        if form.wants.data:
            rules.subscribe_again(choice)
        else:
            rules.unsubscribe(choice, now=clock.now())
    return redirect(url_for("mailings.choose", secret=secret), 303)


def _choice(secret: str) -> InvitationChoice:
    return queries.choice_by_secret(secret) or abort(404)
