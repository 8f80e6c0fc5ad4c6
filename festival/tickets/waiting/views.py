"""The waiting list of ticket types: joining it, one's own place, leaving."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from festival import clock
from festival.editions.addresses import current_edition_or_404
from festival.errors import Refusal
from festival.team.access import holder, public
from festival.tickets import choosing, dates, queries
from festival.tickets.forms import ConfirmForm
from festival.tickets.models import TicketType
from festival.tickets.waiting import queries as waiting
from festival.tickets.waiting import rules
from festival.tickets.waiting.forms import JoinLineForm, join_line_form
from festival.tickets.waiting.models import TicketWait
from festival.web import languages
from festival.web.limits import PER_ADDRESS, limiter, typed
from festival.web.same_time import same_time

bp = Blueprint("ticket_waiting", __name__)


@bp.get("/kaartjes/wachtlijst/<slug>")
@public
def join(slug: str) -> str:
    """Asks who wants to wait for tickets of this type, and for how many."""
    of = _type(slug)
    return _join_page(of, join_line_form(of, ()))


@bp.post("/kaartjes/wachtlijst/<slug>")
@public
@limiter.limit("120 per minute; 5000 per day")
@limiter.limit("3 per 10 minute; 10 per day", key_func=typed("email"), error_message=PER_ADDRESS)
def join_line(slug: str) -> BaseResponse | tuple[str, int]:
    """Mail a link to confirm a place in line. The same for an address that waits already."""
    of = _type(slug)
    form = join_line_form(of, tuple(request.form.getlist("zeker"))[:5])
    if not form.validate():
        return _join_page(of, form), 422
    try:
        with same_time():
            rules.join_line(
                of,
                name=form.name.data,
                email=form.email.data,
                number=form.number.data,
                language=languages.current(),
                now=clock.now(),
            )
    except Refusal as refusal:
        return _join_page(of, form, refusal), refusal.status
    return redirect(url_for("ticket_waiting.joined", slug=slug), 303)


@bp.get("/kaartjes/wachtlijst/<slug>/gelukt")
@public
def joined(slug: str) -> str:
    """Says that the mail is on its way: the same for an address that waits already."""
    of = _type(slug)
    return render_template("tickets/waiting/joined.html", edition=of.edition, type=of)


@bp.get("/wachtlijst/<secret>")
@holder
def show(secret: str) -> str:
    """Shows the place in line, or what is offered and until when; asks first to confirm it."""
    return _place_page(_wait(secret))


@bp.post("/wachtlijst/<secret>")
@holder
def confirm(secret: str) -> BaseResponse | tuple[str, int]:
    """Stand in line. Only a button does it: mail scanners open links."""
    wait = _wait(secret)
    try:
        rules.confirm_place(wait, network=choosing.network(), now=clock.now())
    except Refusal as refusal:
        return _place_page(wait, refusal), refusal.status
    return redirect(url_for("ticket_waiting.show", secret=secret), 303)


def _place_page(wait: TicketWait, refusal: Refusal | None = None) -> str:
    edition = wait.type.edition
    return render_template(
        "tickets/waiting/show.html",
        uses_session=True,
        edition=edition,
        wait=wait,
        position=waiting.position_of(wait) if wait.state == "waiting" else 0,
        closed=rules.why_closed(wait.type, now=clock.now()),
        until=dates.moment(edition, wait.offer_ends_at) if wait.offer_ends_at else "",
        order_url=url_for("payments.checkout")
        + f"?n-{wait.type.slug}={wait.number}&vast={wait.secret}",
        form=ConfirmForm(),
        problem=str(refusal) if refusal else "",
    )


@bp.post("/wachtlijst/<secret>/weg")
@holder
def leave(secret: str) -> BaseResponse:
    """Leave the line, or give back what was offered."""
    rules.leave_line(_wait(secret), now=clock.now())
    return redirect(url_for("ticket_waiting.show", secret=secret), 303)


def _type(slug: str) -> TicketType:
    of = queries.type_by_slug(current_edition_or_404(), slug) or abort(404)
    return abort(404) if of.is_hidden else of


def _wait(secret: str) -> TicketWait:
    return waiting.wait_by_secret(secret) or abort(404)


def _join_page(of: TicketType, form: JoinLineForm, refusal: Refusal | None = None) -> str:
    doubted = [form.email.data] if form.email.errors and form.email.data else []
    return render_template(
        "tickets/waiting/join.html",
        uses_session=True,
        edition=of.edition,
        type=of,
        form=form,
        is_left=isinstance(refusal, rules.StillLeft),
        problems=[str(refusal)] if refusal else [],
        doubted=[*form.sure, *doubted],
    )
