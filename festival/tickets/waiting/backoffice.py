"""The team sees who waits for which tickets, and offers them by hand."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from festival import clock
from festival.editions.addresses import keep_edition_in_addresses, working_edition
from festival.errors import Refusal
from festival.team import lists
from festival.team.access import team
from festival.tickets import dates
from festival.tickets.forms import ConfirmForm
from festival.tickets.models import TicketType
from festival.tickets.queries import pools
from festival.tickets.waiting import queries, rules
from festival.tickets.waiting.models import TicketWait
from festival.web.forms import asked

bp = Blueprint("ticket_waiting_team", __name__, url_prefix="/team/wachtlijst-kaartjes")
keep_edition_in_addresses(bp)

_COLUMNS = {
    "name": TicketWait.name_key,
    "type": TicketType.position,
    "number": TicketWait.number,
    "since": TicketWait.joined_at,
}


@bp.get("/")
@team("organiser")
def index() -> str:
    """Lists who waits or has an offer, the longest waiting first."""
    edition = working_edition()
    text, of = asked("q"), asked("soort")
    pool, standing = asked("contingent"), asked("stand")
    return render_template(
        "tickets/team/waiting.html",
        edition=edition,
        lines=queries.lines_of(edition),
        listing=lists.listing(
            queries.who_waits(edition, text=text, of=of, pool=pool, standing=standing),
            _COLUMNS,
            default="since",
        ),
        text=text,
        of=of,
        pool=pool,
        standing=standing,
        pools=pools(edition),
        form=ConfirmForm(),
        moment=dates.moment,
    )


@bp.post("/<code>/bied-aan")
@team("organiser")
def offer(code: str) -> Response:
    """Offer tickets to somebody now."""
    wait = queries.wait_of_team(working_edition(), code) or abort(404)
    try:
        rules.offer_by_hand(wait, now=clock.now())
    except Refusal as refusal:
        flash(str(refusal), "bad")
    else:
        flash(_("%(name)s krijgt een brief met een link om te bestellen.", name=wait.name), "good")
    return redirect(lists.as_asked(url_for("ticket_waiting_team.index")), 303)
