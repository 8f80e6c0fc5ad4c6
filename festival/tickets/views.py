"""The public pages about tickets: the types on offer, and "send my tickets again"."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from festival import clock
from festival.editions import dates as edition_dates
from festival.editions import queries as editions
from festival.editions.addresses import current_edition_or_404
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.team.access import holder, public
from festival.tickets import (
    choosing,
    dates,
    holding,
    own_prices,
    queries,
    small_business,
    taken_along,
)
from festival.tickets.choosing import chosen_numbers, typed_code, typed_voucher, without_along
from festival.tickets.forms import AUDIENCE_NAMES, ConfirmForm, SendAgainForm
from festival.tickets.holds.queries import places_held
from festival.tickets.rules import ending, ordering
from festival.tickets.vouchers import fund, prices
from festival.tickets.waiting import queries as waiting
from festival.web import languages, limits, stale_forms
from festival.web.limits import PER_ADDRESS, limiter, typed
from festival.web.pages import public_page
from festival.web.same_time import same_time

bp = Blueprint("tickets", __name__)


_FROM_EVERYWHERE = "1000 per hour"


def _guessed_wrong(_response: Response) -> bool:
    wrong = bool(g.get("wrong_code"))
    if wrong:
        limits.take("wrong ticket codes", "everywhere", _FROM_EVERYWHERE)
    return wrong


def _guesses() -> str:
    """Returns how many wrong codes one network may try; few while somebody tries them all."""
    everywhere = limits.is_used_up("wrong ticket codes", "everywhere", _FROM_EVERYWHERE)
    return "5 per hour" if everywhere else "60 per hour"


def _types_no_code() -> bool:
    return not typed_code()


# Only wrong codes count, over all pages that take one. Many people may share an IP address, so
# visitors without a code are exempt: the guesses of one do not close the shop for the others.
limit_guesses = limiter.shared_limit(
    _guesses, scope="ticket codes", deduct_when=_guessed_wrong, exempt_when=_types_no_code
)


@bp.get("/kaartjes")
@public
@limit_guesses
@public_page
def choose() -> str | BaseResponse:
    """Shows the ticket types and their prices, and asks how many of each."""
    edition = editions.current_edition()
    if edition is None:
        return redirect("/")
    return choose_page(edition, chosen_numbers())


@bp.post("/kaartjes")
@public
@limiter.limit("300 per minute")  # a whole hall may choose at once
@limit_guesses
def hold() -> BaseResponse | tuple[str, int]:
    """Keep the chosen tickets for this browser, and go to the order form.

    The page is the same for everybody, so its form has no token. Whoever sends it from elsewhere
    has tickets kept for a while that nobody ordered: what anybody may do. Such a form comes without
    the session's cookie, and must not write a new one over it.
    """
    edition = current_edition_or_404()
    numbers = chosen_numbers()
    try:
        kept = choosing.keep(edition, choosing.types_asked_for(edition), now=clock.now())
    except Refusal as refusal:
        return choose_page(edition, numbers, str(refusal)), refusal.status
    address = choosing.address_with(kept)
    if stale_forms.is_from_our_pages():
        choosing.remember(kept, address)
    return redirect(address, 303)


@bp.get("/kaartjes/opnieuw")
@public
def again() -> str:
    """Asks for the e-mail address to which the tickets are sent again."""
    return _again_page(SendAgainForm())


@bp.post("/kaartjes/opnieuw")
@public
@limiter.limit("120 per minute; 5000 per day")
@limiter.limit("3 per 10 minute; 10 per day", key_func=typed("email"), error_message=PER_ADDRESS)
def send_again() -> BaseResponse | tuple[str, int]:
    """Send the tickets again. The response is the same for a known and an unknown address.

    Counted by the address that was typed: everybody at the festival has the same network.
    """
    form = SendAgainForm()
    if not form.validate():
        return _again_page(form), 422
    with same_time():
        edition = editions.current_edition()
        if edition is not None:
            language = languages.current()
            ending.send_again(edition, form.email.data, language=language, now=clock.now())
    return redirect(url_for("tickets.sent_again"), 303)


@bp.get("/kaartjes/opnieuw/verstuurd")
@public
def sent_again() -> str:
    """Says that the mail is on its way if the address is known."""
    return render_template("tickets/sent_again.html", edition=editions.current_edition())


@bp.route("/adres/<secret>", methods=["GET", "POST"])
@holder
def this_is_me(secret: str) -> str | BaseResponse:
    """Asks the owner of a mailbox to say so. Opening it changes nothing: mail scanners do that."""
    mailbox = queries.mailbox_by_secret(secret) or abort(404)
    form = ConfirmForm()
    if form.validate_on_submit():
        holding.confirm_mailbox(mailbox, now=clock.now())
        return redirect(url_for("tickets.this_is_me", secret=secret), 303)
    return render_template(
        "tickets/this_is_me.html",
        uses_session=True,
        edition=editions.current_edition(),
        mailbox=mailbox,
        form=form,
    )


def choose_page(edition: Edition, numbers: Mapping[str, int], problem: str = "") -> str:
    """Renders the ticket types, with `numbers` chosen by slug."""
    now = clock.now()
    # Only what the page asks for: without it the page is the same for everybody.
    held = choosing.asked().get(choosing.HOLD, "")
    voucher = typed_voucher(edition)
    refusal = prices.why_not(voucher, now=now) if voucher else None
    usable = None if refusal else voucher
    types = [each for each in queries.ticket_types(edition) if ordering.is_open(each, usable)]
    waited = waiting.pools_waited_for({of.pool_id for of in types}, now=now)
    along = taken_along.taken_along(edition, now=now)
    return render_template(
        "tickets/choose.html",
        edition=edition,
        offers=queries.offers(types, usable, places_held([held]), waited, now=now),
        by_audience=queries.by_audience,
        audience_names=AUDIENCE_NAMES,
        hold_secret=held,
        vat_of=small_business.vat_on(edition.local(now).date()),
        numbers=numbers,
        chosen_price=lambda of: own_prices.chosen(choosing.asked(), of),
        code=typed_code(),
        is_wrong_code=g.wrong_code,
        is_good_code=usable is not None,
        code_problem=str(refusal) if refusal else "",
        problem=problem,
        along=along,
        without_along=without_along("tickets.choose"),
        days=edition_dates.days,
        moment=dates.moment,
        # Asked of the database only where buyers can give.
        fund=fund.standing(edition) if any(own_prices.levels(of) for of in types) else None,
    )


def _again_page(form: SendAgainForm) -> str:
    return render_template(
        "tickets/again.html", uses_session=True, edition=editions.current_edition(), form=form
    )
