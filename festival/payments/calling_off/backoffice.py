"""The organiser's screen for an edition that does not go on: first what it does, then how far."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from festival import clock
from festival.editions.addresses import team_edition_or_404
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.payments.calling_off import queries
from festival.payments.calling_off.forms import CallOffForm
from festival.payments.rules import calling_off
from festival.team.access import team
from festival.team.saving import Answer
from festival.tickets import dates

bp = Blueprint("calling_off_team", __name__, url_prefix="/team/edities")


@bp.get("/<slug>/afgelasten")
@team("organiser")
def ask(slug: str) -> str:
    """Shows what calling the edition off does, or, once it is done, how far it has come."""
    edition = team_edition_or_404(slug)
    if edition.called_off_at is not None:
        return _progress_page(edition)
    return _ask_page(edition, CallOffForm(formdata=None))


@bp.post("/<slug>/afgelasten")
@team("organiser")
def call_off(slug: str) -> Answer:
    """Call the edition off."""
    edition, form = team_edition_or_404(slug), CallOffForm()
    if not form.validate():
        return _ask_page(edition, form), 422
    try:
        calling_off.call_off(
            edition,
            form.reason,
            typed_name=form.typed_name.data or "",
            shown=form.shown.data or "",
            now=clock.now(),
        )
    except calling_off.AlreadyCalledOff as refusal:  # a second click
        flash(str(refusal), "info")
    except Refusal as refusal:
        return _ask_page(team_edition_or_404(slug), form, [str(refusal)]), refusal.status
    else:
        flash(_("De editie is afgelast. De bestellingen worden nu geannuleerd."), "good")
    return redirect(url_for("calling_off_team.ask", slug=slug), 303)


def _ask_page(edition: Edition, form: CallOffForm, problems: Sequence[str] = ()) -> str:
    forecast = queries.forecast(edition)
    form.shown.data = forecast.mark
    return render_template(
        "payments/calling_off/ask.html",
        shown=edition,
        forecast=forecast,
        has_begun=edition.local(clock.now()).date() >= edition.starts_on,
        form=form,
        problems=problems,
    )


def _progress_page(edition: Edition) -> str:
    return render_template(
        "payments/calling_off/progress.html",
        shown=edition,
        progress=queries.progress(edition),
        moment=dates.moment,
    )
